"""Each posted invoice reaches its customer at least once, and what went wrong is told."""

import email
import email.policy
import ssl
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import insert

from runtime.delivery.deliver import Delivered, DeliverRequest, IsDelivering, _alone, deliver
from runtime.delivery.outbox import Delivery, count_deliveries, read_deliveries
from runtime.delivery.planned import Plan, Plans, recipient_of
from runtime.delivery.smtp import Server
from runtime.invoice.chosen import Chosen
from runtime.invoice.documents import file_name, write_documents
from runtime.invoice.draft import facts_of
from runtime.invoice.model import Invoice
from runtime.ledger.connect import hold_ledger, read_ledger
from runtime.ledger.rows import insert_rows
from runtime.ledger.schema import deliveries, documents, invoices, runs
from tests.ledgers import Database, ledgers
from tests.runtime.delivery import mail
from tests.runtime.delivery.mail import Mailbox, serving
from tests.runtime.invoice import samples

RUN = {
    "run": 1,
    "as_of": "2026-07-01",
    "catalog": "c",
    "fingerprint": "f",
    "rounding": "half_up",
    "kept_events": 0,
}
PDF = Plan("email", (".pdf",))


@pytest.fixture(autouse=True)
def _ledgers(database: Database) -> Database:
    return database


def url_of(folder: Path) -> str:
    return ledgers().url(folder / "ledger.db")


def invoice_to(address: str | None, number: str = "INV-000001", **more: object) -> Invoice:
    bill_to = samples.BILL_TO.model_copy(update={"email": address, **more})
    return samples.first_month(bill_to=bill_to, number=number, run=1)


def post(folder: Path, posted: Iterable[Invoice], plan: Plan = PDF, written: bool = True) -> None:
    """Post invoices as a run does, and write their documents."""
    plans = Plans({"business": plan}, "fingerprint")
    with hold_ledger(url_of(folder)) as ledger:
        ledger.execute(insert(runs).values(RUN))
        for sequence, invoice in enumerate(posted, start=1):
            frozen = invoice.model_dump_json()
            key = (invoice.number, 1, "o", "INV", sequence, "invoice", "A", "CAD", 2)
            dates = ("2026-07-01", "2026-07-31")
            insert_rows(ledger, invoices, [(*key, *dates, 1, 0, 1, frozen, None)])
            insert_rows(ledger, documents, [(invoice.number, written)])
            row = plans.row_of(str(invoice.number), facts_of(invoice), frozen)
            assert row is not None
            insert_rows(ledger, deliveries, [row])
            if written:
                write_documents(invoice, folder / "invoices", Chosen(("text", "pdf")))
        ledger.commit()


def asked(folder: Path, server: Server | None = None, **more: object) -> DeliverRequest:
    request = DeliverRequest(
        ledger=url_of(folder),
        invoices=folder / "invoices",
        folder=folder / "delivered",
        server=server,
    )
    return replace(request, **more)  # type: ignore[arg-type]


def outbox(folder: Path) -> list[Delivery]:
    with read_ledger(url_of(folder)) as ledger:
        return list(read_deliveries(ledger))


def statuses(folder: Path) -> list[tuple[str, int, str | None]]:
    return [(each.status, each.attempts, each.reason) for each in outbox(folder)]


