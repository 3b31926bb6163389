"""A usage line is the exact sum of its cells, rounded once, whatever the rates are for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given
from hypothesis import strategies as st

from runtime.charges import usage
from runtime.charges.prices import load_prices
from runtime.charges.target import compute_target
from runtime.engine import create_table, open_engine
from runtime.program.model import Rounding
from tests.reference.charges import round_fraction
from tests.runtime.charges.tables import Value, account_service, make_stage_tables, put, read
from tests.runtime.programs import connectivity_program

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture(scope="module")
def connection() -> DuckDBPyConnection:
    return open_engine(threads=1)


def usage_period(start: date, end: date) -> dict[str, Value]:
    return {
        "account_service": "S1",
        "period_start": start,
        "period_end": end,
        "full_start": start,
        "full_end": end,
    }


def cell(quantity: int, amount: str, per: int, **given: Value) -> dict[str, Value]:
    row: dict[str, Value] = {
        "account_service": "S1",
        "period_start": JANUARY,
        "period_end": FEBRUARY,
        "usage_class": "web_data",
        "component": "rated",
        "quantity": quantity,
        "events": 0,
        "currency": "CAD",
        "amount": Decimal(amount),
        "per": per,
        "event_amount": Decimal(0),
    }
    return row | given


def fill(connection: DuckDBPyConnection, *cells: dict[str, Value]) -> None:
    make_stage_tables(connection)
    put(connection, "subscription.account_services", account_service("S1", "data"))
    put(
        connection,
        "subscription.usage_periods",
        usage_period(JANUARY, FEBRUARY),
        usage_period(FEBRUARY, MARCH),
    )
    evaluated = {"account_service": "S1"}
    put(
        connection,
        "rated.evaluated",
        evaluated | {"period_start": JANUARY, "period_end": FEBRUARY},
        evaluated | {"period_start": FEBRUARY, "period_end": MARCH},
    )
    put(connection, "rated.cells", *cells)


CELLS = st.builds(
    cell,
    quantity=st.integers(0, 10**13),
    amount=st.decimals(min_value=0, max_value=100, places=12, allow_nan=False).map(
        lambda amount: f"{amount:f}"
    ),
    per=st.sampled_from([1, 60, 1000, 1024**3, 10**9, 7, 3600]),
    events=st.integers(0, 1000),
    event_amount=st.decimals(min_value=0, max_value=2, places=6, allow_nan=False),
    component=st.sampled_from(["rated", "rated", "included", "flat"]),
)


@pytest.mark.feature("D4")
@given(
    cells=st.lists(CELLS, min_size=1, max_size=6),
    rounding=st.sampled_from(["half_up", "half_even"]),
)
def test_a_line_is_rounded_once_in_integers_and_in_fractions(
    connection: DuckDBPyConnection, cells: list[dict[str, Value]], rounding: Rounding
) -> None:
    exact = Fraction(0)
    for each in cells:
        if each["component"] == "rated":
            exact += Fraction(str(each["amount"])) * Fraction(f"{each['quantity']}/{each['per']}")
            exact += Fraction(str(each["event_amount"])) * Fraction(str(each["events"]))
    expected = round_fraction(exact * 100, rounding)
    quantity = sum(int(str(each["quantity"])) for each in cells)
    program = connectivity_program().model_copy(update={"rounding": rounding})
    fill(connection, *cells)
    load_prices(connection, program)
    for charge in (usage.charge_usage, usage._charge_in_fractions):
        create_table(connection, "charge.target")
        charge(connection, program, FEBRUARY)
        assert read(connection, "charge.target", "kind", "quantity", "minor") == [
            ("usage", quantity, expected)
        ]


@pytest.mark.feature("D4")
def test_a_sum_that_overflows_integers_is_computed_in_fractions(
    connection: DuckDBPyConnection,
) -> None:
    # 10^18 x 90.000000000001 in units of 10^-12, times the other prime of 10^12: 10^44, and
    # 128 bits hold 10^38.
    large, pers = 10**18, (999_999_999_989, 999_999_999_961)
    cells = [cell(large, "90.000000000001", per, rate=str(per)) for per in pers]
    fill(connection, *cells)
    program = connectivity_program()
    load_prices(connection, program)
    create_table(connection, "charge.target")
    with pytest.raises(duckdb.OutOfRangeException):
        usage._charge_in_integers(connection, program, FEBRUARY)
    compute_target(connection, program, as_of=FEBRUARY)
    exact = sum((Fraction("90.000000000001") * large / per for per in pers), Fraction(0))
    assert read(connection, "charge.target", "minor") == [(round_fraction(exact * 100, "half_up"),)]


def test_an_amount_of_over_38_digits_is_refused(connection: DuckDBPyConnection) -> None:
    cells = [cell(10**30, "90000000000000", 1)]
    fill(connection, *cells)
    with pytest.raises((usage.AmountOverflow, duckdb.OutOfRangeException)):
        compute_target(connection, connectivity_program(), as_of=FEBRUARY)


@pytest.mark.feature("D4")
def test_usage_of_a_period_that_has_not_ended_is_not_charged_yet(
    connection: DuckDBPyConnection,
) -> None:
    february = {"period_start": FEBRUARY, "period_end": MARCH}
    fill(connection, cell(5, "1.00", 1), cell(7, "1.00", 1, **february))
    compute_target(connection, connectivity_program(), as_of=FEBRUARY)
    assert read(connection, "charge.target", "period_start", "quantity", "minor") == [
        (JANUARY, 5, 500)
    ]
    compute_target(connection, connectivity_program(), as_of=MARCH)
    assert read(connection, "charge.target", "period_start", "minor") == [
        (JANUARY, 500),
        (FEBRUARY, 700),
    ]


@pytest.mark.feature("D4")
def test_usage_that_costs_nothing_is_a_charge_of_nothing(connection: DuckDBPyConnection) -> None:
    fill(connection, cell(50, "0", 1, component="included", bucket="included_data", tier=0))
    compute_target(connection, connectivity_program(), as_of=FEBRUARY)
    assert read(connection, "charge.target", "usage_class", "quantity", "minor") == [
        ("web_data", 50, 0)
    ]
