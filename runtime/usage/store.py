"""The usage store: the events of posted runs, so that late usage re-rates its period.

A run's events lie under `run=N/month=YYYY-MM/`, the month of the instant in UTC.  They are
written before the ledger commits the run, and read only for runs that the ledger has
posted: what a killed run left is never counted, and goes when its number is used again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.usage import sql
from runtime.usage.dispositions import Reason
from runtime.usage.mediate import Source
from runtime.usage.ordered import one_thread_in_order
from runtime.usage.reader import AMOUNT_TYPE, attribute
from runtime.usage.staging import has_malformed, with_rows

ROW_GROUP_SIZE = 122_880
_ATTRIBUTE = "attribute."
_FOLDER = "events"


@dataclass(frozen=True, slots=True)
class UsageStore:
    """Where the events of earlier runs are, and which of those runs were posted.

    `root` None: there is no store; nothing is known of earlier runs and nothing is kept.
    """

    root: Path | None
    posted_runs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredUsage:
    """The stored events as SQL, None where there are none.

    `events`: SELECT of stored_file (in the store), position, feed, event_id, instant,
    identifier, value, measure, quantity, amount, amount_currency, file_name, row, and the
    attributes.
    """

    events: str | None
    attributes: frozenset[str]


def stored_usage(connection: DuckDBPyConnection, store: UsageStore) -> StoredUsage:
    """Give the events of the posted runs."""
    files = _files(store)
    if not files:
        return StoredUsage(None, frozenset())
    read = (
        f"read_parquet({sql.paths(files)}, union_by_name = true, file_row_number = true, "
        "hive_partitioning = false)"
    )
    columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()]
    attributes = [each for each in columns if each.startswith(_ATTRIBUTE)]
    # A store of before amounts were kept has no columns of them.
    money = (
        "amount, amount_currency"
        if "amount" in columns
        else (f"NULL::{AMOUNT_TYPE} AS amount, NULL::VARCHAR AS amount_currency")
    )
    carried = "".join(f", {sql.name(each)}" for each in attributes)
    return StoredUsage(
        events=(
            "SELECT file_index::INTEGER AS stored_file, file_row_number AS position, feed, "
            f"event_id, instant, identifier, value, measure, quantity, {money}, file_name, row"
            f"{carried} FROM {read}"
        ),
        attributes=frozenset(each.removeprefix(_ATTRIBUTE) for each in attributes),
    )


def lost_runs(store: UsageStore, kept: Mapping[int, int]) -> tuple[int, ...]:
    """Name the posted runs whose events are not all in the store.

    `kept`: how many events each run left, as the ledger has it.  A run that lacked them
    would take usage that was billed for usage that never was, and give it back.
    """
    if store.root is None:
        return ()
    return tuple(run for run, events in kept.items() if _count_events(store.root, run) != events)


def _count_events(root: Path, run: int) -> int:
    """Count a run's events by the files' own footers; -1 where one cannot be read."""
    import pyarrow.parquet as pq
    from pyarrow import ArrowInvalid

    files = sorted((root / _FOLDER / f"run={run}").glob("*/*.parquet"))
    try:
        return sum(pq.read_metadata(path).num_rows for path in files)
    except (OSError, ArrowInvalid):
        return -1


def keep_usage(
    connection: DuckDBPyConnection,
    store: UsageStore,
    run: int,
    sources: Sequence[Source],
) -> None:
    """Write the run's rated events; what is there of the run's number is replaced.

    Reads usage.unrated, usage.malformed_before and usage.file_names.
    """
    if store.root is None:
        return
    folder = store.root / _FOLDER / f"run={run}"
    if folder.exists():
        shutil.rmtree(folder)
    for number, source in enumerate(sources):
        for month in _months(connection, source):
            target = folder / f"month={month:%Y-%m}" / f"part-{number}.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".partial")
            _copy(connection, source, month, partial)
            with partial.open("rb") as written:
                os.fsync(written.fileno())
            partial.replace(target)


def _files(store: UsageStore) -> list[Path]:
    if store.root is None:
        return []
    folders = [store.root / _FOLDER / f"run={run}" for run in sorted(store.posted_runs)]
    return [path for folder in folders for path in sorted(folder.glob("*/*.parquet"))]


def _months(connection: DuckDBPyConnection, source: Source) -> list[datetime]:
    ((first, last),) = connection.execute(
        f"SELECT min(instant), max(instant) FROM usage.tied WHERE reason = {Reason.RATED:d} "
        f"AND file IN ({', '.join(map(str, source.files))})"
    ).fetchall()
    if first is None:
        return []
    months, month = [], first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month <= last:
        months.append(month)
        month = _next(month)
    return months


def _next(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _copy(
    connection: DuckDBPyConnection,
    source: Source,
    month: datetime,
    target: Path,
) -> None:
    feed = source.feed
    attributes = "".join(f", e.{attribute(each.name)}" for each in source.event.attributes)
    events = with_rows(connection, f"({source.events})")
    # Rows are counted on past malformed lines by a join that keeps no order.
    order = "ORDER BY e.file, e.position" if has_malformed(connection) else ""
    with one_thread_in_order(connection):
        connection.execute(f"""
        COPY (
          SELECT {sql.text(feed.id)} AS feed, e.event_id, e.instant,
                 {sql.text(feed.identifier)} AS identifier, e.value,
                 {sql.text(source.event.measure)} AS measure, e.quantity,
                 e.amount, e.amount_currency, n.name AS file_name, e.row
                 {attributes}
          FROM {events} AS e
          JOIN usage.file_names AS n ON n.file = e.file
          ANTI JOIN usage.unrated AS u ON u.file = e.file AND u.position = e.position
          WHERE e.instant >= TIMESTAMP '{month}' AND e.instant < TIMESTAMP '{_next(month)}'
          {order}
        ) TO {sql.text(str(target))}
        (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP_SIZE})
    """)
