"""Rated usage as Parquet: one row a piece, with all that its amount came from.

Partitioned by the month in which the usage period starts.  The rows of a partition stand by
origin (each feed's files, then stored usage), file, row and piece, in row groups of one
size; threads and memory change no byte.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection

from runtime.money import scaled_price_sql
from runtime.usage import sql
from runtime.usage.dispositions import Reason
from runtime.usage.ordered import joins_in_order
from runtime.usage.record_amounts import AMOUNT_PLACES, SHARE_IN_TINY

FOLDER = "rated_usage"
ROW_GROUP_SIZE = 122_880

_IS_PRICED = "(b.charge IS NULL OR b.charge = 'rated')"
_ROOM = f"{10**27}::HUGEINT"
_TINY = f"{10**AMOUNT_PLACES}::HUGEINT"
_ONE_TINY = f"0.{1:0{AMOUNT_PLACES}}::DECIMAL({AMOUNT_PLACES}, {AMOUNT_PLACES})"

# What rates have of an amount, worked out once a price: the amount in units of the last
# place is (quantity x step_price + counts x event_price x per) / divisor, rounded half up.
_PRICES = f"""
SELECT *, {scaled_price_sql("amount")} AS step_price,
       {scaled_price_sql("event_amount")} * per::HUGEINT AS event_price,
       per::HUGEINT * {10 ** (12 - AMOUNT_PLACES)}::HUGEINT AS divisor
FROM usage.prices
"""
_IN_TINY = (
    "((2::HUGEINT * (q.quantity::HUGEINT * p.step_price + q.counts::HUGEINT * p.event_price) "
    "+ p.divisor) // (2::HUGEINT * p.divisor))"
)


def _decimal(tiny: str) -> str:
    """Give SQL for a decimal of so many units of the last place.

    A decimal of this scale has room for 28 digits before it; where a product with it would
    not fit, whole and fraction are put together.
    """
    return (
        f"CASE WHEN {tiny} < {_ROOM} THEN {tiny}::DECIMAL(28, 0) * {_ONE_TINY} "
        f"ELSE ({tiny} // {_TINY})::DECIMAL(38, {AMOUNT_PLACES}) "
        f"+ ({tiny} % {_TINY})::DECIMAL({AMOUNT_PLACES}, 0) * {_ONE_TINY} END"
    )


_AMOUNT = (
    f"CASE WHEN x.price IS NULL THEN {_decimal(_IN_TINY)} ELSE {_decimal(f'({SHARE_IN_TINY})')} END"
)


def write_records(
    connection: DuckDBPyConnection, out: Path, run: str, pieces: pa.Table, origins: Sequence[str]
) -> None:
    """Write `out`/rated_usage/run=R/period=YYYY-MM/part-N.parquet.

    `pieces`: of Pieces.by_row.

    What is there of the run's number is replaced: it is of a run that was not posted.

    Each origin is a SELECT of file, position, feed, event_id, file_name and row; where
    file_name is NULL it is that of usage.file_names.
    """
    folder = out / FOLDER / f"run={run}"
    if folder.exists():
        shutil.rmtree(folder)
    connection.register("usage_pieces", pieces)
    try:
        for number, origin in enumerate(origins):
            _sort_pieces(connection, origin)
            _write_parts(connection, folder, number)
    finally:
        connection.unregister("usage_pieces")
    connection.execute("DROP TABLE IF EXISTS usage.pieces")


def _sort_pieces(connection: DuckDBPyConnection, origin: str) -> None:
    """Make usage.pieces of one origin: integers and ids only, in the order of the files."""
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.pieces AS
        WITH every AS (
          SELECT t.file, t.position, t.instant, t.segment, t.period, t.price,
                 q.number::INTEGER AS number, q.template::INTEGER AS template, q.quantity,
                 q.counts::TINYINT AS counts, q.counter::INTEGER AS counter
          FROM usage_pieces AS q JOIN usage.tied AS t ON t.rowid = q.row
          UNION ALL
          SELECT file, position, instant, segment, period, price, 0, -1, quantity, 1, NULL
          FROM usage.tied WHERE reason = {Reason.RATED:d} AND route = 0
        )
        SELECT q.*, o.feed, o.event_id, o.file_name, o.row
        FROM every AS q JOIN ({origin}) AS o ON o.file = q.file AND o.position = q.position
        ORDER BY q.file, q.position, q.number
    """)


