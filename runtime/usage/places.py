"""Where usage goes: the prefixes that rates ask for, and the longest one of each destination.

Destinations come in millions and prefixes in thousands.  Destinations with the same longest
prefix are alike for every rate, so that prefix, their reach, is looked up in their place.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.program.model import Program
from runtime.usage import sql

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


def make_prefixes(connection: DuckDBPyConnection, prefixes: frozenset[str]) -> None:
    """Make usage.prefixes, and usage.prefix_lengths of them."""
    sql.make_column(connection, "prefixes", "prefix", sorted(prefixes))
    connection.execute("""
        CREATE OR REPLACE TABLE usage.prefix_lengths AS
        SELECT DISTINCT length(prefix) AS length FROM usage.prefixes
    """)
