"""Recurring charges, target minus posted, day by day.

A frame is one billing period of one account service.  The days on which target or posted
stretches begin or end cut it into segments.  In a segment either side is in a state of
(status, unit price, quantity, proration), or in none; what was posted and taken back is
none.  Where the states differ, the posted one is credited and the target charged; segments
that meet with the same content are one line.

Discounts are compared in the same way, each in frames of its own.

Amounts are cumulative roundings of the state's own full price, so a credit of a part and
the part that stays add up to the posted line exactly.  A state at price zero is none, and days
that weigh nothing, as a 31st of 30, are neither credited nor charged by themselves.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.charges.amounts import stretch_minor_sql
from runtime.charges.plain import RECURRING, compared_sql
from runtime.charges.proration import (
    WEIGHTLESS,
    counted_days_sql,
    gone_by_sql,
    make_day_seconds,
    prorations_of,
)
from runtime.program.model import Program

# A frame's discount is empty for the recurring charge itself: nothing joins with NULL.
_FRAME = "account_service, service, discount, currency, full_start, full_end"
_PLAIN_FRAME = _FRAME.replace("discount", "coalesce(discount, '') AS discount")
_CONTENT = f"{_FRAME}, status, unit_price, quantity, proration"


def find_recurring_difference(connection: DuckDBPyConnection, program: Program) -> None:
    """Add the recurring part of target minus posted to charge.changed, where it is compared."""
    _collect_signed_stretches(connection)
    _cut_into_segments(connection)
    _merge_segments(connection, program)
    for table in ("recurring_stretch", "recurring_segment"):
        connection.execute(f"DROP TABLE {table}")


def _collect_signed_stretches(connection: DuckDBPyConnection) -> None:
    """Keep both sides of the frames whose stretches do not simply cancel out.

    `sign` is what the stretch asks to be charged: +1 target, -1 a posted charge, +1 a
    posted credit.  Most frames were posted as they are, and end here.
    """
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE recurring_stretch AS
        WITH signed AS (
          SELECT {_PLAIN_FRAME}, status, unit_price, quantity, proration,
                 period_start, period_end, 1 AS sign,
                 CAST(NULL AS BIGINT) AS line_id, source, tax_class
          FROM charge.target
          WHERE kind IN ('recurring', 'discount') AND unit_price <> 0
            AND {compared_sql(RECURRING)}
          UNION ALL
          SELECT {_PLAIN_FRAME}, status, unit_price, abs(quantity), proration,
                 period_start, period_end,
                 CASE WHEN is_credit THEN 1 ELSE -1 END, line_id,
                 CAST(NULL AS INTEGER), tax_class
          FROM charge.posted
          WHERE kind IN ('recurring', 'discount')
        ),
        touched AS (
          SELECT DISTINCT {_FRAME}
          FROM (
            SELECT {_CONTENT}, period_start, period_end
            FROM signed
            GROUP BY {_CONTENT}, period_start, period_end
            HAVING sum(sign) <> 0
          ) AS open_stretch
        )
        SELECT s.*
        FROM signed AS s
        JOIN touched AS t USING ({_FRAME})
    """)


def _cut_into_segments(connection: DuckDBPyConnection) -> None:
    """Net the states in each segment; `corrects` is the last posted charge of that state."""
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE recurring_segment AS
        WITH cuts AS (
          SELECT {_FRAME}, period_start AS day FROM recurring_stretch
          UNION
          SELECT {_FRAME}, period_end AS day FROM recurring_stretch
        ),
        segments AS (
          SELECT {_FRAME}, day AS from_day,
                 lead(day) OVER (PARTITION BY {_FRAME} ORDER BY day) AS until_day
          FROM cuts
        )
        SELECT {_CONTENT}, g.from_day, g.until_day, sum(s.sign) AS net,
               CASE WHEN sum(s.sign) < 0
                    THEN max(CASE WHEN s.sign = -1 THEN s.line_id END) END AS corrects,
               max(s.source) AS source,
               max(CASE WHEN s.line_id IS NULL THEN s.tax_class END) AS target_tax_class
        FROM segments AS g
        JOIN recurring_stretch AS s USING ({_FRAME})
        WHERE s.period_start <= g.from_day AND s.period_end >= g.until_day
        GROUP BY {_CONTENT}, g.from_day, g.until_day
        HAVING sum(s.sign) <> 0
    """)


def _merge_segments(connection: DuckDBPyConnection, program: Program) -> None:
    prorations = prorations_of(connection)
    make_day_seconds(connection, prorations)
    amount = stretch_minor_sql(
        "m.unit_price", "m.quantity", "a.minor_units", program.rounding, prorations
    )
    same = f"{_CONTENT}, net, corrects, source"
    weighing = ""
    weightless = WEIGHTLESS.intersection(prorations)
    if weightless:
        begun, gone = (gone_by_sql(day, weightless) for day in ("from_day", "until_day"))
        weighing = f"WHERE {begun} <> {gone}"
    connection.execute(f"""
        INSERT INTO charge.changed BY NAME
        WITH marked AS (
          SELECT *, CASE WHEN from_day = lag(until_day) OVER same THEN 0 ELSE 1 END AS is_first
          FROM recurring_segment
          WINDOW same AS (PARTITION BY {same} ORDER BY from_day)
        ),
        numbered AS (
          SELECT *, sum(is_first) OVER (PARTITION BY {same} ORDER BY from_day) AS island
          FROM marked
        ),
        merged AS (
          SELECT {same}, island, min(from_day) AS from_day, max(until_day) AS until_day,
                 max(target_tax_class) AS target_tax_class
          FROM numbered
          GROUP BY {same}, island
        ),
        priced AS (
          SELECT m.*, {amount} AS stretch_minor,
                 {counted_days_sql("from_day", "until_day", prorations)} AS days,
                 {counted_days_sql("full_start", "full_end", prorations)} AS full_days
          FROM merged AS m
          LEFT JOIN charge.currencies AS a ON a.currency = m.currency
          {weighing}
        )
        SELECT CASE m.discount WHEN '' THEN 'recurring' ELSE 'discount' END AS kind,
               m.account_service, m.service, m.status, nullif(m.discount, '') AS discount,
               from_day AS period_start, until_day AS period_end, m.full_start, m.full_end,
               m.proration, m.days, m.full_days,
               sign(net) * m.quantity AS quantity, m.unit_price,
               sign(net) * m.stretch_minor AS minor,
               m.currency, m.source,
               CASE WHEN net > 0 THEN target_tax_class ELSE p.tax_class END AS tax_class,
               net < 0 AS is_credit, m.corrects, net
        FROM priced AS m
        LEFT JOIN charge.posted AS p ON p.line_id = m.corrects
    """)
