"""Catalogs of one class and many buckets, and usage that fills, straddles and empties them.

All comes from a seed: buckets that roll over, last for a time, share a pool or cost a price of
their own only matter together, with many events drawn from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from runtime.program import model
from runtime.program.artifact import seal
from runtime.program.buckets import (
    Bucket,
    BucketFlat,
    BucketPrice,
    BucketTier,
    PoolConsumer,
    PoolStatus,
    PoolTerm,
    ServiceBucket,
    SharePlan,
)
from tests.runtime.price_rows import PriceRows
from tests.runtime.usage.worlds import (
    COUNTING,
    EMPTY,
    UsageFileRows,
    World,
    compare,
    feed,
    holders,
)

CURRENCIES = ("CAD", "USD")
INSTANTS = tuple(
    f"2026-{month:02}-{day:02} {clock}"
    for month, days in ((1, range(1, 32)), (2, range(1, 29)))
    for day in days
    for clock in ("04:59:59", "05:00:00", "12:00:00", "15:00:00")
)
PLAN = "plan"


@dataclass
class Rows:
    """The rows of buckets as they are made."""

    prices: PriceRows
    buckets: list[Bucket] = field(default_factory=list)
    tiers: list[BucketTier] = field(default_factory=list)
    flats: list[BucketFlat] = field(default_factory=list)
    priced: list[BucketPrice] = field(default_factory=list)
    terms: list[PoolTerm] = field(default_factory=list)
    statuses: list[PoolStatus] = field(default_factory=list)


def bucket_world(seed: int) -> World:
    """Make a catalog, and the usage of two runs; the book is `holders()`."""
    chance = Random(seed)
    rows = Rows(PriceRows())
    for number in range(chance.randint(0, 3)):
        _own(chance, rows, f"b{number}", number)
    for number in range(chance.randint(0, 2)):
        _shared(chance, rows, f"{PLAN}.p{number}", 10 + number)
    runs = tuple(
        tuple(_file(chance, run * 100) for _ in range(chance.randint(1, 2))) for run in range(2)
    )
    return World(_program(rows), holders(), runs)


def _program(rows: Rows) -> model.Program:
    own = [each for each in rows.buckets if each.share_plan is None]
    shared = [each for each in rows.buckets if each.share_plan is not None]
    rates = tuple(
        model.Rate(
            id="g:c",
            group="g",
            ordinal=0,
            usage_class="c",
            zone=None,
            currency=currency,
            price=rows.prices.of(Decimal("0.3"), currency, per=7, unit="each"),
            source=0,
        )
        for currency in CURRENCIES
    )
    return seal(
        rows.prices.into(
            EMPTY,
            feeds=(feed("sessions", "id", 1),),
            usage_classes=(
                model.UsageClass(
                    id="c", ordinal=0, type=None, measure="data", criterion=None, source=0
                ),
            ),
            rate_groups=(model.RateGroup(id="g", criterion=None, source=0),),
            rates=rates,
            rate_plans=tuple(
                model.RatePlan(id=plan, otherwise="reject", source=0)
                for plan in ("plan", "reversed")
            ),
            rate_plan_groups=tuple(
                model.RatePlanGroup(plan=plan, ordinal=0, group="g", source=0)
                for plan in ("plan", "reversed")
            ),
            buckets=tuple(rows.buckets),
            bucket_tiers=tuple(rows.tiers),
            bucket_flats=tuple(rows.flats),
            bucket_prices=tuple(rows.priced),
            **COUNTING,
            service_buckets=tuple(
                ServiceBucket(service="metered", bucket=each.id, ordinal=ordinal, source=0)
                for ordinal, each in enumerate(own)
            ),
            share_plans=(SharePlan(id=PLAN, title="Plan", selling_service="pool_fee", source=0),)
            if shared
            else (),
            pool_terms=tuple(rows.terms),
            pool_statuses=tuple(rows.statuses),
            pool_consumers=tuple(
                PoolConsumer(bucket=each.id, service="metered", source=0) for each in shared
            ),
        )
    )


def _own(chance: Random, rows: Rows, name: str, ordinal: int) -> None:
    kind = chance.choice(("plain", "rolls", "rolls", "once"))
    months, days = chance.choice(((None, None), (1, None), (None, 9), (None, 40)))
    is_once = kind == "once"
    rows.buckets.append(
        _bucket(chance, name, ordinal, rolls=kind == "rolls").model_copy(
            update={"months": None, "lasts_months": months, "lasts_days": days, "prorate": False}
            if is_once
            else {}
        )
    )
    _tiers(chance, rows, name, 0)


def _shared(chance: Random, rows: Rows, name: str, ordinal: int) -> None:
    made = _bucket(chance, name, ordinal, rolls=chance.random() < 0.5)
    rows.buckets.append(made.model_copy(update={"share_plan": PLAN}))
    rows.tiers.append(BucketTier(bucket=name, ordinal=0, upper=None, charge="pool", source=0))
    _tiers(chance, rows, name, 1)
    for number in range(chance.randint(1, 3)):
        contributor = chance.choice((None, "metered", "metered"))
        steps = chance.choice((2, 5, 30))
        rows.terms.append(
            PoolTerm(bucket=name, ordinal=number, steps=steps, service=contributor, source=0)
        )
        for status in chance.choice(((), ("on",), ("off",))) if contributor else ():
            rows.statuses.append(PoolStatus(bucket=name, ordinal=number, status=status))


def _bucket(chance: Random, name: str, ordinal: int, *, rolls: bool) -> Bucket:
    return Bucket(
        id=name,
        ordinal=ordinal,
        classes=("c",),
        where=chance.choice((None, None, None, compare("kind", "==", "a"))),
        measure="data",
        unit="each",
        steps_per_unit=1,
        months=1,
        prorate=chance.random() < 0.7,
        priority=chance.choice((0, 0, 1, 2)),
        rollover_periods=chance.randint(1, 3) if rolls else 0,
        rollover_cap=chance.choice((None, 3, 9)) if rolls else None,
        source=0,
    )


def _tiers(chance: Random, rows: Rows, name: str, first: int) -> None:
    bounds = sorted(chance.sample((4, 9, 15, 30, 60), chance.randint(1, 3)))
    charges = ("included", "included", "flat", "rated", "priced")
    ends = chance.choice((None, "rated", "rated", "included", "priced"))
    tiers: list[tuple[int | None, str]] = [(each, chance.choice(charges)) for each in bounds]
    if ends is not None:
        tiers.append((None, ends))
    for ordinal, (upper, charge) in enumerate(tiers, first):
        rows.tiers.append(
            BucketTier.model_validate(
                {"bucket": name, "ordinal": ordinal, "upper": upper, "charge": charge, "source": 0}
            )
        )
        rule = chance.choice((None, "near", "below", "own"))
        has_flat = charge == "flat" or (charge == "rated" and chance.random() < 0.5)
        for currency in CURRENCIES:
            place = {"bucket": name, "tier": ordinal, "currency": currency, "source": 0}
            if has_flat:
                rows.flats.append(BucketFlat.model_validate({**place, "amount": Decimal(9)}))
            if charge == "priced":
                price = rows.prices.of(Decimal("1.5"), currency, per=7, unit="each")
                if rule is not None:
                    price = rows.prices.tiered(
                        currency, [(2, [("share", Decimal(1), 1)])], counted_by=rule
                    )
                rows.priced.append(BucketPrice.model_validate({**place, "price": price}))


def _file(chance: Random, first: int) -> UsageFileRows:
    rows = []
    for number in range(chance.randint(5, 30)):
        rows.append(
            (
                str(first + number),
                chance.choice(INSTANTS),
                chance.choice(("x", "x", "xx", "y", "y", "v")),
                str(chance.choice((0, 1, 2, 5, 9, 14))),
                chance.choice(("a", "a", "b")),
                "CA",
                "0",
            )
        )
    return UsageFileRows("sessions", chance.choice(("csv", "parquet")), tuple(rows))
