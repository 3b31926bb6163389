"""An invoice that the ledger keeps on a form reads as one that it keeps whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, Table, func, select

from runtime.bill import bill
from runtime.bill_result import BillRequest, BillResult
from runtime.engine import open_engine
from runtime.invoice import alike_sql
from runtime.ledger.connect import ledger_url, read_ledger
from runtime.ledger.history import last_line_id, read_frozen, read_invoice_numbers
from runtime.ledger.lookup import invoices_that_name, places_at_source
from runtime.ledger.posted import load_posted
from runtime.ledger.schema import (
    all_lines,
    corrections,
    deliveries,
    documents,
    invoices,
    sections,
)
from runtime.payments.credited import read_creditable
from tests.ledgers import Database
from tests.runtime.bill.books import refuse, request
from tests.runtime.bill.test_commercial import CATALOG as TINY
from tests.runtime.bill.test_commercial import program_of, sold
from tests.runtime.bill.test_incremental import CATALOG, Tree, changed
from tests.runtime.invoice.test_forms import ALL_ELABORATE

MONTHS = ("2026-02-01", "2026-03-01")

Rows = Sequence[tuple[object, ...]]


def billed(asked: BillRequest) -> BillResult:
    result = bill(asked)
    assert isinstance(result, BillResult), result
    return result


def documents_of(ledger: Connection) -> list[str]:
    return list(read_frozen(ledger, read_invoice_numbers(ledger)))


def rows_of(ledger: Connection) -> dict[str, Rows]:
    """Give what both ways must leave alike, whatever tables it is kept in."""
    own = [column for column in all_lines.c if column.name not in ("line_id", "corrects")]
    head = [column for column in invoices.c if column.name not in ("document", "form")]
    what = {
        "lines": select(*own).order_by(all_lines.c.invoice, all_lines.c.line),
        "invoices": select(*head).order_by(invoices.c.sequence),
        "corrections": select(
            *(corrections.c[name] for name in ("invoice", "line", "corrected_invoice")),
            corrections.c.corrected_line,
        ).order_by(corrections.c.invoice, corrections.c.line),
        "documents": select(documents.c.invoice).order_by(documents.c.invoice),
        "deliveries": select(
            *(column for column in deliveries.c if column.name != "digest")
        ).order_by(deliveries.c.invoice),
    }
    return {name: [tuple(row) for row in ledger.execute(query)] for name, query in what.items()}


@pytest.mark.feature("D1", "D3", "D9")
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_ledger_on_forms_is_one_of_whole_invoices_in_every_byte(
    seed: int, tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, book = Random(f"on forms {seed}"), Tree()
    book.write(tmp_path / "book")
    asked = replace(request(tmp_path, MONTHS[0], program=program_of(CATALOG)), formats=())
    ways = [
        replace(asked, out=tmp_path / name, ledger=database.url(tmp_path / f"{name}.db"))
        for name in ("whole", "forms")
    ]
    for month in MONTHS:
        results = []
        for way in ways:
            with monkeypatch.context() as patched:
                if way.out.name == "whole":
                    patched.setattr(alike_sql, "ELABORATE", ALL_ELABORATE)
                results.append(billed(replace(way, as_of=date.fromisoformat(month))))
        whole, forms = (replace(each, book=results[0].book) for each in results)
        assert (whole.invoices, whole.totals, whole.made, whole.lines, whole.first) == (
            *(forms.invoices, forms.totals, forms.made, forms.lines, forms.first),
        )
        for _ in range(3):
            changed(chance, book, date.fromisoformat(month), ways[1])
    with read_ledger(ways[0].ledger or "") as kept_whole, read_ledger(ways[1].ledger or "") as kept:
        assert count(kept_whole, sections) == 0
        assert count(kept, sections)
        assert documents_of(kept) == documents_of(kept_whole)
        assert rows_of(kept) == rows_of(kept_whole)
        for number in read_invoice_numbers(kept):
            assert read_creditable(kept, number) == read_creditable(kept_whole, number)
        assert places_of_prices(kept) == places_of_prices(kept_whole)
        assert named_by_prices(kept) == named_by_prices(kept_whole)
        assert last_line_id(kept) == kept.execute(func.max(all_lines.c.line_id)).scalar()
        assert charged(kept) == charged(kept_whole)


def count(ledger: Connection, table: Table) -> int:
    return ledger.execute(select(func.count()).select_from(table)).scalar_one()


def price_lines(ledger: Connection) -> list[tuple[str, int]]:
    found = select(all_lines.c.source_path, all_lines.c.source_line).distinct()
    return sorted((row[0], row[1]) for row in ledger.execute(found) if row[0] is not None)


def places_of_prices(ledger: Connection) -> list[object]:
    return [sorted(places_at_source(ledger, *at)) for at in price_lines(ledger)]


def named_by_prices(ledger: Connection) -> list[list[str]]:
    found = [list(invoices_that_name(ledger, *at)) for at in price_lines(ledger)]
    assert any(found)
    return found


def charged(ledger: Connection) -> Rows:
    """Give what the next run would subtract."""
    with open_engine(threads=1) as engine:
        load_posted(engine, ledger)
        query = "SELECT * EXCLUDE (line_id) FROM charge.posted ORDER BY ALL"
        return engine.execute(query).fetchall()


@pytest.mark.feature("D9")
def test_the_digest_of_a_delivery_is_of_all_that_an_invoice_on_a_form_says(tmp_path: Path) -> None:
    """Of its form, of its party and of its sections; the same book gives the same digest."""
    program = program_of(TINY)

    def digest_with(name: str, service: str, quantity: int) -> str:
        folder = tmp_path / f"{name} {service} {quantity}"
        book = sold({"account": "A1", "name": name})
        of_sim = {"account_service": service, "account_package": "A1", "service": "sim"}
        book.rows["account_services"] = [of_sim | {"quantity": quantity}]
        book.write(folder / "book")
        asked = request(folder, "2026-02-01", program=program)
        billed(replace(asked, ledger=ledger_url(folder / "ledger.db")))
        with read_ledger(ledger_url(folder / "ledger.db")) as ledger:
            assert count(ledger, sections) == 1
            return str(ledger.execute(select(deliveries.c.digest)).scalar_one())

    said = [("Ann", "S1", 2), ("Bob", "S1", 2), ("Ann", "S2", 2), ("Ann", "S1", 3)]
    digests = {each: digest_with(*each) for each in said}
    assert len(set(digests.values())) == len(said)
    (tmp_path / "Ann S1 2").rename(tmp_path / "before")
    assert digest_with("Ann", "S1", 2) == digests["Ann", "S1", 2]


@pytest.mark.feature("D9")
def test_an_amount_on_a_form_that_the_ledger_cannot_hold_refuses_the_run(tmp_path: Path) -> None:
    # Half a million billions x 99,000.00 are 4.95e21 cents; 2^63 are 9.2e18.  So many kinds of
    # lines go into the engine all at once.
    text = TINY.replace("12.00 CAD", "99000.00 CAD").replace("1..100", "1..999999999999999")
    book = sold({"account": "A"})
    (row,) = book.rows["account_services"]
    book.rows["account_services"] = [
        {**row, "account_service": f"A-{extra}", "quantity": 25_000_000_000_000 + extra}
        for extra in range(20)
    ]
    book.write(tmp_path / "book")
    (reason,) = refuse(request(tmp_path, "2026-01-31", program=program_of(text))).reasons
    assert reason.endswith("is too large for the ledger's 64 bits")
    assert "account A" in reason
