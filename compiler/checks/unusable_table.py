"""Report tables that cannot be read."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label

CODE = codes.UNUSABLE_TABLE

TABLE = (
    TINY
    + """\
zone table destinations from "destinations.csv"

usage class calls measured in count when destination in premium
"""
)
"""A catalog that names a table, `destinations.csv`, with a zone `premium`."""

GOOD = {"destinations.csv": "zone,prefix\npremium,1900\npremium,1976\n"}

PAGE = Page(
    what="A table that the text names is not there, is not a `.csv` file inside the catalog's "
    "folder or a shared one, or has no rows.",
    why="What its rows say is missing from the catalog. Until it can be read, names that are "
    "not found are not reported: they may stand in it.",
    bad=TABLE.replace("destinations.csv", "destination.csv"),
    bad_tables=GOOD,
    good=TABLE,
    good_tables=GOOD,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each table where it is named, and one without rows where they are due."""
    for lost in resolved.tables.lost:
        if not lost.is_reported:
            session.report(
                CODE,
                f"the table `{lost.use.value}` cannot be read",
                Label(lost.use.span, lost.reason),
                help=lost.help,
            )
    for fault in resolved.tables.faults(CODE):
        session.report(CODE, fault.message, fault.at, fault.also, fault.help)
