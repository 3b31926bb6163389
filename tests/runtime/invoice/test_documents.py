"""What is printed is what the model holds: in the PDF's text, the HTML and the JSON."""

import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from markupsafe import Markup

from runtime.invoice import invariants
from runtime.invoice.chosen import Chosen
from runtime.invoice.documents import write_documents
from runtime.invoice.format import printer_of
from runtime.invoice.html import render_html
from runtime.invoice.json_document import from_json, to_json
from runtime.invoice.labels import labeller, language_of
from runtime.invoice.model import Invoice
from runtime.invoice.pdf import render_pdf
from tests.runtime.invoice import samples

SAMPLES = {
    "consolidated": samples.consolidated(),
    "first month": samples.first_month(),
    "nothing due": samples.nothing_due(),
    "credit note": samples.credit_note(),
    "draft": samples.draft(),
    "german": samples.consolidated(locale="de_DE", currency="EUR"),
    "french": samples.first_month(locale="fr_FR", currency="EUR"),
    "yen": samples.yen(),
    "dinar": samples.dinar(),
}
every_sample = pytest.mark.parametrize("invoice", SAMPLES.values(), ids=SAMPLES)


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [plain(page.get_textpage().get_text_range()) for page in document]


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def plain(text: str) -> str:
    return " ".join(re.sub("[\u00a0\u202f]", " ", text).split())


def figures_of(invoice: Invoice) -> Counter[str]:
    """Every figure that must be printed, as it must be printed."""
    printer = printer_of(invoice.locale, invoice.currency, invoice.minor_units)
    lines = list(invariants.all_lines(invoice))
    figures = [printer.amount(line.net) for line in lines]
    figures += [
        printer.price(line.unit_price, line.unit_price_per)
        for line in lines
        if line.unit_price is not None
    ]
    figures += [printer.quantity(line.quantity, line.unit) for line in lines]
    figures += [printer.amount(account.subtotal) for account in invoice.sections]
    for tax in invoice.taxes:
        figures += [printer.amount(tax.base), printer.amount(tax.amount)]
        figures.append(printer.percent(tax.percent))
    totals, summary = invoice.totals, invoice.summary
    figures += [printer.amount(one) for one in (totals.net, totals.tax, totals.gross)]
    figures += [printer.money(totals.due), printer.money(summary.balance_due)]
    for line in lines:
        for part in line.components:
            figures += [printer.quantity(part.quantity, part.unit), printer.amount(part.amount)]
            if part.price is not None:
                figures.append(printer.price(part.price, part.unit))
    return Counter(plain(figure) for figure in figures)


def missing(figures: Counter[str], text: str) -> dict[str, int]:
    """Return the figures that stand less often in a text than they must."""
    found = {
        figure: len(re.findall(rf"(?<![\w.,-]){re.escape(figure)}(?![\w])", text))
        for figure in figures
    }
    return {figure: count for figure, count in figures.items() if found[figure] < count}


@pytest.mark.feature("D5")
@every_sample
def test_samples_are_invoices(invoice: Invoice) -> None:
    """What the documents are held to is itself whole: lines, subtotals, taxes, totals."""
    assert not invariants.broken_numbers(invoice)
    assert not invariants.broken_subtotals(invoice)
    assert not invariants.broken_taxes(invoice)
    assert not invariants.broken_totals(invoice)


@pytest.mark.feature("D5", "D8")
@every_sample
def test_the_pdf_prints_every_figure_of_the_model(invoice: Invoice) -> None:
    text = text_of(render_pdf(render_html(invoice)))
    assert not missing(figures_of(invoice), text)


@pytest.mark.feature("D5", "D8")
@every_sample
def test_the_html_prints_every_figure_of_the_model(invoice: Invoice) -> None:
    body = render_html(invoice).partition("<body>")[2]
    text = plain(Markup(re.sub(r"</(?:td|th|div|b)>", " ", body)).striptags())
    assert not missing(figures_of(invoice), text)


@pytest.mark.feature("D5", "D8")
@every_sample
def test_the_json_is_the_model(invoice: Invoice) -> None:
    data = to_json(invoice)
    assert from_json(data) == invoice
    assert to_json(from_json(data)) == data
    assert b"E-" not in data


@pytest.mark.feature("D5")
def test_printed_lines_add_up_to_printed_subtotals_and_total() -> None:
    html = render_html(samples.consolidated())
    charges = html.partition('<section class="charges">')[2].partition("</section>")[0]
    nets = []
    for account in charges.split('<tr class="account">')[1:]:
        lines = re.findall(
            r'<td class="line">\d+</td>.*?<td class="figure net">([-\d.,]+)</td></tr>',
            account,
            re.DOTALL,
        )
        subtotal = re.search(r'class="account-total">.*?figure">([-\d.,]+)<', account)
        assert subtotal
        assert sum(map(Decimal, lines)) == Decimal(subtotal[1])
        nets += lines
    assert len(nets) == 16
    assert sum(map(Decimal, nets)) == Decimal("515.47")


@pytest.mark.feature("A16", "D4")
def test_each_tier_that_was_drawn_on_names_a_line_that_charges_it() -> None:
    html = render_html(samples.consolidated())
    buckets = html.partition('<section class="buckets">')[2].partition("</section>")[0]
    rows = [
        re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr><td>.*?</tr>", buckets)
    ]
    named = [(plain(row[3]), row[5]) for row in rows]
    assert named == [
        ("50 GB", "3"),
        ("10 GB", "3, 4"),
        ("2.437193216 GB", "3"),
        ("12.081006592 GB", "16"),
        ("0 GB", "–"),
        ("0 GB", "–"),
    ]


