"""How a due line is worded: its description, quantity, unit, price, components and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, assert_never

from runtime.charges.words import as_title, as_words
from runtime.invoice.assemble_commitments import promised_words
from runtime.invoice.assemble_rated import Cell
from runtime.invoice.assemble_tiers import Basis, basis_of, shown
from runtime.invoice.draft import DraftLine, DueLine
from runtime.invoice.model import (
    Commitment,
    InvoiceLine,
    Penalty,
    PriceChoice,
    PriceSource,
    Pricing,
    UsageComponent,
)
from runtime.invoice.units import as_decimal, plain
from runtime.money import to_major
from runtime.program.buckets import Bucket, BucketTier
from runtime.program.model import IN_SERVICE, Program, Service
from runtime.program.plain import plain_prices
from runtime.program.units import steps_by_unit

Parts = tuple[UsageComponent, ...]


def _units(program: Program) -> Iterator[tuple[str, str]]:
    """Give each class that a rate prices by a unit, with the unit, in the order of the rates."""
    plain = plain_prices(program)
    shares = {
        term.price: term.unit for term in reversed(program.price_terms) if term.basis == "share"
    }
    for row in program.rates:
        if row.price in plain:
            yield row.usage_class, plain[row.price].unit
        elif row.price in shares:
            yield row.usage_class, shares[row.price]


_LAST = 2**31


class Wording:
    """The program's words, looked up by name; `given`: the sources of prices of the book."""

    def __init__(self, program: Program, given: Mapping[int, PriceSource]) -> None:
        self.services: Mapping[str, Service] = {row.id: row for row in program.services}
        self.packages = {row.id: row.title for row in program.packages}
        self.frequencies = {
            (row.package, row.months): row.name for row in program.package_frequencies
        }
        self._plans = {row.id: row.title for row in program.share_plans}
        self._discounts = {row.id: row.title for row in program.discounts}
        self.buckets: Mapping[str, Bucket] = {row.id: row for row in program.buckets}
        self.tiers: Mapping[tuple[str, int], BucketTier] = {
            (row.bucket, row.ordinal): row for row in program.bucket_tiers
        }
        self.measures = {row.id: row.measure for row in program.usage_classes}
        self._steps = steps_by_unit(program)
        self.class_units: dict[str, str] = {}
        for usage_class, unit in _units(program):
            self.class_units.setdefault(usage_class, unit)
        self._groups = {(row.plan, row.group): row.ordinal for row in program.rate_plan_groups}
        self._rates = {row.id: ordinal for ordinal, row in enumerate(program.rates)}
        self.sources = {
            row.id: PriceSource(path=row.path, line=row.line, text=row.text)
            for row in program.sources
        } | dict(given)

    def title(self, service: str) -> str:
        """Give a service's title; one that has left the catalog keeps its name."""
        return self.services[service].title if service in self.services else as_title(service)

    def bucket_title(self, bucket: str) -> str:
        """Give a bucket's title; a shared one's is its share plan's, and its own name."""
        known = self.buckets.get(bucket)
        plan = None if known is None else self._plans.get(known.share_plan or "")
        if plan is None:
            return as_title(bucket)
        return f"{plan}, {as_words(bucket.rpartition('.')[2])}"

    def discount(self, name: str) -> str:
        """Give a discount's title; one that has left the catalog keeps its name."""
        return self._discounts.get(name) or as_words(name.partition(".")[0])

    def unit_of_class(self, usage_class: str) -> str:
        """Give the unit a class is shown in: that of its first rate, else the single step."""
        steps = {"data": "byte", "time": "second", "count": "each"}
        measure = self.measures.get(usage_class, "count")
        return self.class_units.get(usage_class, steps[measure])

    def steps_of(self, unit: str) -> int:
        """Give the steps of a unit; a name that is no unit counts single steps."""
        return self._steps.get(unit, 1)

    def place(self, cell: Cell) -> tuple[bool, str, int, int, int, int, str]:
        """Put what buckets gave first, tier by tier, then rates as their plan tries them."""
        return (
            cell.bucket is None,
            cell.bucket or "",
            -1 if cell.tier is None else cell.tier,
            self._groups.get((cell.rate_plan or "", cell.rate_group or ""), -1),
            self._rates.get(cell.rate or "", -1),
            _LAST if cell.basis == "bound" else -1 if cell.price_tier is None else cell.price_tier,
            cell.basis or "",
        )

    def source(self, source: int | None) -> PriceSource | None:
        """Give a line of the catalog."""
        return None if source is None else self.sources.get(source)


def price_source(due: DueLine, wording: Wording) -> PriceSource | None:
    """Give the catalog's line of a due line's price; of a credit, as it was when posted."""
    if due.is_credit and due.posted_path is not None and due.posted_source_line is not None:
        return PriceSource(
            path=due.posted_path, line=due.posted_source_line, text=due.posted_text or ""
        )
    return wording.source(due.source)


