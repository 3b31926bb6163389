"""Wrong catalogs and exactly what is said of them; the cases stand in `cases/*.md`."""

import pytest

from compiler.compile import compile_sources
from tests.compiler.cases import Case, read_cases, report

CASES = read_cases()


@pytest.mark.feature("E1", "E2")
@pytest.mark.parametrize("case", CASES, ids=[f"{case.file}: {case.title}" for case in CASES])
def test_case_is_reported_as_written(case: Case) -> None:
    assert report(compile_sources(case.sources)) == case.expected


@pytest.mark.parametrize("case", CASES, ids=[f"{case.file}: {case.title}" for case in CASES])
def test_every_label_lies_in_its_file_and_says_something(case: Case) -> None:
    compilation = compile_sources(case.sources)
    texts = {source.path: source.text for source in compilation.sources}
    for found in compilation.diagnostics:
        for label in (found.primary, *found.secondary):
            assert 0 <= label.span.start <= label.span.end <= len(texts[label.span.path])
            assert label.message


def test_titles_are_unique() -> None:
    titles = [(case.file, case.title) for case in CASES]
    assert len(titles) == len(set(titles))
