"""Report two rows of a rate group that fit the same event equally well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice, product

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.rate_rows import Fit, RateRows, class_named, rate_rows
from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import Resolved
from compiler.resolve.places import Places
from compiler.session import Session
from compiler.time_bands import shared_time
from compiler.zone_facts import places_of
from dsl.diagnostic import Label
from dsl.syntax.rates import RateGroupDeclaration
from dsl.syntax.zones import TimeBandDeclaration

CODE = codes.EQUAL_RATES

EVERYWHERE = "everywhere"

USAGE = """\
feed sessions {
  format     csv
  id         session_id
  at         started
  service    gateway
  quantity   bytes in byte
  attribute  country
}

service access {
  type           recurring
  identified by  gateway
  usage monthly {
    rates  metered
  }
}

usage class traffic measured in data

"""

PAGE = Page(
    what="Two rows of one rate group are for the same usage class, by the same carrier or any, "
    "to the same place: both everywhere, both to one prefix, country or zone, or to two zones that "
    "share a place; and both always, or in time bands that share some time, both by dates or both "
    "by days of the week.",
    why="An event could be billed at either price. The most specific row wins, and of two "
    "zones, two dates, or two days of the week, neither is more specific.",
    bad=TINY
    + USAGE
    + """\
zone north_america = countries CA, US
zone pacific       = countries US, AU

rate group traffic_rates {
  traffic to north_america  1.20 USD per GB
  traffic to pacific        1.50 USD per GB
  traffic                   4.00 USD per GB
}

rate plan metered {
  traffic_rates
}
""",
    good=TINY
    + USAGE
    + """\
zone north_america = countries CA, US
zone pacific       = countries AU

rate group traffic_rates {
  traffic to north_america  1.20 USD per GB
  traffic to pacific        1.50 USD per GB
  traffic                   4.00 USD per GB
}

