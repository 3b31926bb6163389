"""The server of a ledger goes away in the middle of a run: the run says so, the next does all."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime import bill as billing
from runtime import bill_invoices as invoicing
from runtime.bill_folder import OutFolder
from runtime.bill_result import BillRequest
from runtime.ledger import post as posting
from tests.ledgers import Database
from tests.runtime.bill.books import Book, customer, refuse, request, run

pytestmark = pytest.mark.only_on("postgresql")

END_THE_RUN = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_locks
     WHERE locktype = 'advisory' AND objid = current_schema()::regnamespace::oid
"""

LOST = "the connection to the server was lost"


@pytest.fixture
def asked(tmp_path: Path) -> BillRequest:
    """Give a run over a book of two customers."""
    book = Book(customer("A1"), customer("A2"))
    book.sell("P1", "A1", "2026-01-01").sell("P2", "A2", "2026-01-08").write(tmp_path / "book")
    return request(tmp_path, "2026-02-01")


@pytest.mark.feature("D9")
@pytest.mark.parametrize(
    ("module", "name", "is_certain"),
    [
        (billing, "find_difference", True),
        (posting, "insert_rows", True),
        (invoicing, "keep_sequence", True),
        (billing, "commit_run", False),
    ],
    ids=["before posting", "while posting", "at its end", "at the commit"],
)
def test_a_run_that_loses_its_server_says_so_and_the_next_bills_all(
    asked: BillRequest,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
    is_certain: bool,
) -> None:
    real = getattr(module, name)

    def lost(*given: object, **named: object) -> object:
        database.execute(OutFolder(asked.out).ledger, END_THE_RUN)
        return real(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(module, name, lost)
        refusal = refuse(asked)
    assert refusal.stage == "ledger"
    assert LOST in refusal.reasons[0]
    assert refusal.is_certain == is_certain
    numbers = [invoice.number for invoice in run(asked).invoices]
    assert numbers == ["INV-000001", "INV-000002"]
    assert run(asked).invoices == ()
