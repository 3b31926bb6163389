"""Prices in tiers, applied to what an account service used of a rate in a usage period.

What usage.sums has at such a rate is the whole quantity.  Here it becomes a cell of rated.cells
a tier and term, each `factor` x `amount` / `per`, so that a line still is the exact sum of its
cells: `factor` is what a term counts, steps or started blocks or one, and `quantity` stands on
one cell a tier, so that quantities add up as well.

Where a counting rule picks the tiers, what was used is shared evenly over what the rule counts:
by cumulative rounding, the first k of n have round(quantity x k / n) steps.  Those that the price
includes use theirs for nothing; by `graduated` the rest is charged by tier, by `volume` at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from duckdb import DuckDBPyConnection

from runtime.money import PRICE_SCALE, scaled_price_sql
from runtime.program.model import Program
from runtime.program.usage_prices import usage_prices
from runtime.tables import PRICE_TYPE
from runtime.usage.cells import TIER_CELLS, TIER_RATES
from runtime.usage.idle import make_idle
from runtime.usage.placing import place_events, share_sql
from runtime.usage.record_amounts import make_no_row_amounts, make_row_amounts
from runtime.usage.tied import Tied

BOUND = "bound"
"""The basis of the cell that brings a price to its most or its least."""


def price_in_tiers(
    connection: DuckDBPyConnection,
    program: Program,
    tied: Tied,
    pieces: pa.Table | None,
    identities: Sequence[str],
    *,
    of_records: bool,
) -> None:
    """Fill usage.tier_cells with the cells of tiers and terms at rates that are not plain.

    And usage.tier_rates, what they call their rates.

    Args:
        connection: where the tables are.
        program: the compiled catalog.
        tied: the events.
        pieces: as in `place_events`.
        identities: relations of the file, position, event_id and feed of all events.
        of_records: whether usage.row_amounts is wanted: what each record has cost.
    """
    make_no_row_amounts(connection)
    if not usage_prices(program):
        return
    place_events(connection, program, tied, pieces, identities)
    make_idle(connection, program)
    # What is asked for but once need not be kept.
    is_kept = of_records or any(
        each.price.at_most is not None or each.price.at_least is not None
        for each in usage_prices(program).values()
    )
    kind = "TABLE" if is_kept else "VIEW"
    for step in (_RATES, _TIERED, _PARTS.format(kind=kind), _INSERT_PARTS, _INSERT_FREE):
        connection.execute(step)
    if is_kept:
        connection.execute(_BOUNDED)
        connection.execute(
            f"INSERT INTO usage.{TIER_CELLS} BY NAME FROM usage.bounded ORDER BY period, named"
        )
    if of_records:
        make_row_amounts(connection)
    connection.execute(f"DROP {kind} usage.parts; DROP TABLE IF EXISTS usage.bounded")
    for table in ("tiered", "placed", "idle"):
        connection.execute(f"DROP TABLE usage.{table}")


# Rates by `named`: the number of a price, or behind those that of a row of usage.idle.
_RATES = f"""
INSERT INTO usage.{TIER_RATES} BY NAME
SELECT price AS named, usage_class, rate_plan, rate_group, rate_id AS rate, currency
FROM usage.prices WHERE NOT is_plain
UNION ALL BY NAME
SELECT (idle + (SELECT count(*) FROM usage.prices))::INTEGER AS named, usage_class, rate_plan,
       rate_group, rate, currency
