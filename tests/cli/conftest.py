"""The command line as a user types it, in this process, and a copy of a catalog to break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.main import main

ROOT = Path(__file__).resolve().parents[2]
CONNECTIVITY = ROOT / "catalogs" / "connectivity"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed and how it exited."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


Ratebook = Callable[..., Said]


@pytest.fixture
def ratebook(capfd: pytest.CaptureFixture[str]) -> Ratebook:
    """Run `ratebook ARGUMENTS`; no command ever shows a traceback."""

    def run(*arguments: object) -> Said:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        assert isinstance(stop.value.code, int)
        return Said(stop.value.code, out, err)

    return run


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A copy of the connectivity catalog, with its book, usage and shared folder."""
    shutil.copytree(CONNECTIVITY.parent / "shared", tmp_path / "shared")
    return Path(shutil.copytree(CONNECTIVITY, tmp_path / "connectivity"))


def edit(file: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text that must be there."""
    text = file.read_text("utf-8")
    assert old in text, f"{file} has no {old!r}"
    file.write_text(text.replace(old, new, 1), "utf-8")
