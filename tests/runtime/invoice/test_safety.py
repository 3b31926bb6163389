"""A template computes and fetches nothing; a customer's text is text."""

import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from markupsafe import escape

from runtime.invoice.html import render_html
from runtime.invoice.own_template import OwnTemplate, TemplateFailed
from runtime.invoice.pdf import RefusedResource, render_pdf, undrawable
from tests.runtime.invoice import samples

SCRIPT = "<script>alert(1)</script>"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 3
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def named(name: str) -> str:
    bill_to = samples.BILL_TO.model_copy(update={"name": name, "street": name})
    seller = samples.SELLER.model_copy(update={"name": name})
    return render_html(samples.first_month(bill_to=bill_to, seller=seller))


def own(template: str) -> OwnTemplate:
    return OwnTemplate("templates/own.html.j2", (("templates/own.html.j2", template),))


def drawn(template: str) -> str:
    return render_html(samples.first_month(), own(template))


@pytest.mark.feature("D5")
@pytest.mark.parametrize("name", [SCRIPT, "=1+1", '"; } body { display: none } "', "{{ 7 }}", LONG])
def test_a_customers_name_is_printed_as_it_is(name: str) -> None:
    html = named(name)
    assert str(escape(name)) in html
    assert "<script" not in html
    page = pypdfium2.PdfDocument(render_pdf(html))[0].get_textpage().get_text_range()
    assert "".join(name.split()) in "".join(page.split()).replace("\ufffe", "").replace("\xad", "")


@pytest.mark.feature("D5")
def test_bidi_overrides_and_controls_of_a_customer_are_dropped() -> None:
    html = named("Acme\u202e lld\u2066\x07\x00")
    assert "Acme lld" in html
    assert not set(html) & {"\u202e", "\u2066", "\x07", "\x00"}


@pytest.mark.feature("D5")
@pytest.mark.parametrize(
    "template",
    [
        "{{ page.invoice.nothing }}",
        "{{ page.invoice.model_dump() }}",
        "{{ page.invoice.__class__ }}",
        "{{ page.invoice.number.__class__.__mro__ }}",
        "{{ page.invoice['__class__'].mro() }}",
        "{{ page.invoice.totals.net * 2 }}",
        "{{ page.invoice.totals.net + page.invoice.totals.tax }}",
        "{{ [1, 2] | sum }}",
        "{{ range(10) }}",
        "{% for one in page.buckets %}{{ loop.cycle('a', 'b') }}{% endfor %}",
        "{% for one in page.buckets %}{{ loop.__class__ }}{% endfor %}",
        "{{ page.invoice.number | safe }}",
        "{{ page.invoice.bill_to.tax_id }}",
        "{{ page.invoice.number | nothing }}",
        "{{ page.invoice.number.ljust(9) }}",
        "{{ page.invoice.number.format('') }}",
        "{% include '/etc/passwd' %}",
        "{% include '../own.html.j2' %}",
        "{% include 'ratebook/../model.py' %}",
        "{% include 'own.html.j2' %}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{% set s = 'x' %}" + "{% set s = s ~ s %}" * 40,
        "{% set s = 'x' %}" + "{% set s %}{{ s }}{{ s }}{% endset %}" * 40,
        "{% set s = 'x' %}" + "{% set s = [s, s] | join %}" * 40,
        "{{ 'x' | left(100000000) }}",
        "{% for a in page.invoice.number %}" * 9 + "x" + "{% endfor %}" * 9,
    ],
)
def test_a_template_reads_the_model_and_nothing_else(template: str) -> None:
    with pytest.raises(TemplateFailed, match=r"templates/own\.html\.j2:1: "):
        drawn(template)


@pytest.mark.feature("D5")
def test_a_template_of_ones_own_is_escaped_as_well() -> None:
    assert drawn("<p>{{ page.invoice.number }}{{ '<' }}</p>") == "<p>INV-000143&lt;</p>"