@pytest.mark.feature("D5")
def test_a_capped_usage_table_says_how_many_rows_there_are() -> None:
    text = text_of(render_pdf(render_html(samples.consolidated())))
    assert "The first 60 of 74 rows." in text
    assert len(re.findall(r"(?:Web|Backup) data \d+ [\d.]+ GB", text)) == 60


@pytest.mark.feature("D5")
def test_table_headings_come_again_on_each_page_and_pages_are_numbered() -> None:
    pages = pages_of(render_pdf(render_html(samples.consolidated())))
    for number, page in enumerate(pages, start=1):
        body, foot, _ = page.rpartition("Northwind Connectivity Inc. · Invoice INV-000142")
        assert foot
        assert body.endswith(f" {number} / {len(pages)} ")
        rows = re.search(r"[A-Z][a-z]+ \d+, 2026 Web data \d+ ", page)
        assert not rows or "Metered data as-9002 Day Usage Events Quantity" in page


@pytest.mark.feature("D5")
@every_sample
def test_who_made_it_is_at_the_foot_of_each_page_and_never_a_page_of_its_own(
    invoice: Invoice,
) -> None:
    label = labeller(language_of(invoice.locale))
    run = label("dry run") if invoice.run is None else label("run {0}", 12)
    for page in pages_of(render_pdf(render_html(invoice))):
        body, made_by, rest = page.partition("9b1f4c07a2de")
        assert run in rest
        assert made_by
        assert len(body.split()) > 30


@pytest.mark.feature("D5")
@every_sample
def test_terms_and_contact_stand_on_the_page_of_the_total(invoice: Invoice) -> None:
    pages = pages_of(render_pdf(render_html(invoice)))
    label = labeller(language_of(invoice.locale))
    asked = f"{label('Questions or a dispute')} Billing desk"
    (page,) = [page for page in pages if asked in page]
    assert f" {label('Total')} {label('Net')} " in page
    is_paid = invoice.kind == "invoice" and invoice.totals.due != 0
    terms = label("Net {0} days, due {1}.", 30, "|").partition("|")[0]
    assert (f"{label('Payment')} {terms}" in page) == is_paid


@pytest.mark.feature("D5")
def test_where_nothing_is_due_no_payment_is_asked_for() -> None:
    text = text_of(render_pdf(render_html(samples.nothing_due())))
    assert "Payment Nothing to pay for this invoice." in text
    assert "Payment" not in text_of(render_pdf(render_html(samples.credit_note())))


@pytest.mark.feature("D5")
def test_a_subtotal_never_begins_a_page() -> None:
    """However long the page's head is, so wherever the break falls."""
    for rows in range(14):
        seller = samples.SELLER.model_copy(update={"contact": "Billing desk " * 9 * rows})
        for page in pages_of(render_pdf(render_html(samples.consolidated(seller=seller)))):
            assert not re.search(r"Net, CAD Subtotal", page)


@pytest.mark.feature("D2", "D5")
def test_a_change_shows_its_days_and_the_line_it_corrects() -> None:
    text = text_of(render_pdf(render_html(samples.consolidated())))
    assert "Active → suspended 15 of 30 80.00 20.00" in text
    assert "15 of 30 days · corrects INV-000118:4" in text


@pytest.mark.feature("D5")
def test_a_draft_has_no_number_and_says_so(tmp_path: Path) -> None:
    invoice = samples.draft()
    names = [path.name for path in write_documents(invoice, tmp_path).paths]
    assert names == [f"draft-acct-1000-CAD.{kind}" for kind in ("html", "pdf", "json")]
    text = text_of((tmp_path / names[1]).read_bytes())
    assert "Draft No number: not posted" in text
    assert "INV-0001" not in text.replace("INV-000118", "")


@pytest.mark.feature("D5")
def test_a_credit_note_says_what_it_is() -> None:
    text = text_of(render_pdf(render_html(samples.credit_note())))
    assert "Credit note CN-000007" in text
    assert "Total credit -CAD 33.90" in text


@pytest.mark.feature("D8")
def test_only_what_is_asked_for_is_written_and_nothing_is_left_over(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    paths = write_documents(samples.first_month(), folder, Chosen(("json",))).paths
    assert paths == (folder / "INV-000143.json",)
    assert list(folder.iterdir()) == [folder / "INV-000143.json"]


@pytest.mark.feature("D8")
def test_a_number_with_a_slash_stays_in_its_folder(tmp_path: Path) -> None:
    (path,) = write_documents(
        samples.first_month(number="../2026/7"), tmp_path, Chosen(("json",))
    ).paths
    assert path == tmp_path / "..%2F2026%2F7.json"


@pytest.mark.feature("D5", "D8")
def test_two_processes_write_the_same_bytes(root: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from tests.runtime.invoice import samples\n"
        "from runtime.invoice.documents import write_documents\n"
        "write_documents(samples.consolidated(), Path(sys.argv[1]))\n"
    )
    written = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", script, str(folder)],
            check=True,
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "TZ": f"Etc/GMT+{seed}"},
        )
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert len(written[0]) == 3
    assert written[0] == written[1]
