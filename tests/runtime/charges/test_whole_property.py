"""One-off and usage charges over runs whose books change, against plain dictionaries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.charges.difference import find_difference
from runtime.charges.target import compute_target
from runtime.engine import open_engine
from runtime.program.model import Program
from tests.reference.charges import round_fraction
from tests.runtime.charges.tables import Value, account_service, make_stage_tables, put
from tests.runtime.charges.test_recurring_property import post_due
from tests.runtime.price_rows import PriceRows
from tests.runtime.programs import connectivity_program

AS_OF = date(2026, 3, 1)
MONTHS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))
FLAT = Decimal("9.00")

Key = tuple[str, str]
"""The kind, and what tells the charge from others of its kind."""


@dataclass(frozen=True)
class Book:
    """What one run knows.

    Attributes:
        days: the days of January on which activation occurred, and how often.
        fee: what an activation costs, in cents.
        usage: of each month, the quantity and price in cents; None: none.
        flats: the months in which the flat tier was entered.
        evaluated: the months that this run rates.
    """

    quantity: int
    days: tuple[int, ...]
    fee: int
    usage: tuple[tuple[int, int] | None, ...]
    flats: frozenset[int]
    evaluated: frozenset[int]

    def target(self) -> dict[Key, int]:
        """Give what each charge should be, in cents, of those this run computes."""
        found: dict[Key, int] = {}
        for number, day in enumerate(sorted(self.days)):
            same = sorted(self.days)[:number].count(day)
            found["transition", f"{day}:{same}"] = self.fee * self.quantity
        for month in sorted(self.evaluated & {0, 1}):
            used = self.usage[month]
            if used is not None:
                amount = Fraction(used[0] * used[1], 1000)
                found["usage", str(month)] = round_fraction(amount, "half_up")
            if month in self.flats:
                found["bucket", str(month)] = 900
        return found


MONTH_SETS = st.frozensets(st.integers(0, 2))
BOOKS = st.builds(
    Book,
    quantity=st.integers(1, 3),
    days=st.lists(st.integers(1, 5), max_size=3).map(tuple),
    fee=st.sampled_from([7500, 5000, 0]),
    usage=st.tuples(
        *[st.none() | st.tuples(st.integers(1, 5000), st.integers(0, 300)) for _ in range(3)]
    ),
    flats=MONTH_SETS,
    evaluated=MONTH_SETS,
)


@pytest.fixture(scope="module")
def connection() -> DuckDBPyConnection:
    return open_engine(threads=1)


@pytest.mark.slow
@pytest.mark.feature("D3", "D4", "C3", "D9")
@settings(max_examples=settings().max_examples // 4)
@given(books=st.lists(BOOKS, min_size=1, max_size=4))
def test_each_charge_stands_posted_as_the_last_run_that_computed_it_says(
    connection: DuckDBPyConnection, books: list[Book]
) -> None:
    make_stage_tables(connection)
    expected: dict[Key, int] = {}
    for book in books:
        kept = {
            key: minor
            for key, minor in expected.items()
            if key[0] != "transition" and int(key[1]) not in book.evaluated
        }
        expected = kept | book.target()
        program = program_of(book)
        fill(connection, book)
        compute_target(connection, program, as_of=AS_OF)
        find_difference(connection, program, as_of=AS_OF)
        post_due(connection)
        standing = {key: minor for key, minor in posted(connection).items() if minor}
        assert standing == {key: minor for key, minor in expected.items() if minor}
        find_difference(connection, program, as_of=AS_OF)
        assert connection.execute("SELECT count(*) FROM charge.due").fetchone() == (0,)


def posted(connection: DuckDBPyConnection) -> dict[Key, int]:
    rows = connection.execute("""
        SELECT kind,
               CASE WHEN kind = 'transition' THEN concat(day(period_start), ':', occurrence)
                    ELSE CAST(month(full_start) - 1 AS VARCHAR) END AS which,
               sum(minor)
        FROM charge.posted
        GROUP BY kind, which
    """).fetchall()
    return {(kind, which): int(minor) for kind, which, minor in rows}


def program_of(book: Book) -> Program:
    program = connectivity_program()
    amounts = PriceRows(1000)
    fee = Decimal(book.fee).scaleb(-2)
    charges = tuple(
        row.model_copy(update={"price": amounts.of(fee, row.currency), "service": "data"})
        for row in program.transition_charges
    )
    return amounts.into(program, transition_charges=charges)


def fill(connection: DuckDBPyConnection, book: Book) -> None:
    for table in (
        "subscription.account_services",
        "subscription.occurrences",
        "subscription.usage_periods",
        "rated.cells",
        "rated.flats",
        "rated.evaluated",
    ):
        connection.execute(f"DELETE FROM {table}")
    put(
        connection,
        "subscription.account_services",
        account_service("S1", "data", quantity=book.quantity),
    )
    days = sorted(book.days)
    occurrences: list[dict[str, Value]] = [
        {
            "account_service": "S1",
            "transition": "activate",
            "day": date(2026, 1, day),
            "occurrence": days[:number].count(day),
        }
        for number, day in enumerate(days)
    ]
    put(connection, "subscription.occurrences", *occurrences)
    spans: list[dict[str, Value]] = [
        {"account_service": "S1", "period_start": start, "period_end": end}
        for start, end in pairwise(MONTHS)
    ]
    put(
        connection,
        "subscription.usage_periods",
        *(
            span | {"full_start": span["period_start"], "full_end": span["period_end"]}
            for span in spans
        ),
    )
    for month in sorted(book.evaluated):
        put(connection, "rated.evaluated", spans[month])
        used = book.usage[month]
        if used is not None:
            cell: dict[str, Value] = {
                "usage_class": "web_data",
                "component": "rated",
                "quantity": used[0],
                "amount": Decimal(used[1]).scaleb(-2),
                "per": 1000,
                "events": 0,
                "event_amount": Decimal(0),
                "currency": "CAD",
            }
            put(connection, "rated.cells", spans[month] | cell)
        if month in book.flats:
            flat: dict[str, Value] = {
                "bucket": "included_data",
                "tier": 1,
                "amount": FLAT,
                "currency": "CAD",
            }
            put(connection, "rated.flats", spans[month] | flat)