FROM usage.idle
"""

# What was used of each row, and what of it is charged.  `counted`: what is left of the
# quantity; `picks`: what the bounds of tiers are compared with.
_TIERED = f"""
CREATE OR REPLACE TABLE usage.tiered AS
WITH used AS (
  SELECT s.period, k.price, sum(s.quantity)::HUGEINT AS quantity, sum(s.events)::BIGINT AS events
  FROM usage.sums AS s JOIN usage.cell_kinds AS k ON k.kind = s.kind
  WHERE NOT k.is_whole
  GROUP BY s.period, k.price
),
named AS (
  SELECT u.period, u.price AS named, u.price, u.quantity, u.events, p.source, p.price_id,
         false AS is_idle
  FROM used AS u JOIN usage.prices AS p ON p.price = u.price
  UNION ALL BY NAME
  SELECT i.period, (i.idle + (SELECT count(*) FROM usage.prices))::INTEGER AS named,
         0::HUGEINT AS quantity, 0::BIGINT AS events, i.source, i.price_id, true AS is_idle
  FROM usage.idle AS i
),
counts AS (
  SELECT e.period, n.rule, n.counted
  FROM usage.counts AS n
  JOIN usage.periods AS e
    ON e.account_service = n.account_service AND e.period_start = n.period_start
),
amounts AS (
  SELECT period, price, sum(millionths) AS millionths FROM usage.placed GROUP BY period, price
),
told AS (
  SELECT u.*, v.counted_by, n.counted AS instances, coalesce(n.counted, u.quantity) AS whole,
         least(v.includes::HUGEINT, coalesce(n.counted, u.quantity)) AS included,
         coalesce(a.millionths, 0)::HUGEINT AS millionths
  FROM named AS u
  JOIN usage.tier_prices AS v ON v.price_id = u.price_id
  LEFT JOIN counts AS n ON n.period = u.period AND n.rule = v.counted_by
  LEFT JOIN amounts AS a ON a.period = u.period AND a.price = u.price
)
SELECT period, named, price, quantity, events, source, price_id, is_idle, instances, millionths,
       free, whole - included AS picks, quantity - free AS counted
FROM (SELECT *, CASE WHEN counted_by IS NULL THEN included
                     ELSE {share_sql("quantity", "included", "whole")} END AS free
      FROM told)
"""

# Of a graduated price by a rule, what the first `upto` of what it counts have used.
_OF = "greatest(w.picks, 1)"
_UPPER = "least(w.picks, coalesce(r.upper, w.picks))"
_LOWER = "least(w.picks, r.lower)"


def _shared(whole: str) -> str:
    """Give SQL for the part of a tier r in what a row w used, shared over what a rule counts."""
    return (
        f"CASE WHEN w.picks = 0 THEN {whole} ELSE {share_sql(whole, _UPPER, _OF)} "
        f"- {share_sql(whole, _LOWER, _OF)} END"
    )


_IS_ENTERED = "(w.picks > 0 AND (w.counted_by IS NULL OR w.quantity > 0)) OR w.is_due_at_zero"


# What is within each tier, then a row a term of it.  The first tier is there even where
# nothing is within it, for what events cost and for the quantity of zero.  A flat amount is
# charged where the tier is entered; where nothing was used, or counted, if it says so.
# `is_first`: the one tier of a row that has its events, as no bound is zero (RB225) and a
# volume price is in one tier.
_PARTS = f"""
CREATE OR REPLACE {{kind}} usage.parts AS
WITH reached AS (
  SELECT w.period, w.named, w.price, w.price_id, w.quantity, w.events, w.source, w.picks,
         w.is_idle, w.instances, v.mode, v.counted_by, v.is_ordered, v.is_due_at_zero,
         v.at_most, v.at_least, v.common, r.price_tier,
         v.mode = 'volume' OR r.lower = 0 AS is_first,
         coalesce(r.source, w.source) AS tier_source,
         CASE WHEN v.mode = 'volume' THEN w.counted
              WHEN v.counted_by IS NOT NULL THEN {_shared("w.counted")}
              ELSE greatest({_UPPER} - r.lower, 0) END::HUGEINT AS within,
         CASE WHEN v.mode = 'volume' THEN w.events
              WHEN v.counted_by IS NOT NULL THEN {_shared("w.events")}
              ELSE coalesce(a.events, 0) END::HUGEINT AS events_here,
         CASE WHEN v.mode = 'volume' THEN w.millionths
              WHEN v.counted_by IS NOT NULL THEN {_shared("w.millionths")}
              ELSE coalesce(a.millionths, 0) END::HUGEINT AS millionths_here
  FROM usage.tiered AS w
  JOIN usage.tier_prices AS v ON v.price_id = w.price_id
  JOIN usage.price_tiers AS r ON r.price_id = w.price_id
  LEFT JOIN usage.placed AS a
    ON a.period = w.period AND a.price = w.price AND a.price_tier = r.price_tier
  WHERE (w.picks > r.lower OR r.lower = 0)
    AND (v.mode = 'graduated' OR r.upper IS NULL OR w.picks <= r.upper)
)
SELECT w.period, w.named, w.price, w.source, w.events, w.instances, w.counted_by, w.is_ordered,
       w.at_most, w.at_least, w.common, w.price_tier, w.is_first, w.tier_source, w.within,
       w.events_here, m.term, m.basis, m.amount, m.unit, m.per, m.block,
       CASE m.basis WHEN 'share' THEN w.within
                    WHEN 'block' THEN (w.within + m.block - 1) // m.block
                    WHEN 'flat' THEN CASE WHEN {_IS_ENTERED} THEN 1 ELSE 0 END
                    WHEN 'event' THEN w.events_here
                    ELSE w.millionths_here END::HUGEINT AS factor
