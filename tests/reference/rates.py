"""Which rate is an event's, and what it counts for: the rules of docs/language.md, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from runtime.program import model

Specificity = tuple[int, int, int, bool, bool, int]


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
    if rate.band is not None and not in_band(program, rate.band, instant, timezone):
        return None
    return (*place, 0, rate.carrier is None, rate.band is None, rate.ordinal)


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


def in_band(program: model.Program, band: str, instant: datetime, timezone: str) -> bool:
    """Tell whether the clock of an account shows a time of a band."""
    local = instant.astimezone(ZoneInfo(timezone))
    minute = local.hour * 60 + local.minute
    return any(
        each.start <= minute < each.end
        and (each.day == local.date() or each.weekday == local.weekday())
        for each in program.time_band_hours
        if each.band == band
    )


def counted(rate: model.Rate, quantity: int) -> int:
    """Give what an event counts for: at least the minimum, in whole increments."""
    least = max(quantity, rate.minimum)
    return -(-least // rate.increment) * rate.increment
