"""Numbers for what is equal: rows by what they say, and whole sets of rows by their members.

Things are told alike by their contents, each compared with each in full by the engine's own
grouping, and never by a hash of them.  A number says nothing but that: two that are equal are
of equal things.  Numbers are from 0 on, of no order, and others in another run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from duckdb import DuckDBPyConnection


def number_rows(
    connection: DuckDBPyConnection, table: str, columns: Mapping[str, str], source: str
) -> None:
    """Make a table of the distinct rows of a source, each with its `number`.

    Args:
        connection: where it is made.
        table: its name; it is a temporary one.
        columns: SQL over the source for each column, by its name.
        source: what follows FROM.
    """
    values = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE {table} AS
        SELECT row_number() OVER () - 1 AS number, *
        FROM (SELECT DISTINCT {values} FROM {source})
    """)


def same_sql(columns: Mapping[str, str], numbered: str) -> str:
    """Give SQL that is true where a source's row is that of `number_rows`; NULL is itself."""
    return " AND ".join(
        f"{numbered}.{name} IS NOT DISTINCT FROM ({value})" for name, value in columns.items()
    )


_SETS = """
CREATE OR REPLACE TEMP TABLE set_measure AS
SELECT {owner}, count(*) AS size, min(member) AS least, max(member) AS most,
       CAST(sum(member) AS HUGEINT) AS total
FROM ({members}) GROUP BY {owner}
"""

_SMALL = """
CREATE OR REPLACE TEMP TABLE {table} AS
WITH small AS (
  SELECT row_number() OVER () AS number, *
  FROM (SELECT DISTINCT size, least, most, total FROM set_measure WHERE size IN (2, 3))
)
SELECT {owner}, 2 * least AS number FROM set_measure WHERE size = 1
UNION ALL
SELECT {of_measure}, 4 * s.number + 1
FROM set_measure AS m
JOIN small AS s
  ON s.size = m.size AND s.least = m.least AND s.most = m.most AND s.total = m.total
"""

_LARGE = """
INSERT INTO {table}
WITH listed AS (
  SELECT {of_member}, list_sort(list(m.member)) AS members
  FROM ({members}) AS m JOIN set_measure AS s ON {same} AND s.size > 3
  GROUP BY {of_member}
),
large AS (
  SELECT row_number() OVER () AS number, members FROM (SELECT DISTINCT members FROM listed)
)
SELECT {of_listed}, 4 * l.number + 3
FROM listed AS d JOIN large AS l ON l.members = d.members
"""


def number_sets(
    connection: DuckDBPyConnection, table: str, owner: Sequence[str], members: str
) -> None:
    """Make a table of owners, each with the `number` of the set of its members.

    A member that an owner has twice is two.  One member is the set's number by itself; two or
    three are told by the least, the most and their sum; more are listed in order.

    Args:
        connection: where it is made.
        table: its name; it is a temporary one.
        owner: the columns of an owner, none of which is NULL.
        members: a query for rows of an owner's columns and `member`, a number from 0 on.
    """
    names = ", ".join(owner)
    connection.execute(_SETS.format(owner=names, members=members))
    of_measure = ", ".join(f"m.{name}" for name in owner)
    connection.execute(_SMALL.format(table=table, owner=names, of_measure=of_measure))
    if connection.execute("SELECT 1 FROM set_measure WHERE size > 3 LIMIT 1").fetchone():
        connection.execute(
            _LARGE.format(
                table=table,
                members=members,
                of_member=", ".join(f"m.{name}" for name in owner),
                of_listed=", ".join(f"d.{name}" for name in owner),
                same=" AND ".join(f"s.{name} = m.{name}" for name in owner),
            )
        )
    connection.execute("DROP TABLE set_measure")
