"""The documents of posted invoices, drawn by a bounded number of processes.

Posting leaves the ledger a list of invoices without documents; this works it off.  The frozen
texts go to the processes in batches, so memory does not grow with their number; a process that
dies, or a run that is killed, leaves its documents to the next run, which gives the same bytes.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

from runtime.bill_folder import WRITE_FAULTS, OutFolder, in_words, write_summary
from runtime.bill_result import BillRequest, BillResult
from runtime.invoice.chosen import chosen_by
from runtime.invoice.documents import remove_left_behind
from runtime.invoice.drawing import Drawer, Drawn, begin, draw
from runtime.ledger.connect import WAIT_FOR_READERS_MS, note_in_ledger, read_ledger
from runtime.ledger.faults import LedgerHeld, LedgerRefused
from runtime.ledger.history import mark_all_written, mark_written, read_frozen, read_unwritten

AT_ONCE = 50
"""The invoices of a batch."""

IN_PARALLEL_FROM_MS = 4_000
"""How much drawing is worth the start of processes, which takes each a second."""

MS_TO_DRAW = {"pdf": 25}
"""Of an invoice of a few lines, on one core; any other document takes one or less."""

MOST_PROCESSES = 8
MOST_DEATHS = 3


@dataclass(slots=True)
class Written:
    """What became of all documents; see Drawn."""

    files: int = 0
    failed: list[str] = field(default_factory=list)
    lacking: list[tuple[str, str]] = field(default_factory=list)

    def add(self, drawn: Drawn) -> None:
        """Take a batch in."""
        self.files += drawn.files
        self.failed += drawn.failed
        self.lacking += drawn.lacking


def write_files(
    url: str, folder: OutFolder, request: BillRequest, posted: BillResult
) -> BillResult:
    """Write what a posted run leaves; what cannot be written now is the next run's work."""
    try:
        write_summary(folder, posted)
        written = write_pending(url, folder.invoices, folder.rated_usage, request)
        return replace(
            posted,
            documents=written.files,
            lacking=tuple(written.lacking),
            unwritten=_undrawn(written.failed),
        )
    except LedgerRefused as refusal:
        return replace(posted, unwritten=str(refusal))
    except WRITE_FAULTS as fault:
        return replace(posted, unwritten=in_words(folder, fault))


def _undrawn(failed: Sequence[str]) -> str | None:
    """Say which invoices could not be drawn: the first, and how many more."""
    if not failed:
        return None
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return f"{failed[0]}{more}"


def write_pending(url: str, invoices: Path, rated_usage: Path, request: BillRequest) -> Written:
    """Write the documents of every posted invoice that lacks them, and note it.

    An invoice that the catalog's template cannot draw is left to a later run, and its mistake.
    Where no document at all is asked for, no invoice is read.

    Raises:
        OSError: a file cannot be written.
        LedgerRefused: the ledger cannot be read.
    """
    remove_left_behind(invoices)
    with read_ledger(url) as ledger:
        numbers = read_unwritten(ledger)
    chosen = chosen_by(request.program, request.formats)
    written, done = Written(), 0
    if not needs_documents(request):
        if numbers:
            _note_all_written(url)
        return written
    drawer = Drawer(chosen, invoices, rated_usage)
    unnoted: tuple[str, ...] = ()
    for size, drawn in _drawn(url, numbers, drawer, request.threads):
        written.add(drawn)
        unnoted = _note_written(url, (*unnoted, *drawn.numbers), wait_ms=0)
        done += size
        request.progress("documents", done, len(numbers))
    _note_written(url, unnoted, wait_ms=WAIT_FOR_READERS_MS)
    return written


def needs_documents(request: BillRequest) -> bool:
    """Tell whether any document at all is asked for."""
    chosen = chosen_by(request.program, request.formats)
    return request.formats != () or any(each.has_usage_detail for each in chosen.values())


def _drawn(
    url: str, numbers: Sequence[str], drawer: Drawer, threads: int | None
) -> Iterator[tuple[int, Drawn]]:
    """Give what became of each batch, and of how many invoices it is."""
    processes = min(threads or os.cpu_count() or 1, MOST_PROCESSES)
    batches = (numbers[at : at + AT_ONCE] for at in range(0, len(numbers), AT_ONCE))
    if processes == 1 or ms_to_draw(len(numbers), drawer) < IN_PARALLEL_FROM_MS:
        for some in batches:
            yield len(some), drawer.draw(_frozen(url, some))
    else:
        yield from _in_parallel(url, batches, drawer, processes)


def ms_to_draw(invoices: int, drawer: Drawer) -> int:
    """Estimate from above, as if all were of the bill group whose documents take longest."""
    of_groups = (
        sum(MS_TO_DRAW.get(name, 1) for name in each.formats) for each in drawer.chosen.values()
    )
    return invoices * max(of_groups, default=0)


def _frozen(url: str, numbers: Sequence[str]) -> tuple[str, ...]:
    with read_ledger(url) as ledger:
        return tuple(read_frozen(ledger, numbers))


def _in_parallel(
    url: str, batches: Iterator[Sequence[str]], drawer: Drawer, processes: int
) -> Iterator[tuple[int, Drawn]]:
    """Keep the processes busy, with one batch for each in hand and one waiting.

    Where one dies, the batches in hand are left to the next run, and others go on.
    """
    for _ in range(MOST_DEATHS):
        pool = _pool(drawer, processes)
        waiting: deque[tuple[int, Future[Drawn]]] = deque()
        taken = 0
        try:
            while True:
                while len(waiting) < 2 * processes and (some := next(batches, None)) is not None:
                    taken = len(some)
                    waiting.append((taken, pool.submit(draw, _frozen(url, some))))
                    taken = 0
                if not waiting:
                    return
                drawn = waiting[0][1].result()
                yield waiting.popleft()[0], drawn
        except BrokenProcessPool:
            lost = taken + sum(size for size, _ in waiting)
            yield lost, Drawn(failed=(_died(lost),))
        finally:
            pool.shutdown(cancel_futures=True)
    left = sum(len(some) for some in batches)
    if left:
        yield left, Drawn(failed=(_died(left),))


def _died(lost: int) -> str:
    return f"a process that drew documents died; {lost} invoices are left to the next run"


def _pool(drawer: Drawer, processes: int) -> ProcessPoolExecutor:
    """Start processes anew: one that is forked would share the engine's threads and files."""
    return ProcessPoolExecutor(processes, get_context("spawn"), begin, (drawer,))


def _note_written(url: str, numbers: tuple[str, ...], *, wait_ms: int) -> tuple[str, ...]:
    """Note it in the ledger; give those that could not be, since another run holds it.

    Those that never are noted, the next run writes again.
    """
    if numbers:
        with suppress(LedgerHeld), note_in_ledger(url, wait_ms=wait_ms) as ledger:
            mark_written(ledger, numbers)
            ledger.commit()
            return ()
    return numbers


def _note_all_written(url: str) -> None:
    with suppress(LedgerHeld), note_in_ledger(url, wait_ms=WAIT_FOR_READERS_MS) as ledger:
        mark_all_written(ledger)
        ledger.commit()
