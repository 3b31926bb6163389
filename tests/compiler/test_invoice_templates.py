"""A template of invoices is held to the model before anybody is billed with it."""

from pathlib import Path

import pytest

from compiler.compile import Compilation, compile_folder, compile_sources
from compiler.template_trial import trial_invoice
from dsl.source import Source
from runtime.invoice.chosen import chosen_by
from runtime.invoice.html import render_html
from runtime.invoice.text import render_text
from tests.runtime.invoice import samples

CATALOG = """\
catalog tiny {
  currencies  USD
  timezone    "UTC"
}

bill group fleets {
  invoice  template "templates/own.html.j2"
}
"""


def compiled(template: str, **others: str) -> Compilation:
    return compile_sources(
        [
            Source("catalog.ratebook", CATALOG),
            Source("templates/own.html.j2", template),
            *(Source(f"templates/{name}.html", text) for name, text in others.items()),
        ]
    )


def found_in(compilation: Compilation) -> list[tuple[str, str, str, str | None]]:
    """Give each finding's code, place, words there, and hint."""
    sources = {source.path: source for source in compilation.sources}
    found = []
    for one in compilation.diagnostics:
        span = one.primary.span
        line, column = sources[span.path].position(span.start)
        place = f"{Path(span.path).name}:{line}:{column}"
        found.append((one.code, place, sources[span.path].words(span), one.help))
    return found


ABSURD = "{% for a in page.invoice.usage_days %}" * 4 + "x" + "{% endfor %}" * 4


@pytest.mark.feature("A24", "E2")
@pytest.mark.parametrize(
    ("template", "code", "place", "words", "hint"),
    [
        ("{{ page.invoice.nummer }}", "RB433", "1:17", "nummer", "did you mean `number`?"),
        ("\n  {{ pge.word }}", "RB433", "2:6", "pge", "did you mean `page`?"),
        ("{{ page.word | uper }}", "RB433", "1:16", "uper", "did you mean `upper`?"),
        ("{{ page.invoice.totals.net | day }}", "RB433", "1:30", "day", None),
        ("{% for a in page.word %}{% endfor %}", "RB433", "1:1", None, None),
        (
            "{% for l in page.rated_lines %}{% for c in l.components %}{{ c.prise }}"
            "{% endfor %}{% endfor %}",
            "RB433",
            "1:64",
            "prise",
            "did you mean `price`?",
        ),
        ("{{ page.invoice.bill_to.tax_id }}", "RB433", "1:1", None, "not every invoice has it"),
        ("{{ page.invoice.__class__ }}", "RB434", "1:17", "__class__", None),
        ("{{ page.invoice['__class__'] }}", "RB434", "1:18", "__class__", None),
        ("{% set x = page %}{{ x.__init__ }}", "RB434", "1:24", "__init__", None),
        ("{{ page.word.upper() }}", "RB434", "1:14", "upper", None),
        ("{{ range(9) }}", "RB434", "1:4", "range", None),
        ("{{ 2 * 3 }}", "RB434", "1:6", "*", None),
        ("{% include page.word %}", "RB434", "1:1", None, None),
        ("{% include '../../../etc/passwd' %}", "RB417", "1:13", "../../../etc/passwd", None),
        ("{% include 'no.html' %}", "RB417", "1:13", "no.html", None),
        ("{% extends '/etc/passwd' %}", "RB417", "1:13", "/etc/passwd", None),
        ("{% import '../x.html' as x %}", "RB417", "1:12", "../x.html", None),
        ("{% include 'own.html.j2' %}", "RB435", "1:1", None, "a drawing ends"),
        (ABSURD, "RB435", "1:1", None, "a drawing ends"),
        ("{% set s = 'x' %}" + "{% set s = s ~ s %}" * 40, "RB435", "1:1", None, "a drawing"),
        ("<img src='http://a.example/x.png'>", "RB436", "1:11", "http://a.example/x.png", "data:"),
        ("<style>p{background:url(file:///x)}</style>", "RB436", "1:25", "file:///x", "data:"),
        ("<link rel=stylesheet href=/x.css>", "RB436", "1:27", "/x.css", "data:"),
        ("<script>alert(1)</script>", "RB436", "1:1", "<script", "data:"),
        ("<p onclick='x()'>", "RB436", "1:4", "onclick", "data:"),
    ],
)
def test_a_mistake_of_a_template_is_found_at_its_place(
    template: str, code: str, place: str, words: str | None, hint: str | None
) -> None:
    compilation = compiled(template)
    (found,) = found_in(compilation)
    assert found[:2] == (code, f"own.html.j2:{place}")
    assert words is None or found[2] == words
    assert hint is None or hint in (found[3] or "")
    assert compilation.program is None
    assert [label.span.path for label in compilation.diagnostics[0].secondary] == [
        "catalog.ratebook"
    ]


