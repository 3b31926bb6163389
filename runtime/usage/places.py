"""Where usage goes: the prefixes that rates ask for, and the longest one of each destination.

Destinations come in millions and prefixes in thousands.  Destinations with the same longest
prefix are alike for every rate, so that prefix, their reach, is looked up in their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from duckdb import DuckDBPyConnection

from runtime.program.model import Program
from runtime.usage import sql
from runtime.usage.reader import attribute

COUNTRY, DESTINATION, CARRIER = "country", "destination", "carrier"
"""The attributes of an event that rates ask for."""


def asked_prefixes(program: Program) -> frozenset[str]:
    """Give the prefixes of rates, and of the zones of rates."""
    zones = {rate.zone for rate in program.rates if rate.zone is not None}
    own = {rate.prefix for rate in program.rates if rate.prefix is not None}
    return frozenset(own | {each.prefix for each in program.zone_prefixes if each.zone in zones})


def asked_attributes(program: Program) -> frozenset[str]:
    """Give the attributes, but the destination, that choose between rates."""
    found = set()
    if any(rate.carrier is not None for rate in program.rates):
        found.add(CARRIER)
    if any(rate.country is not None or rate.zone is not None for rate in program.rates):
        found.add(COUNTRY)
    return frozenset(found)


def make_reaches(
    connection: DuckDBPyConnection, prefixes: frozenset[str], relations: Iterable[str]
) -> None:
    """Make usage.prefix_lengths, and usage.reaches of all destinations of some relations.

    Relations give `destination`; one without a prefix of those asked for has no reach.
    """
    sql.make_column(connection, "prefixes", "prefix", sorted(prefixes))
    connection.execute("""
        CREATE OR REPLACE TABLE usage.prefix_lengths AS
        SELECT DISTINCT length(prefix) AS length FROM usage.prefixes
    """)
    every = " UNION ".join(relations) or "SELECT NULL::VARCHAR AS destination"
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.reaches AS
        SELECT d.destination, max_by(p.prefix, l.length) AS reach
        FROM ({every}) AS d
        JOIN usage.prefix_lengths AS l ON l.length <= length(d.destination)
        JOIN usage.prefixes AS p ON p.prefix = left(d.destination, l.length)
        GROUP BY d.destination
    """)


def destinations_of(relation: str) -> str:
    """Give the SELECT of a relation's destinations."""
    column = attribute(DESTINATION)
    return f"SELECT {column} AS destination FROM ({relation}) WHERE {column} IS NOT NULL"


def reach_join(program: Program, attributes: Sequence[str] | frozenset[str]) -> tuple[str, str]:
    """Give the join that finds the reach of events e, and SQL for it."""
    if not asked_prefixes(program) or DESTINATION not in attributes:
        return "", "NULL::VARCHAR"
    join = f"LEFT JOIN usage.reaches AS w ON w.destination = e.{attribute(DESTINATION)} "
    return join, "w.reach"
