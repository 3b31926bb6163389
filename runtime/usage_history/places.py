"""Where the usage of an out folder's runs is: rated, kept, and not rated.

Only runs that the ledger has posted count; what a killed run left is not there.  A rating
alone has no number: it is looked at by itself, as DRAFT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.bill_folder import OutFolder
from runtime.ledger.connect import ledger_url, read_ledger
from runtime.ledger.history import read_runs
from runtime.rating import DRAFT
from runtime.usage import exceptions, records, sql


class NoUsage(LookupError):
    """The folder holds nothing that could be looked at."""


@dataclass(frozen=True, slots=True)
class UsageRun:
    """A run, by its number, or DRAFT; `as_of` None: a draft.

    `kept`: how many events it left in the usage store.
    """

    name: str
    as_of: date | None
    kept: int


@dataclass(frozen=True, slots=True)
class UsageFolder:
    """An out folder and those of its runs that are looked at, in their order.

    `has_other_draft`: it holds a rating alone as well, which is not looked at.
    """

    root: Path
    runs: tuple[UsageRun, ...]
    has_other_draft: bool = False

    def unread(self, name: str) -> str:
        """Say that no run that is looked at has read a record."""
        is_draft = any(each.as_of is None for each in self.runs)
        return f"no {'rating alone' if is_draft else 'posted run'} has read a record `{name}`"

    def rated(self, run: UsageRun) -> list[Path]:
        """Give the Parquet files of a run's rated usage."""
        return sorted((self.root / records.FOLDER / f"run={run.name}").glob("*/*.parquet"))

    def exceptions(self, run: UsageRun) -> list[Path]:
        """Give the CSV files of what a run did not rate, one a feed."""
        return sorted((self.root / exceptions.FOLDER / f"run={run.name}").glob("*.csv"))

    def kept(self, run: UsageRun) -> list[Path]:
        """Give the Parquet files of the events a run left in the usage store."""
        store = OutFolder(self.root).usage_store / "events"
        return sorted((store / f"run={run.name}").glob("*/*.parquet"))


def open_folder(root: Path, ledger: str | None = None, *, is_draft: bool = False) -> UsageFolder:
    """Give the posted runs of a folder; those of a rating alone where asked, or nothing else is.

    Raises NoUsage where there is neither, and LedgerRefused where the ledger cannot be read.
    """
    draft = UsageFolder(root, (UsageRun(DRAFT, None, 0),))
    has_draft = any((root / each / f"run={DRAFT}").is_dir() for each in _FOLDERS)
    if is_draft:
        if not has_draft:
            raise NoUsage(f"{root}: holds no rating alone; `ratebook rate` makes one")
        return draft
    with read_ledger(ledger or ledger_url(OutFolder(root).ledger)) as connection:
        posted = read_runs(connection)
    if posted:
        runs = tuple(UsageRun(str(each.run), each.as_of, each.kept_events) for each in posted)
        return UsageFolder(root, runs, has_draft)
    if has_draft:
        return draft
    raise NoUsage(f"{root}: no run was posted there, and nothing was rated alone")


_FOLDERS = (records.FOLDER, exceptions.FOLDER)


@dataclass(frozen=True, slots=True)
class RatedUsage:
    """Rated usage as SQL; `columns`: those its files have: earlier versions wrote fewer."""

    read: str
    columns: frozenset[str]

    def column(self, name: str) -> str:
        """Give a column, NULL where the files have none of the name."""
        return sql.name(name) if name in self.columns else "NULL"


def read_rated(connection: DuckDBPyConnection, paths: Sequence[Path]) -> RatedUsage | None:
    """Give the rated usage of some files, None where there are none."""
    if not paths:
        return None
    read = f"read_parquet({sql.paths(paths)}, union_by_name = true, hive_partitioning = false)"
    rows = connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()
    return RatedUsage(read, frozenset(row[0] for row in rows))
