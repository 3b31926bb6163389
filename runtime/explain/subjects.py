"""What can be asked to be explained, found in a ledger and the folder that its runs wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

from sqlalchemy import Connection

from runtime.explain.catalog_line import explain_source, made_by
from runtime.explain.line import NoSuchLine, explain_invoice, explain_line
from runtime.explain.model import Explanation
from runtime.explain.period import explain_period
from runtime.explain.records import RatedUsage
from runtime.explain.usage_record import explain_record
from runtime.invoice.model import Invoice
from runtime.ledger import lookup
from runtime.ledger.history import read_invoice
from runtime.usage import records
from runtime.usage_history.contents import find_record
from runtime.usage_history.places import open_folder


class NothingThere(LookupError):
    """What was asked for is not in the ledger; the message says what is."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A ledger that is read, and the folder of its runs.

    `url`: of the ledger, where it is not in the folder.
    """

    ledger: Connection
    out: Path
    url: str | None = None
    _read: dict[str, Invoice] = field(default_factory=dict)

    def invoice(self, number: str, line: int | None) -> Explanation:
        """Explain an invoice, or one of its lines by its number; raise NothingThere."""
        invoice = self._invoice(number)
        if line is None:
            return explain_invoice(invoice)
        try:
            return explain_line(invoice, line, self._records(invoice))
        except NoSuchLine as fault:
            raise NothingThere(str(fault)) from fault

    def account(self, account: str, month: str) -> Explanation:
        """Explain an account's lines that have days in a month, `2026-01`; raise NothingThere."""
        start = date.fromisoformat(f"{month}-01")
        end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        places = lookup.places_of_account(self.ledger, account, start, end)
        if not places:
            if not lookup.is_account(self.ledger, account):
                raise NothingThere(f"no line was ever posted for an account `{account}`")
            raise NothingThere(f"no line of account {account} has a day in {month}")
        return explain_period(account, (start, end), places, self._invoice, self._records)

    def usage(self, name: str) -> Explanation:
        """Explain a usage record by FEED/ID or FILE:ROW; raise NothingThere."""
        folder = open_folder(self.out, self.url)
        found = find_record(folder, name)
        if not found:
            raise NothingThere(
                f"{folder.unread(name)}; write it as usage:FEED/ID or usage:FILE:ROW"
            )

        def places_of(usage: lookup.UsageOf) -> list[lookup.Place]:
            return lookup.places_of_usage(self.ledger, usage)

        return explain_record(name, found, places_of, self._invoice)

    def catalog_line(self, path: str, line: int) -> Explanation:
        """Explain what a line of the catalog priced; raise NothingThere where it priced nothing.

        The path may be longer than the catalog knows it: that of the folder stands before it.
        """
        parts = PurePosixPath(path).parts
        for first in range(len(parts)):
            known = str(PurePosixPath(*parts[first:]))
            numbers = dict.fromkeys(
                number for number, _ in lookup.places_at_source(self.ledger, known, line)
            )
            numbers |= dict.fromkeys(lookup.invoices_that_name(self.ledger, known, line))
            made = [
                each
                for number in sorted(numbers)
                for each in made_by(self._invoice(number), known, line)
            ]
            if made:
                return explain_source(known, line, made)
        raise NothingThere(f"no posted line was priced by {path}:{line}")

    def _invoice(self, number: str) -> Invoice:
        if number not in self._read:
            invoice = read_invoice(self.ledger, number)
            if invoice is None:
                raise NothingThere(f"the ledger has no invoice `{number}`")
            self._read[number] = invoice
        return self._read[number]

    def _records(self, invoice: Invoice) -> RatedUsage:
        return RatedUsage(self.out / records.FOLDER / f"run={invoice.run}")