@pytest.mark.feature("D5")
@pytest.mark.parametrize(
    "wanted",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="https://example.com/x.png">',
        '<img src="../secret.png">',
        '<img src="%2e%2e/secret.png">',
        '<img src="link.png">',
        '<img src="missing.png">',
        '<img src="ratebook-font:/../model.py">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<style>@import url("http://127.0.0.1:9/x.css");</style>',
        "<style>p{background:url(file:///etc/hostname)}</style><p>x",
    ],
)
def test_a_document_fetches_no_file_and_no_host(wanted: str, tmp_path: Path) -> None:
    folder = tmp_path / "template"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(RefusedResource, match="may fetch nothing outside its template"):
        render_pdf(f"<html><body>{wanted}</body></html>", folder=folder)


@pytest.mark.feature("D5")
def test_a_template_may_show_its_own_picture_and_data(tmp_path: Path) -> None:
    import base64

    (tmp_path / "logo.png").write_bytes(base64.b64decode(PIXEL.partition(",")[2]))
    pdf = render_pdf(f'<img src="logo.png"><img src="{PIXEL}">', folder=tmp_path)
    assert pdf.startswith(b"%PDF")


@pytest.mark.feature("D5")
def test_the_document_itself_asks_for_nothing() -> None:
    html = render_html(samples.consolidated())
    assert "default-src 'none'" in html
    assert "http:" not in html
    assert "https:" not in html


@pytest.mark.feature("D5")
@pytest.mark.parametrize(
    "template",
    [
        "{{ page.invoice.bill_to.name }}",
        "{{ page.invoice.bill_to.name ~ '' }}",
        "{% autoescape false %}{{ page.invoice.bill_to.name }}{% endautoescape %}",
        "{% set name %}{{ page.invoice.bill_to.name }}{% endset %}{{ name }}",
        "{% macro name(it) %}{{ it }}{% endmacro %}{{ name(page.invoice.bill_to.name) }}",
        "{% for sign in [page.invoice.bill_to.name] %}{{ sign }}{% endfor %}",
    ],
)
def test_what_is_printed_is_cleaned_and_escaped_once(template: str) -> None:
    bill_to = samples.BILL_TO.model_copy(update={"name": "<b>A&B's\u202e\x07 \u00a0東</b>"})
    printed = render_html(samples.first_month(bill_to=bill_to), own(template))
    assert printed == "&lt;b&gt;A&amp;B&#39;s \u00a0東&lt;/b&gt;"


@pytest.mark.feature("D5")
def test_characters_that_the_shipped_fonts_lack_are_named() -> None:
    assert undrawable(render_html(samples.consolidated())) == ""
    assert undrawable(named("Ünïcødé → Ελλάδα, Київ, 10\u202f€")) == ""
    assert undrawable(named("株式会社 الخليج")) == ""
    assert undrawable(named("ไทย ไ")) == "ทยไ"


@pytest.mark.feature("D5")
def test_a_process_that_drew_many_ends_well(root: Path) -> None:
    """The engine frees its fonts when the process ends, the machine's and the shipped ones."""
    script = (
        "from tests.runtime.invoice import samples\n"
        "from runtime.invoice.html import render_html\n"
        "from runtime.invoice.pdf import render_pdf\n"
        "for invoice in (samples.consolidated(), samples.yen()):\n"
        "    html = render_html(invoice)\n"
        "    for _ in range(30):\n"
        "        render_pdf(html)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=root, check=False)
    assert run.returncode == 0


@pytest.mark.feature("D5")
def test_the_pdf_is_set_in_the_shipped_fonts_alone() -> None:
    pdf = render_pdf(render_html(samples.consolidated()))
    document = pypdfium2.PdfDocument(pdf)
    fonts = {
        text.get_font().get_base_name().rpartition("+")[2]
        for page in document
        for text in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
    }
    assert fonts == {"Inter-Regular", "Inter-Medium", "Inter-SemiBold"}
