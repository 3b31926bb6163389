"""Runs after runs: twice, dry, killed, two at once, and those that are refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from runtime.bill import bill
from runtime.bill_result import BillRequest, BillResult
from runtime.ledger.connect import hold_ledger, read_ledger
from runtime.ledger.history import (
    read_invoice,
    read_invoice_numbers,
    read_last_run,
    read_unwritten,
)
from runtime.program.artifact import to_bytes
from tests.runtime.bill.books import (
    Book,
    customer,
    ledger_of,
    lines,
    refuse,
    request,
    run,
    session,
    write_usage,
)
from tests.runtime.price_rows import PriceRows
from tests.runtime.programs import connectivity_program

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def sold(tmp_path: Path) -> Path:
    """A folder with a book of two customers and their January's usage."""
    book = Book(customer("A1"), customer("A2", currency="USD", jurisdiction=""))
    book.sell("P1", "A1", "2026-01-01").sell("P2", "A2", "2026-01-08", "yearly")
    book.change("P1-access", "suspended", "2026-01-16").write(tmp_path / "book")
    write_usage(
        tmp_path / "january.csv",
        session(1, "GW-P1", "2026-01-05", "61"),
        session(2, "GW-P2", "2026-01-09", "7.5", kind="backup"),
    )
    return tmp_path


def usage_of(folder: Path) -> str:
    return str(folder / "january.csv")


@pytest.mark.feature("D9")
def test_a_second_run_bills_nothing(sold: Path) -> None:
    first = run(request(sold, "2026-02-01", usage_of(sold)))
    assert first.run == 1
    assert len(first.invoices) == 2
    second = run(request(sold, "2026-02-01", usage_of(sold)))
    assert (second.run, second.invoices, second.usage.duplicate) == (2, (), 2)


@pytest.mark.feature("D9")
def test_a_dry_run_gives_the_invoices_of_the_real_one_and_leaves_nothing(sold: Path) -> None:
    asked = request(sold, "2026-02-01", usage_of(sold))
    draft = run(replace(asked, is_dry_run=True))
    assert not (sold / "out").exists()
    real = run(asked)
    assert [invoice.number for invoice in draft.invoices] == [None, None]
    as_drafts = [
        invoice.model_copy(update={"number": None, "run": None}).model_dump_json()
        for invoice in real.invoices
    ]
    assert [invoice.model_dump_json() for invoice in draft.invoices] == as_drafts
    files = bytes_of(sold / "out")
    posted = outcome(sold / "out")
    assert run(replace(asked, is_dry_run=True)).invoices == ()
    assert outcome(sold / "out") == posted
    assert bytes_of(sold / "out") == files


def test_threads_and_the_order_of_the_books_rows_change_no_byte(sold: Path) -> None:
    asked = request(sold, "2026-02-01", usage_of(sold), is_dry_run=True)
    expected = [invoice.model_dump_json() for invoice in run(asked).invoices]
    for name in ("account_services", "account_packages", "accounts"):
        path = sold / "book" / f"{name}.csv"
        header, *rows = path.read_text().splitlines()
        path.write_text("\n".join([header, *reversed(rows)]) + "\n")
    shuffled = run(replace(asked, threads=3))
    assert [invoice.model_dump_json() for invoice in shuffled.invoices] == expected


@pytest.mark.feature("D9")
def test_billed_month_by_month_or_at_once_the_sum_is_the_same(sold: Path) -> None:
    monthly = [
        run(request(sold, "2026-01-10")),
        run(request(sold, "2026-02-01", usage_of(sold))),
        run(request(sold, "2026-03-01")),
    ]
    shutil.copytree(sold / "book", sold / "other" / "book")
    at_once = run(request(sold / "other", "2026-03-01", usage_of(sold)))
    for service in ("P1-access", "P1-data", "P2-access", "P2-data"):
        billed = sum(line.net for result in monthly for line in lines(result, service))
        assert billed == sum(line.net for line in lines(at_once, service))


# Where a run is killed: the module and function whose call is its death, and after how many.
DEATHS = (
    ("runtime.bill", "find_difference", 0),
    ("runtime.bill_invoices", "post_run", 0),
    ("runtime.ledger.post", "insert_rows", 2),
    ("runtime.ledger.post", "keep_sequence", 0),
    ("runtime.bill_documents", "write_summary", 0),
    ("runtime.bill_documents", "read_frozen", 0),
    ("runtime.bill_documents", "mark_written", 0),
)

