"""Report statuses in a counting rule that no counted service can be in."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unbillable_price import LINE
from compiler.checks.wording import choice
from compiler.facts import possible_statuses, service_base
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.counting import CountingRuleDeclaration
from dsl.syntax.services import LifecycleDeclaration, ServiceDeclaration

CODE = codes.UNCOUNTED_STATUS

ACCESS = """\
service access {
  type       recurring
  lifecycle  line
  price monthly 80.00 USD
}
"""

PAGE = Page(
    what="A counting rule counts services in a status that none of them can be in: their "
    "lifecycles do not come to it, or they have none.",
    why="Nothing is ever counted in it, so the price that goes by the count is that of a "
    "smaller number.",
    bad=TINY
    + "service status paused    = billable\n"
    + LINE
    + """\
lifecycle pausing {
  start  new -> paused
}

service store {
  type       recurring
  lifecycle  pausing
  price monthly 5.00 USD
}

"""
    + ACCESS
    + """\

count lines = service access in active, paused
""",
    good=TINY
    + LINE
    + ACCESS
    + """\

count lines = service access in active
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such status, with the statuses that the counted services come to."""
    for rule in resolved.all(CountingRuleDeclaration):
        if rule.counted.text == "service":
            _check_rule(resolved, rule, session)


def counted_services(
    resolved: Resolved, rule: CountingRuleDeclaration
) -> Iterator[tuple[Name, ServiceDeclaration, tuple[str, ...] | None]]:
    """Give the services a rule counts, where it names them, and the statuses they can be in.

    Fees are left out: they are in no status, which is a mistake of its own.
    """
    for name in rule.things:
        service = resolved.find(name, ServiceDeclaration)
        if service is not None and service_base(resolved, service) != "fee":
            yield name, service, possible_statuses(resolved, service)


def _check_rule(resolved: Resolved, rule: CountingRuleDeclaration, session: Session) -> None:
    counted = list(counted_services(resolved, rule))
    if not counted or len(counted) < len(rule.things):
        return
    reached: dict[str, None] = {}
    for _, _, statuses in counted:
        if statuses is None:
            return
        reached.update(dict.fromkeys(statuses))
    for status in rule.statuses:
        if resolved.bound(status) is not None and status.text not in reached:
            _report(resolved, rule, status, counted, list(reached), session)


def _report(
    resolved: Resolved,
    rule: CountingRuleDeclaration,
    status: Name,
    counted: list[tuple[Name, ServiceDeclaration, tuple[str, ...] | None]],
    reached: list[str],
    session: Session,
) -> None:
    whose = (
        "none of its services is ever" if len(counted) > 1 else f"`{counted[0][0].text}` is never"
    )
    also = []
    for name, service, _ in counted:
        lifecycle = resolved.find(service.lifecycle, LifecycleDeclaration)
        also.append(
            Label(name.span, f"`{name.text}` has no lifecycle: it is always in service")
            if lifecycle is None
            else Label(
                lifecycle.name.span,
                f"`{name.text}` follows this lifecycle, which does not come to `{status.text}`",
            )
        )
    named = {each.text for each in rule.statuses}
    left = [each for each in reached if each not in named] or reached
    has_lifecycle = any(service.lifecycle is not None for _, service, _ in counted)
    session.report(
        CODE,
        f"`{rule.name.text}` counts in `{status.text}`, which {whose} in",
        Label(status.span, "nothing is ever counted in this status"),
        also,
        f"take it out, or write {choice(left)}"
        if has_lifecycle
        else "leave `in` out: a service without a lifecycle is always counted",
    )
