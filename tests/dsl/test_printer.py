"""The formatter changes layout and nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.parser import parse_source
from dsl.printer import FormattedText, format_source
from dsl.printer.meaning import meaning
from dsl.source import Source
from tests.dsl import strategies

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "catalogs").rglob("*.ratebook"))


def formatted(text: str) -> str:
    result = format_source(Source("test.ratebook", text))
    assert isinstance(result, FormattedText), result
    return result.text


@pytest.mark.feature("E1")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_our_catalogs_are_in_canonical_layout(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert formatted(text) == text


@pytest.mark.feature("E1")
@pytest.mark.parametrize("kind", strategies.DECLARATIONS)
def test_every_declaration_keeps_its_meaning_and_comments(kind: str) -> None:
    @given(strategies.DECLARATIONS[kind])
    def keeps(text: str) -> None:
        _check_kept(text)

    keeps()


@pytest.mark.feature("E1")
@given(strategies.files())
def test_a_file_keeps_its_meaning_and_comments(text: str) -> None:
    _check_kept(text)


def _check_kept(text: str) -> None:
    before, diagnostics = parse_source(Source("test.ratebook", text))
    assert not diagnostics, [(found.message, found.primary.span) for found in diagnostics]
    once = formatted(text)
    after, _ = parse_source(Source("test.ratebook", once))
    assert meaning(after) == meaning(before)
    assert [each.text for each in after.comments] == [each.text for each in before.comments]
    assert formatted(once) == once


def test_comments_stay_where_they_stand() -> None:
    text = """\
# first
service type a = fee# behind a line



# between
## doc
# inside a doc

service b "B" { # behind the brace
# above

type a ; tax t   # behind the last
price monthly { active 5 CAD; gone 12.5 USD } # behind a block


# dangling
} # behind all
# last"""
    assert (
        formatted(text)
        == """\
# first
service type a = fee  # behind a line

# between
## doc
# inside a doc
service b "B" {  # behind the brace
  # above

  type  a
  tax   t  # behind the last
  price monthly {
    active   5 CAD
    gone    12.5 USD
  }  # behind a block

  # dangling
}  # behind all
# last
"""
    )


def test_columns_stand_under_each_other_until_a_blank_line() -> None:
    text = """\
tax t {
  telecom CA-ON 13%
  otherwise 0 %
}
service type a=fee
service type bcd=fee

service type bcdefgh=fee
service status s=billable
rate group g {
a to z 0.015 CAD per GB,10 USD per GB
bcd 12.5 CAD each, 0.25 USD each
}
"""
    assert (
        formatted(text)
        == """\
tax t {
  telecom    CA-ON 13%
  otherwise  0%
}

service type a   = fee
service type bcd = fee

service type bcdefgh = fee

service status s = billable

rate group g {
  a    to z   0.015 CAD per GB, 10 USD per GB
  bcd        12.5 CAD each,      0.25 USD each
}
"""
    )


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("((a == b))", "a == b"),
        ("(a == b and c == d) or e == f", "a == b and c == d or e == f"),
        ("a == b and (c == d or e == f)", "a == b and (c == d or e == f)"),
        ("not (a == b and c == d)", "not (a == b and c == d)"),
        ("(not a == b) and c == d", "not a == b and c == d"),
        ("not (not (a == b))", "not not a == b"),
        ("a - (b - c) == (a - b) - c", "a - (b - c) == a - b - c"),
        ("(a + b) * c > a + (b * c)", "(a + b) * c > a + b * c"),
    ],
)
def test_expressions_have_no_more_brackets_than_they_need(written: str, canonical: str) -> None:
    line = formatted(f"usage class u measured in data when {written}")
    assert line == f"usage class u  measured in data  when {canonical}\n"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("every 3 months", "quarterly"), ("every 1 month", "monthly"), ("every 2 months",) * 2],
)
def test_a_frequency_has_one_spelling(written: str, canonical: str) -> None:
    assert f"bills  {canonical}\n" in formatted(f"package p {{ bills {written} }}")


def test_a_file_with_a_mistake_is_refused_with_its_diagnostics() -> None:
    result = format_source(Source("test.ratebook", "service type a fee\n"))
    assert isinstance(result, tuple)
    assert [found.code for found in result] == ["RB010"]


@given(st.sampled_from(["", "\n\n", " \t\n"]))
def test_an_empty_file_stays_empty(text: str) -> None:
    assert formatted(text) == ""
