"""Buckets drawn one event at a time: what the rules of docs/billing.md say, in plain Python.

A filling is a bucket of an account service over one of its usage periods.  Its state is made
when the first event comes to it, when all that came before is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from runtime.program import model
from runtime.program.buckets import Bucket, BucketTier
from runtime.program.time_zones import time_zone

if TYPE_CHECKING:
    from tests.reference.usage import Event, Holder

MOST = 2**63 - 1
Days = tuple[date, date, date, date]
Bounds = tuple[BucketTier | None, int, int | None]


@dataclass
class Filling:
    """What is in a bucket over a period: `lots` rolled over, the oldest first."""

    program: model.Program
    bucket: Bucket
    owner: Holder
    period: Days
    pool: int
    previous: Filling | None
    lots: list[int] = field(default_factory=list)
    position: int = 0
    used: Counter[int | None] = field(default_factory=Counter)
    before: Counter[int | None] = field(default_factory=Counter)
    put_in: Counter[str] = field(default_factory=Counter)
    drawn: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        periods = self.bucket.rollover_periods
        self.lots = [0] * periods
        if self.previous is None:
            return
        if not periods:
            self.position = self.previous.position
            self.before = self.previous.before + self.previous.used
            return
        cap = MOST if self.bucket.rollover_cap is None else self.bucket.rollover_cap
        kept: list[int] = []
        for left in [self.previous.left_of_its_own(), *reversed(self.previous.left_of_lots()[1:])]:
            kept.append(min(left, cap))
            cap -= kept[-1]
        self.lots = kept[::-1]
        if any(upper is not None and upper >= MOST for _, _, upper in self.bounds()):
            raise OverflowError(self.bucket.id)

    def tiers(self) -> list[tuple[BucketTier, int | None]]:
        """Give the catalog's tiers with their bounds, before what rolled over."""
        start, end, full_start, full_end = self.period
        share = Fraction((end - start).days, (full_end - full_start).days)
        if not self.bucket.prorate:
            share = Fraction(1)
        found: list[tuple[BucketTier, int | None]] = []
        pool = 0
        for tier in sorted(self.program.bucket_tiers, key=lambda each: each.ordinal):
            if tier.bucket != self.bucket.id:
                continue
            if tier.charge == "pool":
                pool = half_up(self.pool * share)
                found.append((tier, pool))
            else:
                upper = None if tier.upper is None else half_up(tier.upper * share)
                found.append((tier, None if upper is None else upper + pool))
        return found

    def bounds(self) -> list[Bounds]:
        """Give each tier, what rolled over (None) first, with what it lies between."""
        found: list[Bounds] = []
        rolled = sum(self.lots)
        if self.lots:
            found.append((None, 0, rolled))
        lower = rolled
        for tier, upper in self.tiers():
            until = None if upper is None else upper + rolled
            found.append((tier, lower, until))
            lower = lower if until is None else until
        return found

    def left_of_its_own(self) -> int:
        return sum(
            upper - lower - self.used[tier.ordinal]
            for tier, lower, upper in self.bounds()
            if tier is not None and upper is not None and tier.charge in {"included", "pool"}
        )

    def left_of_lots(self) -> list[int]:
        used, left = self.used[None], []
        for lot in self.lots:
            taken = min(lot, used)
            used -= taken
            left.append(lot - taken)
        return left

    def applies(self, event: Event, usage_class: str) -> bool:
        from tests.reference.usage import holds

        return (
            usage_class in self.bucket.classes
            and self.bucket.measure == event.kind.measure
            and (self.bucket.where is None or holds(self.bucket.where, event.attributes))
        )

    def here(self) -> tuple[BucketTier | None, int | None] | None:
        """Give the tier that the next unit falls in, and how much it still takes."""
        rolled = 0
        for lot in self.lots:
            rolled += lot
            if self.position < rolled:
                return None, rolled - self.position
        for tier, _, upper in self.bounds()[1 if self.lots else 0 :]:
            if upper is None:
                return tier, None
            if self.position < upper:
                return tier, upper - self.position
        return None


