"""The same catalog gives the same bytes, whatever the order of files and of hashes."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.catalog.model import Catalog
from compiler.compile import compile_folder, compile_sources
from compiler.dump import catalog_json
from dsl.source import Source
from runtime.program.artifact import to_bytes
from tests.compiler.catalogs import CONNECTIVITY, ROOT, connectivity_sources

PRINT_PROGRAM = """
import sys
from pathlib import Path
from compiler.compile import compile_folder
from runtime.program.artifact import to_bytes
sys.stdout.buffer.write(to_bytes(compile_folder(Path(sys.argv[1])).program))
"""


def in_other_process(seed: str) -> bytes:
    return subprocess.run(
        [sys.executable, "-c", PRINT_PROGRAM, str(CONNECTIVITY)],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
    ).stdout


@pytest.mark.feature("E5")
def test_two_processes_give_the_same_bytes() -> None:
    assert in_other_process("1") == in_other_process("2")


@pytest.mark.feature("E5")
@given(st.permutations(connectivity_sources()))
def test_the_order_of_files_does_not_matter(sources: list[Source]) -> None:
    compilation = compile_sources(sources)
    assert compilation.program == compile_folder(CONNECTIVITY).program


@pytest.mark.feature("E5")
def test_moving_a_blank_line_changes_places_and_no_prices() -> None:
    before = compile_sources(connectivity_sources()).program
    moved = compile_sources(
        Source(source.path, "\n" + source.text) for source in connectivity_sources()
    ).program
    assert before is not None
    assert moved is not None
    assert before.fingerprint != moved.fingerprint
    ignored = {"sources", "fingerprint"}
    assert before.model_dump(exclude=ignored) == moved.model_dump(exclude=ignored)
    assert [place.line + 1 for place in before.sources] == [place.line for place in moved.sources]


@pytest.mark.feature("E5")
def test_catalog_is_read_back_from_its_json_unchanged() -> None:
    catalog = compile_folder(CONNECTIVITY).catalog
    assert catalog is not None
    text = catalog_json(catalog)
    again = Catalog.model_validate_json(text)
    assert again == catalog
    assert catalog_json(again) == text


def test_program_bytes_end_with_a_line() -> None:
    program = compile_folder(CONNECTIVITY).program
    assert program is not None
    assert to_bytes(program).endswith(b"}\n")
