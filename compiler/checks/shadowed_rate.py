"""Warn of rates that an earlier group of every plan always takes first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from operator import itemgetter

from compiler import codes
from compiler.checks.equal_rates import USAGE
from compiler.checks.page import TINY, Page
from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import Resolved
from compiler.resolve.shape import shape
from compiler.session import Session
from compiler.zone_facts import zone_places
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.usage import (
    RateGroupDeclaration,
    RatePlanDeclaration,
    RateRow,
)

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
    takers: dict[Span, list[RateRow | None]] = {}
    plans: dict[Span, RatePlanDeclaration] = {}
    for plan in resolved.all(RatePlanDeclaration):
        for row, taker in _taken(resolved, plan):
            plans.setdefault(row.span, plan)
            takers.setdefault(row.span, []).append(taker)
    for group in resolved.all(RateGroupDeclaration):
        for row in group.rows:
            first, *others = takers.get(row.span, [None])
            if first is not None and all(others):
                session.report(
                    CODE,
                    f"the rate of `{row.usage_class.text}` in `{group.name.text}` is never used",
                    Label(row.span, "an earlier group takes all of this usage"),
                    [
                        Label(first.span, "this row takes it first"),
                        Label(plans[row.span].name.span, "in the order of this plan"),
                    ],
                    "put the more particular group first, or delete the row",
                )


def _taken(
    resolved: Resolved, plan: RatePlanDeclaration
) -> Iterator[tuple[RateRow, RateRow | None]]:
    """Give each row of a plan's groups with the row of an earlier group that takes all of it."""
    earlier: dict[tuple[str, EntityId], list[tuple[int, RateRow]]] = {}
    seen: set[Span] = set()
    for name in plan.groups:
        group = resolved.find(name, RateGroupDeclaration)
        if group is None or group.span in seen:
            continue
        condition = ALWAYS if group.criterion is None else shape(group.criterion)
        for row in group.rows:
            rated = resolved.bound(row.usage_class)
            if rated is not None:
                wider = (earlier.get((each, rated), ()) for each in {ALWAYS, condition})
                first = min(
                    (each for each in chain(*wider) if _covers(resolved, each[1], row)),
                    key=itemgetter(0),
                    default=(0, None),
                )
                yield row, first[1]
        for row in group.rows:
            rated = resolved.bound(row.usage_class)
            if rated is not None:
                earlier.setdefault((condition, rated), []).append((len(seen), row))
        seen.add(group.span)


ALWAYS = ""
"""The condition of a group that holds for all events."""


def _covers(resolved: Resolved, wide: RateRow, narrow: RateRow) -> bool:
    """Whether every event a row is for is one the other, of the same class, is for."""
    if wide.zone is None:
        return True
    ours, theirs = zone_places(resolved, wide.zone), zone_places(resolved, narrow.zone)
    return ours is not None and theirs is not None and ours.covers(theirs)