def word_line(
    line: DraftLine,
    components: Parts,
    wording: Wording,
    pricing: Pricing | None = None,
    promised: Commitment | Penalty | None = None,
    choice: PriceChoice | None = None,
) -> InvoiceLine:
    """Give the line as the invoice prints it.

    `components`: how its usage was rated; `pricing`: how its tiers made its price; `promised`:
    what a contract's charge rests on; `choice`: whose price it is.
    """
    due = line.due
    amount = _multiplied(due, components, wording)
    return InvoiceLine(
        number=line.number,
        kind=due.kind,
        is_credit=due.is_credit,
        corrects=None if due.corrects is None else f"{due.posted_invoice}:{due.posted_line}",
        account=due.account,
        account_package=due.account_package,
        account_service=due.account_service,
        service=due.service,
        service_title=wording.title(due.service),
        usage_class=due.usage_class,
        bucket=due.bucket,
        tier=due.tier,
        status=due.status,
        transition=due.transition,
        discount=due.discount,
        description=_description(due, promised, wording),
        period_start=due.period_start,
        period_end=due.period_end,
        full_start=due.full_start,
        full_end=due.full_end,
        proration=due.proration,
        days=due.days,
        full_days=due.full_days,
        timing=_timing(due),
        quantity=amount.quantity,
        unit=amount.unit,
        unit_price=amount.price,
        unit_price_per=amount.per,
        net=to_major(due.minor - (line.taxes.held or 0), due.minor_units),
        with_tax=None if line.taxes.held is None else to_major(due.minor, due.minor_units),
        tax_class=due.tax_class,
        tax_percent=line.taxes.percent,
        tax=to_major(line.taxes.minor, due.minor_units),
        components=components,
        pricing=pricing,
        commitment=promised if isinstance(promised, Commitment) else None,
        penalty=promised if isinstance(promised, Penalty) else None,
        source=line.source,
        choice=choice,
    )


def _description(due: DueLine, promised: Commitment | Penalty | None, wording: Wording) -> str:
    title = wording.title(due.service)
    match due.kind:
        case "recurring":
            is_plain = due.status is None or due.status == IN_SERVICE
            return title if is_plain else f"{title}, {as_words(due.status or '')}"
        case "discount":
            return f"{title}, {wording.discount(due.discount or '')}"
        case "one_time" | "transition":
            return title
        case "minimum" | "prepaid" | "drawdown" | "penalty":
            return title if promised is None else f"{title}, {promised_words(due, promised)}"
        case "usage":
            return as_title(due.usage_class or due.service)
        case "bucket":
            title = wording.bucket_title(due.bucket or due.service)
            return f"{title}, {_tier_words(due, wording)}"
        case _:
            assert_never(due.kind)


def _tier_words(due: DueLine, wording: Wording) -> str:
    bucket = wording.buckets.get(due.bucket or "")
    tier = wording.tiers.get((due.bucket or "", due.tier or 0))
    if bucket is None or tier is None:
        return f"tier {(due.tier or 0) + 1}"
    pool = "" if bucket.share_plan is None else " the pool"
    if tier.upper is None:
        return f"beyond{pool}"
    upper = as_decimal(Fraction(tier.upper, bucket.steps_per_unit))
    return f"up to {upper:f} {bucket.unit}" + (f" beyond{pool}" if pool else "")


def _timing(due: DueLine) -> Literal["advance", "arrears", "once"]:
    match due.kind:
        case "recurring" | "discount":
            return "advance" if due.recurring_timing == "advance" else "arrears"
        case "usage" | "bucket" | "minimum":
            return "arrears"
        case "prepaid":
            return "advance"
        case "drawdown":
            return "arrears"
        case "one_time" | "transition" | "penalty":
            return "once"
        case _:
            assert_never(due.kind)


@dataclass(frozen=True, slots=True)
class _Multiplied:
    """What a line's price is multiplied by, and what the price is for."""

    quantity: Decimal
    unit: str
    price: Decimal | None
    per: str | None


def _multiplied(due: DueLine, components: Parts, wording: Wording) -> _Multiplied:
    """Give quantity and price; a usage line has a price where one rate alone priced it."""
    bucket = wording.buckets.get(due.bucket or "")
    if due.kind == "bucket" and due.unit_price is None and bucket is not None:
        drawn = as_decimal(Fraction(due.quantity, bucket.steps_per_unit))
        return _Multiplied(drawn, bucket.unit, None, None)
    if due.kind != "usage":
        return _Multiplied(Decimal(due.quantity), "", _money(due.unit_price, due.minor_units), None)
    if len(components) == 1:
        (part,) = components
        if part.component == "rated" and part.event_price is None:
            return _Multiplied(part.quantity, part.unit, part.price, part.unit)
    unit = wording.unit_of_class(due.usage_class or "")
    return _Multiplied(as_decimal(Fraction(due.quantity, wording.steps_of(unit))), unit, None, None)


def rate_components(due: DueLine, cells: Sequence[Cell], wording: Wording) -> Parts:
    """Give how the usage of a line's period and class was rated, in the order of the sheet."""
    ordered = sorted(cells, key=wording.place)
    return tuple(_component(cell, due, wording) for cell in ordered)


