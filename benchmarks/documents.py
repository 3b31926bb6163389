"""Documents of many posted invoices: how many a second, by how many processes, in what memory.

    python -m benchmarks.documents [--invoices 4000] [--formats html] [--processes 1 2]

A ledger with that many invoices of the tests, each small, is made first.  Then a run's last step
works its list off, as it is.  Processor seconds are of all processes; the peak is the most that
this process, and the largest of those that draw, have held.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

from runtime.bill_documents import write_pending
from runtime.bill_result import BillRequest
from runtime.invoice.chosen import FORMATS, DocumentFormat
from runtime.ledger.connect import hold_ledger, ledger_url
from runtime.ledger.rows import insert_rows
from runtime.ledger.schema import documents, invoices, runs
from tests.runtime.invoice import samples
from tests.runtime.programs import connectivity_program


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--invoices", type=int, default=4_000)
    arguments.add_argument("--formats", nargs="+", choices=FORMATS, default=["html"])
    arguments.add_argument("--processes", nargs="+", type=int, default=[1, os.cpu_count() or 1])
    given = arguments.parse_args()
    print(f"{given.invoices:,} invoices as {', '.join(given.formats)}")
    names = ("processes", "seconds", "a second", "cpu s", "of cpu s", "peak MB")
    print("  ".join(f"{name:>9}" for name in names))
    for processes in given.processes:
        folder = Path(tempfile.mkdtemp(prefix="ratebook-documents-"))
        try:
            measure(folder, given.invoices, tuple(given.formats), processes)
        finally:
            shutil.rmtree(folder)


def measure(folder: Path, many: int, formats: tuple[DocumentFormat, ...], processes: int) -> None:
    """Work off a list of so many invoices and print what it took."""
    url = ledger_url(folder / "ledger.db")
    post(url, many)
    asked = BillRequest(
        program=connectivity_program(),
        book=folder,
        usage=(),
        as_of=date(2026, 7, 1),
        out=folder,
        threads=processes,
        formats=formats,
    )
    begun, used = time.monotonic(), cpu_seconds()
    written = write_pending(url, folder / "invoices", folder, asked)
    seconds, used = time.monotonic() - begun, cpu_seconds() - used
    assert written.files == many * len(formats), written.failed
    row = (
        f"{processes}",
        f"{seconds:.1f}",
        f"{many / seconds:,.0f}",
        f"{used:.1f}",
        f"{many / used:,.0f}",
        peak_megabytes(),
    )
    print("  ".join(f"{cell:>9}" for cell in row))


def post(url: str, many: int) -> None:
    """Make a ledger with so many invoices that have no documents."""
    row = {"run": 1, "as_of": "2026-07-01", "catalog": "c", "fingerprint": "f"}
    with hold_ledger(url) as ledger:
        ledger.execute(runs.insert().values({**row, "rounding": "half_up", "kept_events": 0}))
        for first in range(0, many, 1_000):
            some = [
                f"INV-{number:06d}" for number in range(first + 1, min(first + 1_000, many) + 1)
            ]
            insert_rows(ledger, invoices, [invoice_row(number) for number in some])
            insert_rows(ledger, documents, [(number, False) for number in some])
        ledger.commit()


def invoice_row(number: str) -> tuple[object, ...]:
    frozen = samples.first_month(number=number, run=1).model_dump_json()
    sequence = int(number.removeprefix("INV-"))
    days = ("2026-07-01", "2026-07-31")
    return (number, 1, "o", "INV", sequence, "invoice", "A", "CAD", 2, *days, 1, 0, 1, frozen, None)


def cpu_seconds() -> float:
    """The processor time of this process and of those it has waited for."""
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def peak_megabytes() -> str:
    """The most this process, and the largest of its processes, have held."""
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return "+".join(f"{use.ru_maxrss // 1024}" for use in uses)


if __name__ == "__main__":
    main()