class BucketBook:
    """All fillings of a book, made as they are asked for."""

    def __init__(
        self, program: model.Program, holders: Sequence[Holder], parents: Mapping[str, str]
    ) -> None:
        self.program = program
        self.holders = {each.account_service: each for each in holders}
        self.parents = parents
        self.buckets = {each.id: each for each in program.buckets}
        self.plans = {each.id: each.selling_service for each in program.share_plans}
        self.made: dict[tuple[str, str, date], Filling] = {}

    def filling(self, bucket: Bucket, owner: Holder, period: Days) -> Filling:
        key = (bucket.id, owner.account_service, period[0])
        if key not in self.made:
            place = owner.periods.index(period)
            is_chained = bucket.months is None or bucket.rollover_periods > 0
            previous = None
            if place and is_chained:
                previous = self.filling(bucket, owner, owner.periods[place - 1])
            parts = self.parts(bucket, owner, period[0])
            made = Filling(
                self.program, bucket, owner, period, sum(parts.values()), previous, put_in=parts
            )
            self.made[key] = made
        return self.made[key]

    def parts(self, bucket: Bucket, owner: Holder, day: date) -> Counter[str]:
        found: Counter[str] = Counter()
        for term in self.program.pool_terms:
            if term.bucket != bucket.id:
                continue
            if term.service is None:
                found[owner.account] += term.steps
                continue
            named = {
                each.status
                for each in self.program.pool_statuses
                if (each.bucket, each.ordinal) == (term.bucket, term.ordinal)
            }
            for holder in self.holders.values():
                is_billable = any(on and start <= day < end for start, end, on in holder.billable)
                if (
                    holder.service == term.service
                    and self.depth(holder.account, owner.account) is not None
                    and is_billable
                    and (not named or "on" in named)
                ):
                    found[holder.account] += term.steps * holder.quantity
        return found

    def depth(self, below: str, above: str) -> int | None:
        """Give how many steps up an account lies, None where it is not above the other."""
        steps, account = 0, below
        while account != above:
            if account not in self.parents:
                return None
            steps, account = steps + 1, self.parents[account]
        return steps

    def candidates(
        self, holder: Holder, period: Days
    ) -> Iterator[tuple[Bucket, Holder, Days, datetime, datetime, datetime, int]]:
        """Give what a usage period may draw from: bucket, owner, its period, from, until, end."""
        first, last = (instant(day, holder) for day in period[:2])
        for link in self.program.service_buckets:
            if link.service != holder.service:
                continue
            bucket = self.buckets[link.bucket]
            ends = last if bucket.months is not None else life_end(bucket, holder)
            if first < ends:
                yield bucket, holder, period, first, min(last, ends), ends, 0
        for consumer in self.program.pool_consumers:
            if consumer.service != holder.service:
                continue
            bucket = self.buckets[consumer.bucket]
            for owner in self.holders.values():
                depth = self.depth(holder.account, owner.account)
                if owner.service != self.plans[bucket.share_plan or ""] or depth is None:
                    continue
                for each in owner.periods:
                    start, end = (instant(day, owner) for day in each[:2])
                    if start < last and first < end:
                        yield bucket, owner, each, max(start, first), min(end, last), end, depth

    def fillings_for(self, holder: Holder, period: Days, at: datetime) -> list[Filling]:
        """Give the fillings that an event is drawn from, in order."""
        found = [
            (
                (
                    bucket.priority,
                    bucket.share_plan is not None,
                    ends,
                    bucket.ordinal,
                    depth,
                    owner.account_service,
                ),
                self.filling(bucket, owner, each),
            )
            for bucket, owner, each, start, end, ends, depth in self.candidates(holder, period)
            if start <= at < end
        ]
        return [filling for _, filling in sorted(found, key=lambda pair: pair[0])]

    def fillings_of(self, owner: str, start: date) -> list[Filling]:
        """Give the fillings that belong to a usage period."""
        holder = self.holders[owner]
        period = next(each for each in holder.periods if each[0] == start)
        found = [
            self.filling(bucket, holder, period)
            for bucket, whose, *_ in self.candidates(holder, period)
            if whose is holder and bucket.share_plan is None
        ]
        for bucket in self.buckets.values():
            if bucket.share_plan is not None and self.plans[bucket.share_plan] == holder.service:
                found.append(self.filling(bucket, holder, period))
        return found

    def tied_with(self, asked: set[tuple[str, date]]) -> set[tuple[str, date]]:
        """Give the usage periods and all whose rating goes together with theirs."""
        ties: list[set[tuple[str, date]]] = []
        users: dict[tuple[str, str, date], set[tuple[str, date]]] = {}
        for holder in self.holders.values():
            for period in holder.periods:
                own = (holder.account_service, period[0])
                for bucket, owner, each, *_ in self.candidates(holder, period):
                    key = (bucket.id, owner.account_service, each[0])
                    users.setdefault(key, set()).update({own, (owner.account_service, each[0])})
                    place = owner.periods.index(each)
                    is_chained = bucket.months is None or bucket.rollover_periods > 0
                    if place and is_chained:
                        users[key].add((owner.account_service, owner.periods[place - 1][0]))
                for bucket in self.buckets.values():
                    is_its = self.plans.get(bucket.share_plan or "") == holder.service
                    place = holder.periods.index(period)
                    if is_its and place and bucket.rollover_periods:
                        ties.append({own, (holder.account_service, holder.periods[place - 1][0])})
        ties += users.values()
        found = set(asked)
        while True:
            more = set().union(*(tie for tie in ties if tie & found)) | found
            if more == found:
                return found
            found = more


