"""The counters of a run: each bucket over each usage period of whom it belongs to.

The bounds of a bucket whose service was held for `days` of the period's `full_days` are
bound x days / full_days, rounded half up to a step, unless the bucket is sold whole.  A
counter's tiers are what rolled over, a tier for each period it may come from, the oldest
first; then, in a shared bucket, the pool; then the tiers of the catalog.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.engine import drop_relation
from runtime.program.buckets import Bucket, BucketTier
from runtime.program.model import Program
from runtime.usage import sql
from runtime.usage.faults import UsageOverflow
from runtime.usage.kernel import INCLUDED, OPEN, RATED, TAKEN

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_VIEWED = "usage_pool_tiers"
ROLLED_OVER = "rolled_over"
CHARGES = {
    ROLLED_OVER: INCLUDED,
    "pool": INCLUDED,
    "included": INCLUDED,
    "flat": TAKEN,
    "priced": TAKEN,
    "rated": RATED,
}
COMPONENTS = {ROLLED_OVER: "included", "pool": "included"}
"""What a piece drawn from a tier is to its line, where that is not the tier's charge."""


@dataclass(frozen=True, slots=True)
class Counters:
    """The counters of all usage periods of the run, as the kernel reads them.

    `counter_tier`: of a counter, its first tier; the next counter's ends them.  `lots`: how
    many of its tiers are what rolled over.  `cap`: at most so much rolls over into it.
    `period`: of a counter, its usage period.  `opened`: the counters that go on from the one
    before, with the `group` of their usage period and the `instant` from which they hold.
    `template`: of a tier, its row of usage.bucket_tiers.
    """

    counter_tier: Longs
    lots: Longs
    cap: Longs
    upper: Longs
    charge: NDArray[np.int8]
    template: Ints
    period: Longs
    opened: Longs
    opened_group: Longs
    opened_instant: Longs


@dataclass(frozen=True, slots=True)
class Template:
    """A tier of a bucket as every counter of the bucket has it: `upper` before proration."""

    number: int
    charge: int
    upper: int
    prorate: bool
    is_pool: bool
    is_above_pool: bool


