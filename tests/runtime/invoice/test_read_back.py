"""What a customer reads is what the ledger holds: every document, to the cent, whoever they are."""

import csv
import re
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from babel.numbers import parse_decimal
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from runtime.invoice.csv_document import render_csv
from runtime.invoice.draft import Draft
from runtime.invoice.html import render_html
from runtime.invoice.invariants import all_lines
from runtime.invoice.json_document import from_json, to_json
from runtime.invoice.labels import labeller, language_of
from runtime.invoice.model import Invoice, InvoiceLine
from runtime.invoice.pdf import render_pdf
from runtime.invoice.text import render_text
from runtime.invoice.ubl import CAC, CBC, render_ubl
from runtime.ledger.connect import hold_ledger, ledger_url
from runtime.ledger.history import read_invoice
from runtime.ledger.post import post_invoices
from runtime.ledger.schema import invoices, runs
from tests.runtime.invoice import samples

EXAMPLES = max(8, settings().max_examples // 20)
MONEYS = (("CAD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3))
LOCALES = ("en_CA", "en_US", "de_DE", "fr_FR", "es_ES", "ja_JP")
NAMES = st.one_of(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "=1+1",
            '=HYPERLINK("http://x")',
            "@SUM(A1)",
            "\u202eemca\u202c Ltd",
            "a\x00\x07\x1bb",
            "{{ 7 * 7 }}{% raw %}",
            "'; DROP TABLE invoices; --",
            "株式会社金継商事",
            "شركة الخليج",
            "W" * 300,
            "</td></tr></table><h1>0.00</h1>",
            'x"; } body { display: none } "',
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
)


@st.composite
def drafts(draw: st.DrawFn) -> Invoice:
    """Draw an invoice of some lines, charges and credits, in some currency and locale."""
    currency, places = draw(st.sampled_from(MONEYS))
    cent = Decimal(1).scaleb(-places)
    name = draw(NAMES)
    nets = draw(st.lists(st.integers(-9_999_999, 99_999_999), min_size=1, max_size=6))
    lines = [_line(number, net * cent, name) for number, net in enumerate(nets, start=1)]
    held = samples.service("as-1", "access", name, lines)
    bill_to = samples.BILL_TO.model_copy(update={"name": name, "country": "DE", "city": name})
    seller = samples.SELLER.model_copy(update={"country": "CA"})
    return samples.invoice_of(
        [samples.section("acct-1", name, [held])],
        number=None,
        currency=currency,
        minor_units=places,
        locale=draw(st.sampled_from(LOCALES)),
        bill_to=bill_to,
        seller=seller,
    )


def _line(number: int, net: Decimal, name: str) -> InvoiceLine:
    return samples.line(
        number,
        "recurring",
        "access",
        name,
        account="acct-1",
        account_package="pkg-1",
        account_service="as-1",
        quantity=Decimal(-1 if net < 0 else 1),
        is_credit=net < 0,
        corrects="INV-000009:1" if net < 0 else None,
        unit_price=abs(net),
        net=net,
    )


def posted(ledger: Connection, draft: Invoice) -> tuple[Invoice, dict[str, Decimal]]:
    """Post an invoice; give it as the ledger froze it, and its totals as the ledger's integers."""
    row = {"run": 1, "as_of": "2026-07-01", "catalog": "c", "fingerprint": "f"}
    ledger.execute(insert(runs).values({**row, "rounding": "half_up", "kept_events": 0}))
    (invoice,) = post_invoices(ledger, run=1, owner="o", drafts=[Draft(draft, ())])
    found = ledger.execute(select(invoices)).one()
    frozen = read_invoice(ledger, invoice.number or "")
    assert frozen is not None
    totals = {
        name: Decimal(getattr(found, f"{name}_minor")).scaleb(-found.minor_units)
        for name in ("net", "tax", "gross")
    }
    return frozen, totals


def plain(text: str) -> str:
    return " ".join(re.sub("[\u00a0\u202f]", " ", text).split())


def read_totals(invoice: Invoice, text: str) -> dict[str, Decimal]:
    """Read the box of totals: the last `Total  Net n  Tax n  Total n` of a text."""
    label = labeller(language_of(invoice.locale))
    words = [re.escape(label(each)) for each in ("Net", "Tax", "Total")]
    figure = r"(-?[^\d\s-]{0,4} ?-?\d[\d.,’' ]*)"  # a currency may stand before or after it
    found = re.findall(r"\s+".join(f"{word}\\s+{figure}" for word in words), text)
    assert found, text[-800:]
    values = [
        parse_decimal(re.sub(r"[^\d.,-]", "", each), locale=invoice.locale) for each in found[-1]
    ]
    return dict(zip(("net", "tax", "gross"), values, strict=True))


def read_ubl(content: bytes) -> dict[str, Decimal]:
    root = ET.fromstring(content)
    sign = -1 if root.tag.endswith("CreditNote") else 1
    names = {"cac": CAC, "cbc": CBC}
    places = {
        "net": "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",
        "tax": "cac:TaxTotal/cbc:TaxAmount",
        "gross": "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount",
    }
    return {
        name: sign * Decimal(root.findtext(place, namespaces=names) or "")
        for name, place in places.items()
    }


@pytest.mark.feature("D5", "D8")
@pytest.mark.property
@settings(max_examples=EXAMPLES)
@given(drafts())
def test_printed_figures_agree_with_the_ledger_to_the_cent(draft: Invoice) -> None:
    with TemporaryDirectory() as folder, hold_ledger(ledger_url(Path(folder) / "l.db")) as ledger:
        invoice, totals = posted(ledger, draft)
    lines = [line.net for line in all_lines(invoice)]
    assert sum(lines) == totals["net"]

    html = render_html(invoice)
    assert "<script" not in html
    assert not {"\u202e", "\x00", "\x07", "\x1b"} & set(html)
    document = pypdfium2.PdfDocument(render_pdf(html))
    try:
        pages = [plain(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()
    assert read_totals(invoice, " ".join(pages)) == totals
    assert read_totals(invoice, plain(render_text(invoice))) == totals

    rows = list(csv.DictReader(StringIO(render_csv(invoice).decode())))
    assert [Decimal(row["net"]) for row in rows] == lines
    assert sum(Decimal(row["tax"]) for row in rows) == totals["tax"]
    assert not any(cell.startswith(("=", "@", "+")) for row in rows for cell in row.values())

    told = from_json(to_json(invoice))
    assert told == invoice
    assert (told.totals.net, told.totals.tax, told.totals.gross) == tuple(totals.values())
    assert read_ubl(render_ubl(invoice)) == totals
