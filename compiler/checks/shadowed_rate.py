"""Warn of rates that an earlier group of every plan always takes first."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from compiler import codes
from compiler.checks.equal_rates import USAGE
from compiler.checks.page import TINY, Page
from compiler.rate_rows import Fit, RateRows, class_named, rate_rows
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.resolve.places import Places
from compiler.resolve.shape import shape
from compiler.session import Session
from compiler.zone_facts import places_of
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.rates import RateGroupDeclaration, RatePlanDeclaration

CODE = codes.SHADOWED_RATE

PAGE = Page(
    what="In every rate plan that uses a rate group, an earlier group already has a rate for "
    "all the usage that a row is for.",
    why="Groups are tried in order and the first that has a rate decides, so the row is never "
    "used. Most often the groups stand in the wrong order.",
    bad=TINY
    + USAGE
    + """\
zone north_america = countries CA, US

rate group home {
  traffic to north_america  1.20 USD per GB
}

rate group everywhere {
  traffic  4.00 USD per GB
}

rate plan metered {
  everywhere
  home
}
""",
    good=TINY
    + USAGE
    + """\
zone north_america = countries CA, US

rate group home {
  traffic to north_america  1.20 USD per GB
}

rate group everywhere {
  traffic  4.00 USD per GB
}

rate plan metered {
  home
  everywhere
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Warn of each row that no plan can come to."""
    if resolved.is_incomplete(Kind.RATE_PLAN):
        return
    rows: dict[Span, RateRows | None] = {}
    takers: dict[Span, dict[int, list[Row | None]]] = {}
    plans: dict[Span, RatePlanDeclaration] = {}
    tried: Counter[Span] = Counter()
    for plan in resolved.all(RatePlanDeclaration):
        for group, taken in _taken(resolved, plan, rows):
            plans.setdefault(group, plan)
            tried[group] += 1
            for row, taker in taken:
                takers.setdefault(group, {}).setdefault(row, []).append(taker)
    for span, own in takers.items():
        always = [(row, each[0]) for row, each in sorted(own.items()) if len(each) == tried[span]]
        for row, first in islice(always, MOST_SHADOWED):
            found = rows.get(span)
            if first is not None and found is not None:
                _report(found, row, first, plans[span], session)


MOST_SHADOWED = 20
"""How many rows of one group are warned of."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a group, by its number."""

    rows: RateRows
    number: int


def _report(
    rows: RateRows, row: int, first: Row, plan: RatePlanDeclaration, session: Session
) -> None:
    session.report(
        CODE,
        f"the rate of `{rows.fits[row].usage_class}` in `{rows.group.name.text}` is never used",
        Label(rows.span(row), "an earlier group takes all of this usage"),
        [
            Label(first.rows.span(first.number), "this row takes it first"),
            Label(plan.name.span, "in the order of this plan"),
        ],
        "put the more particular group first, or delete the row",
    )


ALWAYS = ""
"""The condition of a group that holds for all events."""


def _taken(
    resolved: Resolved, plan: RatePlanDeclaration, known: dict[Span, RateRows | None]
) -> Iterator[tuple[Span, list[tuple[int, Row | None]]]]:
    """Give each group of a plan with its rows that an earlier group's row takes whole."""
    earlier: list[tuple[str, Index]] = []
    seen: set[Span] = set()
    for name in plan.groups:
        group = resolved.find(name, RateGroupDeclaration)
        if group is None or group.span in seen:
            continue
        seen.add(group.span)
        condition = ALWAYS if group.criterion is None else shape(group.criterion)
        wider = [index for before, index in earlier if before in {ALWAYS, condition}]
        is_last = name is plan.groups[-1]
        if (wider or not is_last) and group.span not in known:
            known[group.span] = rate_rows(resolved, group)
        rows = known.get(group.span)
        taken = _taken_rows(resolved, rows, wider) if wider and rows is not None else ()
        yield group.span, list(taken)
        if rows is not None and not is_last:
            earlier.append((condition, Index(resolved, rows)))


def _taken_rows(
    resolved: Resolved, rows: RateRows, earlier: Sequence[Index]
) -> Iterator[tuple[int, Row | None]]:
    for number, fit in enumerate(rows.fits):
        for index in earlier:
            taker = index.taker_of(fit) if fit.usage_class in index.classes else None
            if taker is not None:
                if class_named(resolved, fit.usage_class) is not None:
                    yield number, Row(index.rows, taker)
                break


Place = tuple[str | None, str | None, str | None]
"""A prefix, a country and a zone, of which one is there, or none."""


class Index:
    """The rows of a group, found by what they are for."""

    def __init__(self, resolved: Resolved, rows: RateRows) -> None:
        self.rows = rows
        self._resolved = resolved
        last = len(rows.fits) - 1
        self._first: dict[tuple[str | None, ...], int] = dict(
            zip(reversed(rows.fits), range(last, -1, -1), strict=True)
        )
        self.classes = frozenset(fit.usage_class for fit in rows.fits)
        self._zones: dict[str, list[str]] = {}
        for zone in dict.fromkeys(fit.zone for fit in rows.fits if fit.zone):
            places = places_of(resolved, zone)
            for place in () if places is None else places.countries | places.prefixes:
                self._zones.setdefault(place, []).append(zone)
        self._lengths = sorted({len(fit.prefix) for fit in rows.fits if fit.prefix})
        self._covering: dict[Place, list[Place]] = {}

    def taker_of(self, narrow: Fit) -> int | None:
        """Give the first row that is for all that another one, of a later group, is for."""
        carriers = (None,) if narrow.carrier is None else (None, narrow.carrier)
        bands = (None,) if narrow.band is None else (None, narrow.band)
        first, name, best = self._first, narrow.usage_class, None
        for prefix, country, zone in self._places(narrow):
            for carrier in carriers:
                for band in bands:
                    found = first.get((name, prefix, country, zone, carrier, band))
                    if found is not None and (best is None or found < best):
                        best = found
        return best

    def _places(self, narrow: Fit) -> list[Place]:
        """Give the prefix, country and zone of rows that are for all of a row's places."""
        places: list[Place] = [(None, None, None)]
        prefix = narrow.prefix
        if prefix is not None:
            lengths = self._lengths[: bisect_right(self._lengths, len(prefix))]
            places += [(prefix[:length], None, None) for length in lengths]
        if narrow.country is not None:
            places.append((None, narrow.country, None))
        if self._zones and not narrow.is_anywhere:
            key = narrow.prefix, narrow.country, narrow.zone
            if key not in self._covering:
                self._covering[key] = [(None, None, zone) for zone in self._zones_over(narrow)]
            places += self._covering[key]
        return places

    def _zones_over(self, narrow: Fit) -> Iterator[str]:
        """Give the zones that hold all of a row's places; each holds any one of them."""
        inner = _places_of(self._resolved, narrow)
        if inner is None:
            return
        one = min(inner.countries | inner.prefixes, default="")
        beginnings = (
            [one] if one in inner.countries else [one[:end] for end in range(1, len(one) + 1)]
        )
        for zone in dict.fromkeys(
            zone for each in beginnings for zone in self._zones.get(each, ())
        ):
            places = places_of(self._resolved, zone)
            if places is not None and places.covers(inner):
                yield zone


def _places_of(resolved: Resolved, fit: Fit) -> Places | None:
    if fit.zone is not None:
        return places_of(resolved, fit.zone)
    prefixes = frozenset([fit.prefix] if fit.prefix else [])
    return Places(frozenset([fit.country] if fit.country else []), prefixes)
