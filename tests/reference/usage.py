"""Usage rated one record at a time: what the rules of docs/usage.md say, in plain Python.

Nothing here is shared with the engine, and nothing is quick: quantities are integers,
numbers and amounts are fractions, an event is a row in a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from runtime.program import expressions as tree
from runtime.program import model
from runtime.program.time_zones import time_zone
from tests.reference.rates import (
    Use,
    amount_in_tiers,
    counted,
    counted_instances,
    is_plain,
    parts_in_tiers,
    record_amount,
    specificity,
)
from tests.reference.usage_buckets import BucketBook, Filling, split

NUMBER = re.compile(r"[+-]?[0-9]{1,28}(\.[0-9]{1,9}0*)?")
TOO_LARGE = 2**63


@dataclass(frozen=True)
class Holder:
    """An account service, all that usage asks of it; day intervals are half-open.

    `package`: the one it was sold in, None: one that the catalog says nothing of.
    """

    account_service: str
    service: str
    currency: str
    timezone: str
    start: date
    end: date
    identifiers: tuple[tuple[str, str, date, date], ...]
    billable: tuple[tuple[date, date, bool], ...]
    periods: tuple[tuple[date, date, date, date], ...]
    package: str | None = None
    account: str = ""
    quantity: int = 1


@dataclass(frozen=True)
class Record:
    """A raw record: its feed, file and row, and its fields (empty text: missing).

    `comma`: its numbers have a comma before their decimals.
    """

    feed: str
    file: str
    row: int
    fields: dict[str, str]
    comma: bool = False


@dataclass(frozen=True)
class Event:
    feed: model.Feed
    kind: model.FeedEvent
    id: str
    instant: datetime
    value: str
    quantity: int
    amount: tuple[Fraction, str] | None
    attributes: dict[str, str | None]
    record: Record

    def content(self) -> tuple[object, ...]:
        attributes = tuple(self.attributes.values())
        return (self.instant, self.value, self.quantity, self.amount, attributes)


Period = tuple[str, date]
Tier = tuple[str, int | None]


@dataclass
class Result:
    """What a run gives.

    `cells`: (account service, start, class, component, rate, bucket, tier) -> quantity, events.
    `tiered`: (account service, start, class, rate) -> quantity, events, exact amount, of rates
    that are not plain; those have no cells.
    `pools`: (account service, start, bucket, tier) -> lower, upper, used, used before.
    `uses`: of each row of `tiered`, what of events is rated there, in the order of events;
    `pieces_of`: the places of their pieces.
    `priced`: account service, start, bucket, tier, used before, used, price, counted by its rule.
    `shares`: (account service, start, bucket, account) -> put in, drawn.
    `pieces`: file, row, event, piece, component, tier, quantity, amount.
    """

    reasons: dict[tuple[str, int, str | None], str] = field(default_factory=dict)
    evaluated: set[Period] = field(default_factory=set)
    cells: dict[tuple[object, ...], tuple[int, int]] = field(default_factory=dict)
    flats: set[tuple[str, date, str, int, Decimal]] = field(default_factory=set)
    pools: dict[tuple[object, ...], tuple[int, int | None, int, int]] = field(default_factory=dict)
    priced: set[tuple[object, ...]] = field(default_factory=set)
    shares: dict[tuple[object, ...], tuple[int, int]] = field(default_factory=dict)
    tiered: dict[tuple[object, ...], tuple[int, int, Fraction]] = field(default_factory=dict)
    uses: dict[tuple[str, date, str, str], list[Use]] = field(default_factory=dict)
    pieces: list[tuple[object, ...]] = field(default_factory=list)
    pieces_of: dict[tuple[str, date, str, str], list[int]] = field(default_factory=dict)


@dataclass
class Reference:
    """Runs one after the other over one catalog and book."""

    program: model.Program
    holders: Sequence[Holder]
    parents: Mapping[str, str] = field(default_factory=dict)
    stored: dict[tuple[str, str], Event] = field(default_factory=dict)

    def run(self, records: Sequence[Record], as_of: date, previous: date | None) -> Result:
        result = Result()
        rated = list(self._dispose(records, result))
        for holder in self.holders:
            for start, end, _, _ in holder.periods:
                if end <= as_of and (previous is None or end > previous):
                    result.evaluated.add((holder.account_service, start))
        for event in rated:
            holder, period = self._tie(event)
            result.evaluated.add((holder.account_service, period[0]))
            self.stored[event.feed.id, event.id] = event
        book = BucketBook(self.program, self.holders, self.parents)
        result.evaluated = book.tied_with(result.evaluated)
        self._rate(result, book)
        return result

    def _dispose(self, records: Sequence[Record], result: Result) -> Iterator[Event]:
        feeds = {feed.id: feed for feed in self.program.feeds}
        seen = {key: event.content() for key, event in self.stored.items()}
        for record in sorted(records, key=lambda each: (each.file, each.row)):
            feed = feeds[record.feed]
            for kind, event in self._read(feed, record):
                place = (record.file, record.row, kind.name)
                if isinstance(event, str):
                    result.reasons[place] = event
                    continue
                key = (event.feed.id, event.id)
                if key in seen:
                    is_same = seen[key] == event.content()
                    result.reasons[place] = "DUPLICATE" if is_same else "CONFLICT"
                    continue
                seen[key] = event.content()
                result.reasons[place] = self._why_not(event) or "RATED"
                if result.reasons[place] == "RATED":
                    yield event

    def _read(
        self, feed: model.Feed, record: Record
    ) -> Iterator[tuple[model.FeedEvent, Event | str]]:
        """Give the events of a record, or once the reason why it has none."""
        raw = Fields(
            {name: text or None for name, text in record.fields.items()}, comma=record.comma
        )
        if any(holds(each, raw) for each in feed.skip):
            yield feed.events[0], "SKIPPED"
            return
        has_one = False
        for kind in feed.events:
            if kind.criterion is None or holds(kind.criterion, raw):
                has_one = True
                yield kind, self._event(feed, kind, record, raw)
        if not has_one:
            yield feed.events[0], "NO_EVENT"

    def _event(
        self, feed: model.Feed, kind: model.FeedEvent, record: Record, raw: Fields
    ) -> Event | str:
        parts = [raw[name] for name in feed.id_fields]
        if not parts:
            parts = [record.file.rpartition("/")[2], str(record.row)]
        if None in parts:
            return "NO_ID"
        instant = read_time(raw[feed.time_field], feed, raw)
        if instant is None:
            return "BAD_TIME"
        value = text(feed.identifier_value, raw)
        if value is None:
            return "NO_IDENTIFIER"
        measured = number(kind.quantity, raw)
        if measured is None:
            return "BAD_QUANTITY"
        if measured < 0:
            return "NEGATIVE_QUANTITY"
        steps = measured * kind.steps_per_unit
        if steps >= TOO_LARGE:
            return "QUANTITY_TOO_LARGE"
        if steps.denominator != 1:
            return "FRACTION_OF_STEP"
        amount = self._amount(feed.amount, raw)
        if isinstance(amount, str):
            return amount
        attributes = {
            each.name: pointed(text(each.expression, raw))
            if raw.comma and isinstance(each.expression, tree.FieldValue)
            else text(each.expression, raw)
            for each in kind.attributes
        }
        named = [] if kind.name is None else [kind.name]
        event_id = "\x1f".join([*(part for part in parts if part is not None), *named])
        return Event(feed, kind, event_id, instant, value, int(steps), amount, attributes, record)

    def _amount(
        self, amount: model.FeedAmount | None, raw: Fields
    ) -> tuple[Fraction, str] | str | None:
        if amount is None or all(raw[name] is None for name in fields_of(amount.expression)):
            return None
        found = number(amount.expression, raw)
        if found is None or found >= 10**12 or (found * 10**6).denominator != 1:
            return "BAD_AMOUNT"
        if found < 0:
            return "NEGATIVE_AMOUNT"
        currency = amount.currency or raw[amount.currency_field or ""]
        if currency not in {each.code for each in self.program.currencies}:
            return "BAD_CURRENCY"
        return found, currency

    def _holder(self, event: Event) -> Holder | None:
        """Give the holder; where two days of two zones overlap, the one whose began later."""
        found: list[tuple[datetime, Holder]] = []
        for holder in self.holders:
            day = event.instant.astimezone(time_zone(holder.timezone)).date()
            for name, value, start, end in holder.identifiers:
                if (name, value) == (event.feed.identifier, event.value) and start <= day < end:
                    found.append((start_of(start, holder.timezone), holder))
        return max(found, key=lambda each: each[0])[1] if found else None

    def _why_not(self, event: Event) -> str | None:
        holder = self._holder(event)
        if holder is None:
            return "UNKNOWN_SERVICE"
        service = self._service(holder)
        if service.usage_months is None:
            return "NO_USAGE"
        day = event.instant.astimezone(time_zone(holder.timezone)).date()
        if not any(start <= day < end and is_on for start, end, is_on in holder.billable):
            return "NOT_BILLABLE"
        if not any(start <= day < end for start, end, _, _ in holder.periods):
            return "NOT_YET"
        usage_class = self._class(event)
        if usage_class is None:
            return "NO_CLASS"
        rate = self._price(event, holder, usage_class)
        if rate is None:
            return "NO_RATE"
        if "percent" in self._bases(rate):
            if event.amount is None:
                return "NO_AMOUNT"
            if event.amount[1] != holder.currency:
                return "OTHER_CURRENCY"
        return "QUANTITY_TOO_LARGE" if counted(rate, event.quantity) >= TOO_LARGE else None

    def _bases(self, rate: model.Rate) -> set[str]:
        return {each.basis for each in self.program.price_terms if each.price == rate.price}

    def _tie(self, event: Event) -> tuple[Holder, tuple[date, date, date, date]]:
        holder = self._holder(event)
        assert holder is not None
        day = event.instant.astimezone(time_zone(holder.timezone)).date()
        (period,) = (each for each in holder.periods if each[0] <= day < each[1])
        return holder, period

    def _service(self, holder: Holder) -> model.Service:
        return next(each for each in self.program.services if each.id == holder.service)

    def _plan(self, holder: Holder) -> str | None:
        """Give the plan of the package for the service, else the service's own."""
        for each in self.program.package_services:
            is_its = (each.package, each.service) == (holder.package, holder.service)
            if is_its and each.rate_plan is not None:
                return each.rate_plan
        return self._service(holder).rate_plan

    def _class(self, event: Event) -> str | None:
        for each in sorted(self.program.usage_classes, key=lambda one: one.ordinal):
            fits = each.criterion is None or holds(each.criterion, event.attributes)
            if each.measure == event.kind.measure and fits:
                return each.id
        return None

    def _price(self, event: Event, holder: Holder, usage_class: str) -> model.Rate | None:
        groups = {each.id: each for each in self.program.rate_groups}
        plan = self._plan(holder)
        steps = [each for each in self.program.rate_plan_groups if each.plan == plan]
        for step in sorted(steps, key=lambda each: each.ordinal):
            criterion = groups[step.group].criterion
            if criterion is not None and not holds(criterion, event.attributes):
                continue
            rows = [
                (found, rate)
                for rate in self.program.rates
                if (rate.group, rate.usage_class) == (step.group, usage_class)
                and (
                    found := specificity(
                        self.program, rate, event.attributes, event.instant, holder.timezone
                    )
                )
            ]
            if rows:
                best = min(rows, key=lambda row: row[0])[1]
                ours = [each for _, each in rows if each.ordinal == best.ordinal]
                return next((each for each in ours if each.currency == holder.currency), None)
        return None

    def _rate(self, result: Result, book: BucketBook) -> None:
        events = [
            (event, *self._tie(event))
            for event in self.stored.values()
            if self._why_not(event) is None
        ]
        for event, holder, period in sorted(
            events, key=lambda each: (each[0].instant, each[0].id, each[0].feed.id)
        ):
            if (holder.account_service, period[0]) in result.evaluated:
                self._rate_event(result, holder, period, event, book)
        for holder in self.holders:
            for period in holder.periods:
                if (holder.account_service, period[0]) in result.evaluated:
                    self._price_in_tiers(result, holder, period)
        for owner, start in sorted(result.evaluated):
            for filling in book.fillings_of(owner, start):
                self._write(result, filling)

    def _write(self, result: Result, filling: Filling) -> None:
        holder, bucket = filling.owner, filling.bucket
        place = (holder.account_service, filling.period[0], bucket.id)
        for tier, lower, upper in filling.bounds():
            ordinal = None if tier is None else tier.ordinal
            used, before = filling.used[ordinal], filling.before[ordinal]
            result.pools[*place, ordinal] = (lower, upper, used, before)
            if tier is None or not used:
                continue
            for flat in self.program.bucket_flats:
                key = (flat.bucket, flat.tier, flat.currency)
                if key == (bucket.id, tier.ordinal, holder.currency) and not before:
                    result.flats.add((*place, tier.ordinal, flat.amount))
            for price in self.program.bucket_prices:
                key = (price.bucket, price.tier, price.currency)
                if key == (bucket.id, tier.ordinal, holder.currency):
                    count = self._count(price.price, holder, filling.period[1])
                    result.priced.add((*place, tier.ordinal, before, used, price.price, count))
        for account in {*filling.put_in, *filling.drawn}:
            result.shares[*place, account] = (filling.put_in[account], filling.drawn[account])

    def _count(self, price: int, holder: Holder, end: date) -> int | None:
        """Give what the rule of a price counts on the last day of a period; None: it has none."""
        (rule,) = (each.counted_by for each in self.program.prices if each.id == price)
        if rule is None:
            return None
        day = end - timedelta(days=1)
        return counted_instances(self.program, rule, holder, self.holders, self.parents, day)

    def _price_in_tiers(
        self, result: Result, holder: Holder, period: tuple[date, date, date, date]
    ) -> None:
        """Price what was used of each row in tiers, and the rows that cost even at nothing."""
        start, end, _, _ = period
        groups = {each.group for each in self.program.rate_plan_groups if self._is_of(each, holder)}
        for rate in self.program.rates:
            row = (holder.account_service, start, rate.usage_class, rate.id)
            if rate.currency != holder.currency or rate.group not in groups:
                continue
            uses = result.uses.get(row)
            if uses is None and self._is_due_at_zero(rate, holder, start, end):
                uses = []
            if uses is not None:
                count = self._count(rate.price, holder, end)
                amount = amount_in_tiers(self.program, rate.price, uses, count)
                parts = parts_in_tiers(self.program, rate.price, uses, count)
                for use, place in zip(uses, result.pieces_of.get(row, ()), strict=True):
                    own = to_places(record_amount(parts, uses, use), 10)
                    result.pieces[place] = (*result.pieces[place][:-1], own)
                quantity = sum(each.until - each.since for each in uses)
                events = sum(each.is_first for each in uses)
                result.tiered[row] = (quantity, events, amount)

    def _is_of(self, group: model.RatePlanGroup, holder: Holder) -> bool:
        return group.plan == self._plan(holder)

    def _is_due_at_zero(self, rate: model.Rate, holder: Holder, start: date, end: date) -> bool:
        is_said = any(
            each.even_at_zero for each in self.program.price_tiers if each.price == rate.price
        )
        (measure,) = (
            each.measure for each in self.program.usage_classes if each.id == rate.usage_class
        )
        names = self._service(holder).identifiers
        measures = {
            kind.measure
            for feed in self.program.feeds
            if feed.identifier in names
            for kind in feed.events
        }
        bills = any(on and start < until and end > since for since, until, on in holder.billable)
        takes = self._service(holder).usage_months is not None
        return is_said and bills and takes and measure in measures

    def _rate_event(
        self,
        result: Result,
        holder: Holder,
        period: tuple[date, date, date, date],
        event: Event,
        book: BucketBook,
    ) -> None:
        usage_class = self._class(event)
        assert usage_class is not None
        rate = self._price(event, holder, usage_class)
        assert rate is not None
        fillings = book.fillings_for(holder, period, event.instant)
        ours = [each for each in fillings if each.applies(event, usage_class)]
        is_counted = False
        whole, gone = counted(rate, event.quantity), 0
        pieces = split(whole, ours, holder.account)
        for piece, (charge, tier, quantity) in enumerate(pieces):
            component = "included" if charge in {"pool", "rolled_over"} else charge
            counts = charge == "rated" and not is_counted
            is_counted = is_counted or charge == "rated"
            bucket, ordinal = tier or (None, None)
            rate_id = rate.id if charge == "rated" else None
            at = (event.record.file, event.record.row, event.id)
            if charge == "rated" and not is_plain(self.program, rate.price):
                row = (holder.account_service, period[0], usage_class, rate.id)
                amount_of_it = Fraction(0) if event.amount is None else event.amount[0]
                use = Use(gone, gone + quantity, whole, counts, int(amount_of_it * 10**6))
                result.uses.setdefault(row, []).append(use)
                result.pieces_of.setdefault(row, []).append(len(result.pieces))
                gone += quantity
                zero = to_places(Fraction(0), 10)
                result.pieces.append((*at, piece, component, tier, quantity, zero))
                continue
            gone += quantity
            place = (holder.account_service, period[0], usage_class)
            key = (*place, component, rate_id, bucket, ordinal)
            before = result.cells.get(key, (0, 0))
            result.cells[key] = (before[0] + quantity, before[1] + counts)
            amount = Fraction(0)
            if charge == "rated":
                amount = self._charge(rate, quantity, counts)
            result.pieces.append((*at, piece, component, tier, quantity, to_places(amount, 10)))

    def _charge(self, rate: model.Rate, quantity: int, counts: int) -> Fraction:
        """Price a piece: each term for its share of the quantity, or for the event."""
        total = Fraction(0)
        for term in self.program.price_terms:
            if term.price == rate.price:
                assert term.basis in {"share", "event"}
                for_units = Fraction(quantity, term.per) if term.basis == "share" else counts
                total += Fraction(term.amount) * for_units
        return total


