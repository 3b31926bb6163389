"""The machine is kept between runs, and a catalog without a mistake is read without lark."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dsl import cache
from dsl.grammar import machine as machines
from dsl.grammar.machine import machine_of
from dsl.grammar.tables import parser

READ = """\
import sys
from pathlib import Path
from dsl.parser import parse_source
from dsl.source import Source
for file in Path("catalogs").rglob("*.ratebook"):
    _, mistakes = parse_source(Source(file.name, file.read_text(encoding="utf-8")))
    assert not mistakes
print("lark" in sys.modules)
"""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache directory, and a machine not yet made."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(machines, "machine", machines.machine.__wrapped__)
    return tmp_path / "ratebook"


def test_the_kept_machine_is_the_one_that_was_made(kept: Path) -> None:
    due = machine_of(parser())
    assert machines.machine() == due
    assert len(list(kept.glob("machine-*"))) == 1
    assert machines.machine() == due


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 200_000], ids=len)
def test_a_damaged_machine_is_made_anew(kept: Path, damage: bytes) -> None:
    due = machines.machine()
    (file,) = kept.glob("machine-*")
    file.write_bytes(damage)
    assert machines.machine() == due
    assert cache.load(file) is not None


def test_what_is_no_machine_is_not_taken_for_one(kept: Path) -> None:
    due = machines.machine()
    (file,) = kept.glob("machine-*")
    cache.keep(file, ("a", "b"))
    assert machines.machine() == due


def test_without_a_mistake_lark_is_not_imported(tmp_path: Path, root: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", READ],
            cwd=root,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(2)
    ]
    assert said == ["True\n", "False\n"]
