"""Report feeds that have a quantity beside their events, or an event without one."""

from __future__ import annotations

from compiler import codes
from compiler.checks.dialect_without_csv import SERVICE
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.feeds import FeedDeclaration

CODE = codes.EVENT_QUANTITY

PAGE = Page(
    what="A feed has a `quantity` of its own beside its `event` blocks, or one of the blocks has "
    "no `quantity`. A record is either one event, or what its events say.",
    why="It would be open whether the record's own quantity is usage besides, and so billed twice.",
    bad=TINY
    + SERVICE
    + """\
feed calls {
  format    csv
  id        call_id
  at        started
  service   phone
  quantity  seconds in s
  event video {
    quantity  video_seconds in s
  }
}
""",
    good=TINY
    + SERVICE
    + """\
feed calls {
  format   csv
  id       call_id
  at       started
  service  phone
  event audio {
    quantity  seconds in s
  }
  event video {
    quantity  video_seconds in s
  }
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each quantity too many, and each event without one."""
    for feed in resolved.all(FeedDeclaration):
        if feed.quantity is not None and feed.events:
            session.report(
                CODE,
                f"the feed `{feed.name.text}` has a quantity beside its events",
                Label(feed.quantity.span, "of which event?"),
                [Label(feed.events[0].name.span, "a record is these events")],
                "put the quantity into an event of its own",
            )
        for event in feed.events:
            if event.quantity is None:
                session.report(
                    CODE,
                    f"the event `{event.name.text}` of the feed `{feed.name.text}` has no quantity",
                    Label(event.name.span, "`quantity` is missing"),
                    help="add `quantity  <field> in byte`",
                )