class Fields(dict[str, str | None]):
    """The fields of a record, or attributes of an event; how their numbers are written."""

    def __init__(self, fields: dict[str, str | None], *, comma: bool) -> None:
        super().__init__(fields)
        self.comma = comma


def pointed(given: str | None) -> str | None:
    """Write a number that has a comma with a point; leave all else."""
    if given is not None and re.fullmatch(r"[+-]?[0-9]{1,28},[0-9]{1,9}0*", given):
        return given.replace(",", ".")
    return given


PER_SECOND = {"seconds": 1, "milliseconds": 1000, "microseconds": 10**6}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_time(given: str | None, feed: model.Feed, raw: Fields) -> datetime | None:
    if feed.time_epoch is not None:
        count = number(tree.FieldValue(name=feed.time_field), raw)
        if count is None or abs(count) >= PER_SECOND[feed.time_epoch] * 10**11:
            return None
        ticks = count * 10**6 / PER_SECOND[feed.time_epoch]
        return EPOCH + timedelta(microseconds=int(ticks))
    if given is None or feed.time_pattern is None:
        return None
    try:
        local = datetime.strptime(given, feed.time_pattern)  # noqa: DTZ007 - zoned below
    except ValueError:
        return None
    return local.replace(tzinfo=time_zone(feed.timezone)).astimezone(UTC)