def split(
    quantity: int, fillings: list[Filling], account: str
) -> Iterator[tuple[str, tuple[str, int | None] | None, int]]:
    """Yield charge, tier and quantity of each run of units that fall alike; one for zero."""
    while True:
        touched: list[tuple[Filling, int | None]] = []
        size = quantity
        charge: str = "rated"
        place: tuple[str, int | None] | None = None
        for filling in fillings:
            found = filling.here()
            if found is None:
                continue
            tier, room = found
            ordinal = None if tier is None else tier.ordinal
            touched.append((filling, ordinal))
            size = size if room is None else min(size, room)
            charge = "rolled_over" if tier is None else tier.charge
            place = (filling.bucket.id, ordinal)
            if charge != "rated":
                if filling.bucket.share_plan is not None and charge in {"rolled_over", "pool"}:
                    taker = filling
                else:
                    taker = None
                break
        else:
            taker = None
        for filling, ordinal in touched:
            filling.position += size
            filling.used[ordinal] += size
            if filling.position > MOST:
                raise OverflowError(filling.bucket.id)
        if taker is not None:
            taker.drawn[account] += size
        yield charge, place, size
        quantity -= size
        if not quantity:
            return


def life_end(bucket: Bucket, holder: Holder) -> datetime:
    """Give the instant at which a one-time bucket ends; the end of all days where it does not."""
    if bucket.lasts_months is None and bucket.lasts_days is None:
        return datetime.max.replace(tzinfo=UTC)
    month = holder.start.month - 1 + (bucket.lasts_months or 0)
    year, month = holder.start.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    day = date(year, month, min(holder.start.day, last)) + timedelta(days=bucket.lasts_days or 0)
    return instant(day, holder)


def instant(day: date, holder: Holder) -> datetime:
    return datetime.combine(day, time(), time_zone(holder.timezone)).astimezone(UTC)


def half_up(value: Fraction) -> int:
    """Round a positive value half up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
