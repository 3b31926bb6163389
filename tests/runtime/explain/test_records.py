"""The records behind a line are those of its service, period and class, from any file."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from runtime.explain.line import explain_line
from runtime.explain.records import RatedUsage, records_behind
from runtime.explain.text import render_text
from tests.runtime.invoice import samples

COLUMNS = (
    "feed, event_id, file, row, instant, account_service, usage_class, component, bucket, tier, "
    "quantity, unit, unit_steps, amount, period_start, period_end"
)


@pytest.fixture
def rated(tmp_path: Path) -> RatedUsage:
    """25 records of line 3 over two files; one of them straddles the included tier."""
    folder = tmp_path / "rated_usage" / "period=2026-06"
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"""CREATE TABLE rated AS SELECT * FROM (
                SELECT 'sessions', 'r' || i, 'june.csv', i + 2,
                       TIMESTAMP '2026-06-01 08:00:00' + INTERVAL (i) HOUR,
                       'as-9002', 'web_data', 'included', 'included_data', 0,
                       CAST(1000 + i AS BIGINT), 'kB', 1000, CAST(0 AS DECIMAL(38, 10)),
                       DATE '2026-06-01', DATE '2026-07-01'
                FROM range(25) AS t(i)
                UNION ALL
                SELECT 'sessions', 'r24', 'june.csv', 26, TIMESTAMP '2026-06-02 08:00:00',
                       'as-9002', 'web_data', 'flat', 'included_data', 1, 500, 'kB', 1000, 0,
                       DATE '2026-06-01', DATE '2026-07-01'
                UNION ALL
                SELECT 'sessions', 'other', 'june.csv', 99, TIMESTAMP '2026-06-02 08:00:00',
                       'as-9022', 'web_data', 'rated', NULL, NULL, 7, 'kB', 1000, 0.0000000840,
                       DATE '2026-06-01', DATE '2026-07-01'
            ) AS t({COLUMNS})"""
        )
        for number, rows in enumerate(("row < 14", "row >= 14")):
            path = folder / f"it's part {number}.parquet"
            connection.execute(
                f"COPY (FROM rated WHERE {rows}) TO '{str(path).replace(chr(39), chr(39) * 2)}'"
            )
    return RatedUsage(tmp_path / "rated_usage")


@pytest.mark.feature("D6", "C4")
def test_all_records_are_counted_and_the_first_twenty_listed(rated: RatedUsage) -> None:
    line = samples.line_numbered(samples.consolidated(), 3)
    behind = records_behind(rated, line)
    assert behind.count == 25
    assert [record.event_id for record in behind.first] == [f"r{i}" for i in range(20)]
    assert behind.first[0].file == "june.csv"
    assert behind.first[0].row == 2


@pytest.mark.feature("D6")
def test_a_flat_tier_names_the_records_drawn_in_it(rated: RatedUsage) -> None:
    line = samples.line_numbered(samples.consolidated(), 4)
    behind = records_behind(rated, line)
    assert behind.count == 1
    assert [(record.event_id, record.quantity) for record in behind.first] == [
        ("r24", Decimal("0.5"))
    ]


@pytest.mark.feature("D6")
def test_an_explanation_ends_with_file_and_row(rated: RatedUsage) -> None:
    text = render_text(explain_line(samples.consolidated(), 3, rated))
    assert "From 25 usage records known on 2026-07-01, the first 20" in text
    assert "june.csv:2   2026-06-01 08:00:00  sessions/r0  included  1 kB  0.00" in text


def test_no_dataset_means_no_records(tmp_path: Path) -> None:
    line = samples.line_numbered(samples.consolidated(), 3)
    assert records_behind(RatedUsage(tmp_path / "missing"), line).count == 0
