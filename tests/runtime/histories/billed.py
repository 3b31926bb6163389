"""Whole runs over what is known of customers: book and usage files in, a ledger out."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from runtime.bill_result import BillRequest, BillResult
from runtime.ledger.connect import read_ledger
from runtime.ledger.schema import invoices
from runtime.ledger.schema_forms import all_lines
from runtime.program.model import Program
from runtime.tax import AppliedRate, rates_from_text
from tests.runtime.bill.books import ledger_of, run, write_csv
from tests.runtime.histories.catalog import program
from tests.runtime.histories.customers import Customer
from tests.runtime.histories.runs import write_book
from tests.runtime.histories.usage import COLUMNS, Record


class What(NamedTuple):
    """What a sum is of; empty where it has none."""

    account: str
    account_service: str
    kind: str
    service: str
    usage_class: str
    bucket: str


Sums = dict[What, int]
"""Amounts in minor units, none of them zero."""


class Line(NamedTuple):
    """A posted line, all that its tax depends on."""

    line_id: int
    run: int
    invoice: str
    kind: str
    account: str
    invoicer: str
    first_day: date
    last_day: date
    tax_minor: int
    tax_class: str | None
    taxes: tuple[AppliedRate, ...]
    is_credit: bool
    corrects: int | None


@dataclass
class Billed:
    """A folder that runs post into.

    Attributes:
        known_on: the day that each run was as of.
        held: how many invoices the last run held back.
    """

    folder: Path
    customers: Sequence[Customer]
    known_on: list[date] = field(default_factory=list)
    held: int = 0

    @property
    def asked(self) -> BillRequest:
        out = self.folder / "out"
        return BillRequest(
            program=program(),
            book=self.folder / "book",
            usage=(),
            as_of=date.min,
            out=out,
            ledger=ledger_of(out),
            threads=1,
            formats=(),
        )

    def bill(self, day: date, sold: Program | None = None) -> BillResult:
        """Bill what is known on a day, and feed the usage that came since the run before.

        What was rejected by then is fed again, as the day may have mended it.
        """
        book = self.folder / "book"
        book.mkdir(parents=True, exist_ok=True)
        write_book(book, self.customers, day)
        files = [*self._rejected(), *self._fed(day)]
        asked = replace(self.asked, as_of=day, usage=tuple(files), program=sold or program())
        result = run(asked)
        self.known_on.append(day)
        self.held = result.held_back
        return result

    def release(self) -> BillResult:
        """Bill what was held back, on the day of the last run."""
        return self.bill(self.known_on[-1], holding_nothing_back())

    def sums(self) -> Sums:
        """Give what was posted of each account service, kind, service, class and bucket."""
        names = (all_lines.c[name] for name in What._fields)
        found: Sums = defaultdict(int)
        with read_ledger(self.asked.ledger or "") as ledger:
            for *what, minor in ledger.execute(select(*names, all_lines.c.minor)):
                found[What(*(name or "" for name in what))] += minor
        return {what: minor for what, minor in found.items() if minor}

    def lines(self) -> list[Line]:
        """Give every line that was posted, in order."""
        joined = all_lines.join(invoices, invoices.c.number == all_lines.c.invoice)
        asked = (
            select(all_lines, invoices.c.invoicer).select_from(joined).order_by(all_lines.c.line_id)
        )
        with read_ledger(self.asked.ledger or "") as ledger:
            return [
                Line(
                    row.line_id,
                    row.run,
                    row.invoice,
                    row.kind,
                    row.account,
                    row.invoicer,
                    date.fromisoformat(row.period_start),
                    date.fromisoformat(row.period_end) - timedelta(days=1),
                    row.tax_minor,
                    row.tax_class,
                    rates_from_text(row.taxes),
                    row.is_credit,
                    row.corrects,
                )
                for row in ledger.execute(asked)
            ]

    def _rejected(self) -> Iterator[str]:
        """Give the files of what the last run did not rate, each under a name of its own."""
        number = len(self.known_on)
        for file in sorted((self.folder / "out" / "exceptions" / f"run={number}").glob("*.csv")):
            again = self.folder / "usage" / f"again-{number:03}-{file.name}"
            shutil.copy(file, again)
            yield str(again)

    def _fed(self, day: date) -> Iterator[str]:
        after = self.known_on[-1] if self.known_on else date.min
        fed = [
            record
            for each in self.customers
            for record in each.records
            if after < record.fed <= day
        ]
        if fed:
            file = self.folder / "usage" / f"fed-{day}.csv"
            file.parent.mkdir(exist_ok=True)
            write_csv(file, COLUMNS, (each.fields for each in _in_order(fed)))
            yield str(file)


def _in_order(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record.fed)


def as_it_becomes_known(
    folder: Path, customers: Sequence[Customer], days: Iterable[date]
) -> Billed:
    """Bill on each of the days what is known by then."""
    billed = Billed(folder / "known", customers)
    for day in days:
        billed.bill(day)
    return billed


def at_once(folder: Path, customers: Sequence[Customer], day: date) -> Billed:
    """Bill once, on the last day, what is known then, and hold nothing back."""
    billed = Billed(folder / "at_once", customers)
    billed.bill(day, holding_nothing_back())
    return billed


def holding_nothing_back() -> Program:
    """Give the program whose bill groups make every invoice out."""
    sold = program()
    groups = (
        group.model_copy(update={"are_zero_invoices_sent": True}) for group in sold.bill_groups
    )
    return sold.model_copy(update={"bill_groups": tuple(groups), "carry_forwards": ()})


def differences(found: Sums, expected: Sums) -> dict[What, tuple[int, int]]:
    """Give where two sums are not the same: what was found, and what should have been."""
    return {
        key: (found.get(key, 0), expected.get(key, 0))
        for key in sorted(found.keys() | expected.keys())
        if found.get(key, 0) != expected.get(key, 0)
    }
