"""Invoices printed on forms are those that are drafted line by line, in every byte."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from compiler.compile import compile_folder
from runtime.bill import bill
from runtime.bill_result import BillRequest, BillResult
from runtime.engine import open_engine
from runtime.invoice import alike_sql, forms
from runtime.invoice.model import (
    AccountSection,
    AccountSummary,
    Change,
    Frozen,
    Invoice,
    InvoiceLine,
    PackageSection,
    Party,
    ServiceSection,
    TaxLine,
    Totals,
)
from runtime.money import to_major
from tests.runtime.bill.books import Book, customer, request
from tests.runtime.bill.test_commercial import given, program_of, sold
from tests.runtime.bill.test_discounts import discounted

CATALOGS = Path("catalogs")
ALL_ELABORATE = "CREATE OR REPLACE TEMP TABLE elaborate AS SELECT invoice FROM due_invoice"


def made(asked: BillRequest) -> list[str]:
    result = bill(asked)
    assert isinstance(result, BillResult), result
    return [each.model_dump_json() for each in result.invoices]


def made_line_by_line(asked: BillRequest, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    with monkeypatch.context() as patched:
        patched.setattr(alike_sql, "ELABORATE", ALL_ELABORATE)
        return made(asked)


@pytest.mark.feature("D1", "A10")
@pytest.mark.parametrize("name", ["connectivity", "fleet"])
def test_the_invoices_of_a_catalog_are_the_same_on_forms(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = compile_folder(CATALOGS / name).program
    assert program is not None
    asked = BillRequest(
        program=program,
        book=CATALOGS / name / "book",
        usage=(),
        as_of=date(2026, 1, 1),
        out=tmp_path,
        is_dry_run=True,
        threads=1,
    )
    printed = made(asked)
    assert len(printed) > 10
    assert printed == made_line_by_line(asked, monkeypatch)


@pytest.mark.feature("A23")
def test_names_in_need_of_escapes_and_discounts_are_the_same_on_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = discounted('discount launch "Half off" = 50% off for 1 period\n')
    book = sold({"account": 'A"\\1', "name": 'Müller & "Söhne" \\ Co.'}, {"account": "B, 2"})
    given(book, account_service="B, 2-sim", price="0.01")
    book.write(tmp_path / "book")
    asked = request(tmp_path, "2026-03-31", program=program_of(text), is_dry_run=True)
    printed = made(asked)
    assert len(printed) == 2
    assert printed == made_line_by_line(asked, monkeypatch)


@pytest.mark.feature("A20", "A21")
def test_credits_and_balances_are_the_same_on_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Book(customer("A1"), customer("A2", tax_exemption="diplomats", invoicer="A1"))
    book.sell("P1", "A1", "2026-01-01").sell("P2", "A2", "2026-01-05")
    book.write(tmp_path / "book")
    bill(request(tmp_path, "2026-02-01"))
    book.change("P1-access", "suspended", "2026-01-16").change("P2-data", "cancelled", "2026-01-20")
    book.write(tmp_path / "book")
    asked = request(tmp_path, "2026-02-02", is_dry_run=True)
    (printed,) = made(asked)
    assert '"is_credit":true' in printed
    assert Invoice.model_validate_json(printed).changes
    assert [printed] == made_line_by_line(asked, monkeypatch)


def test_amounts_and_texts_are_written_as_the_model_writes_them() -> None:
    texts = ("", "plain", 'a "b" \\ c/d', "\ue000Ü\u2028 \U0001f600", '\\\\"')
    amounts = (0, 1, -1, 99, -100, 12345, 10**30, -(10**30) - 7)
    with open_engine() as connection:
        for text in texts:
            (found,) = connection.execute(f"SELECT {forms.text_sql('?')}", [text]).fetchone() or ()
            assert found == json.dumps(text, ensure_ascii=False)
        assert connection.execute(f"SELECT {forms.text_sql('NULL')}").fetchone() == ("null",)
        for places in range(5):
            for minor in amounts:
                value = f"'{minor}'::HUGEINT"
                query = f"SELECT {forms.amount_sql(value, str(places))}"
                assert connection.execute(query).fetchone() == (f'"{to_major(minor, places)}"',)


def test_whoever_gives_the_invoice_a_field_says_whether_forms_leave_it_blank() -> None:
    """A field that is not blank is alike on all invoices of a head, or all lines of a form."""
    said: dict[str, type[Frozen]] = {
        "invoice": Invoice,
        "account": AccountSection,
        "package": PackageSection,
        "service": ServiceSection,
        "line": InvoiceLine,
        "tax": TaxLine,
        "summary": AccountSummary,
        "totals": Totals,
        "party": Party,
    }
    assert {name: " ".join(model.model_fields) for name, model in said.items()} == FIELDS


FIELDS = {
    "invoice": (
        "format number kind issue_date due_date currency minor_units locale catalog "
        "catalog_title seller bill_to recurring_start recurring_end usage_start usage_end "
        "sections taxes totals summary buckets changes usage_days usage_days_total "
        "usage_day_limit bill_group terms_days run fingerprint usage_cutoff credits"
    ),
    "account": ("account name packages subtotal"),
    "package": ("account_package package title frequency services subtotal"),
    "service": ("account_service service title identifiers lines subtotal"),
    "line": (
        "number kind is_credit corrects account account_package account_service service "
        "service_title usage_class bucket tier status transition discount description "
        "period_start period_end full_start full_end proration days full_days timing "
        "quantity unit unit_price unit_price_per net with_tax tax_class tax_percent tax "
        "components pricing commitment penalty source choice"
    ),
    "tax": ("tax tax_class jurisdiction percent base amount exemption held_in_all source"),
    "summary": ("previous_balance entries carried_forward this_invoice balance_due due_date"),
    "totals": ("net tax gross paid due"),
    "party": ("account name contact email street city region postal_code country tax_id"),
}


def test_a_change_on_a_form_is_the_one_that_is_worded() -> None:
    names = ('A "quoted" \\ name', "Zoë 東京")
    change = Change(
        account=names[0],
        account_service=names[1],
        service_title='Line "one"',
        day=date(2026, 1, 5),
        from_status="active",
        to_status="suspended",
        days=3,
        full_days=31,
        old_price=Decimal("25.00"),
        new_price=None,
    )
    other = change.model_copy(update={"account": "A1", "account_service": "S1"})
    assert forms.change_form(other).filled(*names) == change.model_dump_json()
