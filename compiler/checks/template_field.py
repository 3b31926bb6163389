"""Report fields, filters and names of templates that there are not."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unusable_template import report_mistakes
from compiler.resolve.model import Resolved
from compiler.session import Session

CODE = codes.TEMPLATE_FIELD

PAGE = Page(
    what="A template of invoices names a field, a filter or a value that there is not, or prints a "
    "field that an invoice may lack without asking for it first. It was also drawn with trial "
    "invoices, one of which lacks all that an invoice can lack.",
    why="An invoice would be posted that cannot be drawn.",
    bad=TINY
    + """\
bill group fleets {
  invoice  template "templates/fleet.html"
}
""",
    bad_tables={
        "templates/fleet.html": "<h1>{{ page.invoice.nummer }}</h1>\n",
    },
    good=TINY
    + """\
bill group fleets {
  invoice  template "templates/fleet.html"
}
""",
    good_tables={
        "templates/fleet.html": "<h1>{{ page.invoice.number }}</h1>\n",
    },
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each of them in its template."""
    report_mistakes(resolved, session, CODE, "field")
