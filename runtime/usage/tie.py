"""To which account service, usage period and price kind an instant of an identifier belongs.

A segment is a stretch of instants over which one account service held one identifier value
and nothing that decides changed; segments of a value never overlap, so one join on value
and instant answers all.  A value that moves between accounts in different time zones on one
day belongs to the new holder from the instant its day begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.calendar import make_day_instants
from runtime.program.model import Program
from runtime.usage import sql
from runtime.usage.dispositions import Reason
from runtime.usage.faults import UsageHolderFault

PLAN_PRECEDENCE = ("account_service", "price_plan", "catalog", "account")
"""Who may have the rate plan of an account service, the nearest to the use first.

The catalog's is the package's own for the service, else the service's.
"""


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last instant of the run's new records, in UTC; None: it has none."""

    first: datetime | None
    last: datetime | None


def make_periods(
    connection: DuckDBPyConnection, span: Span, as_of: date, previous_as_of: date | None
) -> None:
    """Make usage.periods: the usage periods this run may touch, numbered from 0.

    Those that ended in (previous_as_of, as_of] are `is_due`, and those that ended before of
    the account services in usage.reopened; others lie in the span, and the rest are of one
    `number` of usage.groups with such a one.
    """
    due = f"u.period_end <= DATE '{as_of}'"
    if previous_as_of is not None:
        due += (
            f" AND (u.period_end > DATE '{previous_as_of}' OR EXISTS (SELECT 1"
            " FROM usage.reopened AS r WHERE r.account_service = u.account_service"
            " AND coalesce(r.period_start, u.period_start) = u.period_start))"
        )
    touched = "false"
    if span.first is not None:
        touched = (
            f"u.start_instant <= TIMESTAMP '{span.last}' "
            f"AND u.end_instant > TIMESTAMP '{span.first}'"
        )
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.periods AS
        WITH flagged AS (
          SELECT u.*, g.number, ({due}) AS is_due, ({touched}) AS is_touched
          FROM subscription.usage_periods AS u
          LEFT JOIN usage.groups AS g
            ON g.account_service = u.account_service AND g.period_start = u.period_start
        ),
        hot AS (SELECT DISTINCT number FROM flagged WHERE is_due OR is_touched)
        SELECT (row_number() OVER () - 1)::INTEGER AS period, * EXCLUDE (is_touched)
        FROM (
          SELECT * FROM flagged
          WHERE is_due OR is_touched
            OR number IN (SELECT number FROM hot WHERE number IS NOT NULL)
          ORDER BY account_service, period_start
        )
    """)


def make_evaluated(connection: DuckDBPyConnection, used: NDArray[np.int64]) -> None:
    """Make usage.evaluated and rated.evaluated: what is due, has new events, or is tied to such.

    Reads usage.periods.  `used`: the usage periods of new events that are rated.
    """
    sql.make_arrow(connection, "used", pa.table({"period": used.astype(np.int32)}))
    connection.execute("""
        CREATE OR REPLACE TABLE usage.evaluated AS
        WITH asked AS (
          SELECT period FROM usage.periods WHERE is_due
          UNION
          SELECT period FROM usage.used
        )
        SELECT period FROM asked
        UNION
        SELECT period FROM usage.periods
        WHERE number IN (SELECT p.number FROM usage.periods AS p SEMI JOIN asked USING (period)
                         WHERE p.number IS NOT NULL)
    """)
    connection.execute("""
        INSERT INTO rated.evaluated BY NAME
        SELECT p.account_service, p.period_start, p.period_end
        FROM usage.periods AS p SEMI JOIN usage.evaluated AS e ON e.period = p.period
        ORDER BY ALL
    """)


def make_kinds(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.kinds: what account services are alike for rating (service, currency, plan)."""
    sql.make_table(
        connection,
        "services",
        {"service": "VARCHAR", "rate_plan": "VARCHAR", "takes_usage": "BOOLEAN"},
        [(each.id, each.rate_plan, each.usage_months is not None) for each in program.services],
    )
    sql.make_table(
        connection,
        "package_plans",
        {"package": "VARCHAR", "service": "VARCHAR", "rate_plan": "VARCHAR"},
        [
            (each.package, each.service, each.rate_plan)
            for each in program.package_services
            if each.rate_plan is not None
        ],
    )
    connection.execute("""
        CREATE OR REPLACE TABLE usage.service_kinds AS
        SELECT s.account_service, s.service, s.currency, v.takes_usage, s.timezone,
               s.start_day, s.end_day, coalesce(o.rate_plan, v.rate_plan) AS rate_plan
        FROM subscription.account_services AS s
        JOIN usage.services AS v ON v.service = s.service
        LEFT JOIN usage.package_plans AS o ON o.package = s.package AND o.service = s.service
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.kinds AS
        SELECT (row_number() OVER (ORDER BY service, currency, rate_plan) - 1)::INTEGER AS kind, *
        FROM (
          SELECT service, currency, rate_plan FROM usage.service_kinds
          UNION
          SELECT s.service, s.currency, g.rate_plan
          FROM subscription.rate_plans AS g JOIN usage.service_kinds AS s USING (account_service)
        )
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.service_kinds AS
        SELECT s.*, k.kind
        FROM usage.service_kinds AS s
        JOIN usage.kinds AS k ON k.service = s.service AND k.currency = s.currency
         AND k.rate_plan IS NOT DISTINCT FROM s.rate_plan
    """)


