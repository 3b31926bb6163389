"""Which rate is an event's, and what it counts for: the rules of docs/language.md, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from runtime.program import model
from runtime.program.prices import Price
from runtime.program.time_zones import time_zone

if TYPE_CHECKING:
    from tests.reference.usage import Holder

Specificity = tuple[int, int, int, bool, int, int]


def specificity(
    program: model.Program,
    rate: model.Rate,
    attributes: Mapping[str, str | None],
    instant: datetime,
    timezone: str,
) -> Specificity | None:
    """Tell how particular a row is for an event, less for more; None: it does not fit."""
    place = _place(program, rate, attributes)
    if place is None:
        return None
    if rate.carrier is not None and rate.carrier != attributes.get("carrier"):
        return None
    time = 2 if rate.band is None else holds_by(program, rate.band, instant, timezone)
    if time is None:
        return None
    return (*place, 0, rate.carrier is None, time, rate.ordinal)


def _place(
    program: model.Program, rate: model.Rate, attributes: Mapping[str, str | None]
) -> tuple[int, int] | None:
    number = attributes.get("destination") or ""
    country = attributes.get("country")
    prefixes = [rate.prefix] if rate.prefix is not None else []
    countries: list[str] = []
    if rate.zone is not None:
        prefixes += [each.prefix for each in program.zone_prefixes if each.zone == rate.zone]
        countries = [each.country for each in program.zone_countries if each.zone == rate.zone]
    lengths = [len(each) for each in prefixes if number.startswith(each)]
    if lengths:
        return 0, -max(lengths)
    if rate.country is not None and rate.country == country:
        return 1, 0
    if country in countries:
        return 2, 0
    is_anywhere = rate.prefix is None and rate.country is None and rate.zone is None
    return (3, 0) if is_anywhere else None


def holds_by(program: model.Program, band: str, instant: datetime, timezone: str) -> int | None:
    """Tell whether the clock of an account shows a time of a band: 0 by a date, 1 by the week."""
    local = instant.astimezone(time_zone(timezone))
    minute = local.hour * 60 + local.minute
    now = [
        each
        for each in program.time_band_hours
        if each.band == band and each.start <= minute < each.end
    ]
    if any(each.day == local.date() for each in now):
        return 0
    return 1 if any(each.weekday == local.weekday() for each in now) else None


def counted(rate: model.Rate, quantity: int) -> int:
    """Give what an event counts for: at least the minimum, in whole increments."""
    least = max(quantity, rate.minimum)
    return -(-least // rate.increment) * rate.increment


def is_plain(program: model.Program, price: int) -> bool:
    """Tell whether a price is so much for a unit, an event or both, whatever is counted."""
    (row,) = (each for each in program.prices if each.id == price)
    tiers = [each for each in program.price_tiers if each.price == price]
    bases = sorted(each.basis for each in program.price_terms if each.price == price)
    is_bounded = row.at_most is not None or row.at_least is not None
    return (
        row.mode == "volume"
        and len(tiers) == 1
        and row.counted_by is None
        and row.includes == row.percent_off == 0
        and not is_bounded
        and bases in (["share"], ["event"], ["event", "share"])
    )


@dataclass(frozen=True)
class Use:
    """What of an event is rated at a row: its units from `since` to `until` of `whole`.

    `is_first`: no part of the event was rated before; `millionths`: the event's amount.
    """

    since: int
    until: int
    whole: int
    is_first: bool
    millionths: int

    def paid(self, since: int, until: int) -> int:
        """Give the part of the amount that some of the event's units have."""
        if self.whole == 0:
            return self.millionths
        return shared(self.millionths, until, self.whole) - shared(
            self.millionths, since, self.whole
        )


def shared(what: int, part: int, of: int) -> int:
    """Give what the first `part` of `of` have of something, rounded half up."""
    return 0 if of == 0 else int(Fraction(what * part, of) + Fraction(1, 2))


@dataclass
class Held:
    """What a tier charges for."""

    units: int = 0
    events: int = 0
    millionths: int = 0
    is_entered: bool = False


@dataclass(frozen=True)
class Part:
    """What a term, or a bound, of a price came to."""

    basis: str
    amount: Fraction


def amount_in_tiers(
    program: model.Program, price: int, uses: Sequence[Use], instances: int | None
) -> Fraction:
    """Price all that was used of a rate in a period, exactly."""
    parts = parts_in_tiers(program, price, uses, instances)
    return sum((each.amount for each in parts), Fraction(0))


