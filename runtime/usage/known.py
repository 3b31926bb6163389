"""What the last run rated usage by, so that a changed book or catalog re-rates what it changed.

Beside a run's events the store keeps, for each account service, a digest of all that ties
and prices its usage: its life, statuses, identifiers, usage periods and rate plan, and the
catalog's rates and buckets.  Where a digest is not the last run's, every usage period of the
account service is evaluated again, so that its target, and not what was posted, decides.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.program.contents import price_texts
from runtime.program.model import Program
from runtime.usage import sql

_FOLDER = "known"
_RATING = (
    "usage_classes",
    "zone_countries",
    "zone_prefixes",
    "time_band_hours",
    "rate_groups",
    "rates",
    "rate_plans",
    "rate_plan_groups",
    "buckets",
    "bucket_tiers",
    "bucket_flats",
    "bucket_prices",
    "share_plans",
    "pool_terms",
    "pool_statuses",
    "pool_consumers",
    "service_buckets",
)
"""The tables of a program that set the price of usage; the source lines in them do not."""


_COLUMNS = "account_service, period_start, digest"


def make_known(connection: DuckDBPyConnection, program: Program, *, is_needed: bool) -> None:
    """Make usage.known (account_service, digest) of those that usage may be tied to.

    Reads usage.service_kinds.  `is_needed`: a later run may have to evaluate a period again;
    otherwise the table is empty.
    """
    if not is_needed:
        connection.execute("""
            CREATE OR REPLACE TABLE usage.known
              (account_service VARCHAR, period_start DATE, digest VARCHAR)
        """)
        return
    connection.execute(
        """
        CREATE OR REPLACE TABLE usage.known AS
        WITH held AS (
          SELECT account_service,
                 string_agg(concat_ws(chr(31), identifier, value, effective, until), chr(30)
                            ORDER BY identifier, value, effective, until) AS words
          FROM (SELECT account_service, identifier, value, coalesce(effective::VARCHAR, '')
                         AS effective, coalesce(until::VARCHAR, '') AS until
                FROM book.identifiers)
          GROUP BY account_service
        ),
        lived AS (
          SELECT account_service,
                 string_agg(concat_ws(chr(31), billable, from_day, until_day), chr(30)
                            ORDER BY from_day) AS words
          FROM subscription.timeline
          WHERE account_service IN (SELECT account_service FROM held)
          GROUP BY account_service
        ),
        planned AS (
          SELECT account_service,
                 string_agg(concat_ws(chr(31), level, rate_plan, from_day, until_day), chr(30)
                            ORDER BY level, from_day) AS words
          FROM subscription.rate_plans
          GROUP BY account_service
        )
        SELECT s.account_service, NULL::DATE AS period_start,
               md5(concat_ws(chr(29), $rating, s.service, coalesce(k.rate_plan, ''),
                             s.currency, s.timezone, s.start_day,
                             s.end_day, s.usage_bill_day, h.words, coalesce(l.words, ''), g.words))
                 AS digest
        FROM subscription.account_services AS s
        JOIN held AS h ON h.account_service = s.account_service
        LEFT JOIN usage.service_kinds AS k ON k.account_service = s.account_service
        LEFT JOIN lived AS l ON l.account_service = s.account_service
        LEFT JOIN planned AS g ON g.account_service = s.account_service
        """,
        {"rating": _rating_digest(program)},
    )
    connection.execute("""
        INSERT INTO usage.known
        WITH shared AS (
          SELECT l.*, z.steps
          FROM usage.tying_links AS l
          JOIN usage.pool_sizes AS z ON z.bucket = l.bucket AND z.seller = l.owner
           AND z.period_start = l.owner_start
        ),
        words AS (
          SELECT account_service, period_start,
                 concat_ws(chr(31), 'draws', bucket, owner, depth, from_instant, until_instant,
                           ends) AS words
          FROM shared
          UNION ALL
          SELECT owner, owner_start, concat_ws(chr(31), 'drawn by', bucket, account_service, depth)
          FROM shared
          UNION ALL
          SELECT seller, period_start, concat_ws(chr(31), 'holds', bucket, steps)
          FROM usage.pool_sizes
          UNION ALL
          SELECT account_service, period_start, concat_ws(chr(31), 'counts', rule, counted)
          FROM usage.counts
        )
        SELECT account_service, period_start,
               md5(string_agg(DISTINCT words, chr(30) ORDER BY words))
        FROM words GROUP BY account_service, period_start
    """)


def make_reopened(connection: DuckDBPyConnection, root: Path | None, last_run: int) -> None:
    """Make usage.reopened: the account services that are not as the last posted run knew them.

    Columns as of usage.known: of some, one usage period only.
    Reads usage.known, where there is a store and a last run.  `last_run`: its number, 0 where
    there is none.  Where the store does not say what that run knew, all are reopened.
    """
    if root is None or not last_run:
        connection.execute("""
            CREATE OR REPLACE TABLE usage.reopened
              (account_service VARCHAR, period_start DATE)
        """)
        return
    last = _file(root, last_run)
    before = f"SELECT {_COLUMNS} FROM usage.known WHERE false"
    if last.is_file() and _has_periods(connection, last):
        before = f"SELECT {_COLUMNS} FROM read_parquet({sql.paths([last])})"
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.reopened AS
        SELECT coalesce(k.account_service, b.account_service) AS account_service,
               coalesce(k.period_start, b.period_start) AS period_start
        FROM usage.known AS k
        FULL JOIN ({before}) AS b ON b.account_service = k.account_service
         AND b.period_start IS NOT DISTINCT FROM k.period_start
        WHERE k.digest IS DISTINCT FROM b.digest
    """)


