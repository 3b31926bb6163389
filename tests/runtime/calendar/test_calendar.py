"""Bill days, periods and day starts, in Python and in SQL."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.calendar import (
    boundary,
    clamped,
    day_start_instant,
    first_bill_day,
    first_bill_day_sql,
    full_periods,
    make_day_instants,
    make_full_periods,
    periods,
)
from runtime.engine import fill_table, open_engine

DAYS = st.dates(date(2000, 1, 1), date(2010, 12, 31))
THIRTY_YEARS = timedelta(days=30 * 365 + 8)
MONTHS = st.sampled_from([1, 2, 3, 4, 6, 12, 24])

# Zones whose clocks change at or over midnight, skip a whole day, or never change.
ZONES = (
    "UTC",
    "America/Toronto",
    "America/Havana",
    "America/Asuncion",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Africa/Cairo",
)


@pytest.mark.feature("B4")
def test_a_bill_day_of_31_falls_on_the_last_day_of_each_month() -> None:
    days = [clamped(2024, month, 31).day for month in range(1, 13)]
    assert days == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


@pytest.mark.feature("B4")
def test_the_bill_day_returns_to_itself_after_a_short_month() -> None:
    anchor = date(2023, 1, 30)
    starts = [start for start, _ in islice(full_periods(anchor, 30, 1), 4)]
    assert starts == [date(2023, 1, 30), date(2023, 2, 28), date(2023, 3, 30), date(2023, 4, 30)]


@pytest.mark.feature("B4")
@given(
    start=DAYS,
    bill_day=st.integers(1, 31),
    months=MONTHS,
    life=st.timedeltas(timedelta(days=1), THIRTY_YEARS),
)
def test_periods_tile_a_life(start: date, bill_day: int, months: int, life: timedelta) -> None:
    end = start + life
    anchor = first_bill_day(start, bill_day)
    held = list(periods(start, end, anchor, bill_day, months))
    assert held[0].start == start
    assert held[-1].end == end
    for before, after in pairwise(held):
        assert before.end == after.start == after.full_start == before.full_end
    for period in held:
        assert period.full_start <= period.start < period.end <= period.full_end
        month = clamped(period.full_start.year, period.full_start.month, bill_day)
        assert period.full_start == month
        assert period.full_end == boundary(period.full_start, bill_day, months, 1)


@pytest.mark.feature("B4")
@given(start=DAYS, months=MONTHS)
def test_an_anniversary_has_no_partial_first_period(start: date, months: int) -> None:
    first = next(periods(start, date(2050, 1, 1), start, start.day, months))
    assert (first.start, first.end) == (first.full_start, first.full_end)
    assert first.start == start


@given(day=DAYS, bill_day=st.integers(1, 31))
def test_the_first_bill_day_is_the_nearest_one(day: date, bill_day: int) -> None:
    first = first_bill_day(day, bill_day)
    expected = next(
        candidate
        for candidate in (day + timedelta(days=step) for step in range(32))
        if candidate == clamped(candidate.year, candidate.month, bill_day)
    )
    assert first == expected


@pytest.mark.feature("B4")
@given(
    keys=st.sets(st.tuples(st.integers(1, 31), DAYS, MONTHS), max_size=20),
    until=st.dates(date(2000, 1, 1), date(2030, 12, 31)),
)
def test_the_table_of_periods_is_that_of_the_functions(
    keys: set[tuple[int, date, int]], until: date
) -> None:
    aligned = {(bill, first_bill_day(day, bill), months) for bill, day, months in keys}
    connection = open_engine(threads=1)
    columns = {"bill_day": "INTEGER", "anchor_day": "DATE", "months": "INTEGER"}
    fill_table(connection, "keys", columns, sorted(aligned))
    make_full_periods(connection, "keys", "made", until)
    found = connection.execute("SELECT * FROM made ORDER BY ALL").fetchall()
    expected = []
    for bill_day, anchor, months in aligned:
        if first_bill_day(until, bill_day) < anchor:
            # Its first partial period has not begun, so that nobody asks for this key.
            found = [row for row in found if row[:3] != (bill_day, anchor, months)]
            continue
        for start, end in full_periods(anchor, bill_day, months, first=-1):
            if start > until and start >= anchor:
                break
            expected.append((bill_day, anchor, months, start, end))
    assert found == sorted(expected)


@given(day=DAYS, bill_day=st.integers(1, 31))
def test_the_first_bill_day_is_the_same_in_sql(day: date, bill_day: int) -> None:
    sql = first_bill_day_sql(f"DATE '{day}'", str(bill_day))
    found = open_engine(threads=1).execute(f"SELECT {sql}").fetchall()
    assert found == [(first_bill_day(day, bill_day),)]


@pytest.mark.parametrize("zone", ZONES)
def test_days_follow_on_one_another_in_every_zone(zone: str) -> None:
    day = date(1995, 1, 1)
    before = day_start_instant(day, zone)
    for _ in range(366 * 30):
        day += timedelta(days=1)
        begins = day_start_instant(day, zone)
        assert timedelta(0) <= begins - before <= timedelta(hours=25), day
        before = begins


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        # Midnight does not exist: the clock goes from 00:00 to 01:00.
        (date(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
        # The hour from 00:00 comes twice; the day begins with the first.
        (date(2023, 11, 5), "America/Havana", datetime(2023, 11, 5, 4, tzinfo=UTC)),
        # The clock goes from 23:30 over midnight to 00:30, at 04:30 UTC.
        (date(1919, 3, 31), "America/Toronto", datetime(1919, 3, 31, 4, 30, tzinfo=UTC)),
        # Samoa left out 30 December 2011: the day has no length.
        (date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
        (date(2011, 12, 31), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
        (date(2026, 7, 1), "America/Toronto", datetime(2026, 7, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at(day: date, zone: str, instant: datetime) -> None:
    assert day_start_instant(day, zone) == instant


def test_the_table_of_instants_is_that_of_the_function() -> None:
    connection = open_engine(threads=1)
    days = [("America/Toronto", date(2026, 3, 8)), ("UTC", date(2026, 3, 8))]
    fill_table(connection, "keys", {"timezone": "VARCHAR", "day": "DATE"}, days)
    make_day_instants(connection, "keys", "made")
    found = connection.execute("SELECT instant FROM made ORDER BY timezone").fetchall()
    assert found == [(datetime(2026, 3, 8, 5),), (datetime(2026, 3, 8, 0),)]  # noqa: DTZ001
