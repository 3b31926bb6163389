"""What has gone by of a period: the function, the SQL, and the obvious reckoning agree."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given
from hypothesis import strategies as st

from runtime.calendar import boundary, clamped
from runtime.charges.proration import gone_by, gone_by_sql, make_day_seconds
from runtime.engine import open_engine
from tests.reference.proration import weights
from tests.runtime.charges.tables import make_stage_tables, period, put

PRORATIONS = (
    "days",
    "never",
    "fixed_30",
    "thirty_360",
    "seconds America/Toronto",
    "seconds Australia/Lord_Howe",
    "seconds UTC",
)


@pytest.fixture(scope="module")
def connection() -> DuckDBPyConnection:
    return open_engine(threads=1)


@st.composite
def periods(draw: st.DrawFn) -> tuple[date, date]:
    """A whole period of any bill day and length."""
    bill_day, months = draw(st.integers(1, 31)), draw(st.sampled_from([1, 1, 2, 3, 12]))
    start = clamped(draw(st.integers(2023, 2028)), draw(st.integers(1, 12)), bill_day)
    return start, boundary(start, bill_day, months, 1)


@pytest.mark.feature("D1")
@given(whole=periods(), proration=st.sampled_from(PRORATIONS))
def test_each_day_weighs_what_the_obvious_reckoning_says(
    whole: tuple[date, date], proration: str
) -> None:
    start, end = whole
    expected = [0, *accumulate(weights(proration, start, end))]
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    assert [gone_by(proration, start, end, day) for day in days] == expected
    assert expected == sorted(expected)


@pytest.mark.feature("D1")
@given(whole=periods(), day=st.integers(0, 365))
def test_sql_and_function_agree(
    connection: DuckDBPyConnection, whole: tuple[date, date], day: int
) -> None:
    start, end = whole
    there = min(start + timedelta(days=day), end)
    make_stage_tables(connection)
    put(connection, "subscription.periods", period("S1", start, end, there, end))
    make_day_seconds(connection, PRORATIONS)
    rows = connection.execute(
        f"SELECT proration, {gone_by_sql('there', PRORATIONS)} FROM ("
        "SELECT unnest(?) AS proration, CAST(? AS DATE) AS full_start, "
        "CAST(? AS DATE) AS full_end, CAST(? AS DATE) AS there)",
        [list(PRORATIONS), start, end, there],
    ).fetchall()
    assert dict(rows) == {each: gone_by(each, start, end, there) for each in PRORATIONS}


@pytest.mark.feature("D1")
@pytest.mark.parametrize(
    ("proration", "day", "expected"),
    [
        ("fixed_30", date(2026, 1, 30), 29),
        ("fixed_30", date(2026, 1, 31), 30),
        ("fixed_30", date(2026, 2, 1), 30),
        ("thirty_360", date(2026, 1, 30), 29),
        ("thirty_360", date(2026, 1, 31), 29),
        ("thirty_360", date(2026, 2, 1), 30),
        ("days", date(2026, 1, 31), 30),
    ],
)
def test_a_month_of_31_days_has_30(proration: str, day: date, expected: int) -> None:
    assert gone_by(proration, date(2026, 1, 1), date(2026, 2, 1), day) == expected


@pytest.mark.feature("D1")
def test_a_day_on_which_the_clock_goes_forward_has_23_hours() -> None:
    # America/Toronto goes forward on 8 March 2026.
    start, end = date(2026, 3, 1), date(2026, 4, 1)
    zone = "seconds America/Toronto"
    assert gone_by(zone, start, end, date(2026, 3, 8)) == 7 * 86400
    assert gone_by(zone, start, end, date(2026, 3, 9)) == 8 * 86400 - 3600
    assert gone_by(zone, start, end, end) == 31 * 86400 - 3600
