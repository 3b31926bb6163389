"""What each account service used: rated.cells, from the pieces of its events.

The cells are kept as numbers, usage.sums; rated.cells is a view that says what these stand for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.engine import drop_relation
from runtime.tables import TABLES
from runtime.usage import kernel, sql
from runtime.usage.faults import UsageOverflow
from runtime.usage.sums import Places, Sums
from runtime.usage.words import Numbering

Ints = NDArray[np.int32]

TIER_CELLS = "tier_cells"
"""The cells of prices in tiers, as a table of the stage: see runtime.usage.tiers."""

TIER_RATES = "tier_rates"
"""What the cells of prices in tiers call their rates, by `named`, as a table of the stage."""

_VIEWED = "usage_sums_found"
_MOST_KEYS = 1 << 62


def write_cells(connection: DuckDBPyConnection, places: Places, ranges: Sequence[Sums]) -> None:
    """Make rated.cells of the sums of all pieces, and of the events that no bucket applies to.

    Makes usage.sums (period, kind) -> quantity and events, which is a view of the arrays, and
    usage.cell_kinds: what a cell of that kind says, and by `is_whole` whether it is one of
    rated.cells as it stands.
    """
    kinds = Numbering()
    connection.register(_VIEWED, _table(kinds, ranges))
    connection.execute(f"""
        CREATE OR REPLACE VIEW usage.sums AS
        SELECT period, kind, high::HUGEINT * {1 << 62}::HUGEINT + low AS quantity,
               events::BIGINT AS events
        FROM {_VIEWED}
    """)
    _make_kinds(connection, places, kinds)
    sql.make_table(connection, TIER_CELLS, {**_NUMBERED, **_columns(_OF_CELLS)}, ())
    sql.make_table(connection, TIER_RATES, {"named": "INTEGER", **_columns(_OF_RATES)}, ())
    drop_relation(connection, "rated.cells")
    connection.execute(_VIEW)


def make_places(connection: DuckDBPyConnection) -> Places:
    """Give how usage periods, prices and bucket tiers are numbered for their sums.

    Raises UsageOverflow where there are too many.
    """
    taken = connection.execute(
        "SELECT charge <> 'rated' AS is_taken FROM usage.bucket_tiers ORDER BY template"
    ).fetchnumpy()["is_taken"]
    alike = connection.execute("""
        SELECT min(price) OVER (PARTITION BY usage_class, currency) AS price_of
        FROM usage.prices ORDER BY price
    """).fetchnumpy()["price_of"]
    places = Places(
        prices=max(len(alike), 1),
        templates=len(taken),
        is_taken=np.append(np.asarray(taken, np.bool_), False),
        price_of=np.asarray(alike, np.int32),
    )
    periods = sql.count(connection, "SELECT count(*) FROM usage.periods")
    if (periods + 1) * places.prices * (places.templates + 1) >= _MOST_KEYS:
        raise UsageOverflow("there are more rates in more usage periods than can be numbered")
    return places


def _table(kinds: Numbering, ranges: Sequence[Sums]) -> pa.Table:
    """Give the sums as they stand, range after range."""
    tables = [
        pa.table(
            {
                "period": sums.period,
                "kind": kinds.number(sums.code.astype(np.int64)),
                "low": sums.low,
                "high": sums.high,
                "events": sums.events,
            }
        )
        for sums in ranges
    ]
    return pa.concat_tables(tables, promote_options="permissive")


def _make_kinds(connection: DuckDBPyConnection, places: Places, kinds: Numbering) -> None:
    price, template = places.split_code(kinds.keys)
    kind = pa.table({"kind": np.arange(len(price)), "price": price, "template": template})
    connection.register("usage_kinds", kind)
    try:
        connection.execute("""
            CREATE OR REPLACE TABLE usage.cell_kinds AS
            SELECT k.kind::INTEGER AS kind, k.price::INTEGER AS price, p.usage_class, p.currency,
                   'rated' AS component, p.rate_id AS rate, p.rate_group, p.rate_plan,
                   t.bucket, t.tier, p.amount, p.per, p.unit, p.event_amount, p.source,
                   p.is_plain AS is_whole
            FROM usage_kinds AS k
            JOIN usage.prices AS p ON p.price = k.price
            LEFT JOIN usage.bucket_tiers AS t ON t.template = k.template
            WHERE t.charge IS NULL OR t.charge = 'rated'
            UNION ALL BY NAME
            SELECT k.kind::INTEGER AS kind, p.usage_class, p.currency, t.component, t.bucket,
                   t.tier, 0 AS amount, 1 AS per, t.unit, 0 AS event_amount, t.source,
                   true AS is_whole
            FROM usage_kinds AS k
            JOIN usage.prices AS p ON p.price = k.price
            JOIN usage.bucket_tiers AS t ON t.template = k.template AND t.charge <> 'rated'
        """)
    finally:
        connection.unregister("usage_kinds")


_OF_PERIODS = ("account_service", "period_start", "period_end")
_OF_RATES = ("usage_class", "rate", "rate_group", "rate_plan", "currency")
_OF_TIERS = ("price_tier", "basis", "factor", "block", "counted_by", "counted")
_OF_CELLS = tuple(
    name for name in TABLES["rated.cells"] if name not in {*_OF_PERIODS, *_OF_RATES, "bucket"}
)
_NUMBERED = {"period": "INTEGER", "named": "INTEGER"}


def _columns(names: Sequence[str]) -> dict[str, str]:
    """Give columns of rated.cells with their types."""
    return {name: TABLES["rated.cells"][name] for name in names}


def _cells(of: Mapping[str, str], missing: Sequence[str]) -> str:
    """Give the columns of rated.cells, as the contract has them, from the tables they are of."""
    values = {name: f"{of[name]}.{name}" for name in TABLES["rated.cells"] if name in of}
    values |= dict.fromkeys(missing, "NULL")
    return ", ".join(
        f"{values[name]}::{kind} AS {name}" for name, kind in TABLES["rated.cells"].items()
    )


_SUMMED = {
    **dict.fromkeys(TABLES["rated.cells"], "k"),
    **dict.fromkeys(_OF_PERIODS, "u"),
    **dict.fromkeys(("quantity", "events"), "s"),
}
_TIERED = {
    **dict.fromkeys(TABLES["rated.cells"], "t"),
    **dict.fromkeys(_OF_PERIODS, "u"),
    **dict.fromkeys(_OF_RATES, "r"),
}
_VIEW = f"""
CREATE VIEW rated.cells AS
SELECT {_cells(_SUMMED, _OF_TIERS)}
FROM usage.sums AS s
JOIN usage.cell_kinds AS k ON k.kind = s.kind
JOIN usage.periods AS u ON u.period = s.period
WHERE k.is_whole
UNION ALL
SELECT {_cells(_TIERED, ("bucket",))}
FROM usage.{TIER_CELLS} AS t
JOIN usage.{TIER_RATES} AS r ON r.named = t.named
JOIN usage.periods AS u ON u.period = t.period
"""
assert kernel.NO_TIER == -1, "the template of no tier is the last one"
