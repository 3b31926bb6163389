"""The folder a run writes into.

| name | is |
| --- | --- |
| ledger.db | the ledger, unless it is elsewhere |
| invoices/ | the documents of posted invoices |
| rated_usage/, exceptions/ | what runtime.usage writes of the run's usage |
| usage_store/ | the usage of posted runs, for what comes late |
| known/ | by what the last run knows that an account service is settled |
| summary.json | the last run in figures |
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from decimal import Decimal
from errno import EISDIR, ENOSPC, ENOTDIR
from pathlib import Path
from tempfile import TemporaryFile

import duckdb

from runtime.bill_result import BillResult


@dataclass(frozen=True, slots=True)
class OutFolder:
    """A run's folder and the places in it."""

    root: Path

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.root / "ledger.db"

    @property
    def invoices(self) -> Path:
        """Where documents go."""
        return self.root / "invoices"

    @property
    def rated_usage(self) -> Path:
        """Where the rated usage of each run is."""
        return self.root / "rated_usage"

    @property
    def usage_store(self) -> Path:
        """Where usage is kept for later runs."""
        return self.root / "usage_store"

    @property
    def known(self) -> Path:
        """What the last run knew of each account service."""
        return self.root / "known"

    @property
    def summary(self) -> Path:
        """The last run in figures."""
        return self.root / "summary.json"


WRITE_FAULTS = (OSError, duckdb.IOException, duckdb.OutOfMemoryException)
"""What a disk that is full, or a file where a folder should be, raises."""


def require_writable(folder: OutFolder) -> None:
    """Raise OSError where a run could not write its files; asked before anything is posted."""
    folder.root.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder.root) as file:
        file.write(b"\0" * 4096)
    if folder.invoices.exists() and not folder.invoices.is_dir():
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(folder.invoices))
    if folder.summary.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(folder.summary))


def in_words(folder: OutFolder, fault: Exception) -> str:
    """Say of one of WRITE_FAULTS which file or folder it is and what the system says of it."""
    if isinstance(fault, duckdb.OutOfMemoryException):
        return "the memory or the disk it spills to is not enough; give more by --memory-limit"
    if not isinstance(fault, OSError):
        words = os.strerror(ENOSPC)
        words = words if words in str(fault) else str(fault).splitlines()[0]
        return f"{folder.root}: cannot be written: {words}"
    place = folder.root if fault.filename is None else Path(os.fsdecode(fault.filename))
    words = os.strerror(fault.errno) if fault.errno else str(fault)
    verb = "written" if place.is_relative_to(folder.root) else "used"
    return f"{place}: cannot be {verb}: {words}"


def write_summary(folder: OutFolder, result: BillResult) -> None:
    """Write the run in figures, as canonical JSON."""
    body = {
        "run": result.run,
        "as_of": result.as_of.isoformat(),
        "catalog": result.catalog,
        "fingerprint": result.fingerprint,
        "invoices": result.made,
        "held_back": result.held_back,
        "credited_again": [asdict(each) for each in result.credited_again],
        "payments": result.payments,
        "lines": result.lines,
        "totals": [asdict(total) for total in result.totals],
        "book": dict(result.book.rows),
        "usage": asdict(result.usage),
    }
    text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True, default=_plain) + "\n"
    partial = folder.summary.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    partial.replace(folder.summary)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
