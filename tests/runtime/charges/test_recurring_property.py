"""Histories that change between runs, against the obvious reckoning day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.charges.difference import find_difference
from runtime.charges.target import compute_target
from runtime.engine import open_engine
from runtime.program.model import Program, Rounding
from runtime.program.prices import RecurringPrice
from tests.reference.charges import (
    Frame,
    State,
    Stretch,
    days_between,
    posted_days,
    target_days,
    total,
)
from tests.reference.proration import weights
from tests.runtime.charges.tables import (
    account_service,
    make_stage_tables,
    period,
    put,
    stretch,
)
from tests.runtime.price_rows import PriceRows
from tests.runtime.programs import connectivity_program

AS_OF = date(2026, 3, 1)
MONTHS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))
DAYS = tuple(days_between(MONTHS[0], MONTHS[-1]))
SOLD = ("S1", "S2", "S3")
"""Account services side by side: a run over three takes hardly longer than over one."""
STATUSES = ("active", "suspended", "paused", "ordered")
PRICED = ("active", "suspended", "paused")
PRORATIONS = (
    "days",
    "days",
    "fixed_30",
    "thirty_360",
    "never",
    "seconds America/Toronto",
    "seconds Asia/Tokyo",
)


@dataclass(frozen=True)
class Life:
    """What one run knows of an account service: statuses from day to day, held from start to end.

    And how its package counts the parts of a period.
    """

    changes: tuple[tuple[int, str], ...]
    start: int
    end: int
    quantity: int
    proration: str = "days"

    def statuses(self) -> dict[date, str]:
        """Give the status of each day held."""
        changes = sorted(dict(self.changes).items())
        found = {}
        for number, day in enumerate(DAYS):
            so_far = [status for at, status in changes if at <= number]
            if self.start <= number < self.end:
                found[day] = so_far[-1] if so_far else "active"
        return found


@dataclass(frozen=True)
class Book:
    """What one run knows: the life of each account service, and the prices."""

    lives: tuple[Life, ...]
    prices: tuple[Decimal, ...]

    def by_name(self) -> dict[str, Life]:
        """Give the lives by the name of their account service."""
        return dict(zip(SOLD, self.lives, strict=True))


def frames_of(name: str) -> tuple[Frame, ...]:
    """Give the billing periods of an account service."""
    return tuple(Frame(name, *ends) for ends in pairwise(MONTHS))


@pytest.fixture(scope="module")
def connection() -> DuckDBPyConnection:
    return open_engine(threads=1)


PRICES = st.one_of(
    st.sampled_from([Decimal(0), Decimal("80.00"), Decimal("20.00"), Decimal("0.31")]),
    st.decimals(min_value=0, max_value=1000, places=4, allow_nan=False),
)
LIVES = st.builds(
    Life,
    changes=st.lists(
        st.tuples(st.integers(0, len(DAYS) - 1), st.sampled_from(STATUSES)), max_size=4
    ).map(tuple),
    start=st.integers(0, 20),
    end=st.integers(20, len(DAYS)),
    quantity=st.integers(1, 3),
    proration=st.sampled_from(PRORATIONS),
)
BOOKS = st.builds(
    Book,
    lives=st.tuples(*[LIVES for _ in SOLD]),
    prices=st.tuples(PRICES, PRICES, PRICES),
)


@pytest.mark.slow
@pytest.mark.feature("D1", "D2", "D9")
@settings(max_examples=settings().max_examples // 10)
@given(
    books=st.lists(BOOKS, min_size=1, max_size=4),
    rounding=st.sampled_from(["half_up", "half_even"]),
)
def test_what_was_posted_and_what_is_due_are_the_target_day_by_day(
    connection: DuckDBPyConnection, books: list[Book], rounding: Rounding
) -> None:
    make_stage_tables(connection)
    put(connection, "book.accounts", {"account": "A1", "name": "Acme"})
    for book in books:
        program = program_with(book.prices, rounding)
        fill(connection, book)
        compute_target(connection, program, as_of=AS_OF)
        find_difference(connection, program, as_of=AS_OF)
        assert_sums_agree(connection)
        post_due(connection)
        assert_posted_is_target(connection, book, rounding)
    find_difference(connection, program_with(books[-1].prices, rounding), as_of=AS_OF)
    assert connection.execute("SELECT count(*) FROM charge.due").fetchone() == (0,)


def assert_sums_agree(connection: DuckDBPyConnection) -> None:
    row = connection.execute("""
        SELECT (SELECT coalesce(sum(minor), 0) FROM charge.target),
               (SELECT coalesce(sum(minor), 0) FROM charge.posted)
               + (SELECT coalesce(sum(minor), 0) FROM charge.due)
    """).fetchone()
    assert row is not None
    assert row[0] == row[1]


def assert_posted_is_target(connection: DuckDBPyConnection, book: Book, rounding: Rounding) -> None:
    posted = read_posted(connection)
    prices = dict(zip(PRICED, book.prices, strict=True))
    expected = {
        (frame, day): state
        for name, life in book.by_name().items()
        for frame in frames_of(name)
        for day, state in target_days(
            life.statuses(), frame, prices, life.quantity, life.proration
        ).items()
        if state.unit_price != 0
    }
    assert weighed(posted_days(posted)) == weighed(expected)
    for name in SOLD:
        for frame in frames_of(name):
            states = {day: state for (of, day), state in expected.items() if of == frame}
            charged = sum(line.minor for line in posted if line.frame == frame)
            assert charged == total(states, frame, 2, rounding)


def weighed(states: dict[tuple[Frame, date], State]) -> dict[tuple[Frame, date], State]:
    """Leave out the days that weigh nothing as their state counts them: they are not posted."""
    found = {}
    for (frame, day), state in states.items():
        weight = weights(state.proration, frame.full_start, frame.full_end)
        if state.proration == "never" or weight[(day - frame.full_start).days]:
            found[frame, day] = state
    return found


def read_posted(connection: DuckDBPyConnection) -> list[Stretch]:
    rows = connection.execute("""
        SELECT account_service, full_start, full_end, status, unit_price, abs(quantity),
               proration, period_start, period_end, minor, is_credit
        FROM charge.posted
        ORDER BY line_id
    """).fetchall()
    return [
        Stretch(
            Frame(name, full_start, full_end),
            State(status, price, quantity, proration),
            start,
            end,
            minor,
            is_credit,
        )
        for (
            name,
            full_start,
            full_end,
            status,
            price,
            quantity,
            proration,
            start,
            end,
            minor,
            is_credit,
        ) in rows
    ]


def post_due(connection: DuckDBPyConnection) -> None:
    connection.execute("""
        INSERT INTO charge.posted BY NAME
        SELECT * EXCLUDE (ordinal, corrects, source), NULL AS source,
               ordinal + (SELECT coalesce(max(line_id), 0) FROM charge.posted) AS line_id
        FROM charge.due
    """)


def fill(connection: DuckDBPyConnection, book: Book) -> None:
    for name in ("account_services", "timeline", "periods"):
        connection.execute(f"DELETE FROM subscription.{name}")
    services, stretches, periods = [], [], []
    for name, life in book.by_name().items():
        services.append(
            account_service(name, "access", quantity=life.quantity, proration=life.proration)
        )
        statuses = life.statuses()
        stretches += [
            stretch(name, status, day, day + timedelta(days=1), billable=status != "ordered")
            for day, status in statuses.items()
        ]
        for start, end in pairwise(MONTHS):
            held = [day for day in days_between(start, end) if day in statuses]
            if held:
                periods.append(period(name, start, end, held[0], held[-1] + timedelta(days=1)))
    put(connection, "subscription.account_services", *services)
    put(connection, "subscription.timeline", *stretches)
    put(connection, "subscription.periods", *periods)


def program_with(prices: tuple[Decimal, ...], rounding: Rounding) -> Program:
    amounts = PriceRows(1000)
    rows = tuple(
        RecurringPrice(
            service="access",
            months=1,
            status=status,
            currency="CAD",
            price=amounts.of(price, "CAD"),
            source=0,
        )
        for status, price in zip(PRICED, prices, strict=True)
    )
    return amounts.into(connectivity_program(), recurring_prices=rows, rounding=rounding)
