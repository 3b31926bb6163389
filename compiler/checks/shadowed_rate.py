"""Warn of rates that an earlier group of every plan always takes first."""

from __future__ import annotations

from compiler import codes
from compiler.checks.equal_rates import USAGE
from compiler.checks.page import TINY, Page
from compiler.facts import zone_countries
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.resolve.shape import shape
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.usage import (
    RateGroupDeclaration,
    RatePlanDeclaration,
    RateRow,
    UsageClassDeclaration,
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
    plans = resolved.all(RatePlanDeclaration)
    for group in resolved.all(RateGroupDeclaration):
        using = [plan for plan in plans if group in _groups(resolved, plan)]
        for row in group.rows if using else ():
            takers = [_taker(resolved, plan, group, row) for plan in using]
            first = takers[0]
            if first is not None and all(takers):
                session.report(
                    CODE,
                    f"the rate of `{row.usage_class.text}` in `{group.name.text}` is never used",
                    Label(row.span, "an earlier group takes all of this usage"),
                    [
                        Label(first.span, "this row takes it first"),
                        Label(using[0].name.span, "in the order of this plan"),
                    ],
                    "put the more particular group first, or delete the row",
                )


def _groups(resolved: Resolved, plan: RatePlanDeclaration) -> list[RateGroupDeclaration]:
    found = (resolved.find(name, RateGroupDeclaration) for name in plan.groups)
    return [group for group in found if group is not None]


def _taker(
    resolved: Resolved, plan: RatePlanDeclaration, group: RateGroupDeclaration, row: RateRow
) -> RateRow | None:
    """Give the row of an earlier group of the plan that takes all a row is for."""
    for earlier in _groups(resolved, plan):
        if earlier is group:
            return None
        is_wider = earlier.criterion is None or (
            group.criterion is not None and shape(earlier.criterion) == shape(group.criterion)
        )
        for other in earlier.rows if is_wider else ():
            if _covers(resolved, other, row):
                return other
    return None


def _covers(resolved: Resolved, wide: RateRow, narrow: RateRow) -> bool:
    """Whether every event a row is for is one the other is for."""
    usage_class = resolved.find(wide.usage_class, UsageClassDeclaration)
    if (
        usage_class is None
        or resolved.find(narrow.usage_class, UsageClassDeclaration) is not usage_class
    ):
        return False
    if wide.zone is None:
        return True
    ours, theirs = zone_countries(resolved, wide.zone), zone_countries(resolved, narrow.zone)
    return ours is not None and theirs is not None and theirs <= ours
