"""Report minimums and increments of nothing."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_unit import CALLS
from compiler.rate_rows import rate_tables
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.tables.rates import INCREMENT_COLUMN, MINIMUM_COLUMN
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.rates import RateRow

CODE = codes.RATE_STEP

PAGE = Page(
    what="The minimum or the increment of a rate is zero.",
    why="Usage is rounded up to whole increments, and there is none of zero. A minimum of zero "
    "says nothing.",
    bad=TINY
    + CALLS
    + """\
rate group call_rates {
  calls  0.02 USD per minute  minimum 60 s  increment 0 s
}
""",
    good=TINY
    + CALLS
    + """\
rate group call_rates {
  calls  0.02 USD per minute  minimum 60 s  increment 1 s
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each of them, in text and in tables."""
    for row in resolved.every(RateRow):
        for word, quantity in (("minimum", row.minimum), ("increment", row.increment)):
            if quantity is not None and quantity.amount == 0:
                _report(word, quantity.span, session)
    for _, table in rate_tables(resolved):
        for column in (MINIMUM_COLUMN, INCREMENT_COLUMN):
            for text, amount in table[column].distinct.items():
                if amount.number == 0:
                    at = table.cell(table[column].first(text), column)
                    _report(column.name, at, session)


def _report(word: str, span: Span, session: Session) -> None:
    session.report(
        CODE,
        f"the {word} of a rate is nothing",
        Label(span, "zero"),
        help=f"write more than zero, or leave the {word} out",
    )