def subtract_components(now: Parts, before: Sequence[UsageComponent]) -> Parts:
    """Give what is new of a corrected line: its components less those posted of it."""
    parts: dict[tuple[str | int | Decimal | None, ...], UsageComponent] = {}
    for sign, some in ((1, now), (-1, before)):
        for part in some:
            place = (part.component, part.rate, part.rate_group, part.rate_plan, part.bucket)
            tier = (part.tier, part.price_tier, part.basis)
            # What brings a price to its bounds has another amount each time, and one price.
            price = None if part.basis == "bound" else part.price
            key = (*place, *tier, part.unit, price, part.event_price)
            known = parts.get(key)
            parts[key] = part.model_copy(
                update={
                    "quantity": sign * part.quantity + (known.quantity if known else 0),
                    "events": sign * part.events + (known.events if known else 0),
                    "amount": sign * part.amount + (known.amount if known else 0),
                    "source": known.source if known else part.source,
                }
            )
    return tuple(
        part
        for part in parts.values()
        # The events of a price in tiers stand in its first tier, whatever is new.
        if part.quantity or part.amount or (part.events and part.basis is None)
    )


_TAKEN: Mapping[str, Literal["flat", "priced"]] = MappingProxyType(
    {"flat": "flat", "priced": "priced"}
)
"""What a bucket took at a price of its own; all else that it took was included."""


def _component(cell: Cell, due: DueLine, wording: Wording) -> UsageComponent:
    bucket = wording.buckets.get(cell.bucket or "")
    basis = basis_of(cell)
    if basis is not None:
        return _tier_component(cell, basis, due, wording)
    if cell.component == "rated" and cell.amount is not None and cell.per:
        unit, steps = _rate_unit(cell.unit or "each", cell.amount, cell.per, wording)
        event_amount = cell.event_amount or Decimal(0)
        price = Fraction(cell.amount) * steps / cell.per
        amount = Fraction(cell.amount) * cell.quantity / cell.per
        amount += Fraction(event_amount) * cell.events
        return UsageComponent(
            component="rated",
            rate=cell.rate,
            rate_group=cell.rate_group,
            rate_plan=cell.rate_plan,
            bucket=cell.bucket,
            tier=cell.tier,
            quantity=as_decimal(Fraction(cell.quantity, steps)),
            unit=unit,
            events=cell.events,
            price=_money(as_decimal(price), due.minor_units),
            event_price=_money(event_amount, due.minor_units) if event_amount else None,
            amount=as_decimal(amount),
            source=wording.source(cell.source),
        )
    unit = wording.unit_of_class(cell.usage_class)
    steps = wording.steps_of(unit)
    if bucket is not None:
        unit, steps = bucket.unit, bucket.steps_per_unit
    return UsageComponent(
        component=_TAKEN.get(cell.component, "included"),
        rate=cell.rate,
        rate_group=cell.rate_group,
        rate_plan=cell.rate_plan,
        bucket=cell.bucket,
        tier=cell.tier,
        quantity=as_decimal(Fraction(cell.quantity, steps)),
        unit=unit,
        events=cell.events,
        price=None,
        event_price=None,
        amount=Decimal(0),
        source=wording.source(cell.source),
    )


def _tier_component(cell: Cell, basis: Basis, due: DueLine, wording: Wording) -> UsageComponent:
    """Word a part of a price in tiers: its quantity times its price is its amount."""
    factor, per, paid = cell.factor or 0, cell.per or 1, cell.amount or Decimal(0)
    if basis == "share":
        unit, steps = _rate_unit(cell.unit or "each", paid, per, wording)
        quantity = as_decimal(Fraction(factor, steps))
        price = as_decimal(Fraction(paid) * steps / per)
    else:
        quantity, unit, price = shown(cell, basis, due.currency)
    return UsageComponent(
        component="rated",
        rate=cell.rate,
        rate_group=cell.rate_group,
        rate_plan=cell.rate_plan,
        bucket=cell.bucket,
        tier=cell.tier,
        quantity=quantity,
        unit=unit,
        events=cell.events,
        price=_money(price, due.minor_units),
        event_price=None,
        amount=as_decimal(Fraction(paid) * factor / per),
        source=wording.source(cell.source),
        price_tier=cell.price_tier,
        basis=basis,
        counted_by=cell.counted_by,
        counted=cell.counted,
    )


def _rate_unit(unit: str, amount: Decimal, per: int, wording: Wording) -> tuple[str, int]:
    """Give the unit a rate is shown in, and its steps: a price is never rounded to be shown.

    `1.00 per 3 minute` has no price a minute that ends, so it is shown per `3 minute`.
    """
    steps = wording.steps_of(unit)
    price = Fraction(amount) * steps / per
    if Fraction(as_decimal(price)) == price:
        return unit, steps
    return f"{as_decimal(Fraction(per, steps)):f} {unit}", per


def _money(price: Decimal | None, minor_units: int) -> Decimal | None:
    """Give a price all its digits, and at least the currency's."""
    if price is None:
        return None
    shown = plain(price)
    _, _, exponent = shown.as_tuple()
    if isinstance(exponent, int) and -exponent < minor_units:
        return shown.quantize(Decimal(1).scaleb(-minor_units))
    return shown