rate plan metered {
  traffic_rates
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each row that fits an event as well as an earlier one, and such an event."""
    bands = BandTimes(resolved)
    for group in resolved.all(RateGroupDeclaration):
        rows = rate_rows(resolved, group)
        if rows is not None:
            for clash in islice(_clashes(resolved, rows, bands), MOST_CLASHES):
                _report(rows, clash, session)


MOST_CLASHES = 20
"""How many clashes are reported of one group."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two rows, and an event that both fit: its place, and its time where that matters."""

    first: int
    second: int
    place: str
    time: str = ""


@dataclass(slots=True)
class BandTimes:
    """When two time bands both hold; each pair is looked at once."""

    resolved: Resolved
    known: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def shared(self, first: str, second: str) -> str | None:
        """Say when both hold; None where they never do, or are not known."""
        pair = min(first, second), max(first, second)
        if pair not in self.known:
            bands = [self._band(name) for name in pair]
            a, b = bands
            self.known[pair] = None if a is None or b is None else shared_time(a, b)
        return self.known[pair]

    def _band(self, name: str) -> TimeBandDeclaration | None:
        entity = self.resolved.entities.get(EntityId(Kind.TIME_BAND, name))
        node = None if entity is None else entity.node
        return node if isinstance(node, TimeBandDeclaration) else None


Same = tuple[str, str | None, str | None, str | None, str | None]
"""All that a row is for but its time band: class, prefix, country, zone, carrier."""


def _clashes(resolved: Resolved, rows: RateRows, bands: BandTimes) -> Iterator[Clash]:
    kinds = {(fit.zone is None, fit.band) for fit in rows.fits}
    is_plain = kinds <= {(True, None)}  # no two rows for different usage meet
    if is_plain and len(set(zip(rows.fits, rows.currencies, strict=True))) == len(rows.fits):
        return
    index: dict[Same, list[int]] = {}
    for number, fit in enumerate(rows.fits):
        index.setdefault(fit[:5], []).append(number)
    if len(index) < len(rows.fits):
        for same, numbers in index.items():
            if len(numbers) > 1 and class_named(resolved, same[0]) is not None:
                yield from _within(resolved, rows, numbers, bands)
    yield from _across(resolved, rows, index, bands)


def _within(
    resolved: Resolved, rows: RateRows, numbers: list[int], bands: BandTimes
) -> Iterator[Clash]:
    """Compare rows for the same place and carrier: two clash where their times meet."""
    seen: dict[tuple[str | None, str | None], int] = {}
    by_band: dict[str, int] = {}
    for number in numbers:
        fit = rows.fits[number]
        place = _a_place(resolved, fit)
        if place is None:
            continue
        key = fit.band, rows.currencies[number]
        first = seen.setdefault(key, number)
        if first != number:
            yield Clash(first, number, place)
        elif fit.band is not None:
            for band, other in by_band.items():
                time = None if band == fit.band else bands.shared(band, fit.band)
                if time is not None and fit.band not in by_band:
                    yield Clash(other, number, place, time)
        if fit.band is not None:
            by_band.setdefault(fit.band, number)


def _a_place(resolved: Resolved, fit: Fit) -> str | None:
    """Name a place that a row is for; None where it has none, or that is not known."""
    if fit.zone is None:
        return fit.prefix or fit.country or EVERYWHERE
    places = places_of(resolved, fit.zone)
    return None if places is None else min(places.countries | places.prefixes, default=None)


def _across(
    resolved: Resolved, rows: RateRows, index: Mapping[Same, list[int]], bands: BandTimes
) -> Iterator[Clash]:
    """Compare rows for zones with rows for a prefix of theirs, or for zones that share a place."""
    zones = dict.fromkeys(same[3] for same in index if same[3] is not None)
    by_prefix: dict[str, list[str]] = {}
    by_country: dict[str, list[str]] = {}
    for zone in zones:
        places = places_of(resolved, zone) or Places(frozenset(), frozenset())
        for held, found in ((places.prefixes, by_prefix), (places.countries, by_country)):
            for place in sorted(held):
                found.setdefault(place, []).append(zone)
    shared: dict[str, dict[str, str]] = {}
    for found in (by_country, by_prefix):
        for place, sharing in found.items():
            for one, other in combinations(sharing, 2):
                shared.setdefault(one, {}).setdefault(other, place)
    for same, numbers in index.items() if zones else ():
        usage_class, prefix, _, own_zone, carrier = same
        if class_named(resolved, usage_class) is None:
            continue
        others = shared.get(own_zone, {}) if own_zone is not None else {}
        if prefix is not None:
            others = dict.fromkeys(by_prefix.get(prefix, ()), prefix)
        for other, place in others.items():
            meeting = index.get((usage_class, None, None, other, carrier), ())
            yield from _meeting(rows, numbers, meeting, place, bands)


def _meeting(
    rows: RateRows, ours: Sequence[int], theirs: Sequence[int], place: str, bands: BandTimes
) -> Iterator[Clash]:
    """Give the first two rows of different zones whose times meet."""
    for one, other in product(ours, theirs):
        a, b = rows.fits[one].band, rows.fits[other].band
        time = bands.shared(a, b) if a is not None and b is not None and a != b else None
        if a == b or time is not None:
            yield Clash(min(one, other), max(one, other), place, time or "")
            return


def _report(rows: RateRows, clash: Clash, session: Session) -> None:
    first, second = rows.fits[clash.first], rows.fits[clash.second]
    event = f"an event of `{second.usage_class}`"
    if clash.place == EVERYWHERE and not clash.time and second.carrier is None:
        event = f"any event of `{second.usage_class}`"
    elif clash.place != EVERYWHERE:
        event += f" {'to' if clash.place.isdigit() else 'in'} {clash.place}"
    event += f' via "{second.carrier}"' if second.carrier is not None else ""
    event += f" {clash.time}" if clash.time else ""
    is_shared = (first.zone or first.prefix) != (second.zone or second.prefix)
    help_ = "take one of the two out"
    if clash.time:
        help_ = f"take the time out of `{first.band}` or `{second.band}`"
    elif is_shared:
        both = "one of the two zones" if first.zone and second.zone else "the zone"
        help_ = f"take {clash.place} out of {both}"
    session.report(
        CODE,
        f"two rows of the rate group `{rows.group.name.text}` fit {event} equally well",
        Label(rows.span(clash.second), "fits as well"),
        [Label(rows.span(clash.first), "fits")],
        help_,
    )
