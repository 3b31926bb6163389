"""A text that is read once does, each time, what it says of what is there by then."""

import duckdb
import pytest

from runtime.engine import open_engine


def test_a_text_that_was_read_is_of_the_tables_and_parameters_of_now() -> None:
    with open_engine(threads=1) as connection, open_engine(threads=1) as other:
        text = "SELECT * FROM book.seen WHERE $least <= 2"
        for each, columns in ((connection, "1 AS a"), (other, "'x' AS b, 2 AS c")):
            each.execute(f"CREATE TABLE book.seen AS SELECT {columns}")
        assert connection.execute(text, {"least": 1}).fetchall() == [(1,)]
        assert other.cursor().execute(text, {"least": 2}).fetchall() == [("x", 2)]
        assert other.execute(text, {"least": 3}).fetchall() == []
        connection.execute("CREATE OR REPLACE TABLE book.seen AS SELECT DATE '2026-01-01' AS d, 5")
        assert len(connection.execute(text, {"least": 1}).fetchall()[0]) == 2


@pytest.mark.parametrize("text", ["SELECT 1 +", "SELECT missing FROM book.nothing", "SELECT $one"])
def test_what_is_wrong_is_said_in_the_engines_words_each_time(text: str) -> None:
    with duckdb.connect(":memory:") as plain:
        plain.execute("CREATE SCHEMA book")
        with pytest.raises(duckdb.Error) as due:
            plain.execute(text)
    with open_engine(threads=1) as connection:
        for _ in range(2):
            with pytest.raises(type(due.value)) as said:
                connection.execute(text)
            assert str(said.value) == str(due.value)


def test_several_statements_in_one_text_are_all_executed() -> None:
    with open_engine(threads=1) as connection:
        for _ in range(2):
            assert connection.execute("SELECT 1; SELECT 2").fetchall() == [(2,)]