def holds(node: tree.Expression, fields: dict[str, str | None]) -> bool:
    match node:
        case tree.Compare(operator=operator, left=left, right=right, numeric=is_numeric):
            sides: list[object] = [
                number(each, fields) if is_numeric else text(each, fields) for each in (left, right)
            ]
            return None not in sides and COMPARE[operator](*sides)
        case tree.InCountries(value=value, countries=countries):
            return text(value, fields) in countries
        case tree.BeginsWith(value=value, prefixes=prefixes):
            return (text(value, fields) or "").startswith(prefixes)
        case tree.IsMissing(value=value):
            return not text(value, fields)
        case tree.AllOf(operands=operands):
            return all(holds(each, fields) for each in operands)
        case tree.AnyOf(operands=operands):
            return any(holds(each, fields) for each in operands)
        case tree.Not(operand=operand):
            return not holds(operand, fields)
        case tree.FieldValue() | tree.TextValue() | tree.NumberValue() | tree.Calculate():
            raise TypeError(node.op)
        case _:
            assert_never(node)


COMPARE: dict[str, Callable[..., bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def text(node: tree.Expression, fields: dict[str, str | None]) -> str | None:
    if isinstance(node, tree.FieldValue):
        return fields.get(node.name)
    if isinstance(node, tree.TextValue):
        return node.value
    found = number(node, fields)
    if found is None:
        return None
    whole = format(Decimal(found.numerator) / Decimal(found.denominator), "f")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def fields_of(node: tree.Expression) -> Iterator[str]:
    if isinstance(node, tree.FieldValue):
        yield node.name
    elif isinstance(node, tree.Calculate):
        yield from fields_of(node.left)
        yield from fields_of(node.right)


def number(node: tree.Expression, fields: dict[str, str | None]) -> Fraction | None:
    match node:
        case tree.NumberValue(value=value):
            return Fraction(value)
        case tree.FieldValue() | tree.TextValue():
            given = text(node, fields)
            if given and isinstance(fields, Fields) and fields.comma:
                given = None if "." in given else given.replace(",", ".")
            return Fraction(given) if given and NUMBER.fullmatch(given) else None
        case tree.Calculate(operator=operator, left=left, right=right):
            one, other = number(left, fields), number(right, fields)
            if one is None or other is None:
                return None
            match operator:
                case "+":
                    return one + other
                case "-":
                    return one - other
                case "*":
                    return one * other
        case _:
            raise TypeError(node.op)


def to_whole(value: Fraction) -> int:
    """Round a positive value half up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def to_places(value: Fraction, places: int) -> Decimal:
    return Decimal(to_whole(value * 10**places)).scaleb(-places)


def start_of(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), time_zone(timezone)).astimezone(UTC)
