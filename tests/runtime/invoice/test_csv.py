"""The lines of an invoice as CSV: figures are figures, and no text is a formula."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.invoice.csv_document import cell_of, render_csv, table_of
from runtime.invoice.invariants import all_lines
from tests.runtime.invoice import samples


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8"))))


@pytest.mark.feature("D5", "D8")
def test_each_line_is_a_row_with_its_own_figures() -> None:
    invoice = samples.consolidated()
    rows = rows_of(render_csv(invoice))
    assert [
        (int(row["line"]), Decimal(row["net"]), Decimal(row["tax"]), Decimal(row["quantity"]))
        for row in rows
    ] == [(line.number, line.net, line.tax, line.quantity) for line in all_lines(invoice)]
    assert sum(Decimal(row["net"]) for row in rows) == invoice.totals.net
    assert sum(Decimal(row["tax"]) for row in rows) == invoice.totals.tax
    assert {row["invoice"] for row in rows} == {"INV-000142"}


@pytest.mark.feature("D8")
@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1 555", "'+1 555"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r=1", "' =1"),
        ("  =1", "'  =1"),
        ("\u202e=1+1", "'=1+1"),
        ("\x00=1+1", "'=1+1"),
        ("a\nb", "a b"),
        ("safe = yes", "safe = yes"),
        (Decimal("-1.50"), "-1.50"),
        (Decimal("-0.00"), "0.00"),
        (Decimal("1E+3"), "1000"),
        (-3, "-3"),
        (None, ""),
        (True, "true"),
    ],
)
def test_a_text_like_a_formula_gets_a_quote_and_a_figure_does_not(value: object, cell: str) -> None:
    assert cell_of(value) == cell


@pytest.mark.feature("D8")
@pytest.mark.property
@given(st.text())
def test_no_text_becomes_a_formula(text: str) -> None:
    ((cell,),) = csv.reader(StringIO(table_of([[f"{text}."]])))
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert cell.isprintable() or "\u00a0" in cell or not text.isprintable()
