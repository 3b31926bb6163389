"""Report prefixes and countries that a table puts into two zones."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.unusable_table import GOOD, TABLE
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.tables.destinations import shared_places
from dsl.diagnostic import Label
from dsl.syntax.zones import ZoneTableDeclaration

CODE = codes.PLACE_TWICE

PAGE = Page(
    what="Two zones of one table hold the same prefix, or the same country. A longer prefix "
    "inside of a shorter one is no mistake: the longest decides.",
    why="A number that begins so would be in both zones, and neither is more specific.",
    bad=TABLE,
    bad_tables={
        "destinations.csv": "zone,prefix\npremium,1900\npremium,1976\nadult,1900\n",
    },
    good=TABLE,
    good_tables=GOOD,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each further zone of a place, with the zone it stood in first."""
    for node in resolved.all(ZoneTableDeclaration):
        table = resolved.tables.of(node.table)
        for again in () if table is None else shared_places(table):
            session.report(
                CODE,
                f"`{again.place}` is in the zone `{again.first_zone}` and in `{again.zone}`",
                Label(again.at, f"in `{again.zone}` here"),
                [Label(again.first, f"in `{again.first_zone}` here")],
                "take it out of one of the two",
            )
