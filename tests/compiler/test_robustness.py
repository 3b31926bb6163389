"""Mutated catalogs: whatever the text, there are diagnostics or a program, never a traceback."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.compile import Compilation, compile_sources
from dsl.source import Source
from tests.compiler.catalogs import connectivity_sources

TEXT = "\n".join(source.text for source in connectivity_sources())
WORDS = [(found.start(), found.end()) for found in re.finditer(r"\w+|[^\w\s]", TEXT)]
places = st.integers(0, len(WORDS) - 1)


def must_hold(compilation: Compilation) -> None:
    errors = [found for found in compilation.diagnostics if found.severity == "error"]
    assert (compilation.program is None) == bool(errors)
    length = {source.path: len(source.text) for source in compilation.sources}
    for found in compilation.diagnostics:
        for label in (found.primary, *found.secondary):
            assert 0 <= label.span.start <= label.span.end <= length[label.span.path]


def compile_text(text: str) -> Compilation:
    return compile_sources([Source("mutant.ratebook", text)])


@pytest.mark.feature("E1", "E2")
@given(st.lists(places, min_size=1, max_size=4, unique=True))
def test_deleted_words(chosen: list[int]) -> None:
    text = TEXT
    for number in sorted(chosen, reverse=True):
        start, end = WORDS[number]
        text = text[:start] + text[end:]
    must_hold(compile_text(text))


@pytest.mark.feature("E1", "E2")
@given(places, places)
def test_a_word_in_place_of_another(to: int, of: int) -> None:
    start, end = WORDS[to]
    word = TEXT[slice(*WORDS[of])]
    must_hold(compile_text(TEXT[:start] + word + TEXT[end:]))


@pytest.mark.feature("E1", "E2")
@given(places, st.sampled_from(["0", "9" * 40, "1.5", "0.000000000000000001", "31", "FR", "x"]))
def test_a_strange_value_in_place_of_a_word(to: int, value: str) -> None:
    start, end = WORDS[to]
    must_hold(compile_text(TEXT[:start] + value + TEXT[end:]))


@pytest.mark.feature("E1", "E2")
@settings(max_examples=30)
@given(st.integers(0, len(TEXT)), st.integers(0, 400))
def test_a_cut_out_stretch(start: int, length: int) -> None:
    must_hold(compile_text(TEXT[:start] + TEXT[start + length :]))
