"""Report rate plans that leave usage of a class without a rate.

A plan that says `otherwise reject` has said what becomes of the rest.  Else each class that
its groups rate at all must have a rate for everywhere, in a group that holds for all events;
and each class of the catalog must be rated by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_attribute import FEED
from compiler.facts import rated_services
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.standards import country_codes
from compiler.zone_facts import zone_countries
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.services import ServiceDeclaration
from dsl.syntax.usage import (
    RateGroupDeclaration,
    RatePlanDeclaration,
    RateRow,
    UsageClassDeclaration,
)

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
    for plan in resolved.all(RatePlanDeclaration):
        user = users.get(plan.span)
        if plan.otherwise is None and user is not None and plan.groups:
            _check_plan(resolved, plan, user, session)


def _users(resolved: Resolved) -> dict[Span, ServiceDeclaration]:
    """Give the first service that each plan rates, by the plan's place."""
    users: dict[Span, ServiceDeclaration] = {}
    for service, rates in rated_services(resolved):
        plan = resolved.find(rates, RatePlanDeclaration)
        if plan is not None:
            users.setdefault(plan.span, service)
    return users


def _check_plan(
    resolved: Resolved, plan: RatePlanDeclaration, user: ServiceDeclaration, session: Session
) -> None:
    groups = [resolved.find(name, RateGroupDeclaration) for name in plan.groups]
    known = [group for group in groups if group is not None]
    if len(known) < len(groups):
        return
    for usage_class in resolved.all(UsageClassDeclaration):
        witness = _witness(resolved, known, usage_class)
        if witness is None:
            continue
        name = usage_class.name.text
        session.report(
            CODE,
            f"the rate plan `{plan.name.text}` leaves the usage class `{name}` without a rate",
            Label(plan.name.span, f"{witness.event} matches no row"),
            [
                *witness.labels,
                Label(usage_class.name.span, "the class is declared here"),
                Label(user.name.span, f"`{user.name.text}` accepts it"),
            ],
            f"add a row `{name}  {_example(usage_class)}`, or `otherwise reject` to the plan",
        )


@dataclass(frozen=True, slots=True)
class Witness:
    """An event that no row matches, and the rows that come near."""

    event: str
    labels: tuple[Label, ...] = ()


def _witness(
    resolved: Resolved, groups: list[RateGroupDeclaration], usage_class: UsageClassDeclaration
) -> Witness | None:
    """Find an event of the class that no row is sure to match; None where there is none."""
    rows = list(_rows(resolved, groups, usage_class))
    certain = [row for group, row in rows if group.criterion is None]
    if any(row.zone is None for row in certain):
        return None
    name = usage_class.name.text
    covered: set[str] = set()
    for row in certain:
        countries = zone_countries(resolved, row.zone)
        if countries is None:
            return None
        covered |= countries
    if not rows:
        return Witness(f"any event of `{name}`")
    near = tuple(
        Label(row.span, "only in this zone" if group.criterion is None else "only on a condition")
        for group, row in rows
    )
    outside = min(country_codes() - covered, default=None)
    if not certain:
        return Witness(f"an event of `{name}` on which no group's condition holds", near)
    return Witness(f"an event of `{name}` in {outside}, say,", near)


def _rows(
    resolved: Resolved, groups: list[RateGroupDeclaration], usage_class: UsageClassDeclaration
) -> Iterator[tuple[RateGroupDeclaration, RateRow]]:
    for group in groups:
        for row in group.rows:
            if resolved.find(row.usage_class, UsageClassDeclaration) is usage_class:
                yield group, row


def _example(usage_class: UsageClassDeclaration) -> str:
    unit = {"data": "per GB", "time": "per minute"}.get(usage_class.measure.text, "each")
    return f"<amount> USD {unit}"
