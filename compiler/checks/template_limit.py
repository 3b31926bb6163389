"""Report templates that loop without end, or make huge texts."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unusable_template import report_mistakes
from compiler.resolve.model import Resolved
from compiler.session import Session

CODE = codes.TEMPLATE_LIMIT

PAGE = Page(
    what="A template of invoices includes or calls itself without end, loops inside of loops "
    "inside of loops, or makes a huge text. It was drawn with trial invoices, one of which has as "
    "many rows as a large customer's; what it did was counted.",
    why="One customer's invoice would hold up all the others.",
    bad=TINY
    + """\
bill group fleets {
  invoice  template "templates/fleet.html"
}
""",
    bad_tables={
        "templates/fleet.html": "{% macro line(n) %}{{ line(n) }}{% endmacro %}\n{{ line(1) }}\n",
    },
    good=TINY
    + """\
bill group fleets {
  invoice  template "templates/fleet.html"
}
""",
    good_tables={
        "templates/fleet.html": "{% macro line(n) %}{{ n | count }}{% endmacro %}\n{{ line(1) }}\n",
    },
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each of them in its template."""
    report_mistakes(resolved, session, CODE, "limit")