def _write_parts(connection: DuckDBPyConnection, folder: Path, number: int) -> None:
    months = connection.execute("""
        SELECT DISTINCT strftime(u.period_start, '%Y-%m')
        FROM usage.periods AS u SEMI JOIN usage.pieces AS q ON q.period = u.period
        ORDER BY ALL
    """).fetchall()
    ((threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    # One thread keeps the order through the joins, which sorting all the words again would
    # cost three times as much to restore.
    connection.execute("SET threads = 1")
    try:
        with joins_in_order(connection):
            for (month,) in months:
                part = folder / f"period={month}" / f"part-{number}.parquet"
                part.parent.mkdir(parents=True, exist_ok=True)
                _write_part(connection, part, month)
    finally:
        connection.execute(f"SET threads = {threads}")


def _write_part(connection: DuckDBPyConnection, part: Path, month: str) -> None:
    connection.execute(f"""
        COPY (
          SELECT q.feed, q.event_id, coalesce(q.file_name, n.name) AS file, q.row,
                 q.number AS piece, q.instant,
                 CAST(timezone(a.timezone, timezone('UTC', q.instant)) AS DATE) AS day,
                 a.account, a.account_package, a.account_service, a.service,
                 s.identifier, s.value AS identifier_value,
                 p.usage_class, p.rate_plan, p.rate_group, p.rate_id AS rate,
                 b.bucket, b.tier,
                 CASE WHEN b.bucket IS NOT NULL THEN c.owner END AS bucket_service,
                 CASE WHEN b.bucket IS NOT NULL THEN c.owner_start END AS bucket_start,
                 coalesce(b.component, 'rated') AS component, q.quantity,
                 CASE WHEN {_IS_PRICED} THEN p.amount ELSE 0 END::DECIMAL(38, 12) AS unit_price,
                 p.per, p.unit, w.steps AS unit_steps,
                 CASE WHEN {_IS_PRICED} AND q.counts = 1 THEN p.event_amount ELSE 0
                   END::DECIMAL(38, 12) AS event_price,
                 CASE WHEN {_IS_PRICED} THEN {_AMOUNT} ELSE 0 END::DECIMAL(38, 10) AS amount,
                 p.currency, l.path AS source_path, l.line AS source_line,
                 u.period_start, u.period_end
          FROM usage.pieces AS q
          LEFT JOIN usage.periods AS u ON u.period = q.period
          LEFT JOIN usage.file_names AS n ON n.file = q.file
          LEFT JOIN usage.segments AS s ON s.segment = q.segment
          LEFT JOIN subscription.account_services AS a ON a.account_service = u.account_service
          LEFT JOIN ({_PRICES}) AS p ON p.price = q.price
          LEFT JOIN usage.units AS w ON w.unit = p.unit
          LEFT JOIN usage.row_amounts AS x ON x.period = q.period AND x.price = q.price
          LEFT JOIN usage.piece_shares AS y
            ON y.file = q.file AND y.position = q.position AND y.number = q.number
          LEFT JOIN usage.bucket_tiers AS b ON b.template = q.template
          LEFT JOIN usage.counters AS c ON c.counter = q.counter
          LEFT JOIN usage.source_lines AS l
            ON l.id = CASE WHEN {_IS_PRICED} THEN p.source ELSE b.source END
          WHERE strftime(u.period_start, '%Y-%m') = {sql.text(month)}
        ) TO {sql.text(str(part))}
        (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP_SIZE})
    """)
