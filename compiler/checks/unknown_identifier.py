"""Report feeds that name a service by an identifier no service has."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import suggestion
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.feeds import FeedDeclaration
from dsl.syntax.services import ServiceDeclaration

CODE = codes.UNKNOWN_IDENTIFIER

_FEED = """\
feed calls {
  format    csv
  id        call_id
  at        started
  service   phone = caller
  quantity  seconds in s
}

"""

PAGE = Page(
    what="A feed's `service` line names an identifier, and no service is `identified by` it.",
    why="None of the feed's usage could be tied to a service; all of it would be rejected.",
    bad=TINY
    + _FEED
    + """\
service line {
  type           recurring
  identified by  fone
}
""",
    good=TINY
    + _FEED
    + """\
service line {
  type           recurring
  identified by  phone
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such feed."""
    if resolved.is_incomplete(Kind.SERVICE):
        return
    identifiers = {
        name.text: name
        for service in reversed(resolved.all(ServiceDeclaration))
        for name in service.identified_by
    }
    for feed in resolved.all(FeedDeclaration):
        if feed.service is None or feed.service.name.text in identifiers:
            continue
        name = feed.service.name
        session.report(
            CODE,
            f"no service is identified by `{name.text}`",
            Label(name.span, "ties no usage to any service"),
            [
                Label(identifiers[near].span, "a service is identified by this")
                for near in [nearest(name.text, identifiers)]
                if near is not None
            ],
            suggestion(name.text, identifiers)
            or f"add `identified by  {name.text}` to a service, "
            f"or write `service <identifier> = {name.text}`",
        )
