"""A billing run under way, which its stages hand on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from duckdb import DuckDBPyConnection
from sqlalchemy import Connection

from runtime.bill_folder import OutFolder
from runtime.bill_result import BillRequest, CurrencyTotals
from runtime.book.faults import BookFault, BookReport
from runtime.invoice.model import Invoice
from runtime.ledger.connect import ledger_url, read_ledger
from runtime.ledger.history import LastRun
from runtime.ledger.post import Posted
from runtime.money import to_major
from runtime.payments.credited_again import CreditedAgain
from runtime.payments.receive import Received
from runtime.subscriptions.kept import Kept
from runtime.subscriptions.known import Settled
from runtime.usage.report import UsageReport

Reasons = tuple[str, ...]
"""Why a stage ends the run; empty: it does not."""


@dataclass(slots=True)
class CurrencySums:
    """A run's invoices of one currency so far, in minor units."""

    minor_units: int
    invoices: int = 0
    net: int = 0
    tax: int = 0

    def totals(self, currency: str) -> CurrencyTotals:
        """Give them in major units."""
        net, tax, gross = (
            to_major(minor, self.minor_units) for minor in (self.net, self.tax, self.net + self.tax)
        )
        return CurrencyTotals(currency, self.invoices, net, tax, gross)


@dataclass(slots=True)
class Run:
    """A run under way: what was asked, what the ledger knew, what the stages have found.

    `ledger`: held, to be posted to; None in a dry run.  `files`: digests of the book's.  `kept`:
    what the last run left, `settled` what of it this one may rely on.
    """

    request: BillRequest
    connection: DuckDBPyConnection
    folder: OutFolder
    ledger: Connection | None
    last: LastRun | None
    kept_events: dict[int, int]
    book: BookReport | None = None
    files: dict[str, str] = field(default_factory=dict)
    kept: Kept | None = None
    settled: Settled | None = None
    faults: tuple[BookFault, ...] = ()
    received: Received | None = None
    usage: UsageReport | None = None
    invoices: list[Invoice] = field(default_factory=list)
    made: int = 0
    first: str | None = None
    lines: int = 0
    totals: dict[str, CurrencySums] = field(default_factory=dict)
    held_back: int = 0
    credited_again: tuple[CreditedAgain, ...] = ()

    def count(self, posted: Posted) -> None:
        """Count an invoice that was made."""
        facts = posted.facts
        self.made += 1
        self.lines += posted.lines
        own = self.totals.setdefault(facts.currency, CurrencySums(facts.minor_units))
        own.invoices += 1
        own.net += facts.net
        own.tax += facts.tax

    @property
    def url(self) -> str:
        """The ledger's."""
        return self.request.ledger or ledger_url(self.folder.ledger)

    @property
    def number(self) -> int:
        """The run's number: the last posted one's plus one."""
        return self.last.run + 1 if self.last else 1

    @property
    def previous_as_of(self) -> date | None:
        """The date of the last posted run."""
        return self.last.as_of if self.last else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the ledger to read; a dry run does not keep it open."""
        if self.ledger is not None:
            yield self.ledger
            return
        with read_ledger(self.url) as ledger:
            yield ledger
