"""What one invoice line is made of: price, days, tiers, rounding, tax, usage records.

Everything is told from the facts that were frozen with the invoice.  Where a sum is worked
out here, it is worked out beside the posted amount and shown only if it gives that amount.
"""

from __future__ import annotations

from typing import assert_never

from runtime.explain.amounts import explain_amount, explain_components
from runtime.explain.choice import explain_choice
from runtime.explain.commitments import explain_commitment, explain_penalty
from runtime.explain.draws import explain_draws
from runtime.explain.model import Explanation, Fact
from runtime.explain.pricing import explain_pricing
from runtime.explain.records import RatedUsage, explain_records
from runtime.explain.taxes import explain_tax
from runtime.explain.words import days_of, figure, measured, shown, words
from runtime.invoice.format import EACH
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import Invoice, InvoiceLine


class NoSuchLine(LookupError):
    """The invoice has no line of that number."""


def explain_line(invoice: Invoice, line: int, records: RatedUsage | None = None) -> Explanation:
    """Explain a line by its number, down to the catalog's line and the usage records.

    Args:
        invoice: the frozen invoice.
        line: the line's number, from 1.
        records: the rated usage behind the invoice; None leaves the records out.

    Raises:
        NoSuchLine: the invoice has no such line.
    """
    found = line_of(invoice, line)
    children = [
        *_price(invoice, found),
        *explain_choice(found),
        *_derivation(invoice, found),
        explain_tax(invoice, found),
    ]
    is_of_usage = found.kind in {"usage", "bucket"} and invoice.credits is None
    if records is not None and is_of_usage:
        children.append(explain_records(records, found, invoice.usage_cutoff))
    return Explanation(
        statement=f"{place_of(invoice, found)} is {summary_of(invoice, found)}",
        facts=_facts(invoice, found),
        children=tuple(children),
    )


def explain_invoice(invoice: Invoice) -> Explanation:
    """List an invoice's lines, each with its derivation in one sentence."""
    totals = invoice.totals
    money = invoice.currency
    return Explanation(
        statement=(
            f"{_name(invoice)} is {figure(totals.net)} net + {figure(totals.tax)} tax"
            f" = {figure(totals.gross)} {money}"
        ),
        facts=(
            Fact("bill to", f"{invoice.bill_to.name} ({invoice.bill_to.account})"),
            Fact("catalog", f"{invoice.catalog} {invoice.fingerprint}"),
        ),
        children=tuple(
            Explanation(f"{line.number}. {summary_of(invoice, line)}")
            for line in all_lines(invoice)
        ),
    )


def line_of(invoice: Invoice, number: int) -> InvoiceLine:
    """Return a line by its number.

    Raises:
        NoSuchLine: the invoice has no such line.
    """
    lines = {line.number: line for line in all_lines(invoice)}
    if number in lines:
        return lines[number]
    has = f"lines 1 to {len(lines)}" if lines else "no lines"
    raise NoSuchLine(f"{_name(invoice)} has {has}, and so no line {number}")


def place_of(invoice: Invoice, line: InvoiceLine) -> str:
    """Return how a line is asked for: `INV-000142:7`."""
    return f"{_name(invoice)}:{line.number}"


def summary_of(invoice: Invoice, line: InvoiceLine) -> str:
    """Tell a line's derivation in one sentence."""
    what = f"{line.description}, {days_of(line.period_start, line.period_end)}"
    amount = f"{figure(line.charged)} {invoice.currency}"
    if line.unit_price is None:
        parts = len(line.components)
        how = f"the sum of {parts} rated parts, rounded once" if parts != 1 else "one rated part"
        if line.kind == "bucket":
            how = "at the tier's own price"
        return f"{what}: {measured(line.quantity, line.unit)}, {how} = {amount}"
    per = f" per {line.unit_price_per}" if line.unit_price_per else ""
    if line.unit_price_per == EACH:
        per = f" {EACH}"
    how = (
        f"{measured(line.quantity, line.unit)} × {shown(line.unit_price, invoice.minor_units)}{per}"
    )
    if line.kind == "recurring" and line.days != line.full_days:
        how += f" × {line.days} of {line.full_days} days"
    return f"{what}: {how} = {amount}"


