"""Report templates that fetch a file or a host, or run a script."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unusable_template import report_mistakes
from compiler.resolve.model import Resolved
from compiler.session import Session

CODE = codes.TEMPLATE_FETCH

PAGE = Page(
    what="A template of invoices asks for a picture, a style sheet or a font of another file or "
    "host, or holds a script. Links that a reader follows are no fetches.",
    why="A document is whole by itself: it looks the same in ten years, tells nobody that it was "
    "opened, and reads no file of the machine that draws it.",
    bad=TINY
    + """\
bill group fleets {
  invoice  template "templates/fleet.html"
}
""",
    bad_tables={
        "templates/fleet.html": '<img src="https://example.com/logo.png">\n',
    },
    good=TINY
    + """\
bill group fleets {
  invoice  template "templates/fleet.html"
}
""",
    good_tables={
        "templates/fleet.html": '<img src="data:image/png;base64,iVBORw0KGgo=">\n',
    },
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each of them in its template."""
    report_mistakes(resolved, session, CODE, "fetch")