FROM reached AS w
JOIN usage.price_terms AS m ON m.price_id = w.price_id AND m.price_tier = w.price_tier
WHERE NOT w.is_idle OR m.basis = 'flat' OR m.term = 0
"""

_INSERT_PARTS = f"""
INSERT INTO usage.{TIER_CELLS} BY NAME
SELECT period, named, 'rated' AS component,
       CASE WHEN term = 0 THEN within ELSE 0 END AS quantity,
       CASE WHEN term > 0 THEN 0
            WHEN is_ordered THEN events_here
            WHEN is_first THEN events ELSE 0 END AS events,
       amount, per, unit, 0 AS event_amount, tier_source AS source,
       price_tier, basis, factor, block, counted_by, instances AS counted
FROM usage.parts
ORDER BY period, named, price_tier, term
"""

_INSERT_FREE = f"""
INSERT INTO usage.{TIER_CELLS} BY NAME
SELECT period, named, 'included' AS component, free AS quantity, 0 AS events, 0 AS amount, 1 AS per,
       0 AS event_amount, source
FROM usage.tiered WHERE free > 0
ORDER BY period, named
"""

# The exact amount is `total` / (PRICE_SCALE x common); a bound is reached by one cell more.
_BOUNDED = f"""
CREATE OR REPLACE TABLE usage.bounded AS
WITH sums AS (
  SELECT period, named, common, at_most, at_least, any_value(source) AS source,
         sum(factor * {scaled_price_sql("amount")} * (common // per)::HUGEINT)::HUGEINT AS total
  FROM usage.parts WHERE at_most IS NOT NULL OR at_least IS NOT NULL
  GROUP BY ALL
),
bounds AS (
  SELECT *, CASE WHEN at_most IS NULL THEN total
                 ELSE {scaled_price_sql("at_most")} * common::HUGEINT END AS highest,
         CASE WHEN at_least IS NULL THEN 0
              ELSE {scaled_price_sql("at_least")} * common::HUGEINT END AS lowest
  FROM sums
),
bounded AS (
  SELECT *, greatest(least(total, highest), lowest) AS brought FROM bounds
)
SELECT period, named, 'rated' AS component, 0 AS quantity, 0 AS events,
       0.000000000001::{PRICE_TYPE} AS amount, common::BIGINT AS per, '' AS unit,
       0 AS event_amount, source, '{BOUND}' AS basis, brought - total AS factor
FROM bounded WHERE brought <> total
"""
assert PRICE_SCALE == 10**12, "a bound's cell counts in the last place of a price"