def _name(invoice: Invoice) -> str:
    return invoice.number or f"draft for {invoice.bill_to.account}"


def _facts(invoice: Invoice, line: InvoiceLine) -> tuple[Fact, ...]:
    facts = [
        Fact("charge", _kind(line)),
        Fact("service", f"{line.service_title} ({line.service}), {line.account_service}"),
        Fact("account", f"{line.account}, {line.account_package}"),
        Fact("period", _period(line)),
    ]
    if line.status is not None:
        facts.append(Fact("status", f"the price is for {words(line.status)}"))
    if line.transition is not None:
        facts.append(Fact("transition", f"{words(line.transition)} on {line.period_start}"))
    if line.corrects is not None:
        verb = "takes back" if line.is_credit else "adds to"
        facts.append(Fact("corrects", f"{verb} {line.corrects}, or a part of it"))
    change = next(
        (
            one
            for one in invoice.changes
            if one.account_service == line.account_service
            and one.day in (line.period_start, line.period_end)
        ),
        None,
    )
    if change is not None and line.kind == "recurring":
        facts.append(
            Fact("change", f"{words(change.from_status)} → {words(change.to_status)}, {change.day}")
        )
    return tuple(facts)


def _kind(line: InvoiceLine) -> str:
    match line.kind:
        case "recurring":
            kind = f"recurring, in {line.timing}"
        case "discount":
            kind = f"discount {words(line.discount or '?')} of the recurring charge"
        case "usage":
            kind = f"usage, in arrears, class {words(line.usage_class or '?')}"
        case "bucket":
            is_flat = line.unit_price is not None
            kind = (
                "flat tier of a usage bucket, once a bucket period"
                if is_flat
                else "what was drawn in a tier of a usage bucket, at the tier's own price"
            )
        case "one_time":
            kind = "one-time, when sold"
        case "transition":
            kind = "once for each transition"
        case "penalty":
            kind = "once, for leaving a contract before its term's end"
        case "prepaid":
            kind = "a contract's minimum, charged ahead of its stretch"
        case "drawdown":
            kind = "what was used of a prepaid minimum, which is not paid twice"
        case "minimum":
            kind = "what falls short of a contract's minimum, once its stretch has ended"
        case _:
            assert_never(line.kind)
    return f"credit: {kind}" if line.is_credit else kind


def _period(line: InvoiceLine) -> str:
    stretch = days_of(line.period_start, line.period_end)
    if line.full_start is None or line.full_end is None:
        return stretch
    if (line.period_start, line.period_end) == (line.full_start, line.full_end):
        if line.proration == "never":
            return f"{stretch}, the whole period, which is charged once begun"
        return f"{stretch}, the whole period"
    whole = days_of(line.full_start, line.full_end)
    days = f"{line.days} of the {line.full_days} days" if line.days is not None else "part"
    return f"{stretch}, {days} of {whole}"


def _price(invoice: Invoice, line: InvoiceLine) -> tuple[Explanation, ...]:
    """The line's own price; a usage line's prices stand with its components."""
    if line.unit_price is None or line.kind == "usage":
        return ()
    if line.commitment is not None:
        return (explain_commitment(invoice, line, line.commitment),)
    if line.penalty is not None:
        return (explain_penalty(invoice, line, line.penalty),)
    if line.pricing is not None:
        return (explain_pricing(invoice, line, line.pricing),)
    price = f"{shown(line.unit_price, invoice.minor_units)} {invoice.currency}"
    each = "each time"
    if line.kind in {"recurring", "discount"}:
        each = "for one and a full period"
    if line.kind == "discount":
        off = shown(-line.unit_price, invoice.minor_units)
        statement = f"The discount takes off {off} {invoice.currency} {each}"
        return (Explanation(statement, source=line.source),)
    return (Explanation(f"The price is {price} {each}", source=line.source),)


def _derivation(invoice: Invoice, line: InvoiceLine) -> tuple[Explanation, ...]:
    if line.kind == "usage":
        return (explain_components(invoice, line), *explain_draws(invoice, line))
    if line.kind == "bucket":
        return (explain_amount(invoice, line), *explain_draws(invoice, line))
    return (explain_amount(invoice, line),)
