"""Report cells of a table that are not what their column holds."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.unusable_table import GOOD, TABLE
from compiler.resolve.model import Resolved
from compiler.session import Session

CODE = codes.TABLE_CELL

PAGE = Page(
    what="A cell of a table is not a name, a prefix, a country, a number or whatever its column "
    "holds, or is empty where something is due. A text that stands in many rows is reported once.",
    why="The row would match nothing, or cost something else than meant.",
    bad=TABLE,
    bad_tables={"destinations.csv": "zone,prefix\npremium,1900\npremium,1-976\n"},
    good=TABLE,
    good_tables=GOOD,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each of them in the table."""
    for fault in resolved.tables.faults(CODE):
        session.report(CODE, fault.message, fault.at, fault.also, fault.help)
