"""Report rate plans that leave usage of a class without a rate.

A plan that says `otherwise reject` has said what becomes of the rest.  Else each class that
its groups rate at all must have a rate for everywhere, in a group that holds for all events;
and each class of the catalog must be rated by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_attribute import FEED
from compiler.facts import catalog_currencies, rated_services
from compiler.rate_rows import Fit, RateRows, rate_rows, words_of
from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import Resolved
from compiler.resolve.places import Places
from compiler.session import Session
from compiler.standards import country_codes
from compiler.tables.cells import LONGEST_PREFIX
from compiler.time_bands import uncovered_time
from compiler.zone_facts import places_of
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.rates import RateGroupDeclaration, RatePlanDeclaration
from dsl.syntax.services import ServiceDeclaration
from dsl.syntax.usage import UsageClassDeclaration
from dsl.syntax.zones import TimeBandDeclaration

CODE = codes.UNRATED_CLASS

_SERVICE = """\
service mobile {
  type           recurring
  identified by  phone
  usage monthly {
    rates  standard
  }
}

usage class voice measured in time when kind == "voice"
usage class video measured in time when kind == "video"

"""

PAGE = Page(
    what="Some usage that a service accepts matches no rate of its rate plan, and the plan "
    "does not say `otherwise reject`.",
    why="Usage without a rate is not billed. That is either a mistake, or meant, and then it "
    "stands in the plan.",
    bad=TINY
    + FEED
    + _SERVICE
    + """\
rate group minutes {
  voice  0.02 USD per minute
}

rate plan standard {
  minutes
}
""",
    good=TINY
    + FEED
    + _SERVICE
    + """\
rate group minutes {
  voice  0.02 USD per minute
  video  0.05 USD per minute
}

