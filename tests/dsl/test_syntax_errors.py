"""Each mistake of syntax gets the words of its example, at the smallest place."""

import pytest

from dsl.codes import SYNTAX_CODES
from dsl.parser import parse_source
from dsl.source import Source
from dsl.syntax.declarations import Broken
from dsl.syntax_examples import CHARACTERS, EXAMPLES, Example

SLUGS = {code.code: code.slug for code in SYNTAX_CODES}


@pytest.mark.feature("E2")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.wrong)
def test_an_example_gives_its_own_answer_and_no_other(example: Example) -> None:
    source = Source("test.ratebook", example.wrong)
    file, diagnostics = parse_source(source)
    (found,) = diagnostics
    assert source.words(found.primary.span) == example.at
    before = example.at if found.code == "RB012" else _word_before(source, found.primary.span.start)
    assert found.message == _filled(example.message, example.at, before)
    assert found.help == _filled(example.help, example.at, before)
    assert found.slug == SLUGS[found.code]
    assert any(isinstance(node, Broken) for node in file.declarations)


def _word_before(source: Source, start: int) -> str:
    return (source.text[:start].split() or [""])[-1]


def _filled(text: str, found: str, before: str) -> str:
    return text.replace("{found}", found).replace("{before}", before)


@pytest.mark.parametrize("char", CHARACTERS)
def test_a_character_of_no_meaning_is_named_with_what_to_write_instead(char: str) -> None:
    source = Source("test.ratebook", f"zone z = {char} countries DE")
    _, diagnostics = parse_source(source)
    (found,) = diagnostics
    assert source.words(found.primary.span) == char
    assert found.help


def answers(text: str) -> list[tuple[str, str, str | None]]:
    source = Source("test.ratebook", text)
    _, diagnostics = parse_source(source)
    return [(each.code, source.words(each.primary.span), each.help) for each in diagnostics]


