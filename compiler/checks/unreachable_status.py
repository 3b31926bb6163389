"""Report statuses of a lifecycle that no transition leads to from `new`."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import quoted
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.services import LifecycleDeclaration
from runtime.program.terms import NEW

CODE = codes.UNREACHABLE_STATUS

_SERVICE = """\

service access {
  type       recurring
  lifecycle  line
}
"""

_STATUSES = """\
service status active    = billable
service status suspended = billable
service status cancelled = canceled

"""

PAGE = Page(
    what="A status of a lifecycle is left by a transition, but no chain of transitions that "
    "starts at `new` comes to it.",
    why="No service can ever be in it; a transition that should lead there is missing.",
    bad=TINY
    + _STATUSES
    + """\
lifecycle line {
  activate   new -> active
  resume     suspended -> active
  terminate  active, suspended -> cancelled
}
"""
    + _SERVICE,
    good=TINY
    + _STATUSES
    + """\
lifecycle line {
  activate   new -> active
  suspend    active -> suspended
  resume     suspended -> active
  terminate  active, suspended -> cancelled
}
"""
    + _SERVICE,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each status that cannot be reached, and how far one comes."""
    for lifecycle in resolved.all(LifecycleDeclaration):
        if lifecycle.transitions:
            _check_lifecycle(resolved, lifecycle, session)


def _check_lifecycle(resolved: Resolved, lifecycle: LifecycleDeclaration, session: Session) -> None:
    mentioned: dict[str, Name] = {}
    ways: dict[str, list[str]] = {}
    for transition in lifecycle.transitions:
        for name in (*transition.sources, transition.destination):
            if resolved.bound(name) is None:
                return
            mentioned.setdefault(name.text, name)
        for source in transition.sources:
            ways.setdefault(source.text, []).append(transition.destination.text)
    if NEW not in ways:
        session.report(
            CODE,
            f"no transition of the lifecycle `{lifecycle.name.text}` starts at `{NEW}`",
            Label(lifecycle.name.span, "a service can never enter it"),
            help=f"add a transition from `{NEW}`: `order  {NEW} -> "
            f"{lifecycle.transitions[0].sources[0].text}`",
        )
        return
    reached = _reached(ways)
    for text, name in mentioned.items():
        if text not in reached:
            session.report(
                CODE,
                f"no way leads from `{NEW}` to `{text}` in the lifecycle `{lifecycle.name.text}`",
                Label(name.span, "never reached"),
                help=f"from `{NEW}` one comes to {quoted(reached[1:])}; "
                f"add a transition from one of them to `{text}`",
            )


def _reached(ways: dict[str, list[str]]) -> list[str]:
    """Give the statuses one comes to from `new`, which is the first, nearest first."""
    reached = [NEW]
    for status in reached:
        reached += [one for one in dict.fromkeys(ways.get(status, ())) if one not in reached]
    return reached