def _has_periods(connection: DuckDBPyConnection, file: Path) -> bool:
    """Tell whether a run kept what it knew of single periods; the first versions did not."""
    columns = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({sql.paths([file])})")
    return "period_start" in {row[0] for row in columns.fetchall()}


def keep_known(connection: DuckDBPyConnection, root: Path | None, run: int) -> None:
    """Write usage.known for the run after this one."""
    if root is None:
        return
    target = _file(root, run)
    target.parent.mkdir(parents=True, exist_ok=True)
    _write(connection, target)


def forget_known(
    connection: DuckDBPyConnection, root: Path, run: int, account_services: Collection[str]
) -> None:
    """Leave account services out of what the next run finds known, so that it reopens them.

    Their usage was rated and is not posted; read from usage.known, which keep_known wrote.
    """
    connection.execute(
        "DELETE FROM usage.known WHERE list_contains($gone, account_service)",
        {"gone": sorted(account_services)},
    )
    _write(connection, _file(root, run))


def _write(connection: DuckDBPyConnection, target: Path) -> None:
    partial = target.with_suffix(".partial")
    connection.execute(f"""
        COPY (SELECT {_COLUMNS} FROM usage.known ORDER BY ALL)
        TO {sql.text(str(partial))} (FORMAT parquet)
    """)
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.replace(target)


def _file(root: Path, run: int) -> Path:
    return root / _FOLDER / f"run={run}.parquet"


def _rating_digest(program: Program) -> str:
    left_out = {"source", "price"}  # a price is told by what it says, not by its number
    body = program.model_dump_json(
        include=set(_RATING), exclude={table: {"__all__": left_out} for table in _RATING}
    )
    services = sorted(
        f"{each.id} {each.usage_months} {each.rate_plan}"
        for each in program.services
        if each.usage_months is not None
    )
    prices = price_texts(program)
    used = [prices[each.price] for each in program.rates]
    used += [prices[each.price] for each in program.bucket_prices]
    return hashlib.sha256("\n".join([body, *services, *used]).encode()).hexdigest()
