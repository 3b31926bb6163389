"""The real catalogs, as the tests of the front end read them."""

from pathlib import Path

from dsl.source import Source

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "catalogs").rglob("*.ratebook"))
SOURCES = [
    Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in FILES
]
