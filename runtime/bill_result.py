"""What a billing run is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from runtime.book.faults import BookFault, BookReport
from runtime.invoice.chosen import DocumentFormat
from runtime.invoice.model import Invoice
from runtime.payments.credited_again import CreditedAgain
from runtime.program.model import Program
from runtime.usage.report import UsageReport


class Progress(Protocol):
    """Told when a stage begins and how much of it is done."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Take note; `total` None where it is not known."""
        ...


def in_silence(stage: str, done: int, total: int | None) -> None:
    """Take note of nothing."""


@dataclass(frozen=True, slots=True)
class BillRequest:
    """A billing run.

    Attributes:
        book: the folder of the book's files.
        usage: paths, globs or `feed=path` of this run's usage files; the usage of posted
            runs is in the store.
        out: the folder that takes ledger, invoices, rated usage, exceptions and summary.
        ledger: a database URL, `sqlite:///ledger.db` or `postgresql://user@host/database`;
            None: `ledger.db` in `out`.
        wait_seconds: how long to wait for another run that holds the ledger.
        is_dry_run: post nothing and write nothing.
        threads, memory_limit: of the engine; see runtime.engine.open_engine.
        keeps_invoices: give the invoices in the result, all in memory; a large run does not.
        each_invoice: told of every invoice as it is made, in place of keeping any; None: nobody.
        formats: the documents of every invoice; None: those that its bill group chooses.
    """

    program: Program
    book: Path
    usage: tuple[str, ...]
    as_of: date
    out: Path
    ledger: str | None = None
    wait_seconds: int = 0
    is_dry_run: bool = False
    threads: int | None = None
    memory_limit: str | None = None
    progress: Progress = in_silence
    keeps_invoices: bool = True
    each_invoice: Callable[[Invoice], None] | None = None
    formats: tuple[DocumentFormat, ...] | None = None


@dataclass(frozen=True, slots=True)
class BillRefused:
    """A run that posted nothing: the stage that refused, and its reasons.

    `faults`: the book's or its payments', where they are the reason.  `is_certain`: False
    where the server of the ledger went away at the commit, so that all of the run may be
    posted after all.
    """

    stage: str
    reasons: tuple[str, ...]
    faults: tuple[BookFault, ...] = ()
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """A run's invoices of one currency, in its major units."""

    currency: str
    invoices: int
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class BillResult:
    """A run that ended well.

    Attributes:
        run: its number, None for a dry run.
        made: how many invoices it made, `first` the number of the first.
        invoices: the invoices, where the request keeps them.
        lines: how many lines its invoices have.
        totals: by currency, in the order of their codes.
        payments: how many of the book's were recorded.
        held_back: how many invoices came to nothing or too little, and wait for a later run.
        credited_again: lines that are taken back beyond what they came to, as somebody had
            credited them by hand.
        documents: how many files were written, those of earlier runs' invoices included that
            a killed run had left unwritten.
        lacking: the characters that a PDF's fonts lack, by invoice.
        unwritten: why files of posted invoices are still to be written; the next run does.
    """

    run: int | None
    as_of: date
    catalog: str
    fingerprint: str
    made: int
    first: str | None
    invoices: tuple[Invoice, ...]
    lines: int
    totals: tuple[CurrencyTotals, ...]
    book: BookReport
    usage: UsageReport
    payments: int = 0
    held_back: int = 0
    credited_again: tuple[CreditedAgain, ...] = ()
    documents: int = 0
    lacking: tuple[tuple[str, str], ...] = ()
    unwritten: str | None = None
