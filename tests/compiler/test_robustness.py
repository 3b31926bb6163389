"""Mutated catalogs: whatever the text, there are diagnostics or a program, never a traceback."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.compile import Compilation, compile_sources
from dsl.source import Source

ROOT = Path(__file__).resolve().parents[2] / "catalogs"
MOST_ROWS = 40
STRANGE = (
    *("0", "9" * 30, "9" * 40, "1.5", "0.000000000000000001", "31", "FR", "x", "{", "}", "\\"),
    *("2026-02-30", "24:01", "..", "100%", "1e9", "per", "of", "\u202e", "é", "volume {", "from"),
    *('"', "\0"),
)


@dataclass(frozen=True)
class Whole:
    """A real catalog as one text, with the files that it names and where its words stand."""

    text: str
    beside: tuple[Source, ...]
    words: tuple[tuple[int, int], ...]

    def compile(self, text: str) -> Compilation:
        return compile_sources([Source("mutant.ratebook", text), *self.beside])


def read(name: str) -> Whole:
    """Read a catalog; of a long table the first rows will do."""
    folder = ROOT / name
    text = "\n".join(file.read_text("utf-8") for file in sorted(folder.glob("*.ratebook")))
    beside = [
        Source(f"../shared/{file.relative_to(ROOT / 'shared').as_posix()}", file.read_text("utf-8"))
        for file in sorted((ROOT / "shared").rglob("*.ratebook"))
    ]
    for table in sorted(folder.glob("*.csv")):
        lines = table.read_text("utf-8").splitlines(keepends=True)[:MOST_ROWS]
        beside.append(Source(table.name, "".join(lines)))
    words = tuple((found.start(), found.end()) for found in re.finditer(r"\w+|[^\w\s]", text))
    return Whole(text, tuple(beside), words)


NAMES = sorted(file.parent.name for file in ROOT.glob("*/catalog.ratebook"))
WHOLES = {name: read(name) for name in NAMES}
some_catalog = st.sampled_from(NAMES).map(WHOLES.__getitem__)


def must_hold(compilation: Compilation) -> None:
    errors = [found for found in compilation.diagnostics if found.severity == "error"]
    assert (compilation.program is None) == bool(errors)
    length = {source.path: len(source.text) for source in compilation.sources}
    for found in compilation.diagnostics:
        for label in (found.primary, *found.secondary):
            assert 0 <= label.span.start <= label.span.end <= length[label.span.path]


@pytest.mark.feature("E1", "E2")
@pytest.mark.parametrize("name", NAMES)
def test_as_it_is(name: str) -> None:
    must_hold(WHOLES[name].compile(WHOLES[name].text))


@pytest.mark.feature("E1", "E2")
@given(some_catalog, st.lists(st.integers(0), min_size=1, max_size=4))
def test_deleted_words(catalog: Whole, chosen: list[int]) -> None:
    text = catalog.text
    for number in sorted({each % len(catalog.words) for each in chosen}, reverse=True):
        start, end = catalog.words[number]
        text = text[:start] + text[end:]
    must_hold(catalog.compile(text))


@pytest.mark.feature("E2")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fleet", "1..10_000"),
        ("tokens", "1_000_000 count"),
        ("tokens", "up to 10 million_token"),
        ("tokens", "up to 49"),
        ("connectivity", "50 GB"),
        ("connectivity", "net 30"),
    ],
)
def test_the_longest_number_that_can_be_written_is_too_large(name: str, words: str) -> None:
    text = WHOLES[name].text
    assert words in text
    longer = re.sub(r"[\d_]+(?!.*\d)", "9" * 30, words)
    compilation = WHOLES[name].compile(text.replace(words, longer, 1))
    must_hold(compilation)
    assert compilation.program is None


@pytest.mark.feature("E2", "A14")
def test_a_quantity_is_counted_in_64_bits() -> None:
    catalog = WHOLES["connectivity"]
    assert "50 GB" in catalog.text
    for quantity, codes in (("9_223_372_036 GB", set()), ("9_223_372_037 GB", {"RB114"})):
        compilation = catalog.compile(catalog.text.replace("50 GB", quantity))
        assert {each.code for each in compilation.diagnostics} & {"RB114"} == codes


@pytest.mark.feature("E1", "E2")
@given(some_catalog, st.integers(0), st.integers(0))
def test_a_word_in_place_of_another(catalog: Whole, to: int, of: int) -> None:
    start, end = catalog.words[to % len(catalog.words)]
    word = catalog.text[slice(*catalog.words[of % len(catalog.words)])]
    must_hold(catalog.compile(catalog.text[:start] + word + catalog.text[end:]))


@pytest.mark.feature("E1", "E2")
@given(some_catalog, st.integers(0), st.integers(1, 3))
def test_doubled_words(catalog: Whole, place: int, times: int) -> None:
    start, end = catalog.words[place % len(catalog.words)]
    again = f" {catalog.text[start:end]}" * times
    must_hold(catalog.compile(catalog.text[:end] + again + catalog.text[end:]))


@pytest.mark.feature("E1", "E2")
@given(some_catalog, st.integers(0), st.sampled_from(STRANGE))
def test_a_strange_value_in_place_of_a_word(catalog: Whole, to: int, value: str) -> None:
    start, end = catalog.words[to % len(catalog.words)]
    must_hold(catalog.compile(catalog.text[:start] + value + catalog.text[end:]))


@pytest.mark.feature("E1", "E2")
@settings(max_examples=30)
@given(some_catalog, st.integers(0), st.integers(0, 400))
def test_a_cut_out_stretch(catalog: Whole, place: int, length: int) -> None:
    start = place % len(catalog.text)
    must_hold(catalog.compile(catalog.text[:start] + catalog.text[start + length :]))


@pytest.mark.feature("E1", "E2")
@settings(max_examples=30)
@given(some_catalog, st.integers(0), st.binary(min_size=1, max_size=40))
def test_random_bytes_in_the_middle(catalog: Whole, place: int, content: bytes) -> None:
    start = place % len(catalog.text)
    noise = content.decode("latin-1")
    must_hold(catalog.compile(catalog.text[:start] + noise + catalog.text[start:]))


@pytest.mark.feature("E1", "E2")
@pytest.mark.parametrize("opening", ["{", "(", "not ", "graduated {", 'service a "b" {'])
def test_deep_nesting(opening: str) -> None:
    catalog = WHOLES["connectivity"]
    must_hold(catalog.compile(f"{catalog.text}\nrate group deep when {opening * 5_000}"))
    must_hold(catalog.compile(f"{catalog.text}\n{opening * 5_000}"))
