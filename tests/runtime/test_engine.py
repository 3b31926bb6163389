"""How the engine is opened: what it leaves undone that nobody reads."""

from __future__ import annotations

import pytest

from runtime.engine import fill_table, open_engine

MOST_MEMORY = 100 * 1024**3


def test_tables_that_are_in_memory_are_not_written_anew_as_they_grow() -> None:
    with open_engine(threads=1) as connection:
        (shown,) = connection.execute("SELECT current_setting('checkpoint_threshold')").fetchone()  # type: ignore[misc]
    number, unit = str(shown).split()
    assert float(number) * {"GiB": 1024**3, "TiB": 1024**4}[unit] > MOST_MEMORY


@pytest.mark.parametrize("times", [1, 100])
def test_whole_numbers_beyond_64_bits_go_into_a_table_as_they_are(times: int) -> None:
    numbers = [2**63, -(2**63) - 1, 0, None, 10**37]
    with open_engine() as connection:
        rows = [(number,) for number in numbers * times]
        fill_table(connection, "large", {"number": "HUGEINT"}, rows)
        assert connection.execute("FROM large").fetchall() == rows