KILLED = """
import importlib, os, signal, sys
from pathlib import Path
module_name, function, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
module = importlib.import_module(module_name)
real = getattr(module, function)
def deadly(*given, **named):
    global calls
    if calls == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    calls -= 1
    return real(*given, **named)
setattr(module, function, deadly)
from runtime.bill import bill
from runtime.program.artifact import read_artifact
from tests.runtime.bill.test_runs import in_json
from dataclasses import replace
from tests.runtime.bill.books import request
folder = Path(sys.argv[4])
program = read_artifact(folder / "program.json")
asked = in_json(request(folder, "2026-02-01", sys.argv[5], program=program))
bill(replace(asked, ledger=sys.argv[6]))
"""


@pytest.mark.slow
@pytest.mark.feature("D9")
def test_a_run_killed_anywhere_and_run_again_is_as_if_undisturbed(sold: Path) -> None:
    usage = usage_of(sold)
    shutil.copytree(sold / "book", sold / "calm" / "book")
    assert isinstance(bill(in_json(request(sold / "calm", "2026-02-01", usage))), BillResult)
    expected = outcome(sold / "calm" / "out")
    for number, death in enumerate(DEATHS):
        folder = sold / f"killed-{number}"
        shutil.copytree(sold / "book", folder / "book")
        (folder / "program.json").write_bytes(to_bytes(connectivity_program()))
        arguments = [*map(str, death), str(folder), usage, ledger_of(folder / "out")]
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL, death
        assert isinstance(bill(in_json(request(folder, "2026-02-01", usage))), BillResult)
        assert outcome(folder / "out") == expected, death


