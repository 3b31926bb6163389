"""Report rows of a table that do not fit its header."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.unusable_table import GOOD, TABLE
from compiler.resolve.model import Resolved
from compiler.session import Session

CODE = codes.TABLE_ROW

PAGE = Page(
    what="A row of a table has more or fewer cells than the first line names columns, or its "
    "quotes are not those of a CSV file.",
    why="Its cells would stand under the wrong columns.",
    bad=TABLE,
    bad_tables={"destinations.csv": "zone,prefix\npremium,1900\npremium,1976,US\n"},
    good=TABLE,
    good_tables=GOOD,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each of them in the table."""
    for fault in resolved.tables.faults(CODE):
        session.report(CODE, fault.message, fault.at, fault.also, fault.help)