def make_bucket_tables(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.buckets, usage.bucket_tiers, usage.bucket_flats and usage.bucket_prices.

    Buckets are numbered from 0 as the program has them, and their tiers, a bucket's first of
    all what rolled over into it, by bucket and tier.
    """
    sellers = {each.id: each.selling_service for each in program.share_plans}
    sql.make_table(
        connection,
        "buckets",
        {
            "bucket": "INTEGER",
            "name": "VARCHAR",
            "ordinal": "INTEGER",
            "priority": "INTEGER",
            "months": "INTEGER",
            "lasts_months": "INTEGER",
            "lasts_days": "INTEGER",
            "is_chained": "BOOLEAN",
            "is_shared": "BOOLEAN",
            "selling_service": "VARCHAR",
        },
        [
            (
                *(number, each.id, each.ordinal, each.priority, each.months),
                *(each.lasts_months, each.lasts_days),
                each.months is None or each.rollover_periods > 0,
                each.share_plan is not None,
                None if each.share_plan is None else sellers[each.share_plan],
            )
            for number, each in enumerate(program.buckets)
        ],
    )
    sql.make_table(
        connection,
        "bucket_tiers",
        {
            "template": "INTEGER",
            "bucket": "VARCHAR",
            "tier": "INTEGER",
            "charge": "VARCHAR",
            "component": "VARCHAR",
            "unit": "VARCHAR",
            "source": "INTEGER",
        },
        [
            (
                *(number, bucket.id, ordinal, charge, COMPONENTS.get(charge, charge)),
                *(bucket.unit, source),
            )
            for number, (bucket, ordinal, charge, source) in enumerate(_tiers(program))
        ],
    )
    rules = {each.id: each.counted_by for each in program.prices}
    columns = {"bucket": "VARCHAR", "tier": "INTEGER", "currency": "VARCHAR"}
    sql.make_table(
        connection,
        "bucket_flats",
        {**columns, "amount": "DECIMAL(38, 12)", "source": "INTEGER"},
        [
            (each.bucket, each.tier, each.currency, each.amount, each.source)
            for each in program.bucket_flats
        ],
    )
    sql.make_table(
        connection,
        "bucket_prices",
        {**columns, "price": "INTEGER", "counted_by": "VARCHAR", "source": "INTEGER"},
        [
            (each.bucket, each.tier, each.currency, each.price, rules[each.price], each.source)
            for each in program.bucket_prices
        ],
    )


def _tiers(program: Program) -> list[tuple[Bucket, int | None, str, int]]:
    """Give every bucket's tiers with their ordinal, charge and source; None: what rolled over."""
    found: list[tuple[Bucket, int | None, str, int]] = []
    for bucket in program.buckets:
        if bucket.rollover_periods:
            found.append((bucket, None, ROLLED_OVER, bucket.source))
        for tier in _ordered(program, bucket):
            found.append((bucket, tier.ordinal, tier.charge, tier.source))
    return found


def _ordered(program: Program, bucket: Bucket) -> list[BucketTier]:
    ours = [each for each in program.bucket_tiers if each.bucket == bucket.id]
    return sorted(ours, key=lambda each: each.ordinal)


def number_counters(connection: DuckDBPyConnection) -> None:
    """Make usage.counters: the counters of usage.fillings, numbered from 0.

    The fillings of one bucket of one account service stand together, in the order of time.
    """
    connection.execute("""
        CREATE OR REPLACE TABLE usage.counters AS
        WITH pools AS (
          SELECT z.bucket, p.period, z.steps
          FROM usage.pool_sizes AS z
          JOIN usage.periods AS p
            ON p.account_service = z.seller AND p.period_start = z.period_start
        )
        SELECT (row_number() OVER (ORDER BY f.bucket, f.owner_period) - 1)::INTEGER AS counter,
               f.bucket, f.owner_period AS period, f.previous IS NOT NULL AS follows,
               coalesce(z.steps, 0) AS pool, coalesce(p.number, -1)::BIGINT AS number,
               epoch_us(p.start_instant) AS instant,
               (p.period_end - p.period_start)::INTEGER AS days,
               (p.full_end - p.full_start)::INTEGER AS full_days
        FROM usage.fillings AS f
        JOIN usage.periods AS p ON p.period = f.owner_period
        LEFT JOIN pools AS z ON z.bucket = f.bucket AND z.period = f.owner_period
    """)


def make_counters(connection: DuckDBPyConnection, program: Program) -> Counters:
    """Give the counters of usage.counters, none of them drawn yet."""
    columns = connection.execute("SELECT * FROM usage.counters ORDER BY counter").fetchnumpy()
    bucket, period, days, full_days, pool, number, instant = (
        np.asarray(columns[name], np.int64)
        for name in ("bucket", "period", "days", "full_days", "pool", "number", "instant")
    )
    templates = _templates(program)
    every = [each for tiers in templates for each in tiers]
    start = np.cumsum([0, *(len(each) for each in templates)])
    sizes = (start[1:] - start[:-1])[bucket]
    counter_tier = np.cumsum(np.append(0, sizes))
    # There are several tiers a counter, so that these arrays are the longest but for events.
    counter = np.repeat(np.arange(len(bucket), dtype=np.int32), sizes)
    index = np.arange(len(counter), dtype=np.int32)
    index += np.repeat((start[:-1][bucket] - counter_tier[:-1]).astype(np.int32), sizes)
    upper = np.array([each.upper for each in every], np.int64)[index]
    is_pool = np.array([each.is_pool for each in every], np.bool_)[index]
    upper[is_pool] = pool[counter[is_pool]]
    prorate = np.array([each.prorate for each in every], np.bool_)[index]
    partial = np.flatnonzero(prorate & (days != full_days)[counter])
    _prorate(upper, partial, days[counter[partial]], full_days[counter[partial]])
    _put_above_pool(
        upper, np.array([each.is_above_pool for each in every], np.bool_)[index], is_pool, counter
    )
    opened = np.flatnonzero(columns["follows"])
    return Counters(
        counter_tier=counter_tier,
        lots=np.array([each.rollover_periods for each in program.buckets], np.int64)[bucket],
        cap=np.array([_cap(each) for each in program.buckets], np.int64)[bucket],
        upper=upper,
        charge=np.array([each.charge for each in every], np.int8)[index],
        template=np.array([each.number for each in every], np.int32)[index],
        period=period,
        opened=opened,
        opened_group=number[opened],
        opened_instant=instant[opened],
    )


def _cap(bucket: Bucket) -> int:
    return OPEN if bucket.rollover_cap is None else bucket.rollover_cap


def _templates(program: Program) -> list[list[Template]]:
    """Give the tiers of every bucket's counters, in the order of the buckets."""
    found: list[list[Template]] = []
    number = 0
    for bucket in program.buckets:
        ours: list[Template] = []
        if bucket.rollover_periods:
            rolled = Template(number, INCLUDED, 0, False, False, False)
            ours += [rolled] * bucket.rollover_periods
            number += 1
        for tier in _ordered(program, bucket):
            is_pool = tier.charge == "pool"
            is_open = tier.upper is None and not is_pool
            ours.append(
                Template(
                    number=number,
                    charge=CHARGES[tier.charge],
                    upper=OPEN if tier.upper is None else tier.upper,
                    prorate=bucket.prorate and not is_open,
                    is_pool=is_pool,
                    is_above_pool=bucket.share_plan is not None and not is_pool and not is_open,
                )
            )
            number += 1
        found.append(ours)
    return found


def _prorate(upper: Longs, partial: Longs, days: Longs, full_days: Longs) -> None:
    """Prorate the bounds of some tiers, in place; `days`, `full_days`: of each of these."""
    known: dict[tuple[int, int, int], int] = {}
    bounds = zip(upper[partial].tolist(), days.tolist(), full_days.tolist(), strict=True)
    for tier, key in zip(partial.tolist(), bounds, strict=True):
        if key not in known:
            bound, held, full = key
            known[key] = (2 * bound * held + full) // (2 * full)
        upper[tier] = known[key]


def _put_above_pool(
    upper: Longs, is_above: NDArray[np.bool_], is_pool: NDArray[np.bool_], counter: Ints
) -> None:
    """Let the bounds of the tiers behind a pool count from its end, in place."""
    above = np.flatnonzero(is_above)
    if not len(above):
        return
    size = np.zeros(counter[-1] + 1, np.int64)
    size[counter[is_pool]] = upper[is_pool]
    if (upper[above] >= OPEN - size[counter[above]]).any():
        raise UsageOverflow("the tiers of a share plan reach beyond 2^63 - 1 steps")
    upper[above] += size[counter[above]]


_COUNTS = """
LEFT JOIN usage.counts AS n
  ON n.account_service = p.account_service AND n.period_start = p.period_start
 AND n.rule = x.counted_by
"""


def write_pools(
    connection: DuckDBPyConnection, counters: Counters, upper: Longs, used: Longs
) -> None:
    """Make rated.pools, and fill rated.flats and rated.priced, for the evaluated periods.

    Args:
        connection: where usage.counters, which are of evaluated periods only, are.
        counters: as made.
        upper: the bounds of the tiers after what rolled over.
        used: what was drawn in each tier.
    """
    connection.register(_VIEWED, _pool_tiers(counters, upper, used))
    # Only of a one-time bucket an earlier usage period may have used something.
    kind, before, joined = "VIEW", "0::HUGEINT", ""
    if sql.count(connection, "SELECT count(*) FROM usage.buckets WHERE months IS NULL"):
        kind = "TABLE"
        before = """CASE WHEN b.months IS NOT NULL THEN 0
                         ELSE sum(u.used) OVER (
                                PARTITION BY c.bucket, p.account_service, u.template
                                ORDER BY p.period_start) - u.used END::HUGEINT"""
        joined = """JOIN usage.counters AS c ON c.counter = u.counter
                    JOIN usage.periods AS p ON p.period = c.period
                    JOIN usage.buckets AS b ON b.bucket = c.bucket"""
    drop_relation(connection, "usage.pool_tiers")
    connection.execute(f"""
        CREATE {kind} usage.pool_tiers AS
        SELECT u.counter, u.template, u.lower, nullif(u.upper, {OPEN}) AS upper, u.used,
               {before} AS before
        FROM {_VIEWED} AS u {joined}
    """)
    drop_relation(connection, "rated.pools")
    connection.execute(_POOLS)
    for table_name, columns, condition in (
        ("flats", "x.amount", "p.charge IN ('flat', 'rated') AND p.before = 0"),
        ("priced", "p.before, p.used, x.price, n.counted", "p.charge = 'priced'"),
    ):
        source = "bucket_flats" if table_name == "flats" else "bucket_prices"
        counts = "" if table_name == "flats" else _COUNTS
        connection.execute(f"""
            INSERT INTO rated.{table_name} BY NAME
            SELECT p.account_service, p.period_start, p.period_end, p.bucket, p.tier,
                   s.currency, {columns}, x.source
            FROM rated.pools AS p
            JOIN usage.service_kinds AS s ON s.account_service = p.account_service
            JOIN usage.{source} AS x ON x.bucket = p.bucket AND x.tier = p.tier
             AND x.currency = s.currency
            {counts}
            WHERE {condition} AND p.used > 0
        """)


_POOLS = """
CREATE VIEW rated.pools AS
SELECT p.account_service, p.period_start, p.period_end, t.bucket, t.tier,
       t.charge, u.lower, u.upper, u.used::HUGEINT AS used, u.before, c.days, c.full_days
FROM usage.pool_tiers AS u
JOIN usage.counters AS c ON c.counter = u.counter
JOIN usage.periods AS p ON p.period = c.period
JOIN usage.bucket_tiers AS t ON t.template = u.template
"""


def _pool_tiers(counters: Counters, upper: Longs, used: Longs) -> pa.Table:
    sizes = np.diff(counters.counter_tier)
    lower = np.zeros_like(upper)
    lower[1:] = upper[:-1]
    lower[counters.counter_tier[:-1][sizes > 0]] = 0
    counter = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    # What rolled over into a counter is several tiers of it, which stand together.
    is_first = np.ones(len(counter), np.bool_)
    is_first[1:] = (counter[1:] != counter[:-1]) | (counters.template[1:] != counters.template[:-1])
    first = np.flatnonzero(is_first)
    return pa.table(
        {
            "counter": counter[first],
            "template": counters.template[first],
            "lower": np.minimum.reduceat(lower, first) if len(first) else lower,
            "upper": np.maximum.reduceat(upper, first) if len(first) else upper,
            "used": np.add.reduceat(used, first) if len(first) else used,
        }
    )
