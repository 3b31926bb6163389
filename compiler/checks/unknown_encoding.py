"""Report encodings that usage files cannot be read in."""

from __future__ import annotations

from compiler import codes
from compiler.checks.dialect_without_csv import SERVICE
from compiler.checks.page import TINY, Page
from compiler.checks.wording import choice
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.feeds import FeedDeclaration
from runtime.program.encodings import ENCODING_NAMES, ENCODINGS, encoding_of

CODE = codes.UNKNOWN_ENCODING

PAGE = Page(
    what="A feed's `encoding` is not one that is known: "
    + ", ".join(f"`{name}`" for name in ENCODING_NAMES)
    + ".",
    why="Letters beyond ASCII, and so attributes and identifiers, would be read as others.",
    bad=TINY
    + SERVICE
    + """\
feed calls {
  format    csv
  encoding  "latin-11"
  id        call_id
  at        started
  service   phone
  quantity  seconds in s
}
""",
    good=TINY
    + SERVICE
    + """\
feed calls {
  format    csv
  encoding  "latin-1"
  id        call_id
  at        started
  service   phone
  quantity  seconds in s
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unknown encoding."""
    for feed in resolved.all(FeedDeclaration):
        encoding = feed.encoding
        if encoding is None or encoding_of(encoding.value) is not None:
            continue
        near = nearest(encoding.value.lower(), ENCODINGS)
        session.report(
            CODE,
            f"`{encoding.value}` is not an encoding of usage files",
            Label(encoding.span, "no such encoding"),
            help=f'did you mean `"{near}"`?' if near else f"write {choice(ENCODING_NAMES)}",
        )
