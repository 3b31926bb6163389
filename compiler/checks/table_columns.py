"""Report tables whose first line does not name the columns they need."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.unusable_table import GOOD, TABLE
from compiler.resolve.model import Resolved
from compiler.session import Session

CODE = codes.TABLE_COLUMNS

PAGE = Page(
    what="The first line of a table lacks a column that is needed, names one twice, or names one "
    "that such a table does not have.",
    why="A column under another name says nothing: a price or a place would be lost with it.",
    bad=TABLE,
    bad_tables={"destinations.csv": "zone,prefix,contry\npremium,1900,\npremium,1976,\n"},
    good=TABLE,
    good_tables=GOOD,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each of them in the table."""
    for fault in resolved.tables.faults(CODE):
        session.report(CODE, fault.message, fault.at, fault.also, fault.help)
