"""Drawing the documents of frozen invoices, here or in a process of their own.

It imports little: each process that draws begins with what stands here.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import parent_process
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.invoice.chosen import Chosen
from runtime.invoice.document_failed import DocumentFailed
from runtime.invoice.documents import CHOSEN, write_documents
from runtime.invoice.model import Invoice

if TYPE_CHECKING:
    from runtime.invoice.usage_detail import UsageDetails


@dataclass(frozen=True, slots=True)
class Drawn:
    """What became of a batch.

    Attributes:
        numbers: the invoices whose documents are all there.
        files: how many files were written.
        failed: why an invoice has no documents, or not all of them.
        lacking: the characters that no shipped or installed font of ours has, by invoice.
    """

    numbers: tuple[str, ...] = ()
    files: int = 0
    failed: tuple[str, ...] = ()
    lacking: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Drawer:
    """Draws the documents of invoices into `folder`.

    `rated_usage`: the runs' rated usage, for the detail of invoices.
    """

    chosen: Mapping[str, Chosen]
    folder: Path
    rated_usage: Path

    def draw(self, frozen: Sequence[str]) -> Drawn:
        """Draw invoices that are given as the ledger froze them.

        Raises OSError where a file cannot be written.
        """
        done: list[Invoice] = []
        failed: list[str] = []
        lacking: list[tuple[str, str]] = []
        files = 0
        for text in frozen:
            invoice = Invoice.model_validate_json(text)
            own = self.chosen.get(invoice.bill_group, CHOSEN)
            try:
                documents = write_documents(invoice, self.folder, own)
            except DocumentFailed as fault:
                failed.append(f"{invoice.number}: {fault}")
                continue
            files += len(documents.paths)
            if documents.lacking:
                lacking.append((invoice.number or "", documents.lacking))
            done.append(invoice)
        detailed = [each for each in done if self._has_detail(each)]
        if detailed:
            files += len(self._details.write(detailed))
        numbers = tuple(each.number or "" for each in done)
        return Drawn(numbers, files, tuple(failed), tuple(lacking))

    def _has_detail(self, invoice: Invoice) -> bool:
        return self.chosen.get(invoice.bill_group, CHOSEN).has_usage_detail

    @cached_property
    def _details(self) -> UsageDetails:
        from runtime.engine import open_engine  # heavy, and few need it
        from runtime.invoice.usage_detail import UsageDetails

        connection = open_engine(threads=1, memory_limit=None)
        return UsageDetails(connection, self.rated_usage, self.folder)


_drawer: Drawer | None = None


def begin(drawer: Drawer) -> None:
    """Begin a process: it leaves Ctrl-C to the run, and ends with it, killed or not."""
    global _drawer  # noqa: PLW0603 - a process has one
    _drawer = drawer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What is left is the system's to free: the engines would complain of the thread below.
    atexit.register(os._exit, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def draw(frozen: tuple[str, ...]) -> Drawn:
    """Draw a batch in the process that `begin` began."""
    assert _drawer is not None
    return _drawer.draw(frozen)
