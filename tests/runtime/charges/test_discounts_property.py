"""Discounts of random books and runs, against the obvious reckoning."""

from __future__ import annotations

from collections.abc import Sequence
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
from runtime.program.commercial import Discount, DiscountAmount
from runtime.program.model import Program
from runtime.program.prices import RecurringPrice
from runtime.tables import OPEN_DAY
from tests.reference.charges import Frame, State, day_costs, days_between
from tests.reference.discounts import ORDER, Deal, Kind, taken_off
from tests.runtime.charges.tables import account_service, make_stage_tables, period, put, stretch
from tests.runtime.price_rows import PriceRows
from tests.runtime.programs import connectivity_program

AS_OF = date(2026, 4, 1)
MONTHS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))
FRAMES = tuple(Frame("S1", *ends) for ends in pairwise(MONTHS))
FIRST, LAST = date(2026, 1, 11), date(2026, 3, 20)
EXAMPLES = settings().max_examples // 6
CENTS = st.integers(0, 30_000).map(lambda cents: Fraction(cents, 100))


@st.composite
def deals(draw: st.DrawFn) -> list[Deal]:
    """Up to three discounts, each of its own name, percentages of whole numbers."""
    found = []
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(ORDER))
        value = Fraction(draw(st.integers(1, 100))) if kind == "percent" else draw(CENTS)
        found.append(Deal(f"d{number}", kind, value, draw(st.sampled_from([None, 1, 2]))))
    return found


def program_of(price: Fraction, offered: Sequence[Deal]) -> Program:
    rows = PriceRows()
    priced = RecurringPrice(
        service="access",
        months=1,
        status="active",
        currency="CAD",
        price=rows.of(Decimal(int(price * 100)) / 100, "CAD"),
        source=0,
    )
    return connectivity_program().model_copy(
        update={
            "recurring_prices": (priced,),
            "one_time_prices": (),
            "transition_charges": (),
            "prices": tuple(rows.prices),
            "price_tiers": tuple(rows.price_tiers),
            "price_terms": tuple(rows.price_terms),
            "rates": (),
            "discounts": tuple(
                Discount(
                    id=deal.name,
                    title=deal.name,
                    kind=deal.kind,
                    percent=Decimal(int(deal.value)) if deal.kind == "percent" else Decimal(0),
                    periods=deal.periods,
                    source=number,
                )
                for number, deal in enumerate(offered)
            ),
            "discount_amounts": tuple(
                DiscountAmount(
                    discount=deal.name,
                    currency="CAD",
                    amount=Decimal(int(deal.value * 100)) / 100,
                )
                for deal in offered
                if deal.kind != "percent"
            ),
        }
    )


def fill(connection: DuckDBPyConnection, quantity: int, offered: Sequence[Deal]) -> None:
    """One service, active from FIRST to LAST, with its first and last periods in part."""
    make_stage_tables(connection)
    held = account_service("S1", "access", quantity=quantity, sale_day=FIRST)
    put(connection, "subscription.account_services", held)
    put(connection, "subscription.timeline", stretch("S1", "active", FIRST, LAST))
    for frame in FRAMES:
        start, end = max(frame.full_start, FIRST), min(frame.full_end, LAST)
        row = period("S1", frame.full_start, frame.full_end, start, end)
        put(connection, "subscription.periods", row)
    for deal in offered:
        row = {"account_service": "S1", "discount": deal.name, "by_package": False, "given": 0}
        days = {"from_day": MONTHS[0], "until_day": OPEN_DAY}
        put(connection, "subscription.discounts", row | days)


def expected(price: Fraction, quantity: int, offered: Sequence[Deal]) -> dict[str, int]:
    """Give what each discount takes off altogether, in cents, day by day."""
    found: dict[str, int] = {}
    for number, frame in enumerate(FRAMES):
        for name, off in taken_off(price, offered, number, quantity).items():
            unit = -round(Decimal(off.numerator) / Decimal(off.denominator), 12)
            costs = day_costs(frame, State("active", unit, quantity, "days"), 2, "half_up")
            held = days_between(max(frame.full_start, FIRST), min(frame.full_end, LAST))
            found[name] = found.get(name, 0) + sum(costs[day] for day in held)
    return found


