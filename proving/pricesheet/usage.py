"""What usage costs: rate plans and groups, buckets and share plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.catalog.base import Unit
from compiler.catalog.buckets import Bucket, BucketTier, RollOver
from compiler.catalog.model import Catalog
from compiler.catalog.prices import Price
from compiler.catalog.rates import Rate, RateGroup, RatePlan
from compiler.catalog.share_plans import PoolTerm, SharedBucket, SharePlan
from compiler.facts import frequency_words
from proving.pricesheet.model import (
    Block,
    Cell,
    Chapter,
    Code,
    Inline,
    Item,
    Row,
    anchor,
    facts,
    joined,
)
from proving.pricesheet.prices import price_rows, price_table
from proving.pricesheet.words import Words, codes, condition
from runtime.program.terms import Measure

ROWS_SHOWN = 20
"""Of a table in a file; the rest is counted."""

_RATE_HEADS = ("Usage", "To", "Carrier", "When", "Each event")


def usage(catalog: Catalog, words: Words) -> tuple[Chapter, ...]:
    """Give a chapter each for rate plans, rate groups, buckets and share plans."""
    bases = {each.id: each.unit for each in catalog.base_buckets}
    return (
        Chapter(
            "Rate plans",
            "Rate groups are tried in order; the first that has a rate for an event prices it.",
            tuple(_rate_plan(each, words) for each in catalog.rate_plans),
        ),
        Chapter(
            "Rate groups",
            "Of the rates that fit an event the most specific prices it: by where it goes, "
            "then by carrier, then by time.",
            tuple(_rate_group(each, words) for each in catalog.rate_groups),
        ),
        Chapter(
            "Buckets",
            "Usage is drawn from buckets before it is rated.",
            tuple(_bucket(each, catalog, bases[each.base], words) for each in catalog.buckets),
        ),
        Chapter(
            "Share plans",
            "Pools that an account and all accounts below it fill and use together.",
            tuple(_share_plan(each, catalog, words) for each in catalog.share_plans),
        ),
    )


def _rate_plan(own: RatePlan, words: Words) -> Item:
    return Item(
        anchor=anchor("rate_plan", own.id),
        title=own.id,
        name=own.id,
        tags=(),
        description=own.description,
        blocks=(
            facts(
                (
                    "Tries",
                    joined((words.to("rate_group", each.group) for each in own.groups), ", then "),
                ),
                ("Otherwise", "the event is rejected"),
            ),
        ),
    )


def _rate_group(own: RateGroup, words: Words) -> Item:
    file = own.rates[0].prices[0].span.path if own.rates else ""
    is_table = file.endswith(".csv")
    shown = own.rates[:ROWS_SHOWN] if is_table else own.rates
    left = len(own.rates) - len(shown)
    rows = [row for each in shown for row in _rate_rows(each, words)]
    note = f"The first {len(shown)} of {len(own.rates):,} rates of {file}." if left else None
    return Item(
        anchor=anchor("rate_group", own.id),
        title=own.id,
        name=own.id,
        tags=(f"{len(own.rates):,} rate{'' if len(own.rates) == 1 else 's'}",),
        description=own.description,
        blocks=(
            facts(
                ("For events with", condition(own.criterion)), ("From", file if is_table else "")
            ),
            price_table(rows, words, _RATE_HEADS, note),
        ),
    )


def _rate_rows(own: Rate, words: Words) -> Iterator[Row]:
    measure = words.measures[own.usage_class]
    alike: dict[tuple[int, int], list[Price]] = {}
    for each in own.prices:
        alike.setdefault((each.minimum, each.increment), []).append(each.price)
    for (minimum, increment), prices in alike.items():
        head: Row = {
            "Usage": (words.to("usage_class", own.usage_class),),
            "To": _where(own, words),
            "Carrier": () if own.carrier is None else (own.carrier,),
            "When": () if own.band is None else (words.to("time_band", own.band),),
            "Each event": _event(minimum, increment, measure, words),
        }
        for place, row in enumerate(price_rows(prices, words, measure)):
            yield row if place else {**row, **head}


def _where(own: Rate, words: Words) -> Cell:
    if own.zone is not None:
        return (words.to("zone", own.zone),)
    if own.country is not None:
        return (own.country,)
    return () if own.prefix is None else (f"{own.prefix}…",)


def _event(minimum: int, increment: int, measure: Measure, words: Words) -> Cell:
    said = []
    if minimum:
        said.append(f"at least {words.quantity(minimum, measure)}")
    if increment > 1:
        said.append(f"rounded up to {words.quantity(increment, measure)}")
    return (", ".join(said),) if said else ()


def _bucket(own: Bucket, catalog: Catalog, unit: Unit, words: Words) -> Item:
    users = joined(
        words.to("service", each.id)
        for each in catalog.services
        if each.usage is not None and own.id in {use.bucket for use in each.usage.buckets}
    )
    return Item(
        anchor=anchor("bucket", own.id),
        title=own.id,
        name=own.id,
        tags=("one time" if own.months is None else _often(own.months),),
        description=own.description,
        blocks=(
            facts(
                *_held(own.base, catalog),
                ("For", users),
                ("Lasts", _lasts(own)),
                ("Part of a period", "a part of it" if own.prorate else "the whole of it"),
                ("Priority", str(own.priority)),
                ("Rolls over", _rolls_over(own.rolls_over, unit, words)),
            ),
            price_table(_tier_rows(own.tiers, unit.measure, words), words, ("Draws", "Charge")),
        ),
    )


def _often(months: int) -> str:
    return frequency_words(months).replace("_", " ")


def _lasts(own: Bucket) -> str:
    if own.months is not None:
        return ""
    if own.lasts_months is not None:
        return f"{own.lasts_months} months from its service's start"
    if own.lasts_days is not None:
        return f"{own.lasts_days} days from its service's start"
    return "as long as its service"


def _held(base: str, catalog: Catalog) -> Iterator[tuple[str, Cell]]:
    """Say which usage a bucket holds."""
    own = next(each for each in catalog.base_buckets if each.id == base)
    yield "Holds", codes(own.classes)
    yield "Where", condition(own.where)


def _rolls_over(own: RollOver | None, unit: Unit, words: Words) -> str:
    if own is None:
        return ""
    what = (
        "all that is left"
        if own.cap is None
        else f"up to {words.quantity(own.cap, unit.measure, unit.name)}"
    )
    return f"{what}, for {own.periods} period{'' if own.periods == 1 else 's'}"


def _tier_rows(
    tiers: Sequence[BucketTier], measure: Measure, words: Words, behind: str = ""
) -> Iterator[Row]:
    """Give the rows of a bucket's tiers; `behind`: what their bounds count from the end of."""
    lower = behind
    for tier in tiers:
        name = tier.unit.name if tier.unit else None
        upper = "" if tier.upper is None else words.quantity(tier.upper, measure, name)
        draws = f"over {lower} to {upper}" if upper else f"over {lower}"
        if not lower:
            draws = f"up to {upper}" if upper else "all"
        flats = {each.currency: (words.money(each.amount, each.currency),) for each in tier.flats}
        head: Row = {"Draws": (draws,), "Charge": (_charge(tier),), **flats}
        priced = price_rows(tier.prices, words, measure) if tier.prices else ({},)
        for place, row in enumerate(priced):
            yield row if place else {**row, **head}
        lower = upper


