"""The days `[start_day, end_day)` each account service is held."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.tables import OPEN_DAY

_OPEN = f"DATE '{OPEN_DAY}'"

END_DAY = f"""
greatest(h.start_day, least(
  coalesce(h.service_cancelled, {_OPEN}), coalesce(h.package_cancelled, {_OPEN}),
  coalesce(service_end.day, {_OPEN}), coalesce(package_end.day, {_OPEN})
))
"""
"""SQL for the end of the life of a row `h` of subscription.holdings, with ENDS joined to it."""

ENDS = """
LEFT JOIN subscription.service_ends AS service_end ON service_end.owner = h.owner
LEFT JOIN subscription.package_ends AS package_end ON package_end.owner = h.package_owner
"""


def make_lives(connection: DuckDBPyConnection) -> None:
    """Make subscription.service_ends, package_ends and, as a view, subscription.lives.

    A life ends with the first of the service's cancellation, its package's, and a status
    on the canceled base of either; one that ended before it began has no days.
    """
    for kind in ("service", "package"):
        connection.execute(f"""
            CREATE OR REPLACE TABLE subscription.{kind}_ends AS
            SELECT owner, min(from_day) AS day FROM subscription.{kind}_states
            WHERE base = 'canceled' GROUP BY owner
        """)
    connection.execute(f"""
        CREATE OR REPLACE VIEW subscription.lives AS
        SELECT h.owner, h.package_owner, h.account_service, h.start_day, {END_DAY} AS end_day
        FROM subscription.holdings AS h {ENDS}
    """)
