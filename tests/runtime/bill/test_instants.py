"""Instants at the edge of a day, in the types that Parquet files have."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.runtime.bill.books import Book, customer, request, run
from tests.runtime.programs import GB

# Just before and at midnight in Toronto, inside January and at its end.
EDGES = (
    datetime(2026, 1, 11, 4, 59, 59, 700_000, UTC),
    datetime(2026, 1, 11, 5, 0, 0, 0, UTC),
    datetime(2026, 2, 1, 4, 59, 59, 999_999, UTC),
    datetime(2026, 2, 1, 5, 0, 0, 0, UTC),
)


@pytest.mark.feature("A26", "C4")
@pytest.mark.parametrize("unit", ["us", "ns"])
@pytest.mark.parametrize("timezone", [None, "UTC", "America/Toronto"])
def test_the_last_moment_of_a_day_is_that_days(
    tmp_path: Path, unit: Literal["us", "ns"], timezone: str | None
) -> None:
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    count = len(EDGES)
    instants = pa.array([edge.replace(tzinfo=None) for edge in EDGES], pa.timestamp("us"))
    table = {
        "record_id": pa.array([f"r{number}" for number in range(count)]),
        "started": instants.cast(pa.timestamp(unit, timezone)),
        "gateway": pa.array(["GW-P1"] * count),
        "bytes_up": pa.array([GB] * count, pa.uint64()),
        "bytes_down": pa.array([0] * count, pa.uint64()),
        "kind": pa.array(["web"] * count),
        "country": pa.array(["CA"] * count),
    }
    pq.write_table(pa.table(table), tmp_path / "usage.parquet")
    result = run(request(tmp_path, "2026-02-01", str(tmp_path / "usage.parquet")))
    assert (result.usage.rated, result.usage.waiting) == (4, 1)
    days = [(str(day.day), day.events) for day in result.invoices[0].usage_days]
    assert days == [("2026-01-10", 1), ("2026-01-11", 1), ("2026-01-31", 1)]
