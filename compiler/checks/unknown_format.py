"""Report file formats that no feed can read."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import choice
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.feeds import FeedDeclaration

CODE = codes.UNKNOWN_FORMAT

FORMATS = ("csv", "jsonl", "parquet")

_SERVICE = """\
service line {
  type           recurring
  identified by  phone
}

"""

PAGE = Page(
    what="A feed's `format` is not one that usage files can have: `csv`, `jsonl` (a JSON "
    "object a line) or `parquet`.",
    why="The feed's files could not be read.",
    bad=TINY
    + _SERVICE
    + """\
feed calls {
  format    cvs
  id        call_id
  at        started
  service   phone
  quantity  seconds in s
}
""",
    good=TINY
    + _SERVICE
    + """\
feed calls {
  format    csv
  id        call_id
  at        started
  service   phone
  quantity  seconds in s
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unknown format."""
    for feed in resolved.all(FeedDeclaration):
        for word in feed.formats:
            if word.text not in FORMATS:
                near = nearest(word.text, FORMATS)
                session.report(
                    CODE,
                    f"`{word.text}` is not a format of usage files",
                    Label(word.span, "no such format"),
                    help=f"did you mean `{near}`?" if near else f"write {choice(FORMATS)}",
                )
