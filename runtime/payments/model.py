"""What moves on an account besides its invoices: payments and the entries that follow them.

Every movement is an entry of its own, dated, and stays: what takes it back is another entry
that names it.  Amounts are whole minor units above zero; the kind says which way they go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

Kind = Literal["payment", "application", "unapplication", "reversal", "refund"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one minor unit of an entry does.

    Attributes:
        owed: to what the account owes in all.
        invoice: to what is left to pay of the invoice it names.
        credit: to what is left to use of the payment or credit note it names.
    """

    owed: int
    invoice: int
    credit: int


KINDS: Mapping[Kind, Effect] = MappingProxyType(
    {
        "payment": Effect(owed=-1, invoice=0, credit=0),
        "application": Effect(owed=0, invoice=-1, credit=-1),
        "unapplication": Effect(owed=0, invoice=1, credit=1),
        "reversal": Effect(owed=1, invoice=0, credit=-1),
        "refund": Effect(owed=1, invoice=0, credit=-1),
    }
)
"""The kinds of entries.  A payment is a credit of its own amount, from its day on."""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in.

    Attributes:
        payment: its id; one is recorded once.
        account: who receives the invoices that it pays.
        received: the day from which it counts.
        reference: what the bank calls it.
        directed: the invoices it names, as `INV-000001=50.00 INV-000002`; None: oldest first.
    """

    payment: str
    account: str
    currency: str
    minor_units: int
    minor: int
    received: date
    method: str | None = None
    reference: str | None = None
    directed: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement, as the ledger keeps it; see runtime.ledger.schema.

    Attributes:
        payment, credit_note: the credit that is used, one of the two.
        invoice: what it is used on, of an application and what takes it back.
        takes_back: the entry that is undone, in part or whole.
        after_run: the last run that was posted before it.
    """

    entry: int
    kind: Kind
    day: date
    account: str
    currency: str
    minor: int
    payment: str | None
    credit_note: str | None
    invoice: str | None
    takes_back: int | None
    reference: str | None
    reason: str | None
    after_run: int

    @property
    def credit(self) -> str:
        """The payment or the credit note."""
        name = self.payment or self.credit_note
        assert name is not None
        return name


class PaymentRefused(Exception):
    """What was asked cannot be posted; nothing was.  The message says why.

    `hint`: what would mend it, "" where there is nothing to say.
    """

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint

    def text(self) -> str:
        """Give reason and hint on one line."""
        return f"{self.reason}; {self.hint}" if self.hint else self.reason
