"""One mistake is one error; all mistakes are reported in one run; the rest is kept."""

import pytest

from dsl.parser import parse_source
from dsl.source import Source
from dsl.syntax.declarations import Broken, SourceFile
from dsl.syntax.services import ServiceDeclaration


def parsed(text: str) -> tuple[SourceFile, list[str]]:
    """The file and, for each mistake, the line and the text it is reported at."""
    source = Source("test.ratebook", text)
    file, diagnostics = parse_source(source)
    places = [
        f"{source.position(each.primary.span.start)[0]}: {source.words(each.primary.span)}"
        for each in diagnostics
    ]
    return file, places


@pytest.mark.feature("E2")
def test_four_mistakes_in_four_declarations_are_four_errors_in_order() -> None:
    file, places = parsed(
        """\
service status active billable

sevice access "Access line" {
  type fee
}

service data "Metered data" {
  price monthly {
    active 80.00
  }
}

zone z = countries CA US

zone whole = countries CA
"""
    )
    assert places == ["1: billable", "3: sevice", "9: 80.00", "13: US"]
    assert [isinstance(node, Broken) for node in file.declarations] == [True] * 4 + [False]


@pytest.mark.feature("E2")
def test_all_mistakes_inside_one_declaration_are_reported() -> None:
    file, places = parsed(
        """\
service access "Access line" {
  tpye fee
  price monthly {
    active 80.00 CAD 60.00 USD
    suspended
  }
  price weekly {
    active 1 CAD
    anything goes here
  }
  on activate charge
  active from 2026-02-30
  tax a; tax b; tax
}
"""
    )
    assert places == [
        "2: tpye",
        "4: 60.00",
        "5: suspended",
        "7: weekly",
        "11: charge",
        "12: 2026-02-30",
        "13: tax b",
        "13: tax",
    ]
    assert len(file.declarations) == 1


def test_a_mistake_in_the_first_line_does_not_hide_those_below() -> None:
    _, places = parsed('service "Access" {\n  type\n  tax "b"\n}\nsevice b {\n  tpye x\n}\n')
    assert places == ['1: "Access"', "2: type", '3: "b"', "5: sevice", "6: tpye"]


def test_what_is_broken_keeps_its_kind_and_name() -> None:
    file, _ = parsed(
        "service a {\n tax\n}\nusage clas b c\nservice type d fee\nsevice e {\n}\nzone 3\n"
    )
    assert [
        (node.kind, node.name and node.name.text)
        for node in file.declarations
        if isinstance(node, Broken)
    ] == [
        ("service", "a"),
        ("usage class", "b"),
        ("service type", "d"),
        ("service", "e"),
        ("zone", None),
    ]


def test_a_block_left_open_is_one_error_and_the_next_declaration_stands() -> None:
    file, places = parsed(
        """\
service a {
  tax
  price monthly {
    active 1 CAD

service b {
  type fee
}
"""
    )
    assert places == ["2: tax", "3: {"]
    assert isinstance(file.declarations[1], ServiceDeclaration)


def test_an_open_block_is_told_by_its_indentation() -> None:
    _, places = parsed(
        "service a {\n  price monthly {\n    active 1 CAD\n  tax t\n}\n\nzone z = countries CA\n"
    )
    assert places == ["2: {"]


def test_a_brace_too_many_is_one_error_at_the_brace_that_closes_too_early() -> None:
    file, places = parsed(
        """\
service a {
  price monthly {
    active 1 CAD
  }
  }
  tax t
  lifecycle l
}
zone z = countries CA
"""
    )
    assert places == ["5: }"]
    assert [type(node).__name__ for node in file.declarations] == ["Broken", "ZoneDeclaration"]


def test_statements_in_the_first_column_stay_in_their_block() -> None:
    file, places = parsed(
        "package p {\nservice data\nservice tax 1..2\n}\nservice s {\ntax t\nlifecycle l\n}\n"
    )
    assert places == []
    assert len(file.declarations) == 2


def test_braces_in_comments_and_texts_are_no_braces() -> None:
    file, places = parsed('service a "{" { # {\n  # }\n  type fee # "\n}\n')
    assert places == []
    assert len(file.declarations) == 1


def test_a_lost_first_word_is_one_error_where_the_block_is_another_kinds() -> None:
    text = "bucket any_data {\n  classes  data\n  unit     GB\n}\n"
    _, found = parse_source(Source("test.ratebook", text))
    assert [each.code for each in found] == ["RB010"]


def test_the_number_of_errors_of_one_declaration_is_bounded() -> None:
    _, places = parsed("service a {\n" + "  wrong\n" * 1_000 + "}\n")
    assert len(places) == 25


def test_windows_lines_tabs_and_missing_last_line_ends_are_fine() -> None:
    _, places = parsed('service a "A" {\r\n\ttype\tfee\r\n}\r\n\r\nzone z = countries CA')
    assert places == []
