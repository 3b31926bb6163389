"""The e-mail of an invoice: the same bytes each time it is made.

Message-ID and MIME boundary follow from the outbox row's key, the date from the invoice.  So a
message that is sent again, since nobody knows whether it arrived, is the same message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, time
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from types import MappingProxyType

from runtime.delivery.outbox import Delivery
from runtime.invoice.document_failed import DocumentFailed
from runtime.invoice.format import clean_text, printer_of
from runtime.invoice.model import Invoice
from runtime.invoice.page import word_of

MEDIA_TYPES = MappingProxyType(
    {
        ".html": ("text", "html"),
        ".pdf": ("application", "pdf"),
        ".txt": ("text", "plain"),
        ".json": ("application", "json"),
        ".csv": ("text", "csv"),
        ".xml": ("application", "xml"),
    }
)


class NoSender(DocumentFailed):
    """Nobody is there whom a message could be from."""


def message_of(
    invoice: Invoice, delivery: Delivery, files: Sequence[Path], sender: str | None
) -> bytes:
    """Return a whole message with its attachments, as SMTP takes it.

    Args:
        invoice: as it was posted.
        delivery: the outbox's row.
        files: the attachments, in order; they are read here.
        sender: the address it is from; None: the seller's.

    Raises:
        NoSender: there is no sender, and the seller has no address.
        OSError: a file cannot be read.
    """
    address = clean_text(sender or invoice.seller.email or "").strip()
    if "@" not in address:
        raise NoSender("the seller's account has no contact with an e-mail address; give --from")
    key = hashlib.sha256(
        "\0".join((delivery.invoice, delivery.recipient, delivery.digest)).encode()
    ).hexdigest()
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(clean_text(invoice.seller.name), addr_spec=address)
    message["To"] = delivery.recipient
    message["Subject"] = clean_text(f"{word_of(invoice)} {invoice.number} · {invoice.seller.name}")
    issued = datetime.combine(invoice.issue_date, time(12), UTC)
    message["Date"] = format_datetime(issued)
    message["Message-ID"] = f"<{key[:40]}@{address.rpartition('@')[2]}>"
    message.set_content(body_of(invoice), cte="base64")
    for path in files:
        kind, subtype = MEDIA_TYPES[path.suffix]
        message.add_attachment(
            path.read_bytes(),
            maintype=kind,
            subtype=subtype,
            filename=path.name,
            cte="base64",
            params={"charset": "utf-8"} if kind == "text" else None,
        )
    if message.is_multipart():
        message.set_boundary(f"=_{key[:48]}")
    return message.as_bytes()


def body_of(invoice: Invoice) -> str:
    """Say in a few lines what comes with the message."""
    printer = printer_of(invoice.locale, invoice.currency, invoice.minor_units)
    lines = [
        f"{invoice.bill_to.name}",
        "",
        f"{word_of(invoice)} {invoice.number}, {printer.day(invoice.issue_date)}",
        f"Total {printer.money(invoice.totals.gross)}",
    ]
    if invoice.kind == "invoice" and invoice.totals.due > 0:
        lines.append(f"Due {printer.money(invoice.totals.due)} by {printer.day(invoice.due_date)}")
    lines += ["", f"{invoice.seller.name}"]
    return "\n".join(clean_text(line) for line in lines) + "\n"
