"""A local time read by its stretch is the calendar's, which is that of the time zone files."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from runtime.engine import open_engine
from runtime.program.time_zones import time_zone
from runtime.usage.zones import local_time

pytestmark = pytest.mark.feature("A13")


@pytest.mark.parametrize(
    "zone",
    [
        *("UTC", "America/Toronto", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"),
        *("Africa/Casablanca", "America/Santiago", "Asia/Tehran"),
    ],
)
@pytest.mark.parametrize("year", [1, 2026, 9999])
def test_every_local_time_is_the_calendars(zone: str, year: int) -> None:
    with open_engine() as connection:
        clock = local_time(zone, date(year, 2, 1))
        every = f"""
            SELECT make_timestamp({max(year - 2, 1)}, 12, 31, 22, 0, 0.0)
                   + to_microseconds(i * 3_599_999_999) AS local
            FROM range(27_000) AS r(i)
            UNION ALL
            SELECT unnest([NULL, TIMESTAMP 'infinity', TIMESTAMP '-infinity'])
        """
        # Around each change of the clocks, to the microsecond.
        for stretch in clock.stretches:
            every += f"""
                UNION ALL
                SELECT TIMESTAMP '{stretch.start:%4Y-%m-%d %H:%M:%S}' + to_microseconds(i)
                FROM range(-2, 3) AS r(i)
            """
        differing = connection.execute(
            f"""
            SELECT local FROM ({every})
            WHERE {clock.in_utc("local")}
                  IS DISTINCT FROM timezone('UTC', timezone($1, local))
            """,
            [zone],
        ).fetchall()
    assert differing == []


@pytest.mark.parametrize("zone", ["America/Havana", "America/Vancouver", "Europe/Dublin"])
def test_local_times_of_the_years_at_hand_are_by_the_files_that_days_are_by(zone: str) -> None:
    clock = local_time(zone, date(2027, 2, 1))
    first = datetime(2026, 1, 1)  # noqa: DTZ001 - a local time
    every = [first + timedelta(hours=6 * number) for number in range(2 * 365 * 4)]
    wanted = [
        max(
            each.replace(tzinfo=time_zone(zone), fold=fold).astimezone(UTC).replace(tzinfo=None)
            for fold in (0, 1)
        )
        for each in every
    ]
    with open_engine() as connection:
        found = connection.execute(
            f"SELECT {clock.in_utc('local')} FROM (SELECT unnest($1::TIMESTAMP[]) AS local)",
            [every],
        ).fetchall()
    assert [instant for (instant,) in found] == wanted


def test_a_zone_has_a_stretch_for_each_change_of_its_clocks() -> None:
    clock = local_time("Europe/Berlin", date(2026, 5, 1))
    starts = [str(each.start) for each in clock.stretches]
    assert starts == [
        "2025-01-01 00:00:00",
        "2025-03-30 03:00:00",
        "2025-10-26 02:00:00",
        "2026-03-29 03:00:00",
        "2026-10-25 02:00:00",
    ]
