"""What clocks show is asked of one calendar, whatever the machine or the engine has."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from runtime.calendar import day_start_instant
from runtime.program.time_zones import time_zone, zone_names
from runtime.usage.clocks import on_clocks

pytestmark = pytest.mark.feature("A13", "C4", "D1")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ZONES = [
    *("UTC", "America/Toronto", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"),
    *("America/Sao_Paulo", "Asia/Beirut", "Pacific/Chatham", "America/Vancouver"),
]


@pytest.fixture
def old_machine(tmp_path: Path) -> Iterator[None]:
    """A machine whose own files have other clocks for Berlin than the ones we bring."""
    tokyo = (files("tzdata") / "zoneinfo" / "Asia" / "Tokyo").read_bytes()
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").write_bytes(tokyo)
    (tmp_path / "localtime").write_bytes(tokyo)
    zoneinfo.reset_tzpath([tmp_path])
    zoneinfo.ZoneInfo.clear_cache()
    time_zone.cache_clear()
    zone_names.cache_clear()
    yield
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.usefixtures("old_machine")
def test_the_files_of_the_machine_decide_nothing() -> None:
    assert zoneinfo.ZoneInfo("Europe/Berlin").utcoffset(datetime(2026, 7, 1)) == timedelta(hours=9)  # noqa: DTZ001
    assert day_start_instant(date(2026, 7, 1), "Europe/Berlin") == datetime(
        2026, 6, 30, 22, tzinfo=UTC
    )
    assert "localtime" not in zone_names()


@pytest.mark.parametrize("year", [2011, 2026])
def test_clocks_show_what_their_zones_say_at_each_change(year: int) -> None:
    instants, zones, shown = [], [], []
    for number, name in enumerate(ZONES):
        for start in _uneven_days(name, year):
            for quarters in range(-8, 120):
                for late in (timedelta(), MICROSECOND):
                    instant = start + quarters * timedelta(minutes=15) - late
                    local = instant.astimezone(time_zone(name)).replace(tzinfo=UTC)
                    instants.append((instant - EPOCH) // MICROSECOND)
                    shown.append((local - EPOCH) // MICROSECOND)
                    zones.append(number)
    assert len(instants) > 2000
    got = on_clocks(ZONES, np.array(zones, np.int64), np.array(instants, np.int64))
    assert got.tolist() == shown


def _uneven_days(name: str, year: int) -> Iterator[datetime]:
    """Give the starts of the days that do not last 24 hours."""
    for number in range(365):
        day = date(year, 1, 1) + timedelta(days=number)
        start, end = (day_start_instant(day + timedelta(days=each), name) for each in (0, 1))
        if end - start != timedelta(days=1):
            yield start


def test_a_clock_that_is_asked_beyond_all_time_shows_something() -> None:
    ends = np.array([-(1 << 55), 1 << 57], np.int64)
    assert len(on_clocks(["Pacific/Apia"], np.zeros(2, np.int64), ends)) == 2