def parts_in_tiers(
    program: model.Program, price: int, uses: Sequence[Use], instances: int | None
) -> list[Part]:
    """Price all that was used of a rate in a period, event by event in their order.

    `instances`: what the counting rule counts, where one picks the tier.
    """
    (row,) = (each for each in program.prices if each.id == price)
    tiers = sorted(
        (each for each in program.price_tiers if each.price == price),
        key=lambda each: each.ordinal,
    )
    bounds = [each.upper for each in tiers]
    if instances is not None:
        held = _by_count(row, bounds, uses, instances)
    elif row.mode == "graduated":
        held = _in_order(row, bounds, uses)
    else:
        held = _all_in_one(row, bounds, uses)
    used = sum(each.until - each.since for each in uses)
    if not used:
        for each in held:
            each.is_entered = each.is_entered and tiers[0].even_at_zero
    if tiers[0].even_at_zero and not any(each.is_entered for each in held):
        held[0].is_entered = True
    parts = []
    kept = 1 - Fraction(row.percent_off) / 100
    for tier, own in zip(tiers, held, strict=True):
        for term in program.price_terms:
            if (term.price, term.tier) == (price, tier.ordinal):
                times = {
                    "share": Fraction(own.units, term.per),
                    "block": Fraction(-(-own.units // term.per)),
                    "flat": Fraction(own.is_entered),
                    "event": Fraction(own.events),
                    "percent": Fraction(own.millionths, 10**8),
                }[term.basis]
                parts.append(Part(term.basis, times * Fraction(term.amount) * kept))
    total = brought = sum((each.amount for each in parts), Fraction(0))
    if row.at_most is not None:
        brought = min(brought, Fraction(row.at_most))
    if row.at_least is not None:
        brought = max(brought, Fraction(row.at_least))
    return [*parts, Part("bound", brought - total)]


PLACES = 10**10


def record_amount(parts: Sequence[Part], uses: Sequence[Use], use: Use) -> Fraction:
    """Give a record its even share of what a row came to, in whole parts of PLACES.

    What 128 bits do not hold is not shown.
    """
    found = 0
    for bases, own, of in (
        (
            {"share", "block", "flat", "bound"},
            use.until - use.since,
            sum(each.until - each.since for each in uses),
        ),
        ({"event"}, int(use.is_first), sum(each.is_first for each in uses)),
        (
            {"percent"},
            use.paid(use.since, use.until),
            sum(each.paid(each.since, each.until) for each in uses),
        ),
    ):
        whole = sum(to_whole(each.amount * PLACES) for each in parts if each.basis in bases)
        is_shown = of and 2 * abs(whole) * own + of < 2**127
        found += to_whole(Fraction(whole * own, of)) if is_shown else 0
    return Fraction(found, PLACES)


def to_whole(value: Fraction) -> int:
    """Round half up, and a negative value as the positive one."""
    size = int(abs(value) + Fraction(1, 2))
    return size if value >= 0 else -size


def _tier_at(bounds: Sequence[int | None], unit: int) -> int:
    """Give the tier of a unit, counted from 1; no unit is in the first."""
    return next(n for n, upper in enumerate(bounds) if upper is None or max(unit, 1) <= upper)


def _all_in_one(row: Price, bounds: Sequence[int | None], uses: Sequence[Use]) -> list[Held]:
    counted = max(0, sum(each.until - each.since for each in uses) - row.includes)
    held = [Held() for _ in bounds]
    own = held[_tier_at(bounds, counted)]
    own.units, own.is_entered = counted, counted > 0
    own.events = sum(each.is_first for each in uses)
    own.millionths = sum(each.paid(each.since, each.until) for each in uses)
    return held


def _in_order(row: Price, bounds: Sequence[int | None], uses: Sequence[Use]) -> list[Held]:
    held = [Held() for _ in bounds]
    gone = -row.includes
    for each in uses:
        left, since = each.until - each.since, each.since
        if each.is_first:
            held[_tier_at(bounds, gone + min(1, left))].events += 1
        if not left:
            held[_tier_at(bounds, gone)].millionths += each.paid(since, since)
        while left:
            place = _tier_at(bounds, gone + 1)
            upper = bounds[place]
            run = left if upper is None else min(left, upper - gone)
            own = held[place]
            free = min(run, max(0, -gone))
            own.units += run - free
            own.is_entered = own.is_entered or run > free
            own.millionths += each.paid(since, since + run)
            gone, since, left = gone + run, since + run, left - run
    return held


def _by_count(
    row: Price, bounds: Sequence[int | None], uses: Sequence[Use], instances: int
) -> list[Held]:
    held = [Held() for _ in bounds]
    included = min(row.includes, instances)
    picks = instances - included
    used = sum(each.until - each.since for each in uses)
    whole = (
        used - shared(used, included, instances),
        sum(each.is_first for each in uses),
        sum(each.paid(each.since, each.until) for each in uses),
    )
    lower = 0
    for own, upper in zip(held, bounds, strict=True):
        is_reached = upper is None or picks <= upper
        until = picks if upper is None else min(upper, picks)
        own.is_entered = until > lower and (row.mode == "graduated" or is_reached)
        if picks == 0 or row.mode == "volume":
            parts = whole if is_reached else (0, 0, 0)
        else:
            first, second, third = (
                shared(each, until, picks) - shared(each, lower, picks) for each in whole
            )
            parts = (first, second, third)
        own.units, own.events, own.millionths = parts
        if is_reached:
            break
        lower = until
    return held


def counted_instances(
    program: model.Program,
    rule: str,
    holder: Holder,
    holders: Sequence[Holder],
    parents: Mapping[str, str],
    day: date,
) -> int:
    """Count what a rule of services counts for an account service on a day."""
    (own,) = (each for each in program.counting_rules if each.id == rule)
    things = {each.thing for each in program.counted_things if each.rule == rule}
    named = {each.status for each in program.counted_statuses if each.rule == rule}
    found = 0
    for each in holders:
        above = each.account
        while own.scope == "account_tree" and above != holder.account and above in parents:
            above = parents[above]
        is_near = above == holder.account
        if own.scope == "account_package":
            is_near = each.account_service == holder.account_service
        on = {"on" if is_on else "off" for start, end, is_on in each.billable if start <= day < end}
        if each.service in things and is_near and on & (named or {"on"}):
            found += each.quantity
    return found
