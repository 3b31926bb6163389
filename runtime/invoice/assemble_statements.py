"""What an invoice tells besides its lines: buckets, changes of status, usage by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Literal

from runtime.invoice.assemble_facts import Batch, DayUse, StatusChange
from runtime.invoice.assemble_lines import Wording
from runtime.invoice.assemble_rated import PoolPart, PoolTier
from runtime.invoice.draft import DueLine
from runtime.invoice.model import BucketStatement, BucketTierUse, Change, PoolShare, UsageDay
from runtime.invoice.units import as_decimal, in_units_of
from runtime.program.model import Program
from runtime.program.plain import plain_prices

USAGE_DAY_LIMIT = 60
"""How many rows of usage by day an invoice shows."""

TierCharge = Literal["included", "flat", "rated", "priced", "pool", "rolled_over"]
_CHARGES: dict[str, TierCharge] = {
    "included": "included",
    "flat": "flat",
    "rated": "rated",
    "priced": "priced",
    "pool": "pool",
    "rolled_over": "rolled_over",
}
_FREE = frozenset({"included", "pool", "rolled_over"})


class Prices:
    """The program's prices that statements quote.

    A recurring price is quoted where a status has one, the same for all and so much for each.
    """

    def __init__(self, program: Program) -> None:
        plain = plain_prices(program)
        found: dict[tuple[str, int, str, str], set[int]] = {}
        for row in program.recurring_prices:
            key = (row.service, row.months, row.status, row.currency)
            found.setdefault(key, set()).add(row.price)
        self.recurring = {
            key: plain[price].amount
            for key, (price, *others) in found.items()
            if price in plain and not others
        }
        self._flats = {
            (row.bucket, row.tier, row.currency): row.amount for row in program.bucket_flats
        }

    def flat(self, tier: PoolTier, currency: str) -> Decimal | None:
        """Give the flat amount of a tier, where it has one."""
        return None if tier.tier is None else self._flats.get((tier.bucket, tier.tier, currency))


def state_buckets(
    lines: Sequence[DueLine],
    batch: Batch,
    wording: Wording,
    prices: Prices,
    window: tuple[date | None, date],
) -> Iterator[BucketStatement]:
    """State each bucket of the invoice's services over the usage periods it bills.

    Those are the periods with a due line, and those that ended in `window`: after the last
    run's date, and by this one's.
    """
    previous, as_of = window
    billed = {
        (line.account_service, line.period_end)
        for line in lines
        if line.kind in ("usage", "bucket")
    }
    for due in _first_of_each_service(lines):
        tiers = batch.pools.get(due.account_service, ())
        for (_, end, _), group in groupby(
            tiers, key=lambda tier: (tier.period_start, tier.period_end, tier.bucket)
        ):
            has_just_ended = end <= as_of and (previous is None or end > previous)
            if has_just_ended or (due.account_service, end) in billed:
                own = tuple(group)
                key = (due.account_service, own[0].period_start, own[0].bucket)
                yield _bucket(due, own, batch.shares.get(key, ()), wording, prices)


def state_changes(
    lines: Sequence[DueLine], batch: Batch, wording: Wording, prices: Prices
) -> Iterator[Change]:
    """State each change of status inside the billing periods that the lines charge."""
    frames = sorted(
        {
            (line.account_service, line.full_start, line.full_end)
            for line in lines
            if line.kind == "recurring" and line.full_start and line.full_end
        }
    )
    for due in _first_of_each_service(lines):
        for change in batch.changes.get(due.account_service, ()):
            for name, start, end in frames:
                if name == due.account_service and start <= change.day < end:
                    sold = (due.account, due.sold_service, due.months, due.currency)
                    yield word_change(sold, change, (start, end), wording, prices)


def state_usage_days(
    lines: Sequence[DueLine], batch: Batch, wording: Wording
) -> tuple[tuple[UsageDay, ...], int]:
    """Give the first USAGE_DAY_LIMIT rows of usage by day, service and class; and how many."""
    spans: dict[str, set[tuple[date, date]]] = {}
    for line in lines:
        if line.kind == "usage":
            spans.setdefault(line.account_service, set()).add((line.period_start, line.period_end))
    rows = [
        UsageDay(
            day=use.day,
            account_service=use.account_service,
            service_title=wording.title(due.sold_service),
            usage_class=use.usage_class,
            events=use.events,
            quantity=_shown(use, wording),
            unit=wording.unit_of_class(use.usage_class),
        )
        for due in _first_of_each_service(lines)
        for use in batch.days.get(due.account_service, ())
        if any(start <= use.day < end for start, end in spans.get(due.account_service, ()))
    ]
    return tuple(rows[:USAGE_DAY_LIMIT]), len(rows)


def _shown(use: DayUse, wording: Wording) -> Decimal:
    return in_units_of(use.quantity, wording.steps_of(wording.unit_of_class(use.usage_class)))


def _first_of_each_service(lines: Sequence[DueLine]) -> Iterator[DueLine]:
    seen = set()
    for line in lines:
        if line.account_service not in seen:
            seen.add(line.account_service)
            yield line


def _bucket(
    due: DueLine,
    tiers: Sequence[PoolTier],
    shares: Sequence[PoolPart],
    wording: Wording,
    prices: Prices,
) -> BucketStatement:
    first = tiers[0]
    bucket = wording.buckets[first.bucket]

    def shown(steps: int) -> Decimal:
        return as_decimal(Fraction(steps, bucket.steps_per_unit))

    free = [tier for tier in tiers if tier.charge in _FREE]
    included = sum((tier.used if tier.upper is None else tier.upper - tier.lower) for tier in free)
    before = sum(tier.before for tier in free if tier.upper is not None)
    return BucketStatement(
        account=due.account,
        account_service=due.account_service,
        service_title=wording.title(due.sold_service),
        bucket=first.bucket,
        title=wording.bucket_title(first.bucket),
        unit=bucket.unit,
        period_start=first.period_start,
        period_end=first.period_end,
        days=first.days,
        full_days=first.full_days,
        included=shown(included),
        rolled_over=shown(
            sum(
                tier.upper - tier.lower
                for tier in tiers
                if tier.charge == "rolled_over" and tier.upper is not None
            )
        ),
        used_before=shown(before),
        used=shown(sum(tier.used for tier in tiers)),
        left=shown(included - before - sum(tier.used for tier in free)),
        rolls_over=bucket.rollover_periods > 0,
        tiers=tuple(
            BucketTierUse(
                tier=tier.tier,
                charge=_CHARGES[tier.charge],
                lower=shown(tier.lower),
                upper=None if tier.upper is None else shown(tier.upper),
                used=shown(tier.used),
                flat=prices.flat(tier, due.currency),
            )
            for tier in tiers
        ),
        shares=tuple(
            PoolShare(
                account=part.account,
                account_name=part.account_name,
                contributed=shown(part.contributed),
                used=shown(part.used),
            )
            for part in shares
        ),
    )


def word_change(
    sold: tuple[str, str, int, str],
    change: StatusChange,
    frame: tuple[date, date],
    wording: Wording,
    prices: Prices,
) -> Change:
    """Word a change of status inside a billing period, `frame`.

    `sold`: account, service, months and currency.
    """
    account, service, months, currency = sold
    start, end = frame

    def price(status: str | None) -> Decimal | None:
        if status is None:
            return None
        return prices.recurring.get((service, months, status, currency))

    return Change(
        account=account,
        account_service=change.account_service,
        service_title=wording.title(service),
        day=change.day,
        from_status=change.from_status,
        to_status=change.to_status,
        days=(min(change.until_day, end) - change.day).days,
        full_days=(end - start).days,
        old_price=price(change.old_status),
        new_price=price(change.new_status),
    )
