"""How a line's amount follows from its quantity, price and days, or from its components."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Literal, assert_never

from runtime.charges.proration import SECONDS, is_by_seconds, part_of
from runtime.explain.model import Explanation, Fact
from runtime.explain.words import figure, measured, shown, words
from runtime.invoice.format import EACH
from runtime.invoice.model import Invoice, InvoiceLine, UsageComponent
from runtime.money import rounded, to_major
from runtime.program.model import Rounding

ROUNDINGS: tuple[Rounding, ...] = ("half_up", "half_even")


def explain_amount(invoice: Invoice, line: InvoiceLine) -> Explanation:
    """Explain price x quantity, and the part of the period by cumulative rounding."""
    amount = f"{figure(line.charged)} {invoice.currency}"
    if line.unit_price is None:
        return Explanation(f"The amount is {amount}", source=line.source)
    sign = -1 if line.quantity < 0 else 1
    quantity = abs(line.quantity)
    exact = Fraction(quantity) * Fraction(line.unit_price)
    price = shown(line.unit_price, invoice.minor_units)
    product = f"{shown(quantity, 0)} × {price}"
    span = _span(line)
    if span is None or (span.start, span.end) == (0, span.whole):
        return _told(invoice, line, product, exact)
    whole = f"{product} = {_exact(exact, invoice.minor_units)}"
    worked = _cumulative(invoice, line, exact, span)
    if worked is None:
        return Explanation(f"The amount is {amount}", (Fact("full period", whole),))
    before, until = worked
    difference = f"{figure(until)} − {figure(before)}"
    if sign < 0:
        difference = f"−({difference})"
    return Explanation(
        statement=(
            f"{span.unit.capitalize()}s {span.start + 1} to {span.end} of {span.whole}: "
            f"{difference} = {amount}"
        ),
        facts=(
            Fact("full period", whole),
            *_convention(line),
            Fact(
                f"up to {span.unit} {span.end}",
                _part(exact, span.end, span, until, invoice.minor_units),
            ),
            Fact(
                f"up to {span.unit} {span.start}",
                _part(exact, span.start, span, before, invoice.minor_units),
            ),
        ),
    )


def explain_components(invoice: Invoice, line: InvoiceLine) -> Explanation:
    """Explain a usage line: the exact sum of its components, rounded once."""
    total = sum((Fraction(part.amount) for part in line.components), Fraction(0))
    amount = f"{figure(line.charged)} {invoice.currency}"
    exact = _exact(total, invoice.minor_units)
    if _rounds_to(total, line.charged, invoice.minor_units):
        statement = f"The exact sum {exact} is rounded once = {amount}"
    elif line.corrects is not None:
        statement = f"The line is {amount}, the difference to what {line.corrects} charged"
    else:
        statement = f"The line is {amount}"
    return Explanation(
        statement=statement,
        children=tuple(_component(invoice, part) for part in line.components),
    )


def _component(invoice: Invoice, part: UsageComponent) -> Explanation:
    quantity = measured(part.quantity, part.unit)
    tier = "" if part.tier is None else f", tier {part.tier + 1}"
    bucket = "" if part.bucket is None else f" of the bucket {words(part.bucket)}{tier}"
    match part.component:
        case "included":
            statement = f"{quantity} included{bucket}: 0"
        case "flat":
            statement = f"{quantity} covered by the flat price{bucket}: 0 by the unit"
        case "priced":
            statement = f"{quantity} at the price{bucket}: on a line of its own"
        case "rated":
            amount = shown(part.amount, invoice.minor_units)
            statement = (
                f"To the most or the least of the price: {amount}"
                if part.basis == "bound"
                else f"{_product(invoice, part, quantity)} = {amount}"
            )
        case _:
            assert_never(part.component)
    is_counted = part.component == "rated" and (part.basis is None or part.events)
    facts = [Fact("events", str(part.events))] if is_counted else []
    if part.price_tier is not None:
        facts.append(Fact("price tier", str(part.price_tier + 1)))
    if part.counted_by is not None:
        facts.append(Fact("counted", f"{part.counted} by {words(part.counted_by)}"))
    if part.rate_group is not None:
        plan = "" if part.rate_plan is None else f" of the plan {words(part.rate_plan)}"
        facts.append(Fact("rate", f"group {words(part.rate_group)}{plan}"))
    if part.component == "rated" and bucket:
        facts.append(Fact("drawn in", bucket.removeprefix(" of ")))
    return Explanation(statement, tuple(facts), source=part.source)


def _product(invoice: Invoice, part: UsageComponent, quantity: str) -> str:
    if part.price is None:
        return quantity
    per = EACH if part.unit == EACH else f"per {part.unit}" if part.unit else "flat"
    product = f"{quantity} × {shown(part.price, invoice.minor_units)} {per}"
    if part.event_price:
        product += f" + {part.events} × {shown(part.event_price, invoice.minor_units)} an event"
    return product


def _told(invoice: Invoice, line: InvoiceLine, product: str, exact: Fraction) -> Explanation:
    """Tell price x quantity, where that gives the line; a credit takes it back."""
    amount = f"{figure(line.charged)} {invoice.currency}"
    signed = exact if line.quantity > 0 else -exact
    if not _rounds_to(signed, line.charged, invoice.minor_units):
        return Explanation(f"The amount is {amount}", (Fact("at the price", product),))
    taken = product if line.quantity > 0 else f"−({product})"
    if signed == Fraction(line.charged):
        return Explanation(f"The amount: {taken} = {amount}")
    in_full = _exact(signed, invoice.minor_units)
    return Explanation(f"The amount: {taken} = {in_full}, rounded once = {amount}")


@dataclass(frozen=True, slots=True)
class _Span:
    """The days or seconds of the full period between which a line's stretch lies."""

    start: int
    end: int
    whole: int
    unit: Literal["day", "second"]