def _make_period_plans(connection: DuckDBPyConnection) -> None:
    """Make usage.period_plans: the rate plan of each of usage.periods that the book gives one.

    And usage.period_kinds, the kinds that these come to.

    The plan of a usage period is the one given on its first day held.
    """
    listed = ", ".join(f"'{level}'" for level in PLAN_PRECEDENCE)
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.period_plans AS
        WITH given AS (
          SELECT p.period, g.level, g.rate_plan
          FROM usage.periods AS p
          JOIN subscription.rate_plans AS g ON g.account_service = p.account_service
           AND g.from_day <= p.period_start AND p.period_start < g.until_day
          UNION ALL
          SELECT p.period, 'catalog', s.rate_plan
          FROM usage.periods AS p
          JOIN usage.service_kinds AS s ON s.account_service = p.account_service
          WHERE s.rate_plan IS NOT NULL
            AND s.account_service IN (SELECT account_service FROM subscription.rate_plans)
        )
        SELECT period, min_by(rate_plan, list_position([{listed}], level)) AS rate_plan
        FROM given GROUP BY period
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.period_kinds AS
        SELECT n.period, k.kind
        FROM usage.period_plans AS n
        JOIN usage.periods AS p ON p.period = n.period
        JOIN usage.service_kinds AS s ON s.account_service = p.account_service
        JOIN usage.kinds AS k ON k.service = s.service AND k.currency = s.currency
         AND k.rate_plan = n.rate_plan
    """)


def make_segments(connection: DuckDBPyConnection) -> None:
    """Make usage.segments from the book, the timeline and usage.periods.

    Columns: segment (from 0, by holder and time), holder, account_service, from_instant,
    until_instant, period, reason (RATED where usage may be rated), kind.  Raises
    UsageHolderFault where two account services hold one value on one day.
    """
    connection.execute("""
        CREATE OR REPLACE TABLE usage.holds AS
        SELECT d.holder, i.identifier, i.value, s.account_service, s.timezone, s.takes_usage,
               s.kind,
               greatest(coalesce(i.effective, s.start_day), s.start_day) AS from_day,
               least(coalesce(i.until, s.end_day), s.end_day) AS until_day
        FROM book.identifiers AS i
        JOIN usage.service_kinds AS s USING (account_service)
        JOIN usage.holders AS d ON d.identifier = i.identifier AND d.value = i.value
        WHERE greatest(coalesce(i.effective, s.start_day), s.start_day)
              < least(coalesce(i.until, s.end_day), s.end_day)
    """)
    _refuse_two_holders(connection)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.stretches AS
        SELECT h.holder, h.account_service, h.timezone, h.takes_usage, h.kind, t.billable,
               greatest(h.from_day, t.from_day) AS from_day,
               least(h.until_day, t.until_day) AS until_day
        FROM usage.holds AS h
        JOIN subscription.timeline AS t ON t.account_service = h.account_service
         AND t.from_day < h.until_day AND t.until_day > h.from_day
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE usage.zone_days AS
        SELECT timezone, from_day AS day FROM usage.stretches
        UNION SELECT timezone, until_day FROM usage.stretches
    """)
    make_day_instants(connection, "usage.zone_days", "usage.day_instants")
    connection.execute("""
        CREATE OR REPLACE TABLE usage.held AS
        SELECT s.holder, s.account_service, s.takes_usage, s.kind, s.billable,
               f.instant AS from_instant,
               least(u.instant, lead(f.instant, 1, u.instant)
                 OVER (PARTITION BY s.holder ORDER BY f.instant, s.account_service))
                 AS until_instant
        FROM usage.stretches AS s
        JOIN usage.day_instants AS f ON f.timezone = s.timezone AND f.day = s.from_day
        JOIN usage.day_instants AS u ON u.timezone = s.timezone AND u.day = s.until_day
    """)
    _make_period_plans(connection)
    connection.execute(_SEGMENTS)
    for table in ("holds", "stretches", "zone_days", "day_instants", "held"):
        connection.execute(f"DROP TABLE usage.{table}")


