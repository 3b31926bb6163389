"""Explains what contracts charge: what was committed to, and what leaving one costs."""

from __future__ import annotations

from decimal import Decimal

from runtime.explain.model import Explanation, Fact
from runtime.explain.words import days_of, figure, shown
from runtime.invoice.model import Commitment, Invoice, InvoiceLine, Penalty


def explain_commitment(invoice: Invoice, line: InvoiceLine, of: Commitment) -> Explanation:
    """What a contract commits to, over which days, and what of it was used."""
    short = max(of.committed - of.used, Decimal(0))
    if of.counted is None:
        unit, used, places = f" {invoice.currency}", "charged, before tax", invoice.minor_units
    else:
        unit, used, places = f" {of.counted}", "billed on the last of these days", 0
    committed, counted = (f"{shown(each, places)}{unit}" for each in (of.committed, of.used))
    left = f"{shown(short, places)}{unit}"
    match line.kind:
        case "prepaid":
            statement = f"{committed} committed, paid ahead"
        case "drawdown":
            statement = f"{committed} prepaid, {counted} used until now: {left} left"
        case _:
            statement = f"{committed} committed − {counted} used = {left} short"
    return Explanation(
        statement,
        (
            Fact("committed", f"{committed}, {days_of(line.period_start, line.period_end)}"),
            Fact("used", f"{counted} {used}"),
        ),
        source=line.source,
    )


def explain_penalty(invoice: Invoice, line: InvoiceLine, of: Penalty) -> Explanation:
    """What leaving a contract costs, of the charges that would have been made."""
    remaining = f"{figure(of.remaining)} {invoice.currency}"
    return Explanation(
        f"Leaving early costs {shown(of.percent, 0)}% of {remaining}, rounded once",
        (
            Fact("remaining", f"{remaining}, {days_of(line.period_start, of.term_end)}"),
            Fact("prices", "recurring, less discounts, as they were on the day before"),
        ),
        source=line.source,
    )