def _span(line: InvoiceLine) -> _Span | None:
    """Return between which parts of the full period the line's stretch lies."""
    if (
        line.kind not in {"recurring", "discount"}
        or line.full_start is None
        or line.full_end is None
    ):
        return None
    start, end, whole = part_of(
        line.proration, (line.full_start, line.full_end), (line.period_start, line.period_end)
    )
    return _Span(start, end, whole, "second" if is_by_seconds(line.proration or "") else "day")


def _convention(line: InvoiceLine) -> tuple[Fact, ...]:
    """Tell how the parts of a period are counted, where it is not by its own days."""
    told = {
        "fixed_30": "each month has 30 days",
        "thirty_360": "30/360: the last day of each month is its 30th",
    }
    proration = line.proration or "days"
    if is_by_seconds(proration):
        zone = proration.removeprefix(SECONDS)
        return (Fact("counted", f"seconds between midnights in {zone}"),)
    return (Fact("counted", told[proration]),) if proration in told else ()


def _cumulative(
    invoice: Invoice, line: InvoiceLine, exact: Fraction, span: _Span
) -> tuple[Decimal, Decimal] | None:
    """Return cum(start) and cum(end) where their difference is the posted amount."""
    units = invoice.minor_units
    for rounding in ROUNDINGS:
        before, until = (
            rounded(exact * 10**units * part / span.whole, rounding)
            for part in (span.start, span.end)
        )
        if abs(to_major(until - before, units)) == abs(line.charged):
            return to_major(before, units), to_major(until, units)
    return None


def _part(exact: Fraction, part: int, span: _Span, amount: Decimal, minor_units: int) -> str:
    full = _exact(exact, minor_units)
    return f"{full} × {part} / {span.whole}, rounded = {figure(amount)}"


def _rounds_to(exact: Fraction, net: Decimal, minor_units: int) -> bool:
    minor = exact * 10**minor_units
    return any(to_major(rounded(minor, how), minor_units) == net for how in ROUNDINGS)


def _exact(value: Fraction, minor_units: int) -> str:
    """Write a figure that ends, with all its digits."""
    wide = Context(prec=80)
    return shown(wide.divide(Decimal(value.numerator), Decimal(value.denominator)), minor_units)
