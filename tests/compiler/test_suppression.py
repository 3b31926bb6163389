"""`# allow(slug): reason`: what it lets pass, and what is said of one that is wrong."""

import re
from pathlib import Path

import pytest

from compiler.checks import CHECKS
from compiler.suppression import ABOUT_ALLOWS, ALLOWABLE, KNOWN
from dsl.printer import FormattedText, format_source
from dsl.source import Source
from tests.compiler.catalogs import TINY, codes_of, compile_text

FEE = "service visit {\n  type  fee\n}\n"
ALLOW = "# allow(unused-declaration): sold from May on"

# The second row of a group is never reached: RB309 points at its first words.
SHADOWED = """\
service type lines = recurring

feed calls {
  format    csv
  id        id
  at        at as "%Y-%m-%dT%H:%M:%S" in "UTC"
  service   line
  quantity  used in byte
}

usage class data measured in data

rate group first {
  data  1.00 USD per GB
}

rate group second {
  data  2.00 USD per GB
}

rate plan metered {
  first
  second
}

service line {
  type           lines
  identified by  line
  price monthly  1.00 USD
  usage monthly {
    rates  metered
  }
}
"""


def found(text: str) -> list[str]:
    return codes_of(compile_text(TINY + text))


@pytest.mark.feature("E2")
@pytest.mark.parametrize(
    "text",
    [
        f"{ALLOW}\nservice type a = fee\n",
        f"service type a = fee  {ALLOW}\n",
        f"{ALLOW}\n## A doc comment between.\n# And another.\nservice type a = fee\n",
        f"service type a = fee {ALLOW}".replace("# allow", "#allow"),
        f"{ALLOW}\r\nservice type a = fee\r\n",
    ],
    ids=["above", "behind", "above others", "without a blank or an end", "lines of Windows"],
)
def test_a_warning_passes(text: str) -> None:
    assert found(text.replace(ALLOW[2:], "")) == ["RB120"]
    assert found(text) == []


@pytest.mark.feature("E2")
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (f"{ALLOW}\n\nservice type a = fee\n", ["RB904", "RB120"]),
        (f"service type a = fee\n{ALLOW}\n", ["RB120", "RB904"]),
        (f"{ALLOW}\nservice type a = fee\nservice type b = fee\n", ["RB120"]),
        (f"service type a = fee  {ALLOW}\nservice type b = fee\n", ["RB120"]),
        (f"#{ALLOW}\nservice type a = fee\n", ["RB120"]),
        (f"# see {ALLOW[2:]}\nservice type a = fee\n", ["RB120"]),
        ("# allow(shadowed-rate): not this\nservice type a = fee\n", ["RB904", "RB120"]),
    ],
    ids=["blank line", "below", "next declaration", "next line", "doc", "prose", "other slug"],
)
def test_a_warning_elsewhere_or_of_another_kind_stays(text: str, codes: list[str]) -> None:
    assert found(text) == codes


@pytest.mark.feature("E2")
def test_above_a_declaration_it_holds_for_all_that_stands_in_it() -> None:
    assert found(SHADOWED) == ["RB309"]
    allow = "# allow(shadowed-rate): the fallback of a later plan\n"
    group = "rate group second {\n"
    row = "  data  2.00"
    assert found(SHADOWED.replace(group, allow + group)) == []
    assert found(SHADOWED.replace(row, f"  {allow}{row}")) == []
    assert found(SHADOWED.replace("rate group first", f"{allow}rate group first")) == [
        "RB904",
        "RB309",
    ]
    assert found(SHADOWED.replace(group, f"{group[:-1]}  {allow}")) == ["RB904", "RB309"]


@pytest.mark.feature("E2")
def test_above_a_statement_with_a_block_it_holds_for_the_block() -> None:
    # The package's service is not active any more: RB406 points at the line in the package.
    text = (
        "service old {\n  type      non_recurring\n  inactive\n  price     1.00 USD\n}\n\n"
        "package offer {\n  bills    monthly in advance\n  service  old\n}\n"
    )
    assert found(text) == ["RB406"]
    allow = "# allow(inactive-service): kept for those who have it\n"
    assert found(text.replace("  service  old", f"  {allow}  service  old")) == []
    assert found(allow + text) == ["RB904", "RB406"]


