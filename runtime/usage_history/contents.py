"""What the runs of a folder read, by what became of it; and the records of one kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
from duckdb import DuckDBPyConnection

from runtime.usage import sql
from runtime.usage_history.model import Contents, RunCounts, Unrated, UsageRecord
from runtime.usage_history.places import UsageFolder, UsageRun, read_rated
from runtime.usage_history.rated import RatedWanted, count_kept, find_rated
from runtime.usage_history.unrated import (
    ExceptionsFile,
    Wanted,
    count_unrated,
    find_unrated,
    open_exceptions,
)

RATED = "RATED"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records are asked for; all that is given must hold.

    Attributes:
        identifier: a value that held the service; of what was not rated, in any field.
        account_service: of rated records only.
        period: the month in which the usage period starts, of rated records only.
        reason: RATED, or a name of runtime.usage.dispositions.Reason.
    """

    identifier: str | None = None
    account_service: str | None = None
    period: str | None = None
    reason: str | None = None

    @property
    def wants_rated(self) -> bool:
        """Whether rated records may be meant."""
        return self.reason in (None, RATED)

    @property
    def wants_unrated(self) -> bool:
        """Whether records may be meant that have no account service and no usage period."""
        return self.account_service is None and self.period is None and self.reason != RATED


def read_contents(folder: UsageFolder) -> Contents:
    """Count all that the runs read: the identity, what is kept, and what was not rated."""
    with duckdb.connect() as connection:
        unrated = [
            each
            for run in folder.runs
            for file in _exceptions(folder, run)
            for each in count_unrated(connection, file)
        ]
        return Contents(
            runs=tuple(_counts(connection, folder, run, unrated) for run in folder.runs),
            kept=tuple(count_kept(connection, folder)),
            unrated=tuple(unrated),
        )


def find_records(folder: UsageFolder, asked: Asked, first: int) -> tuple[int, list[UsageRecord]]:
    """Give how many records are asked for, and the first ones: what was rated, then the rest."""
    wanted = RatedWanted(
        identifier=asked.identifier, account_service=asked.account_service, period=asked.period
    )
    with duckdb.connect() as connection:
        count, found = (
            find_rated(connection, folder, wanted, first) if asked.wants_rated else (0, [])
        )
        if not asked.wants_unrated:
            return count, found
        unrated = Wanted(value=asked.identifier, reason=asked.reason)
        for run in folder.runs:
            for file in _exceptions(folder, run):
                more, records = find_unrated(connection, file, unrated, max(first - len(found), 0))
                count += more
                found += records
    return count, found


def find_record(folder: UsageFolder, name: str) -> list[UsageRecord]:
    """Give all that is known of `FEED/ID`, or of `FILE:ROW`, in the order it was read.

    Of an id that is all its records: the one that was rated, its duplicates and conflicts,
    and what was rejected before it was mended.
    """
    feed, slash, event_id = name.partition("/")
    file, colon, row = name.rpartition(":")
    found: list[UsageRecord] = []
    with duckdb.connect() as connection:
        if slash:
            rated = RatedWanted(feed=feed, event_id=event_id)
            found = _every(connection, folder, rated, Wanted(event_id=event_id), feed)
        if not found and colon and row.isdecimal():
            rated = RatedWanted(file=file, row=int(row))
            found = _every(connection, folder, rated, Wanted(file=file, row=int(row)), None)
    order = {run.name: number for number, run in enumerate(folder.runs)}
    return sorted(found, key=lambda each: (order[each.run], each.file, each.row))


def _every(
    connection: DuckDBPyConnection,
    folder: UsageFolder,
    rated: RatedWanted,
    unrated: Wanted,
    feed: str | None,
) -> list[UsageRecord]:
    _, found = find_rated(connection, folder, rated)
    for run in folder.runs:
        for file in _exceptions(folder, run):
            if feed in (None, file.feed):
                found += find_unrated(connection, file, unrated)[1]
    return found


def _exceptions(folder: UsageFolder, run: UsageRun) -> Iterator[ExceptionsFile]:
    return (open_exceptions(run.name, path) for path in folder.exceptions(run))


def _counts(
    connection: DuckDBPyConnection, folder: UsageFolder, run: UsageRun, unrated: list[Unrated]
) -> RunCounts:
    rated = run.kept if run.as_of is not None else _count_draft(connection, folder, run)
    by = {
        disposition: sum(
            each.records
            for each in unrated
            if each.run == run.name and each.disposition == disposition
        )
        for disposition in ("duplicate", "skipped", "rejected")
    }
    return RunCounts(run.name, run.as_of, rated + sum(by.values()), rated, **by)


def _count_draft(connection: DuckDBPyConnection, folder: UsageFolder, run: UsageRun) -> int:
    rated = read_rated(connection, folder.rated(run))
    if rated is None:
        return 0
    return sql.count(connection, f"SELECT count(*) FROM {rated.read} WHERE piece = 0")