def read(message: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(message, policy=email.policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


@pytest.mark.feature("D8")
def test_a_mail_carries_what_the_bill_group_attaches(tmp_path: Path) -> None:
    post(tmp_path, [invoice_to("pay@acme.example")], Plan("email", (".pdf", ".txt")))
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert deliver(asked(tmp_path, server)).sent == 1
    message = read(mailbox.messages[0])
    assert mailbox.recipients == ["pay@acme.example"]
    assert message["Subject"] == "Invoice INV-000001 · Northwind Connectivity Inc."
    assert message["From"] == '"Northwind Connectivity Inc." <billing@northwind.example>'
    assert message["Date"] == "Wed, 01 Jul 2026 12:00:00 +0000"
    body = message.get_body()
    assert body is not None
    assert "Due CAD" in body.get_content().replace("\u00a0", " ")
    sent = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert sent["INV-000001.pdf"] == (tmp_path / "invoices/INV-000001.pdf").read_bytes()
    text = (tmp_path / "invoices/INV-000001.txt").read_text("utf-8")
    assert sent["INV-000001.txt"].replace("\r\n", "\n") == text
    assert statuses(tmp_path) == [("sent", 1, None)]


@pytest.mark.feature("D8", "D9")
def test_what_was_sent_is_not_sent_again(tmp_path: Path) -> None:
    post(tmp_path, [invoice_to("pay@acme.example")])
    mailbox = Mailbox()
    with serving(mailbox) as server:
        deliver(asked(tmp_path, server))
        assert deliver(asked(tmp_path, server)) == Delivered()
    assert len(mailbox.messages) == 1


@pytest.mark.feature("D8")
@pytest.mark.parametrize(
    ("answer", "status", "again"),
    [
        ("451 4.7.1 try again later", "waiting", 1),
        ("452 4.2.2 mailbox full", "waiting", 1),
        ("550 5.1.1 no such user", "failed", 0),
        ("554 5.7.1 spam", "failed", 0),
    ],
)
@pytest.mark.parametrize("is_recipient", [True, False], ids=["recipient", "data"])
def test_a_refusal_for_now_waits_and_one_for_good_fails(
    tmp_path: Path, answer: str, status: str, again: int, is_recipient: bool
) -> None:
    post(tmp_path, [invoice_to("a@acme.example"), invoice_to("b@acme.example", "INV-000002")])
    refused = {"a@acme.example": answer} if is_recipient else {}
    mailbox = Mailbox(answers=[] if is_recipient else [answer], refused=refused)
    with serving(mailbox) as server:
        first = deliver(asked(tmp_path, server))
        assert first.sent == 1
        assert first.reasons == [("INV-000001", "a@acme.example", answer)]
        assert statuses(tmp_path) == [(status, 1, answer), ("sent", 1, None)]
        mailbox.refused.clear()
        assert deliver(asked(tmp_path, server)).sent == again
        if not again:
            assert deliver(asked(tmp_path, server, tries_failed=True)).sent == 1
    assert mailbox.recipients == ["b@acme.example", "a@acme.example"]
    assert statuses(tmp_path) == [("sent", 2, None), ("sent", 1, None)]


@pytest.mark.feature("D8", "D9")
def test_a_process_that_dies_after_acceptance_sends_the_same_bytes_again(
    tmp_path: Path, root: Path
) -> None:
    post(tmp_path, [invoice_to("pay@acme.example")])
    mailbox = Mailbox()
    with serving(mailbox) as server:
        script = (
            "import os, sys\n"
            "from pathlib import Path\n"
            "from runtime.delivery import deliver\n"
            "from runtime.delivery.smtp import Server\n"
            "deliver._note = lambda *_: os._exit(9)\n"
            "folder = Path(sys.argv[1])\n"
            "deliver.deliver(deliver.DeliverRequest(sys.argv[2], folder / 'invoices', folder,\n"
            "    Server('127.0.0.1', int(sys.argv[3]))))\n"
        )
        killed = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), url_of(tmp_path), str(server.port)],
            cwd=root,
            check=False,
        )
        assert killed.returncode == 9
        assert statuses(tmp_path) == [("waiting", 0, None)]
        assert deliver(asked(tmp_path, server)).sent == 1
    first, second = mailbox.messages
    assert first == second
    assert read(first)["Message-ID"] == read(second)["Message-ID"]


@pytest.mark.feature("D8")
def test_another_invoice_is_another_message(tmp_path: Path) -> None:
    post(tmp_path, [invoice_to("a@acme.example"), invoice_to("a@acme.example", "INV-000002")])
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert deliver(asked(tmp_path, server, sender="noreply@northwind.example")).sent == 2
    ids = [read(each)["Message-ID"] for each in mailbox.messages]
    assert len(set(ids)) == 2
    assert all(each.endswith("@northwind.example>") for each in ids)


@pytest.mark.feature("D8")
@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (None, "account acct-1002 has no contact with an e-mail address"),
        ("nobody", "this is no e-mail address"),
        ("a@b.example\r\nBcc: c@d.example", "this is no e-mail address"),
        ("<a@b.example>, c@d.example", "this is no e-mail address"),
        ('"a b"@c.example', "this is no e-mail address"),
        ("a@" + "b" * 300 + ".example", "this is no e-mail address"),
    ],
)
def test_who_has_no_address_is_told_of_and_nothing_is_sent(
    tmp_path: Path, address: str | None, reason: str
) -> None:
    posted = samples.first_month(
        bill_to=samples.BILL_TO.model_copy(update={"email": address, "account": "acct-1002"}),
        number="INV-000001",
    )
    assert recipient_of("acct-1002", address, "email")[1] == reason
    post(tmp_path, [posted])
    mailbox = Mailbox()
    with serving(mailbox) as server:
        deliver(asked(tmp_path, server))
    assert mailbox.messages == []
    assert [(each.status, each.reason) for each in outbox(tmp_path)] == [("failed", reason)]


