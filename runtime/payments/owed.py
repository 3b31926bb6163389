"""What an account owes before a run's invoice: what its last invoice said, and all since.

An invoice shows what had been posted before its run and counts by its date.  What came after,
or counts from a later day, is shown by the account's next one; so the previous balance of an
invoice is always the balance that the account's last one ended with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Subquery, func, or_, select

from runtime.ledger.schema import credit_notes, entries, invoices, runs
from runtime.payments.journal import Journal, Key
from runtime.payments.ledger import (
    accounts_with_credit,
    effect_sql,
    groups_of,
    is_among,
    read_standings,
)
from runtime.payments.model import KINDS, Kind

MovementKind = Literal["payment", "credit_note", "reversal", "refund"]

_SHOWN: Mapping[Kind, MovementKind] = MappingProxyType(
    {"payment": "payment", "reversal": "reversal", "refund": "refund"}
)
"""The entries that change what is owed, as invoices name them."""


@dataclass(frozen=True, slots=True)
class Movement:
    """What changed what an account owes, besides a run's invoices.

    `name`: of the payment or the credit note; `minor`: below zero where it lowers what is owed.
    """

    day: date
    kind: MovementKind
    name: str
    reference: str | None
    minor: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What an account owes in a currency before an invoice, in minor units.

    Attributes:
        previous: the balance that its last invoice ended with.
        since: what has come since, in the order of days.
        credit: what it may use of payments and credit notes, on the day of the run.
    """

    previous: int = 0
    since: tuple[Movement, ...] = ()
    credit: int = 0

    @property
    def carried(self) -> int:
        """What is carried forward onto the invoice."""
        return self.previous + sum(each.minor for each in self.since)


NOTHING_OWED = Owed()


class OwedReader:
    """Reads what accounts owe at a run's date, its journal of new payments included.

    The standings of accounts that have a credit are put into the journal, to be used.
    """

    def __init__(self, journal: Journal, as_of: date) -> None:
        """Take note of the journal as it is before the run's invoices use any credit."""
        self._as_of = as_of
        self._journal = journal
        self._standing = {account for account, _ in journal.standings}
        self._fresh: dict[Key, list[Movement]] = {}
        for key, movement in _movements_of(journal):
            self._fresh.setdefault(key, []).append(movement)

    def read(self, ledger: Connection, accounts: Iterable[str]) -> dict[Key, Owed]:
        """Give what accounts owe, by account and currency; of those that never moved, nothing."""
        if not self._fresh and not self._standing and not _is_any(ledger):
            return {}
        owed: dict[Key, int] = {}
        since: dict[Key, list[Movement]] = {}
        names = frozenset(accounts)
        for some in groups_of(names):
            for account, currency, minor in _sums(ledger, self._as_of, some):
                owed[account, currency] = owed.get((account, currency), 0) + minor
            for key, movement in _movements_since(ledger, self._as_of, some):
                owed[key] = owed.get(key, 0) - movement.minor
                since.setdefault(key, []).append(movement)
        for key, movements in self._fresh.items():
            if key[0] in names:
                since.setdefault(key, []).extend(movements)
        self._stand(ledger, names)
        return {
            key: Owed(owed.get(key, 0), _in_order(since.get(key, ())), self._usable(key))
            for key in owed.keys() | since.keys()
            if key[0] in names
        }

    def _stand(self, ledger: Connection, names: frozenset[str]) -> None:
        """Put how those accounts stand that have a credit into the journal."""
        new = accounts_with_credit(ledger, names) - self._standing
        self._journal.standings.update(read_standings(ledger, new))
        self._standing |= new

    def _usable(self, key: Key) -> int:
        standing = self._journal.standings.get(key)
        if standing is None:
            return 0
        return sum(credit.free(self._as_of) for credit in standing.credits.values())


def _is_any(ledger: Connection) -> bool:
    """Tell whether anything was invoiced or moved at all."""
    first = (select(table).limit(1) for table in (invoices, entries))
    return any(ledger.execute(query).first() is not None for query in first)