# What a billable stretch has before, inside and after the usage periods; a service that is
# not billable or takes no usage is one segment.
_SEGMENTS = f"""
CREATE OR REPLACE TABLE usage.segments AS
WITH bounds AS (
  SELECT account_service, min(start_instant) AS first_instant, max(end_instant) AS last_instant
  FROM subscription.usage_periods GROUP BY account_service
),
bounded AS MATERIALIZED (
  SELECT h.*, b.first_instant, b.last_instant
  FROM usage.held AS h LEFT JOIN bounds AS b ON b.account_service = h.account_service
  WHERE h.from_instant < h.until_instant
),
pieces AS (
  SELECT holder, account_service, kind, from_instant, until_instant, NULL AS period,
         CASE WHEN NOT takes_usage THEN {Reason.NO_USAGE:d}
              WHEN NOT billable THEN {Reason.NOT_BILLABLE:d}
              ELSE {Reason.NOT_YET:d} END AS reason
  FROM bounded
  WHERE NOT takes_usage OR NOT billable OR first_instant IS NULL
  UNION ALL
  SELECT holder, account_service, kind,
         from_instant, least(until_instant, first_instant), NULL, {Reason.NOT_BILLABLE:d}
  FROM bounded
  WHERE takes_usage AND billable AND from_instant < first_instant
  UNION ALL
  SELECT holder, account_service, kind,
         greatest(from_instant, last_instant), until_instant, NULL, {Reason.NOT_YET:d}
  FROM bounded
  WHERE takes_usage AND billable AND until_instant > last_instant
  UNION ALL
  SELECT b.holder, b.account_service, b.kind,
         greatest(b.from_instant, p.start_instant), least(b.until_instant, p.end_instant),
         p.period, {Reason.RATED:d}
  FROM usage.held AS b
  JOIN usage.periods AS p ON p.account_service = b.account_service
   AND p.start_instant < b.until_instant AND p.end_instant > b.from_instant
  WHERE b.takes_usage AND b.billable AND b.from_instant < b.until_instant
)
SELECT (row_number() OVER () - 1)::INTEGER AS segment, *
FROM (
  SELECT p.holder, p.account_service, p.from_instant, p.until_instant,
         p.period, p.reason::UTINYINT AS reason, coalesce(g.kind, p.kind) AS kind
  FROM pieces AS p
  LEFT JOIN usage.period_kinds AS g ON g.period = p.period
  ORDER BY p.holder, p.from_instant
)
"""


def _refuse_two_holders(connection: DuckDBPyConnection) -> None:
    rows = connection.execute("""
        SELECT identifier, value, previous, account_service, from_day
        FROM (SELECT *, lag(account_service) OVER held AS previous,
                     max(until_day) OVER (held ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                       AS held_until
              FROM usage.holds
              WHERE holder IN (SELECT holder FROM usage.holds GROUP BY holder HAVING count(*) > 1)
              WINDOW held AS (PARTITION BY holder ORDER BY from_day, account_service))
        WHERE from_day < held_until
        ORDER BY identifier, value, from_day LIMIT 1
    """).fetchall()
    for identifier, value, one, other, day in rows:
        raise UsageHolderFault(
            f"{identifier} {value} is held by both {one} and {other} on {day}; "
            "an identifier has one holder a day"
        )
