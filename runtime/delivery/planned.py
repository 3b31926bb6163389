"""What is to be delivered of an invoice, decided as it is posted: a row of the outbox.

The row is written in the transaction that posts the invoice, so none is posted and forgotten,
and none is sent that was not posted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from runtime.invoice.chosen import chosen_by
from runtime.invoice.documents import SUFFIXES
from runtime.invoice.draft import InvoiceFacts
from runtime.invoice.format import clean_text
from runtime.invoice.usage_detail import SUFFIX as USAGE_SUFFIX
from runtime.program.model import Program

Channel = Literal["email", "offline"]
Status = Literal["waiting", "sent", "failed"]

ADDRESS = r"[!#-'*+\-/-9=?A-Z^-~.]+@[A-Za-z0-9.-]+\.?[A-Za-z0-9-]+"
"""An address of a mailbox, in ASCII and without a name, a comment or a quote; as a pattern."""

ADDRESS_LENGTH = 254
"""So many signs it has at most."""

_is_address = re.compile(ADDRESS).fullmatch

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a bill group delivers: the channel, and what the names of its files end with."""

    channel: Channel
    suffixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plans:
    """How each bill group of a program delivers; `fingerprint` is the program's."""

    by_group: Mapping[str, Plan]
    fingerprint: str

    def row_of(self, number: str, invoice: InvoiceFacts, frozen: str) -> Row | None:
        """Give the outbox's row of a posted invoice, as `deliveries` has it.

        `frozen`: the invoice as the ledger keeps it.  None where its bill group is unknown.
        """
        if invoice.bill_group not in self.by_group:
            return None
        digest = digest_of(frozen, self.fingerprint)
        return self.row_with(number, invoice.invoicer, invoice.email, invoice.bill_group, digest)

    def row_with(
        self, number: str, account: str, email: str | None, bill_group: str, digest: str
    ) -> Row | None:
        """Give the row likewise, of an account and its address, with a digest that is known."""
        plan = self.by_group.get(bill_group)
        if plan is None:
            return None
        recipient, fault = recipient_of(account, email, plan.channel)
        return (
            number,
            recipient,
            digest,
            plan.channel,
            " ".join(plan.suffixes),
            "failed" if fault else "waiting",
            0,
            fault,
        )


def plans_of(program: Program) -> Plans:
    """Give how each bill group delivers.

    What it attaches goes along; an e-mail of a group that attaches no invoice carries the PDF.
    """
    chosen = chosen_by(program)
    attached = {row.bill_group for row in program.invoice_attachments if row.report == "invoice"}
    plans = {}
    for group in program.bill_groups:
        own = chosen[group.id]
        is_mail = group.delivery == "email"
        formats = ("pdf",) if is_mail and group.id not in attached else own.formats
        usage = (USAGE_SUFFIX,) if own.has_usage_detail else ()
        plans[group.id] = Plan(group.delivery, (*(SUFFIXES[each] for each in formats), *usage))
    return Plans(plans, program.fingerprint)


def recipient_of(account: str, email: str | None, channel: Channel) -> tuple[str, str | None]:
    """Give who gets an account's invoices, and what is wrong of that; offline it is itself."""
    if channel == "offline":
        return account, None
    address = clean_text(email or "").strip()
    if not address:
        return "", f"account {account} has no contact with an e-mail address"
    if len(address) > ADDRESS_LENGTH or not _is_address(address):
        return address, "this is no e-mail address"
    return address, None


def digest_of(frozen: str, fingerprint: str) -> str:
    """Give the digest of all that an invoice's documents are made of, as SHA-256 in hex.

    A document is a function of the frozen invoice and of the program, which holds the template.
    """
    return hashlib.sha256(f"{fingerprint}\n{frozen}".encode()).hexdigest()