def _in_order(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    return tuple(sorted(movements, key=lambda each: (each.day, each.kind, each.name)))


def _sums(
    ledger: Connection, as_of: date, accounts: list[str] | None
) -> Iterator[tuple[str, str, int]]:
    """Give what was invoiced to accounts by the date, and what entries did to it."""
    invoiced = (
        select(invoices.c.invoicer, invoices.c.currency, func.sum(invoices.c.gross_minor))
        .where(is_among(invoices.c.invoicer, accounts), invoices.c.issue_date <= as_of.isoformat())
        .group_by(invoices.c.invoicer, invoices.c.currency)
    )
    moved = (
        select(
            entries.c.account, entries.c.currency, func.sum(effect_sql("owed") * entries.c.minor)
        )
        .where(is_among(entries.c.account, accounts), entries.c.day <= as_of.isoformat())
        .group_by(entries.c.account, entries.c.currency)
    )
    for query in (invoiced, moved):
        for account, currency, minor in ledger.execute(query):
            yield account, currency, int(minor)


def _last_runs(accounts: list[str] | None) -> Subquery:
    """Give the query for the run and date of each account's last invoice of a run."""
    given = select(credit_notes.c.number)
    last = (
        select(invoices.c.invoicer, invoices.c.currency, func.max(invoices.c.run).label("run"))
        .where(is_among(invoices.c.invoicer, accounts), invoices.c.number.not_in(given))
        .group_by(invoices.c.invoicer, invoices.c.currency)
        .subquery()
    )
    return (
        select(last.c.invoicer, last.c.currency, last.c.run, runs.c.as_of)
        .join(runs, runs.c.run == last.c.run)
        .subquery()
    )


def _movements_since(
    ledger: Connection, as_of: date, accounts: list[str] | None
) -> Iterator[tuple[Key, Movement]]:
    """Give what no invoice of its account has shown, of entries and of given credit notes."""
    last = _last_runs(accounts)

    def is_of(account: ColumnElement[Any], currency: ColumnElement[Any]) -> ColumnElement[bool]:
        return (last.c.invoicer == account) & (last.c.currency == currency)

    moved = (
        select(entries)
        .select_from(entries.outerjoin(last, is_of(entries.c.account, entries.c.currency)))
        .where(
            is_among(entries.c.account, accounts),
            entries.c.kind.in_(_SHOWN),
            entries.c.day <= as_of.isoformat(),
            _is_later(entries.c.after_run, entries.c.day, last),
        )
    )
    for row in ledger.execute(moved):
        day, name = date.fromisoformat(row.day), row.payment or row.credit_note
        minor = row.minor * KINDS[row.kind].owed
        movement = Movement(day, _SHOWN[row.kind], name, row.reference, minor)
        yield (row.account, row.currency), movement
    notes = (
        select(
            *(invoices.c[name] for name in ("number", "invoicer", "currency", "issue_date")),
            invoices.c.gross_minor,
            credit_notes.c.invoice,
        )
        .select_from(
            credit_notes.join(invoices, invoices.c.number == credit_notes.c.number).outerjoin(
                last, is_of(invoices.c.invoicer, invoices.c.currency)
            )
        )
        .where(
            is_among(invoices.c.invoicer, accounts),
            invoices.c.issue_date <= as_of.isoformat(),
            _is_later(invoices.c.run, invoices.c.issue_date, last),
        )
    )
    for row in ledger.execute(notes):
        day = date.fromisoformat(row.issue_date)
        note = Movement(day, "credit_note", row.number, row.invoice, row.gross_minor)
        yield (row.invoicer, row.currency), note


def _is_later(
    after_run: ColumnElement[Any], day: ColumnElement[Any], last: Subquery
) -> ColumnElement[bool]:
    return or_(last.c.run.is_(None), after_run >= last.c.run, day > last.c.as_of)


def _movements_of(journal: Journal) -> Iterable[tuple[Key, Movement]]:
    for entry in journal.entries:
        kind = _SHOWN.get(entry.kind)
        if kind is not None:
            minor = entry.minor * KINDS[entry.kind].owed
            movement = Movement(entry.day, kind, entry.credit, entry.reference, minor)
            yield (entry.account, entry.currency), movement
