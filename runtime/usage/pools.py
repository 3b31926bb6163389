"""The counters of a run: each service's buckets over each of its usage periods.

The bounds of a bucket whose service was held for `days` of the period's `full_days` are
bound x days / full_days, rounded half up to a step, unless the bucket is sold whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.program.model import Program
from runtime.usage import sql
from runtime.usage.kernel import FLAT, INCLUDED, OPEN, RATED

Longs = NDArray[np.int64]

CHARGES = {"included": INCLUDED, "flat": FLAT, "rated": RATED}


@dataclass(frozen=True, slots=True)
class Counters:
    """The counters of all usage periods of the run, as the kernel reads them.

    `base`: of a usage period, its first link; a link is a counter.  `template`: of a tier,
    its row of usage.bucket_tiers.
    """

    base: Longs
    counter_tier: Longs
    upper: Longs
    lower: Longs
    charge: Longs
    template: Longs
    tier_period: Longs


@dataclass(frozen=True, slots=True)
class _Templates:
    """The tiers of each service's buckets in drawing order, service after service."""

    tier_start: Longs
    bucket_start: Longs
    bucket_tier: Longs
    upper: Longs
    charge: Longs
    prorate: NDArray[np.bool_]
    is_first: NDArray[np.bool_]
    row: Longs


def make_bucket_tables(connection: DuckDBPyConnection, program: Program) -> None:
    """Make usage.bucket_tiers, numbered from 0 by bucket and tier, and usage.bucket_flats."""
    buckets = {each.id: each for each in program.buckets}
    sql.make_table(
        connection,
        "bucket_tiers",
        {
            "template": "INTEGER",
            "bucket": "VARCHAR",
            "tier": "INTEGER",
            "charge": "VARCHAR",
            "unit": "VARCHAR",
            "source": "INTEGER",
        },
        [
            (number, each.bucket, each.ordinal, each.charge, buckets[each.bucket].unit, each.source)
            for number, each in enumerate(program.bucket_tiers)
        ],
    )
    sql.make_table(
        connection,
        "bucket_flats",
        {
            "bucket": "VARCHAR",
            "tier": "INTEGER",
            "currency": "VARCHAR",
            "amount": "DECIMAL(38, 12)",
            "source": "INTEGER",
        },
        [
            (each.bucket, each.tier, each.currency, each.amount, each.source)
            for each in program.bucket_flats
        ],
    )


def make_counters(connection: DuckDBPyConnection, program: Program) -> Counters:
    """Give the counters of usage.periods, none of them drawn yet."""
    services = {each.id: number for number, each in enumerate(program.services)}
    sql.make_table(
        connection,
        "service_numbers",
        {"service": "VARCHAR", "number": "INTEGER"},
        list(services.items()),
    )
    table = connection.sql("""
        SELECT n.number::BIGINT AS service,
               (p.period_end - p.period_start)::BIGINT AS days,
               (p.full_end - p.full_start)::BIGINT AS full_days
        FROM usage.periods AS p
        JOIN usage.service_kinds AS s ON s.account_service = p.account_service
        JOIN usage.service_numbers AS n ON n.service = s.service
        ORDER BY p.period
    """).to_arrow_table()
    service, days, full_days = (table[name].to_numpy() for name in ("service", "days", "full_days"))
    return _counters(_templates(program, services), service, days, full_days)


def _templates(program: Program, services: dict[str, int]) -> _Templates:
    buckets = {each.id: each for each in program.buckets}
    attached = sorted(program.service_buckets, key=lambda each: (each.service, each.ordinal))
    tiers: list[tuple[int, int, bool, bool, int]] = []
    tier_start, bucket_start, bucket_tier = [0], [0], []
    for service in services:
        for link in (each for each in attached if each.service == service):
            bucket_tier.append(len(tiers) - tier_start[-1])
            ours = [
                (each.ordinal, row, each)
                for row, each in enumerate(program.bucket_tiers)
                if each.bucket == link.bucket
            ]
            for number, (_, row, each) in enumerate(sorted(ours, key=lambda tier: tier[0])):
                upper = OPEN if each.upper is None else each.upper
                prorate = buckets[link.bucket].prorate and each.upper is not None
                tiers.append((upper, CHARGES[each.charge], prorate, number == 0, row))
        tier_start.append(len(tiers))
        bucket_start.append(len(bucket_tier))
    return _Templates(
        tier_start=np.array(tier_start, np.int64),
        bucket_start=np.array(bucket_start, np.int64),
        bucket_tier=np.array(bucket_tier, np.int64),
        upper=np.array([each[0] for each in tiers], np.int64),
        charge=np.array([each[1] for each in tiers], np.int64),
        prorate=np.array([each[2] for each in tiers], np.bool_),
        is_first=np.array([each[3] for each in tiers], np.bool_),
        row=np.array([each[4] for each in tiers], np.int64),
    )


