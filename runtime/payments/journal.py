"""The entries of one command or run, made on the standings of accounts and posted together.

A journal is made in memory: a dry run makes the same one and posts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from runtime.payments.model import Entry, Kind, Payment
from runtime.payments.standing import Application, Credit, Debt, Standing

Key = tuple[str, str]
"""An account and a currency."""


@dataclass(slots=True)
class Journal:
    """New entries, and the standings they are made on.

    Attributes:
        last_entry: the highest entry of the ledger, then of the journal.
        after_run: the last posted run, 0 where there is none.
        standings: by account and currency; an entry changes its account's at once.
    """

    last_entry: int
    after_run: int
    standings: dict[Key, Standing]
    payments: list[Payment] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def receive(self, payment: Payment) -> Credit:
        """Record a payment, of which nothing is used yet."""
        key = (payment.account, payment.currency)
        if key not in self.standings:
            self.standings[key] = Standing(*key, payment.minor_units)
        standing = self.standings[key]
        standing.add_payment(payment)
        credit = standing.credits[payment.payment]
        self.payments.append(payment)
        day, minor = payment.received, payment.minor
        self.enter(standing, "payment", day, minor, credit, reference=payment.reference)
        return credit

    def enter(
        self,
        standing: Standing,
        kind: Kind,
        day: date,
        minor: int,
        credit: Credit,
        *,
        on: Debt | Application | None = None,
        reference: str | None = None,
        reason: str | None = None,
    ) -> Entry:
        """Make an entry and let its account stand accordingly.

        `on`: the invoice that the credit is used on, or the application that is taken back.
        """
        self.last_entry += 1
        invoice = on.debt if isinstance(on, Application) else on.name if on else None
        entry = Entry(
            entry=self.last_entry,
            kind=kind,
            day=day,
            account=standing.account,
            currency=standing.currency,
            minor=minor,
            payment=credit.name if credit.is_payment else None,
            credit_note=None if credit.is_payment else credit.name,
            invoice=invoice,
            takes_back=on.entry if isinstance(on, Application) else None,
            reference=reference,
            reason=reason,
            after_run=self.after_run,
        )
        standing.add(entry)
        self.entries.append(entry)
        return entry
