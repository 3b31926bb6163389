"""Packages, taxes and bill groups, from the text to the program."""

from decimal import Decimal
from pathlib import Path

import pytest

from compiler.compile import Compilation, compile_folder
from runtime.program import model
from tests.compiler.catalogs import TINY, codes_of, compile_text

LINE = "service line {\n  type  recurring\n  price monthly 5.00 USD\n}\n\n"
WEB = """\
usage class data measured in data

rate group web {
  data  0.80 USD per GB
}

rate plan metered {
  web
}

rate plan cheap {
  web
}

service web_access {
  type           recurring
  identified by  login
  usage monthly {
    rates  metered
  }
}

"""
GROUP = 'bill group fleets {\n  invoice  template "templates/fleet.html.j2"\n}\n'


def program_of(text: str) -> model.Program:
    compilation = compile_text(TINY + text)
    assert compilation.program is not None, compilation.diagnostics
    return compilation.program


@pytest.mark.feature("A1", "D1")
@pytest.mark.parametrize(
    ("words", "proration"),
    [
        ("by days", "days"),
        ("by seconds", "seconds"),
        ("by fixed 30", "fixed_30"),
        ("by fixed   30", "fixed_30"),
        ("by 30/360", "thirty_360"),
        ("never", "never"),
    ],
)
def test_each_proration_is_kept(words: str, proration: str) -> None:
    program = program_of(
        f"{LINE}package business {{\n  bills     monthly\n  prorated  {words}\n"
        "  service   line\n}\n"
    )
    assert [package.proration for package in program.packages] == [proration]


@pytest.mark.feature("A1")
def test_without_prorated_a_package_counts_days() -> None:
    program = program_of(f"{LINE}package business {{\n  bills    monthly\n  service  line\n}}\n")
    assert program.packages[0].proration == "days"


@pytest.mark.feature("A3", "A15")
def test_a_package_has_a_rate_plan_of_its_own_for_a_service() -> None:
    program = program_of(
        f"{WEB}package business {{\n  bills    monthly\n"
        "  service  web_access 1..5 default 2 rates cheap\n}\n"
        "package private {\n  bills    monthly\n  service  web_access\n}\n"
    )
    first, second = program.package_services
    assert (first.rate_plan, first.minimum, first.maximum, first.default) == ("cheap", 1, 5, 2)
    assert second.rate_plan is None


@pytest.mark.feature("A21")
def test_a_tax_says_whether_prices_hold_it_and_why_none_may_be_due() -> None:
    program = program_of(
        "tax vat {\n  prices     include tax\n  digital    DE 19%\n"
        '  exemption  reverse_charge "VAT is due by the recipient"\n}\n'
        "tax levy {\n  prices   exclude tax\n  telecom  DE 1%\n}\n"
    )
    assert [row.tax for row in program.tax_inclusions] == ["vat"]
    (exemption,) = program.tax_exemptions
    assert (exemption.tax, exemption.id, exemption.text) == (
        "vat",
        "reverse_charge",
        "VAT is due by the recipient",
    )


@pytest.mark.feature("A24")
def test_a_bill_group_says_what_is_sent_and_when() -> None:
    program = program_of(
        "bill group fleets {\n  deliver  email, attach usage_detail as csv, attach invoice as pdf\n"
        "  zero invoices  suppressed\n  carry forward  under 5.00 USD\n}\n"
        "bill group plain {\n}\n"
    )
    fleets, plain = program.bill_groups
    assert (fleets.delivery, fleets.are_zero_invoices_sent) == ("email", False)
    assert (plain.delivery, plain.are_zero_invoices_sent, plain.template) == (
        "offline",
        True,
        None,
    )
    assert [(row.bill_group, row.report, row.format) for row in program.invoice_attachments] == [
        ("fleets", "usage_detail", "csv"),
        ("fleets", "invoice", "pdf"),
    ]
    (carried,) = program.carry_forwards
    assert (carried.bill_group, carried.currency, carried.under) == (
        "fleets",
        "USD",
        Decimal("5.00"),
    )


def compile_with_template(folder: Path, template: bytes | None, group: str = GROUP) -> Compilation:
    (folder / "templates").mkdir()
    (folder / "catalog.ratebook").write_text(TINY + group, "utf-8")
    if template is not None:
        (folder / "templates" / "fleet.html.j2").write_bytes(template)
    return compile_folder(folder)


@pytest.mark.feature("A24", "E6")
def test_the_program_carries_a_templates_text(tmp_path: Path) -> None:
    compilation = compile_with_template(tmp_path, b"<h1>{{ page.word }}</h1>")
    assert compilation.program is not None, compilation.diagnostics
    assert [group.template for group in compilation.program.bill_groups] == [
        "templates/fleet.html.j2"
    ]
    (template,) = compilation.program.invoice_templates
    assert (template.path, template.text) == (
        "templates/fleet.html.j2",
        "<h1>{{ page.word }}</h1>",
    )


@pytest.mark.feature("A24", "E2")
@pytest.mark.parametrize(
    ("template", "label"),
    [
        (None, "there is no such file"),
        (b"\xff\xfe", "it is not text in UTF-8"),
        (b"\n{% if %}", "expected an expression, got 'end of statement block'"),
        (b" " * (1024 * 1024 + 1), "it has more than 1,048,576 bytes"),
    ],
    ids=["missing", "not text", "syntax", "large"],
)
def test_a_template_that_cannot_be_used_is_an_error(
    tmp_path: Path, template: bytes | None, label: str
) -> None:
    compilation = compile_with_template(tmp_path, template)
    assert codes_of(compilation) == ["RB417"]
    (found,) = compilation.diagnostics
    assert label in (found.message, found.primary.message)


@pytest.mark.feature("A24", "E2")
def test_a_misspelt_template_is_asked_after(tmp_path: Path) -> None:
    group = GROUP.replace("fleet.html", "flet.html")
    compilation = compile_with_template(tmp_path, b"<p></p>", group)
    assert compilation.diagnostics[0].help == "did you mean `fleet.html.j2`?"


@pytest.mark.feature("A24", "E1")
def test_a_template_counts_from_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "billing").mkdir()
    (tmp_path / "catalog.ratebook").write_text(TINY, "utf-8")
    (tmp_path / "own.html.j2").write_text("<p></p>", "utf-8")
    (tmp_path / "billing" / "groups.ratebook").write_text(
        'bill group fleets {\n  invoice  template "../own.html.j2"\n}\n', "utf-8"
    )
    compilation = compile_folder(tmp_path)
    assert compilation.program is not None, compilation.diagnostics
    assert compilation.program.bill_groups[0].template == "own.html.j2"


@pytest.mark.feature("A18", "A23")
def test_a_package_names_its_contracts_and_discounts() -> None:
    program = program_of(
        f"{LINE}contract one_year {{\n  term  12 months\n}}\n"
        "contract two_years {\n  term  24 months\n}\n"
        "discount launch = 10% off for 6 periods\n"
        "package business {\n  bills     monthly\n  service   line\n"
        "  contract  one_year, two_years\n  discount  launch\n}\n"
    )
    assert [(row.package, row.contract) for row in program.package_contracts] == [
        ("business", "one_year"),
        ("business", "two_years"),
    ]
    (use,) = program.discount_uses
    assert (use.level, use.owner, use.kind, use.target, use.discount) == (
        "package",
        "business",
        "package",
        "business",
        "launch",
    )