def bytes_of(folder: Path) -> dict[Path, bytes]:
    """Give every file of a folder, a ledger that is one among them."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def in_json(asked: BillRequest) -> BillRequest:
    """Let a run write its invoices as JSON alone, which is quick and still is a document."""
    return replace(asked, formats=("json",))


def outcome(out: Path) -> tuple[dict[str, str], dict[str, bytes], tuple[str, ...]]:
    """Give posted invoices, written documents and unwritten numbers, but for the run."""
    with read_ledger(ledger_of(out)) as ledger:
        posted = {}
        for number in read_invoice_numbers(ledger):
            invoice = read_invoice(ledger, number)
            assert invoice is not None
            posted[number] = invoice.model_copy(update={"run": None}).model_dump_json()
        unwritten = read_unwritten(ledger)
    files = {}
    for path in sorted((out / "invoices").glob("*.json")):
        body = json.loads(path.read_bytes())
        files[path.name] = json.dumps(body | {"run": None}).encode()
    return posted, files, unwritten


@pytest.mark.feature("D9")
def test_two_runs_at_once_on_one_ledger_are_refused(sold: Path) -> None:
    (sold / "out").mkdir()
    with hold_ledger(ledger_of(sold / "out")):
        refusal = refuse(request(sold, "2026-02-01"))
    assert refusal.stage == "ledger"
    assert "another run holds the ledger" in refusal.reasons[0]
    assert run(request(sold, "2026-02-01")).run == 1


@pytest.mark.feature("D9")
def test_the_ledger_can_be_read_while_a_run_holds_it(sold: Path) -> None:
    run(request(sold, "2026-02-01"))
    url = ledger_of(sold / "out")
    with hold_ledger(url), read_ledger(url) as reader:
        last = read_last_run(reader)
        assert last is not None
        assert last.run == 1


@pytest.mark.feature("D9")
def test_a_run_before_the_last_one_is_refused(sold: Path) -> None:
    run(request(sold, "2026-02-01"))
    refusal = refuse(request(sold, "2026-01-31"))
    assert refusal.stage == "ledger"
    assert "as of 2026-02-01" in refusal.reasons[0]


@pytest.mark.feature("C3", "D9")
@pytest.mark.parametrize("damage", ["folder gone", "file cut"])
def test_a_ledger_without_the_usage_it_billed_is_refused(sold: Path, damage: str) -> None:
    """Late usage would else be the whole of its period, and give back what was billed."""
    first = run(request(sold, "2026-02-01", usage_of(sold)))
    assert first.usage.rated == 2
    store = sold / "out" / "usage_store"
    if damage == "folder gone":
        store.rename(sold / "elsewhere")
    else:
        file = next(iter(sorted(store.rglob("*.parquet"))))
        file.write_bytes(file.read_bytes()[:100])
    write_usage(sold / "late.csv", session(3, "GW-P1", "2026-01-06", "1"))
    refusal = refuse(request(sold, "2026-02-01", str(sold / "late.csv")))
    assert "the usage of posted run 1 is not in" in refusal.reasons[0]


def test_another_catalog_on_the_same_ledger_is_refused(sold: Path) -> None:
    run(request(sold, "2026-02-01"))
    other = connectivity_program().model_copy(update={"catalog": "mobile"})
    refusal = refuse(request(sold, "2026-03-01", program=other))
    assert "catalog mobile needs a ledger of its own" in refusal.reasons[0]


def test_a_changed_price_of_the_same_catalog_credits_and_charges(sold: Path) -> None:
    # P1's access was billed 38.71 + 10.32 for January and 20.00 for February; suspended now
    # costs 31.00: cum(15) = 15.00, so 16.00 for January's rest, and 31.00 for February.
    run(request(sold, "2026-02-01"))
    program = connectivity_program()
    amounts = PriceRows(1000)
    dearer = tuple(
        row.model_copy(update={"price": amounts.of(Decimal(31), row.currency)})
        if (row.service, row.status, row.months) == ("access", "suspended", 1)
        else row
        for row in program.recurring_prices
    )
    changed = amounts.into(program, recurring_prices=dearer, fingerprint="other")
    result = run(request(sold, "2026-02-02", program=changed))
    assert [str(line.net) for line in lines(result, "P1-access")] == [
        "-10.32",
        "16.00",
        "-20.00",
        "31.00",
    ]


def test_a_changed_rounding_is_refused(sold: Path) -> None:
    run(request(sold, "2026-02-01"))
    changed = connectivity_program().model_copy(update={"rounding": "half_even"})
    refusal = refuse(request(sold, "2026-03-01", program=changed))
    assert "half_even" in refusal.reasons[0]


def test_a_tax_class_without_a_rate_ends_the_run_before_anything_is_posted(sold: Path) -> None:
    program = connectivity_program()
    rates = tuple(
        row.model_copy(update={"start": date(2026, 1, 17)})
        for row in program.tax_rates
        if row.jurisdiction in ("CA-ON", "*")
    )
    refusal = refuse(
        request(sold, "2026-02-01", program=program.model_copy(update={"tax_rates": rates}))
    )
    assert refusal.stage == "tax"
    assert refusal.reasons == (
        "account A1: tax class telecom has no rate for jurisdiction CA-ON on 2026-01-01",
        "account A2: tax class telecom has no rate for no jurisdiction on 2026-01-08",
    )
    assert run(request(sold, "2026-02-01")).run == 1


def test_a_status_without_a_price_ends_the_run(sold: Path) -> None:
    program = connectivity_program()
    prices = tuple(
        row
        for row in program.recurring_prices
        if (row.service, row.status, row.currency) != ("access", "suspended", "CAD")
    )
    refusal = refuse(
        request(sold, "2026-02-01", program=program.model_copy(update={"recurring_prices": prices}))
    )
    assert refusal.reasons == (
        "access, suspended, every month has no price in CAD; account service P1-access needs one",
    )


def test_a_row_taken_out_of_the_book_after_it_was_billed_is_refused(sold: Path) -> None:
    run(request(sold, "2026-02-01"))
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(sold / "book")
    refusal = refuse(request(sold, "2026-03-01"))
    assert refusal.stage == "difference"
    assert "P2-access" in refusal.reasons[0]


@pytest.mark.feature("D2", "D9")
def test_what_one_account_was_billed_is_not_credited_to_another(sold: Path) -> None:
    run(request(sold, "2026-02-01"))
    book = Book(customer("A1"), customer("A2")).sell("P1", "A1", "2026-01-01")
    book.sell("P2", "A1", "2026-01-16").write(sold / "book")
    refusal = refuse(request(sold, "2026-03-01"))
    assert refusal.stage == "difference"
    assert "P2-access was billed to account A2 and is held by A1" in refusal.reasons[0]


def test_faults_of_the_book_stop_the_run(sold: Path) -> None:
    book = Book(customer("A1", currency="XXX"))
    book.sell("P1", "A1", "2026-01-01").write(sold / "book")
    refusal = refuse(request(sold, "2026-02-01"))
    assert refusal.stage == "book"
    assert refusal.faults


def test_a_missing_usage_file_stops_the_run(sold: Path) -> None:
    refusal = refuse(request(sold, "2026-02-01", str(sold / "nowhere.csv")))
    assert refusal.stage == "usage"


@pytest.mark.feature("A21")
def test_an_exempt_account_pays_no_tax_and_is_told_why(tmp_path: Path) -> None:
    book = Book(customer("A1", tax_exemption="Charity 12345"))
    book.sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    (invoice,) = run(request(tmp_path, "2026-01-01")).invoices
    (tax,) = invoice.taxes
    assert (tax.amount, tax.exemption) == (Decimal(0), "Charity 12345")
    assert invoice.totals.gross == invoice.totals.net