rate plan standard {
  minutes
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each class that a plan in use does not rate everywhere, with a witness."""
    if resolved.is_incomplete(Kind.RATE_GROUP) or resolved.is_incomplete(Kind.ZONE):
        return
    users = _users(resolved)
    asked = [
        (plan, users[plan.span])
        for plan in resolved.all(RatePlanDeclaration)
        if plan.otherwise is None and plan.span in users and plan.groups
    ]
    known = {
        group.span: _rows_by_class(rows)
        for group in (resolved.all(RateGroupDeclaration) if asked else ())
        if (rows := rate_rows(resolved, group)) is not None and _is_whole(resolved, group)
    }
    for plan, user in asked:
        _check_plan(resolved, plan, user, known, session)


def _is_whole(resolved: Resolved, group: RateGroupDeclaration) -> bool:
    """Whether no row is missing from what was read of a group."""
    table = None if group.table is None else resolved.tables.of(group.table)
    return table is None or not table.faults


def _users(resolved: Resolved) -> dict[Span, ServiceDeclaration]:
    """Give the first service that each plan rates, by the plan's place."""
    users: dict[Span, ServiceDeclaration] = {}
    for service, rates in rated_services(resolved):
        plan = resolved.find(rates, RatePlanDeclaration)
        if plan is not None:
            users.setdefault(plan.span, service)
    return users


def _check_plan(
    resolved: Resolved,
    plan: RatePlanDeclaration,
    user: ServiceDeclaration,
    known: Mapping[Span, Mapping[str, tuple[Row, ...]]],
    session: Session,
) -> None:
    groups = [resolved.find(name, RateGroupDeclaration) for name in plan.groups]
    found = [known.get(group.span) for group in groups if group is not None]
    held = [each for each in found if each is not None]
    if len(held) < len(groups):
        return
    for usage_class in resolved.all(UsageClassDeclaration):
        name = usage_class.name.text
        rows = [row for each in held for row in each.get(name, ())]
        witness = _witness(resolved, rows, name)
        if witness is None:
            continue
        session.report(
            CODE,
            f"the rate plan `{plan.name.text}` leaves the usage class `{name}` without a rate",
            Label(plan.name.span, f"{witness.event} matches no row"),
            [
                *witness.labels,
                Label(usage_class.name.span, "the class is declared here"),
                Label(user.name.span, f"`{user.name.text}` accepts it"),
            ],
            f"add a row `{name}  {_example(resolved, usage_class)}`, "
            "or `otherwise reject` to the plan",
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a group, what it is for, and whether its group has a condition."""

    rows: RateRows
    number: int

    @property
    def fit(self) -> Fit:
        """What usage it is for."""
        return self.rows.fits[self.number]

    @property
    def is_certain(self) -> bool:
        """Whether its group holds for all events."""
        return self.rows.group.criterion is None

    @property
    def label(self) -> Label:
        """Say why it does not take every event."""
        if not self.is_certain:
            return Label(self.rows.span(self.number), "only on a condition")
        said = words_of(self.fit)
        is_zone = self.fit.zone is not None and said == f"to {self.fit.zone}"
        return Label(
            self.rows.span(self.number), "only in this zone" if is_zone else f"only {said}"
        )


@dataclass(frozen=True, slots=True)
class Witness:
    """An event that no row matches, and the rows that come near."""

    event: str
    labels: tuple[Label, ...] = ()


MOST_NEAR = 5
"""How many of the rows that come near are shown."""


def _rows_by_class(rows: RateRows) -> Mapping[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {}
    for number, fit in enumerate(rows.fits):
        found.setdefault(fit.usage_class, []).append(Row(rows, number))
    return {name: tuple(each) for name, each in found.items()}


def _witness(resolved: Resolved, rows: Sequence[Row], name: str) -> Witness | None:
    """Find an event of the class that no row is sure to match; None where there is none.

    An event to a place and by a carrier that no row names is matched by the rows for anywhere
    and any carrier alone, so that only their times are left to ask for.
    """
    if not rows:
        return Witness(f"any event of `{name}`")
    certain = [row.fit for row in rows if row.is_certain]
    wide = [fit for fit in certain if fit.is_anywhere and fit.carrier is None]
    if any(fit.band is None for fit in wide):
        return None
    bands = [_band(resolved, fit.band) for fit in wide]
    places = [
        places_of(resolved, zone)
        for zone in dict.fromkeys(fit.zone for fit in certain if fit.carrier is None)
        if zone is not None
    ]
    if None in bands or None in places:
        return None
    time = uncovered_time(band for band in bands if band is not None)
    if time is None:
        return None
    near = tuple(row.label for row in rows[:MOST_NEAR])
    if not certain:
        return Witness(f"an event of `{name}` on which no group's condition holds", near)
    parts = list(_place_words(certain, [each for each in places if each is not None]))
    if any(fit.carrier is not None for fit in certain):
        parts.append("by a carrier that no row names")
    if wide:
        parts.append(time)
    return Witness(f"an event of `{name}` {' '.join(parts)}, say,", near)


def _band(resolved: Resolved, name: str | None) -> TimeBandDeclaration | None:
    entity = None if name is None else resolved.entities.get(EntityId(Kind.TIME_BAND, name))
    node = None if entity is None else entity.node
    return node if isinstance(node, TimeBandDeclaration) else None


def _place_words(certain: Sequence[Fit], zones: Sequence[Places]) -> Iterator[str]:
    """Name a country and a number that no row for any carrier is for."""
    open_rows = [fit for fit in certain if fit.carrier is None]
    countries = {fit.country for fit in open_rows if fit.country is not None}
    prefixes = {fit.prefix for fit in open_rows if fit.prefix is not None}
    for places in zones:
        countries |= places.countries
        prefixes |= places.prefixes
    if countries:
        outside = min(country_codes() - countries, default=None)
        yield f"in {outside}" if outside else "of no country"
    if prefixes:
        number = _unbegun(prefixes)
        yield f"to {number}" if number else "to no number"
    narrow = any(not fit.is_anywhere for fit in certain)
    if narrow and not countries and not prefixes:
        yield "to anywhere"


def _unbegun(prefixes: Set[str]) -> str | None:
    """Give a short number that no prefix begins; None where each digit is covered."""
    number = ""
    while len(number) < LONGEST_PREFIX:
        free = [digit for digit in "0123456789" if number + digit not in prefixes]
        if not free:
            return None
        whole = [
            digit
            for digit in free
            if not any(prefix.startswith(number + digit) for prefix in prefixes)
        ]
        if whole:
            return number + whole[0]
        number += free[0]
    return number


def _example(resolved: Resolved, usage_class: UsageClassDeclaration) -> str:
    unit = {"data": "per GB", "time": "per minute"}.get(usage_class.measure.text, "each")
    currencies = catalog_currencies(resolved) or ("USD",)
    return ", ".join(f"<amount> {code} {unit}" for code in currencies)
