"""Rated usage as Parquet: one row a piece, with all that its amount came from.

Partitioned by the month in which the usage period starts.  The rows of a partition stand by
origin (each feed's files, then stored usage), file, row and piece, in row groups of one
size; threads and memory change no byte.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.money import rounded_ratio_sql, scaled_price_sql
from runtime.usage import sql
from runtime.usage.dispositions import Reason
from runtime.usage.draw import Pieces

FOLDER = "rated_usage"
ROW_GROUP_SIZE = 122_880
AMOUNT_PLACES = 10

_IS_PRICED = "(b.charge IS NULL OR b.charge = 'rated')"
_TINY = 10**AMOUNT_PLACES
_IN_TINY = rounded_ratio_sql(
    f"(q.quantity::HUGEINT * {scaled_price_sql('p.amount')} "
    f"+ q.counts::HUGEINT * {scaled_price_sql('p.event_amount')} * p.per::HUGEINT)",
    f"p.per::HUGEINT * {10 ** (12 - AMOUNT_PLACES)}",
    "half_up",
)
# Whole and fraction apart, since a decimal of this scale has room for 28 digits before it.
_AMOUNT = (
    f"({_IN_TINY} // {_TINY}::HUGEINT)::DECIMAL(38, {AMOUNT_PLACES}) "
    f"+ ({_IN_TINY} % {_TINY}::HUGEINT)::DECIMAL({AMOUNT_PLACES}, 0) "
    f"* 0.{1:0{AMOUNT_PLACES}}::DECIMAL({AMOUNT_PLACES}, {AMOUNT_PLACES})"
)


def write_records(
    connection: DuckDBPyConnection, out: Path, pieces: Pieces, origins: Sequence[str]
) -> None:
    """Write `out`/rated_usage/period=YYYY-MM/part-N.parquet, in place of what is there.

    Each origin is a SELECT of file, position, feed, event_id, file_name and row.
    """
    folder = out / FOLDER
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    connection.register("usage_pieces", pieces.table())
    try:
        connection.execute(f"""
            CREATE OR REPLACE TABLE usage.pieces AS
            SELECT t.file, t.position, t.instant, t.segment, t.period, t.price,
                   q.number, q.template, q.quantity, q.counts
            FROM usage_pieces AS q JOIN usage.tied AS t ON t.rowid = q.row
            UNION ALL
            SELECT file, position, instant, segment, period, price, 0, -1, quantity, 1
            FROM usage.tied WHERE reason = {Reason.RATED:d} AND route = 0
        """)
    finally:
        connection.unregister("usage_pieces")
    months = connection.execute("""
        SELECT DISTINCT strftime(period_start, '%Y-%m') FROM usage.periods
        SEMI JOIN usage.pieces USING (period) ORDER BY ALL
    """).fetchall()
    for (month,) in months:
        for number, origin in enumerate(origins):
            _write_part(connection, folder / f"period={month}", number, origin, month)
    connection.execute("DROP TABLE usage.pieces")


def _write_part(
    connection: DuckDBPyConnection, folder: Path, number: int, origin: str, month: str
) -> None:
    folder.mkdir(exist_ok=True)
    connection.execute(f"""
        COPY (
          SELECT o.feed, o.event_id, o.file_name AS file, o.row, q.number AS piece, q.instant,
                 CAST(timezone(a.timezone, timezone('UTC', q.instant)) AS DATE) AS day,
                 a.account, a.account_package, a.account_service,
                 s.identifier, s.value AS identifier_value,
                 p.usage_class, p.rate_plan, p.rate_group, p.rate_id AS rate,
                 b.bucket, b.tier, coalesce(b.charge, 'rated') AS component, q.quantity,
                 CASE WHEN {_IS_PRICED} THEN p.amount ELSE 0 END::DECIMAL(38, 12) AS unit_price,
                 p.per, p.unit,
                 CASE WHEN {_IS_PRICED} AND q.counts = 1 THEN p.event_amount ELSE 0
                   END::DECIMAL(38, 12) AS event_price,
                 CASE WHEN {_IS_PRICED} THEN {_AMOUNT} ELSE 0 END::DECIMAL(38, 10) AS amount,
                 p.currency, l.path AS source_path, l.line AS source_line,
                 u.period_start, u.period_end
          FROM usage.pieces AS q
          JOIN usage.periods AS u ON u.period = q.period
          JOIN ({origin}) AS o ON o.file = q.file AND o.position = q.position
          JOIN usage.segments AS s ON s.segment = q.segment
          JOIN subscription.account_services AS a ON a.account_service = u.account_service
          JOIN usage.prices AS p ON p.price = q.price
          LEFT JOIN usage.bucket_tiers AS b ON b.template = q.template
          LEFT JOIN usage.source_lines AS l
            ON l.id = CASE WHEN {_IS_PRICED} THEN p.source ELSE b.source END
          WHERE strftime(u.period_start, '%Y-%m') = {sql.text(month)}
          ORDER BY q.file, q.position, q.number
        ) TO {sql.text(str(folder / f"part-{number}.parquet"))}
        (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP_SIZE})
    """)