@pytest.mark.parametrize(
    ("text", "code", "at", "help_"),
    [
        (
            "service a {\n  service b {\n  }\n}",
            "RB011",
            "service",
            "a declaration stands in no other: is a `}` missing above?",
        ),
        ('sevice a "A" {\n}', "RB002", "sevice", "did you mean `service`?"),
        ("usage clas a measured in data", "RB002", "usage clas", "did you mean `usage class`?"),
        ("service a {\n  tpye fee\n}", "RB011", "tpye", "did you mean `type`?"),
        ("service a {\n  price montly 1 CAD\n}", "RB010", "montly", "did you mean `monthly`?"),
        (
            "package p {\n  bills annually in advance\n}",
            "RB010",
            "annually",
            "did you mean `yearly`?",
        ),
        (
            'discount d "First months" = first 3 periods 50% off',
            "RB010",
            "first",
            "write `50% off for 3 periods`: they are counted from the first one billed",
        ),
        ("time band b = mon..friday", "RB010", "mon", "did you mean `monday`?"),
        (
            "service a {\n  tax = telecom\n}",
            "RB010",
            "=",
            "a statement has no `=`: write the value behind `tax`",
        ),
        (
            "service a {\n  tax telecom, type fee\n}",
            "RB010",
            ",",
            "write each statement on a line of its own",
        ),
        (
            'import "rates.ratebook"\nzone z = countries DE',
            "RB003",
            'import "rates.ratebook"',
            "all files of the catalog's folder are one scope; `use` in `catalog` adds a folder",
        ),
        (
            "package p {\n  price monthly 5 USD\n}",
            "RB011",
            "price",
            "write the price in a service, and `service` with its name here",
        ),
        (
            "package p {\n  bills monthly\n  price monthly 5 USD\n}",
            "RB011",
            "price",
            "write the price in a service, and `service` with its name here",
        ),
        (
            "// my catalog\nzone z = countries DE",
            "RB003",
            "// my catalog",
            "a comment starts with `#`",
        ),
        (
            "service a {\n  price monthly 5,00 EUR\n}",
            "RB010",
            ",",
            "decimals stand behind a point, `5.50 CAD`; thousands are set apart with `_`, "
            "`12_000.00 CAD`; of several amounts each has its currency",
        ),
        (
            "tax t {\n  telecom DE 19, FR 20%\n}",
            "RB010",
            ",",
            "write `CA-ON 13%`; decimals stand behind a point: `14.975%`",
        ),
        (
            "feed f {\n  id talk_id at begun\n}",
            "RB010",
            "at",
            "each statement has a line of its own; several fields have commas: `id file, record`",
        ),
        ("zone z = contries DE", "RB010", "contries", "did you mean `countries`?"),
        ("service a\n{\n  type fee\n}", "RB012", "a", "open it with `{` at the end of this line"),
        ("service a\n  type fee\n}", "RB012", "a", "open it with `{` at the end of this line"),
        ("service a {\n  type fee\n", "RB004", "{", "add its `}` on a line of its own"),
        ("}\n", "RB005", "}", "remove it, or look for a `}` too many above"),
        ("zone z = countries DE }", "RB005", "}", "remove it"),
        ('zone z = "DE', "RB006", '"DE', 'close it with `"` on the same line'),
        ('service a "A {\n}', "RB006", '"A', 'close it with `"` on the same line'),
        (
            "zone z = countries DE\n12.00 CAD\nmore",
            "RB003",
            "12.00 CAD",
            "a statement stands between the braces of a declaration: `service access { ... }`",
        ),
        (
            "package p {\n  sold from 2026-02-30\n}",
            "RB020",
            "2026-02-30",
            "write year, month and day: `2026-01-31`",
        ),
        (
            "package p {\n  bills every 0 months\n}",
            "RB023",
            "0",
            "write a whole number of months: `every 2 months`",
        ),
        (
            'catalog c {\n  timezone "America\\Toronto"\n}',
            "RB022",
            "\\T",
            'write `\\\\` for a backslash, `\\"` for a quote, `\\n` for a new line',
        ),
    ],
)
def test_a_mistake_is_pointed_at_and_answered(text: str, code: str, at: str, help_: str) -> None:
    assert answers(text) == [(code, at, help_)]


@pytest.mark.parametrize(
    ("block", "statement", "again"),
    [
        ("catalog c", "currencies CAD", "currencies USD"),
        ("bill group b", "bill day 1", "bill day 2"),
        ("tax t", "otherwise 0%", "otherwise 1%"),
        ("service s", "type a", "type b"),
        ("service s", "usage monthly {\n}", "usage yearly {\n}"),
        ("package p", "sold from 2026-01-01", "sold from 2026-01-02"),
        ("feed f", "at started", "at ended"),
        ("rate plan p", "otherwise reject", "otherwise reject"),
        ("base bucket b", "unit GB", "unit MB"),
        ("bucket b of c", "recurring monthly", "recurring yearly"),
        ("bucket b of c", "one time", "one time for 2 days"),
        ("bucket b of c", "priority 1", "priority 2"),
        ("bucket b of c", "rolls over all for 1 period", "rolls over 1 GB for 1 period"),
        ("share plan p", "sold as a", "sold as b"),
    ],
)
def test_a_statement_said_twice_is_reported_on_the_second(
    block: str, statement: str, again: str
) -> None:
    source = Source("test.ratebook", f"{block} {{\n  {statement}\n  {again}\n}}")
    file, (found,) = parse_source(source)
    first = source.text.index(statement)
    assert found.code == "RB013"
    assert found.primary.span.start == source.text.index(again, first + len(statement))
    assert [label.span.start for label in found.secondary] == [first]
    assert not isinstance(file.declarations[0], Broken)


def test_codes_and_slugs_are_given_once() -> None:
    assert len({code.code for code in SYNTAX_CODES}) == len(SYNTAX_CODES)
    assert len({code.slug for code in SYNTAX_CODES}) == len(SYNTAX_CODES)
    assert all("RB001" <= code.code <= "RB099" for code in SYNTAX_CODES)
