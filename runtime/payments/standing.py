"""How an account stands, day by day: what is left of each invoice and of each credit.

An amount may be used up only where it is there on the day and on every day after, so that an
entry that is dated back never makes a later one take more than there was.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from datetime import date

from runtime.payments.model import KINDS, Entry, Payment


@dataclass(slots=True)
class Pot:
    """An amount, there from `day` on, that entries take from and give back to."""

    name: str
    day: date
    minor: int
    changes: list[tuple[date, int]] = field(default_factory=list)

    def change(self, day: date, by: int) -> None:
        """Take note of an entry."""
        insort(self.changes, (day, by))

    def left(self, day: date) -> int:
        """Give what is there at the end of a day."""
        if day < self.day:
            return 0
        return self.minor + sum(by for when, by in self.changes if when <= day)

    @property
    def rest(self) -> int:
        """What is there after all entries."""
        return self.minor + sum(by for _, by in self.changes)

    def free(self, day: date) -> int:
        """Give what is there on a day and on all days after it: what may be taken then."""
        if day < self.day:
            return 0
        left = least = self.left(day)
        for index, (when, by) in enumerate(self.changes):
            if when > day:
                left += by
                is_end_of_day = index + 1 == len(self.changes) or self.changes[index + 1][0] > when
                least = min(least, left) if is_end_of_day else least
        return least


@dataclass(slots=True)
class Debt(Pot):
    """An invoice that is to be paid."""

    due: date = date.max
    sequence: int = 0


@dataclass(slots=True)
class Credit(Pot):
    """A payment or a credit note that is to be used."""

    is_payment: bool = True


@dataclass(slots=True)
class Application:
    """What of a credit is applied to an invoice by one entry; `minor`: and not taken back."""

    entry: int
    day: date
    credit: str
    debt: str
    minor: int


@dataclass(slots=True)
class Standing:
    """One account in one currency: its invoices, its credits, and what is applied to what."""

    account: str
    currency: str
    minor_units: int
    debts: dict[str, Debt] = field(default_factory=dict)
    credits: dict[str, Credit] = field(default_factory=dict)
    applications: dict[int, Application] = field(default_factory=dict)

    def add_payment(self, payment: Payment) -> None:
        """Have a payment to use."""
        self.credits[payment.payment] = Credit(payment.payment, payment.received, payment.minor)

    def add(self, entry: Entry) -> None:
        """Take note of an entry; entries come in the order they were posted in."""
        effect = KINDS[entry.kind]
        if effect.credit:
            self.credits[entry.credit].change(entry.day, effect.credit * entry.minor)
        if entry.invoice is not None:
            self.debts[entry.invoice].change(entry.day, effect.invoice * entry.minor)
        if entry.kind == "application":
            assert entry.invoice is not None
            self.applications[entry.entry] = Application(
                entry.entry, entry.day, entry.credit, entry.invoice, entry.minor
            )
        elif entry.kind == "unapplication":
            assert entry.takes_back is not None
            self.applications[entry.takes_back].minor -= entry.minor

    def debts_by_age(self) -> list[Debt]:
        """Give the invoices with something left to pay, the one that is due first before."""
        found = [debt for debt in self.debts.values() if debt.rest > 0]
        return sorted(found, key=lambda debt: (debt.due, debt.day, debt.sequence))

    def credits_by_age(self) -> list[Credit]:
        """Give the credits with something left to use, the oldest first."""
        found = [credit for credit in self.credits.values() if credit.rest > 0]
        return sorted(found, key=lambda credit: (credit.day, not credit.is_payment, credit.name))

    def applied(self, *, credit: str | None = None, debt: str | None = None) -> list[Application]:
        """Give the applications that still hold, of a credit or to an invoice, the last first."""
        return [
            each
            for each in reversed(self.applications.values())
            if each.minor > 0 and credit in (None, each.credit) and debt in (None, each.debt)
        ]