def _counters(templates: _Templates, service: Longs, days: Longs, full_days: Longs) -> Counters:
    tier_period, tier_index, tier_base = _spread(templates.tier_start, service)
    bucket_period, bucket_index, base = _spread(templates.bucket_start, service)
    upper = templates.upper[tier_index]
    partial = templates.prorate[tier_index] & (days[tier_period] != full_days[tier_period])
    _prorate(upper, np.flatnonzero(partial), days[tier_period], full_days[tier_period])
    lower = np.zeros_like(upper)
    lower[1:] = upper[:-1]
    lower[templates.is_first[tier_index]] = 0
    counter_tier = templates.bucket_tier[bucket_index] + tier_base[bucket_period]
    return Counters(
        base=base,
        counter_tier=np.append(counter_tier, len(upper)),
        upper=upper,
        lower=lower,
        charge=templates.charge[tier_index],
        template=templates.row[tier_index],
        tier_period=tier_period,
    )


def _spread(start: Longs, service: Longs) -> tuple[Longs, Longs, Longs]:
    """Give for each item of each period's service its period and index, and where each begins."""
    sizes = start[service + 1] - start[service]
    base = np.cumsum(sizes) - sizes
    period = np.repeat(np.arange(len(service)), sizes)
    index = np.arange(len(period)) - base[period] + start[service][period]
    return period, index, base


def _prorate(upper: Longs, partial: Longs, days: Longs, full_days: Longs) -> None:
    known: dict[tuple[int, int, int], int] = {}
    for tier in partial.tolist():
        key = (int(upper[tier]), int(days[tier]), int(full_days[tier]))
        if key not in known:
            bound, held, full = key
            known[key] = (2 * bound * held + full) // (2 * full)
        upper[tier] = known[key]


def write_pools(connection: DuckDBPyConnection, counters: Counters, used: Longs) -> None:
    """Fill rated.pools and rated.flats for the evaluated periods."""
    is_open = counters.upper == OPEN
    table = pa.table(
        {
            "period": counters.tier_period,
            "template": counters.template,
            "lower": counters.lower,
            "upper": pa.array(counters.upper, mask=is_open),
            "used": used,
        }
    )
    connection.register("usage_pool_tiers", table)
    try:
        connection.execute("""
            INSERT INTO rated.pools BY NAME
            SELECT p.account_service, p.period_start, p.period_end, t.bucket, t.tier, t.charge,
                   u.lower, u.upper, u.used, p.period_end - p.period_start AS days,
                   p.full_end - p.full_start AS full_days
            FROM usage_pool_tiers AS u
            JOIN usage.periods AS p ON p.period = u.period
            JOIN usage.bucket_tiers AS t ON t.template = u.template
            SEMI JOIN usage.evaluated AS e ON e.period = u.period
        """)
    finally:
        connection.unregister("usage_pool_tiers")
    connection.execute("""
        INSERT INTO rated.flats BY NAME
        SELECT p.account_service, p.period_start, p.period_end, p.bucket, p.tier,
               s.currency, f.amount, f.source
        FROM rated.pools AS p
        JOIN usage.service_kinds AS s ON s.account_service = p.account_service
        JOIN usage.bucket_flats AS f ON f.bucket = p.bucket AND f.tier = p.tier
         AND f.currency = s.currency
        WHERE p.charge = 'flat' AND p.used > 0
    """)
