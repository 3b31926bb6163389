"""Time bands on the clocks of accounts, where clocks change and days begin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.engine import create_table, open_engine
from runtime.program import model
from runtime.program.zones import TimeBandHours
from runtime.usage.bands import make_bands
from tests.reference.rates import holds_by
from tests.runtime.usage.sheets import Use, compiled, rated
from tests.runtime.usage.worlds import EMPTY

Hours = tuple[int | None, date | None, int, int]
NIGHT: list[Hours] = [(weekday, None, 0, 150) for weekday in range(7)]
BANDS: dict[str, list[Hours]] = {
    "night": [*NIGHT, *((weekday, None, 1320, 1440) for weekday in range(7))],
    "clock_change": [(6, None, 90, 180)],
    "holiday": [(None, date(2026, 11, 1), 0, 1440), (6, None, 60, 180)],
}
PROGRAM = EMPTY.model_copy(
    update={
        "time_band_hours": tuple(
            TimeBandHours(band=band, weekday=weekday, day=day, start=start, end=end, source=0)
            for band, hours in BANDS.items()
            for weekday, day, start, end in hours
        ),
        "rates": tuple(
            model.Rate(
                id=band,
                group="g",
                ordinal=0,
                usage_class="c",
                zone=None,
                band=band,
                currency="CAD",
                price=0,
                source=0,
            )
            for band in BANDS
        ),
    }
)
START = datetime(2026, 3, 7, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    with open_engine(threads=1) as opened:
        create_table(opened, "subscription.usage_periods")
        opened.execute("CREATE SCHEMA usage")
        opened.execute(
            "INSERT INTO subscription.usage_periods BY NAME "
            "SELECT DATE '2026-03-01' AS period_start, DATE '2026-12-01' AS period_end"
        )
        make_bands(opened, PROGRAM)
        yield opened


@pytest.mark.feature("A14", "C4")
@given(
    minutes=st.lists(
        st.one_of(
            st.integers(0, 3000),
            # Around 2026-03-08 and 2026-11-01, as Toronto's clocks change.
            st.integers(900, 1300),
            st.integers(343_000, 344_500),
        ),
        min_size=1,
        max_size=10,
    )
)
@example(minutes=[1139, 1140, 1141, 1200, 343_979, 343_980, 344_039, 344_040, 344_100])
def test_an_event_is_in_the_bands_that_the_clock_of_its_account_shows(
    connection: DuckDBPyConnection, minutes: list[int]
) -> None:
    instants = [START + timedelta(minutes=each) for each in minutes]
    for timezone in ("America/Toronto", "Asia/Tokyo", "UTC"):
        for instant in instants:
            found = connection.execute(
                "SELECT s.band, s.is_dated FROM (SELECT max_by(band_set, local_start) AS band_set "
                "FROM usage.band_slots WHERE local_start <= "
                "timezone(?, timezone('UTC', ?::TIMESTAMP))) AS b "
                "JOIN usage.band_sets AS s ON s.band_set = b.band_set",
                [timezone, instant.replace(tzinfo=None)],
            ).fetchall()
            held = {band: holds_by(PROGRAM, band, instant, timezone) for band in BANDS}
            expected = {band: by == 0 for band, by in held.items() if by is not None}
            assert dict(found) == expected


@pytest.mark.feature("A14")
def test_a_row_for_a_date_comes_before_one_for_the_week(tmp_path: Path) -> None:
    # 2026-01-01 is a Thursday: from 20:00 on both bands hold, and the date decides.
    bands = (
        "time band off_peak = weekdays 20:00..24:00, weekends\n"
        "time band holidays = 2026-01-01, 2026-01-06 20:00..21:00\n"
    )
    rows = {
        "call": "call  0.10 USD per minute\n  call during off_peak  0.05 USD per minute\n"
        "  call during holidays  0.01 USD per minute"
    }
    uses = [
        *(Use("call", 60, at=f"2026-01-01 {clock}") for clock in ("00:00:00", "23:59:59")),
        *(Use("call", 60, at=f"2026-01-06 {clock}") for clock in ("20:59:59", "21:00:00")),
        Use("call", 60, at="2026-01-07 19:59:59"),
    ]
    found = rated(compiled("time", rows, bands), uses, tmp_path)
    # Three by the date, one off peak, one at the price of always: 3 x 0.01 + 0.05 + 0.10.
    assert found.amounts == {"call": Fraction("0.18")}
    assert found.reasons == {"RATED": 5}
