"""Which rate is an event's, and what it counts for: the rules of docs/language.md, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from runtime.program import model

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
    local = instant.astimezone(ZoneInfo(timezone))
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
    """Tell whether a price is so much for a unit, so much for an event, or both, and no more."""
    (row,) = (each for each in program.prices if each.id == price)
    tiers = [each for each in program.price_tiers if each.price == price]
    bases = sorted(each.basis for each in program.price_terms if each.price == price)
    is_bounded = row.at_most is not None or row.at_least is not None
    return (
        row.mode == "volume"
        and len(tiers) == 1
        and row.includes == row.percent_off == 0
        and not is_bounded
        and bases in (["share"], ["event"], ["event", "share"])
    )


def amount_in_tiers(
    program: model.Program, price: int, quantity: int, events: int, amounts: Fraction
) -> Fraction:
    """Price all that was used of a rate in a period, a unit after the other where it matters."""
    (row,) = (each for each in program.prices if each.id == price)
    counted = max(0, quantity - row.includes)
    tiers = sorted(
        (each for each in program.price_tiers if each.price == price),
        key=lambda each: each.ordinal,
    )
    total, lower = Fraction(0), 0
    for tier in tiers:
        upper = tier.upper
        if row.mode == "graduated":
            within = max(0, (counted if upper is None else min(counted, upper)) - lower)
        else:
            is_reached = (counted > lower or lower == 0) and (upper is None or counted <= upper)
            within = counted if is_reached else 0
            if not is_reached:
                lower = upper or 0
                continue
        for term in program.price_terms:
            if (term.price, term.tier) == (price, tier.ordinal):
                times = {
                    "share": Fraction(within, term.per),
                    "block": Fraction(-(-within // term.per)),
                    "flat": Fraction(within > 0),
                    "event": Fraction(events),
                    "percent": amounts / 100,
                }[term.basis]
                total += times * Fraction(term.amount)
        lower = upper or 0
    total *= 1 - Fraction(row.percent_off) / 100
    if row.at_most is not None:
        total = min(total, Fraction(row.at_most))
    return total if row.at_least is None else max(total, Fraction(row.at_least))
