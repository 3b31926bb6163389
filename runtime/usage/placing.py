"""Which part of the events, and of their amounts, a price charges by which of its tiers.

A price may charge for each event, or a share of the event's amount.  Of an event that buckets
took a part of, the units that are left have their part of the amount; of a graduated price an
event is charged by the tier of its first unit, and its amount by the tiers of its units, in the
order in which events are drawn.  Amounts are whole millionths of a currency, and an amount is
shared out to units by cumulative rounding: after k of n units, round(amount x k / n), so that
the parts add up to it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.program.model import Program
from runtime.program.usage_prices import usage_prices
from runtime.usage import sql
from runtime.usage.tied import Tied
from runtime.usage.tier_tables import asks_amount


def share_sql(whole: str, gone: str, of: str) -> str:
    """Give SQL for the cumulative part of a whole number after `gone` of `of` units, half up."""
    return f"((2::HUGEINT * {whole} * {gone} + {of}) // (2::HUGEINT * greatest({of}, 1)))::HUGEINT"


_OWN_SHARE = f"""
CASE WHEN whole = 0 THEN millionths
     ELSE {share_sql("millionths", "(from_unit + quantity)", "whole")}
          - {share_sql("millionths", "from_unit", "whole")} END
"""
_OF_EVENTS = ("file", "position", "instant", "quantity")
_BEGINS_HERE = "begins > above AND (up_to IS NULL OR begins <= up_to)"


def place_events(
    connection: DuckDBPyConnection,
    program: Program,
    tied: Tied,
    pieces: pa.Table | None,
    identities: Sequence[str],
) -> None:
    """Make usage.placed: (period, price, price_tier) -> events and millionths of amounts.

    And usage.piece_shares: the part of its event's amount that a piece has, where it matters.

    It has the prices that ask for them; price_tier is NULL where the tier is not told by the
    order of events.  `pieces`: of `Pieces.rows`, those at `asking_prices`; `identities` as in
    `draw_buckets`.
    """
    if pieces is None:
        columns = {"period": "INTEGER", "price": "INTEGER", "price_tier": "INTEGER"}
        counts = {"events": "BIGINT", "millionths": "HUGEINT"}
        sql.make_table(connection, "placed", {**columns, **counts}, ())
        return
    is_asking = asking_prices(connection, program)
    assert is_asking is not None, "pieces are of prices that ask for them"
    _make_rated_pieces(connection, tied, is_asking, pieces)
    _order(connection, identities)
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.placed AS
        WITH parts AS (
          SELECT r.*, n.price_tier, n.above, n.up_to,
                 greatest(r.since, n.above) AS since_here,
                 least(r.until, coalesce(n.up_to, r.until)) AS until_here,
                 CASE WHEN r.until > r.since THEN r.since + 1 ELSE greatest(r.since, 1) END
                   AS begins
          FROM usage.rated_pieces AS r
          JOIN usage.prices AS p ON p.price = r.price
          JOIN (SELECT price_id, price_tier,
                       CASE WHEN lower = 0 THEN 0 ELSE lower::HUGEINT + includes END AS above,
                       upper::HUGEINT + includes AS up_to
                FROM usage.price_tiers JOIN usage.tier_prices USING (price_id)
                WHERE is_ordered) AS n ON n.price_id = p.price_id
        ),
        ordered AS (
          SELECT period, price, price_tier,
                 CASE WHEN {_BEGINS_HERE} THEN counts ELSE 0 END AS events,
                 CASE WHEN whole = 0 THEN CASE WHEN {_BEGINS_HERE} THEN millionths ELSE 0 END
                      WHEN until_here > since_here THEN
                        {share_sql("millionths", "(from_unit + until_here - since)", "whole")}
                        - {share_sql("millionths", "(from_unit + since_here - since)", "whole")}
                      ELSE 0 END AS millionths
          FROM parts
        ),
        others AS (
          SELECT period, price, NULL::INTEGER AS price_tier, counts AS events,
                 {_OWN_SHARE} AS millionths
          FROM usage.rated_pieces WHERE NOT is_ordered
        )
        SELECT period, price, price_tier, sum(events)::BIGINT AS events,
               sum(millionths)::HUGEINT AS millionths
        FROM (FROM ordered UNION ALL FROM others)
        GROUP BY period, price, price_tier
    """)
    if asks_amount(program):
        connection.execute(f"""
            CREATE OR REPLACE TABLE usage.piece_shares AS
            SELECT file, position, number, {_OWN_SHARE} AS millionths
            FROM usage.rated_pieces WHERE millionths > 0
        """)
    connection.execute("DROP TABLE usage.rated_pieces")