@pytest.mark.feature("E2")
def test_an_error_is_never_allowed_and_the_attempt_is_told() -> None:
    compilation = compile_text(
        TINY + "# allow(unknown-name): it will be there\nservice a {\n  type  visit\n}\n"
    )
    assert codes_of(compilation) == ["RB902", "RB101"]
    assert compilation.program is None


@pytest.mark.feature("E2")
@pytest.mark.parametrize("slug", sorted(code.slug for code in ABOUT_ALLOWS))
def test_a_warning_about_such_a_comment_cannot_be_allowed(slug: str) -> None:
    assert found(f"# allow({slug}): no\n{FEE}") == ["RB902"]


@pytest.mark.feature("E2")
@pytest.mark.parametrize(
    ("written", "help_"),
    [
        ("unused-declaratoin", "did you mean `unused-declaration`?"),
        ("RB120", "did you mean `unused-declaration`?"),
        ("unused-declaration, price", "write one comment for each warning, on lines of their own"),
    ],
)
def test_an_unknown_slug_is_told_with_what_may_be_meant(written: str, help_: str) -> None:
    (one,) = compile_text(TINY + f"# allow({written}): why\n{FEE}").diagnostics
    assert (one.code, one.help) == ("RB901", help_)


@pytest.mark.feature("E2")
@pytest.mark.parametrize("comment", ["# allow(): why", "# allow(", "# allow()", "# allow(:"])
def test_a_comment_without_a_slug_is_told(comment: str) -> None:
    assert found(f"{comment}\n{FEE}") == ["RB901"]


@pytest.mark.feature("E2")
@pytest.mark.parametrize("rest", ["", ":", ":  ", " since May", "\t"])
def test_a_missing_reason_is_told_in_place_of_the_warning(rest: str) -> None:
    assert found(f"service type a = fee  # allow(unused-declaration){rest}\n") == ["RB903"]


@pytest.mark.feature("E2")
def test_beside_an_error_an_unused_comment_is_not_told() -> None:
    # The broken service may be what uses the type, so no warning is given of it either.
    text = f"{ALLOW}\nservice type a = fee\n\nservice b {{\n  tpye  c\n}}\n"
    assert found(text) == ["RB011"]


@pytest.mark.feature("E2")
def test_only_warnings_can_be_allowed() -> None:
    assert ALLOWABLE
    assert {KNOWN[slug].severity for slug in ALLOWABLE} == {"warning"}
    assert {check.CODE.slug for check in CHECKS} <= KNOWN.keys()


@pytest.mark.feature("E1", "E2")
def test_the_formatter_keeps_such_a_comment_where_it_speaks() -> None:
    text = f"{TINY}{ALLOW}\nservice type a  =  fee\nservice type b=fee {ALLOW}\n"
    formatted = format_source(Source("catalog.ratebook", text))
    assert isinstance(formatted, FormattedText)
    assert formatted.text.count(ALLOW) == 2
    assert formatted.is_changed
    assert codes_of(compile_text(formatted.text)) == codes_of(compile_text(text)) == []


@pytest.mark.feature("E2")
def test_a_comment_in_one_file_does_not_speak_of_another() -> None:
    from compiler.compile import compile_sources

    sources = [
        Source("a.ratebook", f"{TINY}{ALLOW}\n{FEE}"),
        Source("b.ratebook", "service type a = fee\n" + "\n" * 20),
    ]
    assert codes_of(compile_sources(sources)) == ["RB904", "RB120"]


@pytest.mark.feature("E2")
def test_the_example_of_the_manual_is_clean(root: Path) -> None:
    manual = (root / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```ratebook\n(.*?)^```$", manual, re.MULTILINE | re.DOTALL)
    assert found(example) == []
    assert found(re.sub(r"# allow.*", "", example)) == ["RB120", "RB120"]