@pytest.mark.feature("A24", "E2")
def test_what_a_template_includes_is_checked_in_its_scope() -> None:
    part = "{{ line.net | amount }}{{ line.nett }}"
    compilation = compiled(
        "{% for line in page.rated_lines %}{% include 'part.html' %}{% endfor %}", part=part
    )
    assert found_in(compilation) == [("RB433", "part.html:1:32", "nett", "did you mean `net`?")]


@pytest.mark.feature("A24")
@pytest.mark.parametrize(
    "template",
    [
        "{% extends 'ratebook/invoice.html.j2' %}{% block foot %}{{ super() }}{% endblock %}",
        "{% extends 'ratebook/invoice.html.j2' %}{% block days %}{{ page.word }}{% endblock %}",
        "{% macro row(line, last=false) %}{{ line.net | amount }}{% endmacro %}"
        "{% for line in page.rated_lines %}{{ row(line, last=loop.last) }}{% endfor %}",
        "{% import 'part.html' as parts %}{{ parts.name(page.invoice.seller) }}",
        "{% from 'part.html' import name as called %}{{ called(page.invoice.bill_to) }}",
        "{% if page.invoice.run is defined and page.nothing is not defined %}x{% endif %}",
        "{% with who = page.invoice.seller %}{{ who.name }}{% endwith %}",
        "{% filter upper %}{{ page.word }}{% endfilter %}{{ page.invoice.sections | length }}",
        "<a href='https://pay.example'>pay</a><img src='data:image/png;base64,AA=='>",
    ],
)
def test_what_a_template_may_do(template: str) -> None:
    compilation = compiled(template, part="{% macro name(of) %}{{ of.name }}{% endmacro %}")
    assert compilation.program is not None, found_in(compilation)


@pytest.mark.feature("A24", "E6")
def test_the_program_draws_without_the_catalogs_folder(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "catalog.ratebook").write_text(CATALOG, "utf-8")
    own = tmp_path / "templates" / "own.html.j2"
    own.write_text("{% include 'part.html' %}", "utf-8")
    part = tmp_path / "templates" / "part.html"
    part.write_text("<b>{{ page.invoice.number }}</b>", "utf-8")
    first = compile_folder(tmp_path).program
    assert first is not None
    part.write_text("<i>{{ page.invoice.number }}</i>", "utf-8")
    second = compile_folder(tmp_path).program
    assert second is not None
    assert first.fingerprint != second.fingerprint
    part.unlink()
    own.unlink()
    drawn = render_html(samples.first_month(), chosen_by(first)["fleets"].own)
    assert drawn == "<b>INV-000143</b>"


@pytest.mark.feature("A24")
def test_a_template_may_draw_the_text() -> None:
    catalog = CATALOG.replace("own.html.j2", "own.txt")
    text = "{{ page.invoice.bill_to.name }} owes {{ page.invoice.totals.due | money }}\n"
    program = compile_sources(
        [Source("catalog.ratebook", catalog), Source("templates/own.txt", text)]
    ).program
    assert program is not None
    chosen = chosen_by(program)["fleets"]
    assert chosen.formats == ("html", "pdf", "json", "text")
    assert chosen.own_for("html") is None
    bill_to = samples.BILL_TO.model_copy(update={"name": "A & B\u202e\n<c>"})
    drawn = render_text(samples.consolidated(bill_to=bill_to), chosen.own_for("text"))
    assert drawn.startswith("A & B <c> owes CAD\u00a0")


@pytest.mark.feature("A24")
def test_a_link_out_of_the_folder_is_no_template(tmp_path: Path) -> None:
    outside = tmp_path / "secret.html"
    outside.write_text("secret", "utf-8")
    folder = tmp_path / "catalog"
    (folder / "templates").mkdir(parents=True)
    (folder / "catalog.ratebook").write_text(CATALOG, "utf-8")
    (folder / "templates" / "own.html.j2").symlink_to(outside)
    (found,) = compile_folder(folder).diagnostics
    assert (found.code, found.primary.message) == (
        "RB417",
        "a link that leads out of the catalog's folder",
    )


@pytest.mark.feature("A24")
def test_the_default_template_draws_whatever_the_model_can_hold() -> None:
    for size in ("full", "bare", "large"):
        assert "</html>" in render_html(trial_invoice(size))
        assert "Due" in render_text(trial_invoice(size))
