"""Report rows of a table of rates that say twice where the usage goes."""

from __future__ import annotations

from compiler import codes
from compiler.checks.equal_rates import USAGE
from compiler.checks.page import TINY, Page
from compiler.rate_rows import rate_tables
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.tables.rates import PLACE_COLUMNS
from dsl.diagnostic import Label

CODE = codes.RATE_PLACE

TABLE = (
    TINY
    + USAGE
    + """\
zone home = countries DE, FR

rate group traffic_rates from "rates.csv"

rate plan metered {
  traffic_rates
}
"""
)
"""A catalog whose rates stand in the table `rates.csv`."""

GOOD = {"rates.csv": "class,zone,currency,price,per\ntraffic,,USD,4,GB\ntraffic,home,USD,1,GB\n"}

_BAD = "class,country,zone,currency,price,per\ntraffic,,,USD,4,GB\ntraffic,DE,home,USD,1,GB\n"

PAGE = Page(
    what="A row of a table of rates fills more than one of `prefix`, `country` and `zone`.",
    why="A rate is for a prefix, a country, a zone or anywhere. A row with two would be open to "
    "read: as both, or as either.",
    bad=TABLE,
    bad_tables={"rates.csv": _BAD},
    good=TABLE,
    good_tables=GOOD,
)

MOST_ROWS = 20


def check(resolved: Resolved, session: Session) -> None:
    """Report each such row, and of many the first."""
    for _, table in rate_tables(resolved):
        filled = [column for column in PLACE_COLUMNS if table[column].distinct]
        if len(filled) < 2:
            continue
        said = [table[column] for column in filled]
        twice = [
            row
            for row, places in enumerate(zip(*said, strict=True))
            if sum(place is not None for place in places) > 1
        ]
        for row in twice[:MOST_ROWS]:
            first, second, *_ = (each for each in filled if table[each].at(row) is not None)
            session.report(
                CODE,
                f"a row is for a {first.name} and for a {second.name}",
                Label(table.cell(row, second), f"the {second.name}"),
                [Label(table.cell(row, first), f"the {first.name}")],
                "empty one of the two cells, or write a row for each",
            )
