"""Delivering what waits in the outbox: by e-mail, or into a folder.

Each row is noted by itself as soon as it is done.  Where the process dies between the server's
answer and the note, the next delivery sends the same bytes under the same Message-ID: a
customer gets an invoice at least once, and a mailbox can tell that it is the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from runtime.delivery.message import NoSender, message_of
from runtime.delivery.outbox import Delivery, Outcome, note_outcomes, read_deliveries
from runtime.delivery.smtp import CannotSend, Mailer, Server
from runtime.invoice.documents import file_name
from runtime.invoice.model import Invoice
from runtime.ledger.connect import WAIT_FOR_READERS_MS, hold_ledger, read_ledger
from runtime.ledger.history import read_invoice

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class DeliverRequest:
    """What to deliver, and how.

    Attributes:
        ledger: the ledger's URL.
        invoices: the folder of the documents.
        server: where mails go; None: they wait.
        sender: the address mails are from; None: the seller's.
        folder: where what is offline goes, a folder an account.
        tries_failed: what failed is tried again.
    """

    ledger: str
    invoices: Path
    folder: Path
    server: Server | None = None
    sender: str | None = None
    tries_failed: bool = False


@dataclass(slots=True)
class Delivered:
    """What became of it.

    Attributes:
        sent, waiting, failed: how many.
        reasons: of those that wait or failed: the invoice, the recipient and why.
        stopped: why the sending of mails stopped; what is left waits.
    """

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    reasons: list[tuple[str, str, str]] = field(default_factory=list)
    stopped: str | None = None

    def add(self, delivery: Delivery, outcome: Outcome) -> None:
        """Count an attempt."""
        if outcome.status == "sent":
            self.sent += 1
            return
        if outcome.status == "waiting":
            self.waiting += 1
        else:
            self.failed += 1
        self.reasons.append((delivery.invoice, delivery.recipient, outcome.reason or ""))


class IsDelivering(Exception):
    """Another process delivers from the same folder."""


def deliver(request: DeliverRequest, progress: Progress = lambda *_: None) -> Delivered:
    """Deliver what waits; nothing is sent twice by two processes of one folder.

    Raises:
        IsDelivering: another process does so now.
        LedgerRefused: the ledger cannot be used.
        OSError: the offline folder cannot be written.
    """
    statuses = ("waiting", "failed") if request.tries_failed else ("waiting",)
    delivered = Delivered()
    with _alone(request.invoices):
        with read_ledger(request.ledger) as ledger:
            waiting = tuple(read_deliveries(ledger, statuses))
        with _mailer(request.server) as mailer:
            for done, delivery in enumerate(waiting, start=1):
                outcome = _attempt(request, delivery, mailer, delivered)
                if outcome is None:
                    delivered.waiting += 1
                else:
                    delivered.add(delivery, outcome)
                    _note(request.ledger, delivery, outcome)
                progress("deliver", done, len(waiting))
    return delivered


def _attempt(
    request: DeliverRequest, delivery: Delivery, mailer: Mailer | None, delivered: Delivered
) -> Outcome | None:
    """Deliver one; None where it was not tried."""
    if not delivery.recipient:
        return None
    files = _files(request.invoices, delivery)
    if files is None:
        words = "its documents are not written yet; the next billing run writes them"
        delivered.reasons.append((delivery.invoice, delivery.recipient, words))
        return None
    if delivery.channel == "offline":
        return _put(request.folder, delivery, files)
    if mailer is None or delivered.stopped is not None:
        return None
    invoice = _invoice(request.ledger, delivery.invoice)
    try:
        message = message_of(invoice, delivery, files, request.sender)
        sender = request.sender or invoice.seller.email or ""
        return mailer.send(sender, delivery.recipient, message)
    except (CannotSend, NoSender) as fault:
        delivered.stopped = str(fault)
        return None


def _files(folder: Path, delivery: Delivery) -> tuple[Path, ...] | None:
    """Give the files that go along; None where one is not there."""
    if not delivery.is_written:
        return None
    files = tuple(folder / file_name(delivery.invoice, suffix) for suffix in delivery.suffixes)
    return files if all(file.is_file() for file in files) else None


def _put(folder: Path, delivery: Delivery, files: Sequence[Path]) -> Outcome:
    """Copy documents into the account's folder; each is whole or not there."""
    own = folder / file_name(delivery.recipient, "")
    own.mkdir(parents=True, exist_ok=True)
    for file in files:
        partial = own / f".{file.name}.partial"
        shutil.copyfile(file, partial)
        partial.replace(own / file.name)
    return Outcome("sent")


def _invoice(url: str, number: str) -> Invoice:
    with read_ledger(url) as ledger:
        invoice = read_invoice(ledger, number)
    assert invoice is not None
    return invoice


def _note(url: str, delivery: Delivery, outcome: Outcome) -> None:
    with hold_ledger(url, wait_ms=WAIT_FOR_READERS_MS) as ledger:
        note_outcomes(ledger, [(delivery, outcome)])
        ledger.commit()


@contextmanager
def _mailer(server: Server | None) -> Iterator[Mailer | None]:
    if server is None:
        yield None
        return
    with Mailer(server) as mailer:
        yield mailer


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a lock beside the documents, which ends with the process."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".delivering").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            raise IsDelivering(f"{folder}: another process delivers what is here") from fault
        yield