def _charge(tier: BucketTier) -> str:
    match tier.charge:
        case "included":
            return "included"
        case "flat":
            return "flat, once when entered"
        case "priced":
            return "by what is drawn"
        case "rated":
            return "by the rates, and flat once when entered" if tier.flats else "by the rates"


def _share_plan(own: SharePlan, catalog: Catalog, words: Words) -> Item:
    return Item(
        anchor=anchor("share_plan", own.id),
        title=own.title,
        name=own.id,
        tags=(),
        description=own.description,
        blocks=tuple(block for each in own.buckets for block in _shared(each, own, catalog, words)),
    )


def _shared(own: SharedBucket, plan: SharePlan, catalog: Catalog, words: Words) -> Iterator[Block]:
    unit = next(each.unit for each in catalog.base_buckets if each.id == own.base)
    yield facts(
        ("Sold as", (words.to("service", plan.selling_service),)),
        ("Bucket", (Code(own.name), f", {_often(own.months)}")),
        *_held(own.base, catalog),
        (
            "Pool",
            tuple(
                piece
                for place, each in enumerate(own.pool)
                for piece in (*((" + ",) if place else ()), *_pool_term(each, unit, words))
            ),
        ),
        ("Used by", joined(words.to("service", each.service) for each in own.consumers)),
        ("Part of a period", "a part of it" if own.prorate else "the whole of it"),
        ("Priority", str(own.priority)),
        ("Rolls over", _rolls_over(own.rolls_over, unit, words)),
    )
    rows: list[Row] = [{"Draws": ("the pool",), "Charge": ("included",)}]
    rows += _tier_rows(own.tiers, unit.measure, words, "the pool")
    yield price_table(rows, words, ("Draws", "Charge"))


def _pool_term(own: PoolTerm, unit: Unit, words: Words) -> Iterator[Inline]:
    yield words.quantity(own.steps, unit.measure, unit.name)
    if own.service is not None:
        yield " for each "
        yield Code(own.service)
        if own.statuses:
            yield " in "
            yield from codes(own.statuses)
