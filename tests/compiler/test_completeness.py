"""Every kind of declaration is held by every layer, documented, and shown right and wrong."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from compiler.catalog.model import Catalog
from compiler.compile import Compilation, compile_folder, compile_sources
from compiler.constructs import PROGRAM_TABLES, constructs
from compiler.resolve.kinds import KIND_OF, PROVING, Kind
from dsl.grammar.machine import GRAMMAR_FILE
from dsl.kinds import KINDS
from dsl.parser import parse_source
from dsl.printer import FormattedText, format_source
from dsl.source import Source, Span
from dsl.syntax.declarations import Broken, Declaration, SourceFile
from runtime.program.model import Program
from tests.compiler.cases import read_cases

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
DECLARED = tuple(KIND_OF.items())
IDS = [kind.value for _, kind in DECLARED]
CATALOGS = sorted(file.parent for file in (ROOT / "catalogs").glob("*/catalog.ratebook"))
CATALOG_FIELDS = {
    Kind.CATALOG: "currencies",
    Kind.TAX: "taxes",
    Kind.COUNTING_RULE: "counting_rules",
    Kind.PRICE_TABLE: "services",
}
"""Where the catalog's model calls a kind otherwise than by its plural."""
WITHOUT_ROWS = frozenset({"format_version", "fingerprint", "catalog", "title", "timezone"})
NOT_DECLARED = frozenset({"rounding", "sources"})
"""Tables of the program that belong to no kind: the rounding, and where each row came from."""


@cache
def reference_files() -> tuple[SourceFile, ...]:
    examples = re.findall(r"^```ratebook\n(.*?)^```$", REFERENCE, re.MULTILINE | re.DOTALL)
    return tuple(parse_source(Source("docs/language.md", text))[0] for text in examples)


@cache
def shown_in_reference() -> dict[type[Declaration], Source]:
    """Give an example of the reference for each node it shows."""
    return {
        type(node): file.source
        for file in reference_files()
        for node in file.declarations
        if not isinstance(node, Broken)
    }


@cache
def cases_by_kind() -> tuple[frozenset[Kind], frozenset[Kind]]:
    """Give the kinds that some case declares rightly, and those that one is reported in."""
    right: set[Kind] = set()
    wrong: set[Kind] = set()
    for case in read_cases():
        compilation = compile_sources(case.sources)
        spans = [one.primary.span for one in compilation.diagnostics]
        for node in compilation.resolved.declarations:
            own = node.span
            words = compilation_text(compilation, own)
            hit = any(
                (at.path == own.path and own.start <= at.start <= own.end)
                or (at.path.endswith(".csv") and f'"{at.path}"' in words)
                for at in spans
            )
            (wrong if hit else right).add(KIND_OF[type(node)])
    return frozenset(right), frozenset(wrong)


def compilation_text(compilation: Compilation, span: Span) -> str:
    source = next(each for each in compilation.sources if each.path == span.path)
    return source.words(span)


def rows_of(program: Program) -> Iterator[str]:
    yield from (name for name in Program.model_fields if getattr(program, name))


@pytest.mark.feature("E1")
def test_each_first_words_have_a_rule_and_a_kind() -> None:
    grammar = GRAMMAR_FILE.read_text(encoding="utf-8")
    rules = set(re.findall(r"^[?!]?(\w+)(?:\{\w+\})?:", grammar, re.MULTILINE))
    known = {kind.words for kind in Kind}
    for kind in KINDS:
        assert kind.words in known, f"`{kind.words}` is no kind"
        assert {kind.words.replace(" ", "_"), kind.body or "declaration"} & rules


@pytest.mark.feature("E1")
@pytest.mark.parametrize(("node", "kind"), DECLARED, ids=IDS)
def test_each_kind_is_shown_in_the_reference_and_printed(
    node: type[Declaration], kind: Kind
) -> None:
    source = shown_in_reference().get(node)
    assert source is not None, f"docs/language.md shows no {kind.words}"
    printed = format_source(source)
    assert isinstance(printed, FormattedText)
    again, diagnostics = parse_source(Source("again.ratebook", printed.text))
    assert not diagnostics
    assert node in {type(each) for each in again.declarations}


@pytest.mark.feature("E1")
@pytest.mark.parametrize(("node", "kind"), DECLARED, ids=IDS)
def test_each_kind_has_a_place_in_the_catalog_and_the_program(
    node: type[Declaration], kind: Kind
) -> None:
    if kind in PROVING:
        assert kind not in PROGRAM_TABLES
        return
    field = CATALOG_FIELDS.get(kind)
    plural = kind.value + ("es" if kind.value.endswith("s") else "s")
    assert {field, plural} & set(Catalog.model_fields), f"the catalog has no {plural}"
    tables = PROGRAM_TABLES[kind]
    assert tables
    assert set(tables) <= set(Program.model_fields)


@pytest.mark.feature("E6")
def test_each_table_of_the_program_belongs_to_a_kind() -> None:
    held = {table for tables in PROGRAM_TABLES.values() for table in tables}
    assert set(Program.model_fields) - WITHOUT_ROWS - NOT_DECLARED == held


@pytest.mark.feature("E2")
@pytest.mark.parametrize("kind", IDS)
def test_each_kind_has_a_right_and_a_wrong_case(kind: str) -> None:
    right, wrong = cases_by_kind()
    assert Kind(kind) in right
    assert Kind(kind) in wrong


@pytest.mark.feature("E1", "E6")
def test_the_catalogs_use_the_whole_language_between_them() -> None:
    """Every table of the program has a row in at least one of the catalogs."""
    compiled = [compile_folder(folder) for folder in CATALOGS]
    used: set[str] = set()
    for compilation in compiled:
        assert compilation.program is not None
        used.update(rows_of(compilation.program))
    assert set(Program.model_fields) == used


@pytest.mark.feature("E2")
def test_the_rules_name_each_kind_once() -> None:
    found = [each.kind for each in constructs()]
    assert sorted(found) == sorted(kind for _, kind in DECLARED)
    assert sum(bool(each.checks) for each in constructs()) >= len(found) - 4
