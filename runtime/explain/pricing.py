"""How a tiered price came to its amount: what was counted, and each part of the sum."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from runtime.explain.model import Explanation, Fact
from runtime.explain.words import shown, words
from runtime.invoice.model import Invoice, InvoiceLine, PriceRow, Pricing


def explain_pricing(invoice: Invoice, line: InvoiceLine, pricing: Pricing) -> Explanation:
    """Explain the amount of a full period, or of one charge, row by row."""
    whole = "a full period" if line.kind == "recurring" else "the charge"
    amount = shown(pricing.amount, invoice.minor_units)
    return Explanation(
        statement=f"The amount of {whole} is the sum of its parts = {amount} {invoice.currency}",
        facts=(Fact("counted", _counted(pricing)),),
        children=tuple(
            Explanation(_row(row, invoice.minor_units), source=row.source) for row in pricing.rows
        ),
        source=line.source,
    )


def _counted(pricing: Pricing) -> str:
    included = f", {pricing.included} of them included" if pricing.included else ""
    if pricing.counted_by is None:
        return f"{pricing.counted} of the service{included}"
    by = words(pricing.counted_by)
    return f"{pricing.counted} by the rule {by}{included}; {pricing.instances} of the service"


def _row(row: PriceRow, minor_units: int) -> str:
    amount = shown(row.amount, minor_units)
    rate = "" if row.rate is None else shown(row.rate, minor_units)
    match row.kind:
        case "term":
            return f"{_range(row)}: {_product(row, rate)} = {amount}"
        case "less":
            percent = shown(row.rate or Decimal(0), 0)
            return f"less {percent}%: {amount}"
        case "at_most":
            return f"at most {rate}: {amount}"
        case "at_least":
            return f"at least {rate}: {amount}"
        case _:
            assert_never(row.kind)


def _range(row: PriceRow) -> str:
    lower = row.lower or 0
    if row.upper is None:
        return f"beyond {lower}" if lower else "all"
    return f"above {lower} up to {row.upper}" if lower else f"up to {row.upper}"


def _product(row: PriceRow, rate: str) -> str:
    match row.basis:
        case "block":
            return f"{row.quantity} blocks of {row.per} × {rate}"
        case "flat":
            return f"{rate} flat"
        case "instance":
            return f"{row.quantity} of the service × {rate}"
        case _:
            return f"{row.quantity} × {rate}"
