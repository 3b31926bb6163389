"""The outbox: what is to be sent, what was sent, and what became of each attempt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from runtime.delivery.planned import Plan, Plans
from runtime.invoice.model import Invoice
from runtime.ledger.schema import deliveries, documents, invoices


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox.

    Attributes:
        invoice, recipient, digest: its key: what goes to whom, and what that is made of.
        channel: `email` or `offline`.
        suffixes: what the names of the files that go along end with.
        status: `waiting`, `sent` or `failed`.
        attempts: how often it was tried.
        reason: why it waits or failed, as the server said it.
        is_written: its documents are there.
    """

    invoice: str
    recipient: str
    digest: str
    channel: str
    suffixes: tuple[str, ...]
    status: str
    attempts: int
    reason: str | None
    is_written: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt: `sent`, or `waiting` and `failed` with the reason."""

    status: str
    reason: str | None = None


def read_deliveries(
    ledger: Connection, statuses: Sequence[str] = ("waiting", "failed", "sent")
) -> Iterator[Delivery]:
    """Give the outbox in the order in which the invoices were numbered."""
    query = (
        select(deliveries, documents.c.is_written)
        .join(invoices, invoices.c.number == deliveries.c.invoice)
        .join(documents, documents.c.invoice == deliveries.c.invoice)
        .where(deliveries.c.status.in_(statuses))
        .order_by(invoices.c.owner, invoices.c.series, invoices.c.sequence)
    )
    for row in ledger.execute(query):
        yield Delivery(
            row.invoice,
            row.recipient,
            row.digest,
            row.channel,
            tuple(row.suffixes.split()),
            row.status,
            row.attempts,
            row.reason,
            row.is_written,
        )


def plans_like(ledger: Connection, invoice: Invoice) -> Plans | None:
    """Give a plan for what follows a posted invoice, such as its credit note: it goes as that did.

    None where the invoice itself was not for delivery.
    """
    query = select(deliveries).where(deliveries.c.invoice == invoice.number)
    row = ledger.execute(query).first()
    if row is None:
        return None
    plan = Plan("email" if row.channel == "email" else "offline", tuple(row.suffixes.split()))
    return Plans({invoice.bill_group: plan}, invoice.fingerprint)


def count_deliveries(ledger: Connection) -> dict[tuple[str, str], int]:
    """Count the outbox by channel and status."""
    query = select(deliveries.c.channel, deliveries.c.status, func.count()).group_by(
        deliveries.c.channel, deliveries.c.status
    )
    return {(channel, status): count for channel, status, count in ledger.execute(query)}


def note_outcomes(ledger: Connection, outcomes: Sequence[tuple[Delivery, Outcome]]) -> None:
    """Note what became of attempts."""
    for delivery, outcome in outcomes:
        ledger.execute(
            deliveries.update()
            .where(
                and_(
                    deliveries.c.invoice == delivery.invoice,
                    deliveries.c.recipient == delivery.recipient,
                    deliveries.c.digest == delivery.digest,
                )
            )
            .values(
                status=outcome.status,
                reason=outcome.reason,
                attempts=delivery.attempts + 1,
            )
        )
