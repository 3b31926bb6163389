"""Report a transition's name that stands for two ways out of one status."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.services import LifecycleDeclaration

CODE = codes.AMBIGUOUS_TRANSITION

_STATUSES = """\
service status active    = billable
service status suspended = billable
service status cancelled = canceled

"""

_SERVICE = """\

service access {
  type       recurring
  lifecycle  line
}
"""

PAGE = Page(
    what="Two transitions of a lifecycle have the same name and leave the same status. One "
    "name may stand for several transitions only where they leave different statuses.",
    why="A status change names its transition; its charge, and where it leads, would be open.",
    bad=TINY
    + _STATUSES
    + """\
lifecycle line {
  activate  new -> active
  stop      active -> suspended
  stop      active -> cancelled
}
"""
    + _SERVICE,
    good=TINY
    + _STATUSES
    + """\
lifecycle line {
  activate  new -> active
  suspend   active -> suspended
  stop      active, suspended -> cancelled
}
"""
    + _SERVICE,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each source status that a transition's name leaves a second time."""
    for lifecycle in resolved.all(LifecycleDeclaration):
        seen: dict[tuple[str, str], Span] = {}
        for transition in lifecycle.transitions:
            for source in transition.sources:
                key = (transition.name.text, source.text)
                first = seen.setdefault(key, source.span)
                if first != source.span:
                    session.report(
                        CODE,
                        f"the transition `{transition.name.text}` leaves `{source.text}` twice",
                        Label(source.span, "left again here"),
                        [Label(first, "left first here")],
                        "give one of the two another name, or delete it",
                    )