def asking_prices(connection: DuckDBPyConnection, program: Program) -> NDArray[np.bool_] | None:
    """Give which rows of usage.prices, and at the end none, ask for events or amounts.

    None: no price of the program does.
    """
    if not any(each.asks_amount or each.is_ordered for each in usage_prices(program).values()):
        return None
    found = connection.execute("""
        SELECT coalesce(v.is_ordered OR v.asks_amount, false) AS asks
        FROM usage.prices AS p LEFT JOIN usage.tier_prices AS v ON v.price_id = p.price_id
        ORDER BY p.price
    """).fetchnumpy()["asks"]
    return np.append(np.asarray(found, np.bool_), False)


def _make_rated_pieces(
    connection: DuckDBPyConnection, tied: Tied, is_asking: NDArray[np.bool_], pieces: pa.Table
) -> None:
    """Make usage.rated_pieces: what of events is rated at prices that ask for events or amounts.

    `from_unit`: how many units of the event come before the piece; `whole`: of how many.
    """
    event = np.flatnonzero(tied.is_rated & is_asking[tied.price_of][tied.row])
    events = {name: getattr(tied, name)[event] for name in _OF_EVENTS}
    row = tied.row[event]
    events["period"] = tied.period_of[tied.segment[event]]
    events |= {"price": tied.price_of[row], "route": tied.route_of[row]}
    events["amount"] = tied.amount[event] if len(tied.amount) else np.zeros(len(event), np.int64)
    connection.register("usage_events", pa.table({"row": event, **events}))
    connection.register("usage_pieces", pieces)
    try:
        connection.execute("""
            CREATE OR REPLACE TABLE usage.rated_pieces AS
            WITH drawn AS (
              SELECT row, number, period, price, template, quantity, counts,
                     sum(quantity) OVER (PARTITION BY row ORDER BY number
                       ROWS UNBOUNDED PRECEDING)::HUGEINT - quantity AS from_unit
              FROM usage_pieces
            ),
            rated AS (
              SELECT q.row, q.number, q.period, q.price, q.quantity, q.counts, q.from_unit
              FROM drawn AS q
              LEFT JOIN usage.bucket_tiers AS b ON b.template = q.template
              WHERE b.charge IS NULL OR b.charge = 'rated'
              UNION ALL
              SELECT t.row, 0, t.period, t.price, t.quantity, 1, 0
              FROM usage_events AS t WHERE t.route = 0
            )
            SELECT r.row, r.number, r.period, r.price, v.is_ordered,
                   r.quantity::HUGEINT AS quantity, r.counts,
                   r.from_unit::HUGEINT AS from_unit, t.quantity::HUGEINT AS whole,
                   t.amount::HUGEINT AS millionths, t.file, t.position, t.instant,
                   NULL::HUGEINT AS since, NULL::HUGEINT AS until
            FROM rated AS r
            JOIN usage.prices AS p ON p.price = r.price
            JOIN usage.tier_prices AS v ON v.price_id = p.price_id
            JOIN usage_events AS t ON t.row = r.row
        """)
    finally:
        connection.unregister("usage_pieces")
        connection.unregister("usage_events")


def _order(connection: DuckDBPyConnection, identities: Sequence[str]) -> None:
    """Say of the pieces at graduated prices which units of the price's usage they are."""
    every = " UNION ALL ".join(
        f"SELECT file, position, event_id, feed FROM ({each})" for each in identities
    )
    if not every:
        return
    connection.execute(f"""
        CREATE OR REPLACE TABLE usage.rated_pieces AS
        WITH ordered AS (
          SELECT r.row, r.number,
                 sum(r.quantity) OVER (PARTITION BY r.period, r.price
                   ORDER BY r.instant, i.event_id, i.feed, r.number
                   ROWS UNBOUNDED PRECEDING)::HUGEINT AS until
          FROM usage.rated_pieces AS r
          JOIN ({every}) AS i ON i.file = r.file AND i.position = r.position
          WHERE r.is_ordered
        )
        SELECT r.* EXCLUDE (since, until), o.until - r.quantity AS since, o.until
        FROM usage.rated_pieces AS r
        LEFT JOIN ordered AS o ON o.row = r.row AND o.number = r.number
    """)
