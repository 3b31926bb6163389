"""How the engine is opened: what it leaves undone that nobody reads."""

from __future__ import annotations

from runtime.engine import open_engine

MOST_MEMORY = 100 * 1024**3


def test_tables_that_are_in_memory_are_not_written_anew_as_they_grow() -> None:
    with open_engine(threads=1) as connection:
        (shown,) = connection.execute("SELECT current_setting('checkpoint_threshold')").fetchone()  # type: ignore[misc]
    number, unit = str(shown).split()
    assert float(number) * {"GiB": 1024**3, "TiB": 1024**4}[unit] > MOST_MEMORY