def sums(connection: DuckDBPyConnection, table: str) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT discount, sum(minor) FROM {table} WHERE kind = 'discount' GROUP BY discount"
    ).fetchall()
    return {name: int(minor) for name, minor in rows}


def post(connection: DuckDBPyConnection) -> None:
    connection.execute("""
        INSERT INTO charge.posted BY NAME
        SELECT * EXCLUDE (ordinal, corrects) REPLACE (NULL AS source),
               ordinal + coalesce((SELECT max(line_id) FROM charge.posted), 0) AS line_id
        FROM charge.due
    """)


@pytest.mark.feature("A23")
@settings(max_examples=EXAMPLES)
@given(price=CENTS, quantity=st.integers(1, 40), offered=deals())
def test_each_discount_takes_off_what_the_obvious_reckoning_does(
    price: Fraction, quantity: int, offered: list[Deal]
) -> None:
    connection = open_engine(threads=1)
    fill(connection, quantity, offered)
    compute_target(connection, program_of(price, offered), as_of=AS_OF)
    assert sums(connection, "charge.target") == expected(price, quantity, offered)


@pytest.mark.feature("A23", "D2", "D9")
@settings(max_examples=EXAMPLES)
@given(
    price=CENTS,
    later_price=CENTS,
    quantity=st.integers(1, 40),
    before=deals(),
    after=deals(),
)
def test_what_was_posted_and_what_is_due_are_the_target(
    price: Fraction, later_price: Fraction, quantity: int, before: list[Deal], after: list[Deal]
) -> None:
    connection = open_engine(threads=1)
    make_stage_tables(connection)
    connection.execute("CREATE TEMP TABLE kept_line AS FROM charge.posted")
    for amount, offered in ((price, before), (later_price, after), (later_price, after)):
        fill(connection, quantity, offered)
        connection.execute("INSERT INTO charge.posted BY NAME SELECT * FROM kept_line")
        program = program_of(amount, offered)
        compute_target(connection, program, as_of=AS_OF)
        find_difference(connection, program, as_of=AS_OF)
        post(connection)
        connection.execute("CREATE OR REPLACE TEMP TABLE kept_line AS FROM charge.posted")
        standing = {
            name: minor for name, minor in sums(connection, "charge.posted").items() if minor
        }
        wanted = {name: minor for name, minor in sums(connection, "charge.target").items() if minor}
        assert standing == wanted
    assert connection.execute("SELECT count(*) FROM charge.due").fetchone() == (0,)


@pytest.mark.feature("A23")
@settings(max_examples=EXAMPLES)
@given(price=CENTS, quantity=st.integers(1, 40), offered=deals())
def test_no_whole_period_is_charged_less_than_nothing(
    price: Fraction, quantity: int, offered: list[Deal]
) -> None:
    connection = open_engine(threads=1)
    fill(connection, quantity, offered)
    compute_target(connection, program_of(price, offered), as_of=AS_OF)
    rows = connection.execute("""
        SELECT sum(minor) FROM charge.target
        WHERE kind IN ('recurring', 'discount') AND period_start = full_start
          AND period_end = full_end GROUP BY full_start
    """).fetchall()
    assert all(minor >= 0 for (minor,) in rows)


@pytest.mark.feature("A23")
@pytest.mark.parametrize(
    ("quantity", "deals_of_all"),
    [
        (1, [("percent", "50"), ("amount", "300")]),
        (3, [("percent", "50"), ("amount", "300")]),
        (7, [("percent", "33"), ("percent", "50"), ("percent", "100")]),
    ],
)
def test_lines_that_are_each_rounded_up_do_not_come_to_less_than_nothing(
    quantity: int, deals_of_all: list[tuple[Kind, str]]
) -> None:
    # Half of 1.01 is 0.505, which is 0.51 as a line, and so is the other half.
    offered = [
        Deal(f"d{number}", kind, Fraction(value), None)
        for number, (kind, value) in enumerate(deals_of_all)
    ]
    connection = open_engine(threads=1)
    fill(connection, quantity, offered)
    compute_target(connection, program_of(Fraction(101, 100), offered), as_of=AS_OF)
    rows = connection.execute("""
        SELECT sum(minor) FROM charge.target
        WHERE period_start = full_start AND period_end = full_end
    """).fetchall()
    assert rows == [(0,)]