@pytest.mark.feature("D8")
def test_a_customers_name_stays_in_its_place(tmp_path: Path) -> None:
    name = "Acme\r\nBcc: all@acme.example\u202e <script>"
    seller = samples.SELLER.model_copy(update={"name": name})
    invoice = samples.first_month(
        seller=seller,
        bill_to=samples.BILL_TO.model_copy(update={"name": name, "email": "pay@acme.example"}),
        number="INV-000001",
    )
    post(tmp_path, [invoice])
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert deliver(asked(tmp_path, server)).sent == 1
    message = read(mailbox.messages[0])
    assert message["Bcc"] is None
    assert message["Subject"] == "Invoice INV-000001 · Acme  Bcc: all@acme.example <script>"


@pytest.mark.feature("D8")
def test_offline_documents_are_copied_into_the_accounts_folder(tmp_path: Path) -> None:
    post(
        tmp_path,
        [invoice_to(None, account="../A 1"), invoice_to(None, "INV-000002", account="..")],
        Plan("offline", (".pdf", ".txt")),
    )
    assert deliver(asked(tmp_path)).sent == 2
    delivered = tmp_path / "delivered"
    found = sorted(str(path.relative_to(delivered)) for path in delivered.glob("*/*"))
    assert found == [
        "%2E%2E/INV-000002.pdf",
        "%2E%2E/INV-000002.txt",
        "..%2FA 1/INV-000001.pdf",
        "..%2FA 1/INV-000001.txt",
    ]
    assert file_name("..", "") == "%2E%2E"
    original = tmp_path / "invoices" / "INV-000001.pdf"
    assert (delivered / "..%2FA 1" / "INV-000001.pdf").read_bytes() == original.read_bytes()


@pytest.mark.feature("D8")
def test_mails_wait_for_a_server_and_for_their_documents(tmp_path: Path) -> None:
    post(tmp_path, [invoice_to("pay@acme.example")], written=False)
    assert deliver(asked(tmp_path)).waiting == 1
    mailbox = Mailbox()
    with serving(mailbox) as server:
        result = deliver(asked(tmp_path, server))
    assert (result.sent, result.waiting) == (0, 1)
    assert "documents are not written yet" in result.reasons[0][2]
    assert statuses(tmp_path) == [("waiting", 0, None)]


@pytest.mark.feature("D8")
def test_a_server_that_cannot_be_used_stops_the_sending(tmp_path: Path) -> None:
    post(tmp_path, [invoice_to("a@acme.example"), invoice_to("b@acme.example", "INV-000002")])
    with serving(Mailbox(sender_answer="550 not you")) as server:
        result = deliver(asked(tmp_path, server))
    assert result.stopped is not None
    assert "refuses the sender billing@northwind.example: not you" in result.stopped
    gone = deliver(asked(tmp_path, server))
    assert "refused" in (gone.stopped or "").lower()
    assert (gone.sent, gone.waiting) == (0, 2)
    assert statuses(tmp_path) == [("waiting", 0, None)] * 2


@pytest.mark.feature("D8")
def test_the_connection_is_secured_and_the_password_never_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(tmp_path, [invoice_to("a@acme.example"), invoice_to("b@acme.example", "INV-000002")])
    mailbox = Mailbox()
    with serving(mailbox, is_secure=True, password="s3cret-word") as server:
        secured = replace(server, security="starttls", user="billing", password="s3cret-word")
        distrusted = deliver(asked(tmp_path, secured))
        assert "certificate" in (distrusted.stopped or "")
        trusting = ssl.create_default_context(cafile=str(mail.HERE / "server.pem"))
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        wrong = deliver(asked(tmp_path, replace(secured, password="wrong-word")))
        assert "does not let billing log in" in (wrong.stopped or "")
        assert "word" not in repr(secured) + (wrong.stopped or "")
        assert deliver(asked(tmp_path, secured)).sent == 2
    assert len(mailbox.messages) == 2


@pytest.mark.feature("D8")
def test_two_processes_of_a_folder_do_not_send_at_once(tmp_path: Path) -> None:
    post(tmp_path, [invoice_to("a@acme.example")])
    with _alone(tmp_path / "invoices"), pytest.raises(IsDelivering):
        deliver(asked(tmp_path))
    with read_ledger(url_of(tmp_path)) as ledger:
        assert count_deliveries(ledger) == {("email", "waiting"): 1}
