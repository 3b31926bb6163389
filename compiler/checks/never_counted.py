"""Report services in a counting rule that are never in a status it counts."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unbillable_price import LINE
from compiler.checks.uncounted_status import ACCESS, counted_services
from compiler.checks.wording import quoted
from compiler.facts import billable_statuses
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.counting import CountingRuleDeclaration
from dsl.syntax.services import LifecycleDeclaration, ServiceDeclaration

CODE = codes.NEVER_COUNTED

_TABLET = """\
service tablet {
  type  recurring
  price monthly 5.00 USD
}

"""

PAGE = Page(
    what="A counting rule names a service that can be in none of the statuses it counts, "
    "while others can.",
    why="However many of it an account holds, none is counted, and the price that goes by the "
    "count is that of a smaller number.",
    bad=TINY + LINE + ACCESS + "\n" + _TABLET + "count lines = service access, tablet in active\n",
    good=TINY + LINE + ACCESS + "\n" + _TABLET + "count lines = service access, tablet\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such service, with the statuses it can be in."""
    for rule in resolved.all(CountingRuleDeclaration):
        if rule.counted.text == "service":
            _check_rule(resolved, rule, session)


def _check_rule(resolved: Resolved, rule: CountingRuleDeclaration, session: Session) -> None:
    if any(resolved.bound(status) is None for status in rule.statuses):
        return
    named = {status.text for status in rule.statuses}
    counted = list(counted_services(resolved, rule))
    anything = any(named & set(statuses or ()) for _, _, statuses in counted)
    for name, service, statuses in counted:
        if statuses is None:
            continue
        if not named:
            if billable_statuses(resolved, service) == ():
                _report(resolved, rule, name, service, "is never in a billable status", session)
        elif anything and not named & set(statuses):
            one = quoted(dict.fromkeys(status.text for status in rule.statuses))
            why = f"is never in {one}"
            _report(resolved, rule, name, service, why, session)


def _report(
    resolved: Resolved,
    rule: CountingRuleDeclaration,
    name: Name,
    service: ServiceDeclaration,
    why: str,
    session: Session,
) -> None:
    lifecycle = resolved.find(service.lifecycle, LifecycleDeclaration)
    also = [] if lifecycle is None else [Label(lifecycle.name.span, "it follows this lifecycle")]
    session.report(
        CODE,
        f"`{rule.name.text}` names `{name.text}`, which {why}",
        Label(name.span, "none of it is ever counted"),
        also,
        "take it out; a service without a lifecycle is counted by a rule without `in`"
        if lifecycle is None
        else "take it out, or count in a status it comes to",
    )
