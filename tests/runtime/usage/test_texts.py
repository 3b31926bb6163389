"""Times and quantities written as most are, are read without patterns, and read the same."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from runtime.engine import open_engine
from runtime.usage import expressions, sql
from runtime.usage.reader import Reader, raw_field
from runtime.usage.times import text_instant
from runtime.usage.zones import local_time
from tests.runtime.usage.test_feeds import program_of

pytestmark = pytest.mark.feature("A13", "A26")

FEED = """\
feed calls {
  format     csv
  id         id
  at         at
  service    key
  quantity   amount in token
}
"""
ENDS = ("", "Z", "z", "+05", "-05", "+0530", "+05:30", " UTC", "0", ".5", ".5Z", ":00", "\n")
BEGINNINGS = (
    *("2026-03-08T02:30:00", "2026-03-08 02:30:00", "2026-03-08T02:30", "2026-03-08T02:30:0"),
    *(
        "2026-03-08T02:30:99",
        "2026-03-08",
        "123-1-5 00:00",
        "26-03-08T02:30:00",
        "2026-3-8T02:30:00",
    ),
    *("infinity", "é026-03-08T02:30:00", "2026-03-08T02:30:5", "99999-03-08T02:30:00", ""),
)
NUMBERS = (
    *(
        "0",
        "5",
        "-0",
        "-5",
        "+5",
        "007",
        " 5",
        "5 ",
        "1e3",
        "1_000",
        "0x10",
        "5.0",
        "5.5",
        ".5",
        "5.",
    ),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808", "٥", "x", "true"),
    *("1234567890123456789012345678", "12345678901234567890123456789", "NaN", "1,000"),
)


def test_a_time_of_the_usual_form_is_the_one_that_patterns_find() -> None:
    zoned = r"T?\d\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)$"
    texts = ["".join(each) for each in product(BEGINNINGS, ENDS)]
    with open_engine() as connection:
        clock = local_time("America/Toronto", date(2026, 5, 1))
        rows = connection.execute(
            f"""
            SELECT t, {text_instant("t", "local", None, clock)},
                   CASE WHEN regexp_matches(t, '{zoned}')
                        THEN timezone('UTC', TRY_CAST(t AS TIMESTAMPTZ))
                        ELSE timezone('UTC', timezone('America/Toronto', local)) END
            FROM (SELECT t, TRY_CAST(t AS TIMESTAMP) AS local FROM (SELECT unnest($1) AS t))
            """,
            [texts],
        ).fetchall()
    assert [(text, found) for text, found, _ in rows] == [(text, right) for text, _, right in rows]
    assert len({found for _, found, _ in rows}) > 10


def test_a_whole_quantity_is_the_number_that_the_pattern_finds() -> None:
    program = program_of(FEED)
    feed = program.feeds[0]
    types = dict.fromkeys(feed.columns, "VARCHAR")
    with open_engine() as connection:
        clock = local_time("UTC", date(2026, 5, 1))
        reader = Reader(feed, feed.events[0], types, True, False, ("USD",), clock)
        others = ", ".join(f"'x' AS {raw_field(name)}" for name in feed.columns if name != "amount")
        raw = f"SELECT unnest([{sql.texts(NUMBERS)}]) AS {raw_field('amount')}, {others}"
        rows = connection.execute(f"""
            SELECT {raw_field("amount")}, {reader.quantity(reader.steps())},
                   TRY_CAST({expressions.text_number(raw_field("amount"))} AS BIGINT)
            FROM ({reader.records(raw)})
        """).fetchall()
    assert [(text, found) for text, found, _ in rows] == [(text, right) for text, _, right in rows]
    assert sum(found is not None for _, found, _ in rows) > 8
