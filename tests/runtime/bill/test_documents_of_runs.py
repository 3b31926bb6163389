"""What a run leaves of its invoices: the documents that are chosen, whoever draws them."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from runtime import bill_documents
from runtime.bill import bill
from runtime.bill_documents import ms_to_draw, write_pending
from runtime.bill_result import BillRequest, BillResult
from runtime.invoice.chosen import Chosen, DocumentFormat
from runtime.invoice.drawing import Drawer, Drawn
from runtime.ledger.connect import read_ledger
from runtime.ledger.history import read_unwritten
from runtime.program.model import BillGroup, InvoiceAttachment, InvoiceTemplate, Program
from tests.runtime.bill.books import Book, customer, ledger_of, request
from tests.runtime.programs import connectivity_program

OWN = "templates/own.html"


def program(*attached: tuple[str, str], template: str | None = None) -> Program:
    """Give the usual program, whose bill group `business` chooses its documents."""
    usual = connectivity_program()
    (group,) = [each for each in usual.bill_groups if each.id == "business"]
    own = group.model_copy(update={"template": OWN if template else None})
    others: tuple[BillGroup, ...] = tuple(each for each in usual.bill_groups if each is not group)
    rows = tuple(
        InvoiceAttachment(bill_group="business", report=report, format=format, source=group.source)
        for report, format in attached
    )
    texts = (InvoiceTemplate(path=OWN, text=template, source=group.source),) if template else ()
    return usual.model_copy(
        update={
            "bill_groups": (own, *others),
            "invoice_attachments": rows,
            "invoice_templates": texts,
        }
    )


def asked(folder: Path, of: Program, customers: int = 1) -> BillRequest:
    book = Book(*(customer(f"A{number}") for number in range(customers)))
    for number in range(customers):
        book = book.sell(f"P{number}", f"A{number}", "2026-01-01")
    book.write(folder / "book")
    return replace(request(folder, "2026-01-01", program=of), formats=None)


def billed(request: BillRequest) -> BillResult:
    result = bill(request)
    assert isinstance(result, BillResult), result
    return result


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "out/invoices").iterdir())}


def unwritten(folder: Path) -> tuple[str, ...]:
    with read_ledger(ledger_of(folder / "out")) as ledger:
        return read_unwritten(ledger)


@pytest.mark.feature("A24", "D8")
@pytest.mark.parametrize(
    ("attached", "suffixes"),
    [
        ((("invoice", "text"), ("invoice", "csv")), {".txt", ".csv"}),
        ((("usage_detail", "csv"),), {".html", ".pdf", ".json", ".usage.csv"}),
    ],
)
def test_a_bill_group_chooses_its_documents(
    attached: tuple[tuple[str, str], ...], suffixes: set[str], tmp_path: Path
) -> None:
    each = asked(tmp_path, program(*attached))
    result = billed(each)
    assert set(files_in(tmp_path)) == {f"INV-000001{suffix}" for suffix in suffixes}
    assert result.documents == len(suffixes)
    assert unwritten(tmp_path) == ()
    url = ledger_of(tmp_path / "out")
    again = write_pending(url, tmp_path / "out/invoices", tmp_path / "out", each)
    assert again.files == 0


@pytest.mark.feature("A24")
def test_what_a_template_cannot_draw_is_named_and_waits_for_a_better_one(tmp_path: Path) -> None:
    wrong = program(("invoice", "html"), template="\n{{ page.invoice.bill_to.tax_id }}")
    first = billed(asked(tmp_path, wrong))
    assert first.unwritten is not None
    assert f"INV-000001: {OWN}:2: a template prints a value that is missing" in first.unwritten
    assert unwritten(tmp_path) == ("INV-000001",)
    right = program(("invoice", "html"), template="{{ page.invoice.number }}")
    second = billed(replace(asked(tmp_path, right)))
    assert (second.invoices, second.unwritten) == ((), None)
    assert files_in(tmp_path) == {"INV-000001.html": b"INV-000001"}


@pytest.mark.feature("D8")
def test_processes_draw_the_same_bytes_and_say_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bill_documents, "AT_ONCE", 2)
    monkeypatch.setattr(bill_documents, "IN_PARALLEL_FROM_MS", 0)
    chosen = program(("invoice", "html"), ("invoice", "pdf"), ("usage_detail", "csv"))
    told: list[tuple[int, int | None]] = []

    def progress(stage: str, done: int, total: int | None) -> None:
        if stage == "documents":
            told.append((done, total))

    for name, threads in (("one", 1), ("two", 2)):
        each = asked(tmp_path / name, chosen, customers=3)
        billed(replace(each, threads=threads, progress=progress))
    assert files_in(tmp_path / "one") == files_in(tmp_path / "two")
    assert len(files_in(tmp_path / "one")) == 9
    assert told == [(2, 3), (3, 3)] * 2
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("formats", "many"), [(("json",), 3_000), (("html", "pdf"), 150)])
def test_processes_are_started_for_seconds_of_drawing_alone(
    tmp_path: Path, formats: tuple[DocumentFormat, ...], many: int
) -> None:
    drawer = Drawer({"business": Chosen(formats=formats)}, tmp_path, tmp_path)
    assert ms_to_draw(many, drawer) < bill_documents.IN_PARALLEL_FROM_MS
    assert ms_to_draw(2 * many, drawer) >= bill_documents.IN_PARALLEL_FROM_MS


@dataclass(frozen=True)
class Dying(Drawer):
    """A process that dies of an invoice."""

    def draw(self, frozen: tuple[str, ...]) -> Drawn:  # type: ignore[override]
        if any('"INV-000003"' in text for text in frozen):
            os._exit(9)
        return super().draw(frozen)


@pytest.mark.feature("D8", "D9")
def test_a_process_that_dies_leaves_its_documents_to_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bill_documents, "AT_ONCE", 1)
    monkeypatch.setattr(bill_documents, "IN_PARALLEL_FROM_MS", 0)
    chosen = program(("invoice", "html"))
    first = replace(asked(tmp_path, chosen, customers=5), threads=2)
    with monkeypatch.context() as only:
        only.setattr(bill_documents, "Drawer", Dying)
        result = billed(first)
    assert "a process that drew documents died" in (result.unwritten or "")
    left = unwritten(tmp_path)
    assert "INV-000003" in left
    assert len(left) <= 4
    again = billed(first)
    assert again.unwritten is None
    assert unwritten(tmp_path) == ()
    assert len(files_in(tmp_path)) == 5
