"""Report templates that call, compute or reach behind the data."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unusable_template import report_mistakes
from compiler.resolve.model import Resolved
from compiler.session import Session

CODE = codes.TEMPLATE_FORBIDDEN

PAGE = Page(
    what="A template of invoices calls a method, computes, reads a name that begins with `_`, or "
    "includes a file whose name it works out. It reads fields and prints them through filters; "
    "every figure is in the model already.",
    why="A figure that a template makes up is in no ledger, and what can be called can do harm.",
    bad=TINY
    + """\
bill group fleets {
  invoice  template "templates/fleet.html"
}
""",
    bad_tables={
        "templates/fleet.html": "<p>{{ page.invoice.totals.net + page.invoice.totals.tax }}</p>\n",
    },
    good=TINY
    + """\
bill group fleets {
  invoice  template "templates/fleet.html"
}
""",
    good_tables={
        "templates/fleet.html": "<p>{{ page.invoice.totals.gross | money }}</p>\n",
    },
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each of them in its template."""
    report_mistakes(resolved, session, CODE, "forbidden")
