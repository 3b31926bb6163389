"""Slips of the hand: wrong programs made of a right one, each with one thing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise

from proving.coverage import TABLE, Key, edge_key
from runtime.program.model import Program, Rate, SourceLine
from runtime.program.prices import (
    OneTimePrice,
    PriceTerm,
    PriceTier,
    RecurringPrice,
    TransitionCharge,
)

Priced = RecurringPrice | OneTimePrice | TransitionCharge | Rate
PRICED_TABLES = ("recurring_prices", "one_time_prices", "transition_charges", "rates")

Lines = Mapping[int, SourceLine]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A slip: what was changed on which line, and the program with it.

    `keys`: what a test must reach, one of them at least, to notice it, as coverage knows it.
    """

    what: str
    source: SourceLine
    keys: tuple[Key, ...]
    program: Callable[[], Program]


def mutants_of(program: Program) -> Iterator[Mutant]:
    """Give every slip of a program, its tables' rows aside, in the order of its tables."""
    lines = {each.id: each for each in program.sources}
    tiers: dict[int, list[PriceTier]] = {}
    for tier in program.price_tiers:
        tiers.setdefault(tier.price, []).append(tier)
    costly = {(each.price, each.tier) for each in program.price_terms if each.amount}
    for table in PRICED_TABLES:
        for index, row in enumerate(getattr(program, table)):
            line = lines[row.source]
            if not line.path.endswith(TABLE):
                yield from _price_slips(program, table, index, lines, tiers[row.price], costly)
                is_free = not any((row.price, each.ordinal) in costly for each in tiers[row.price])
                ways = _ways_to(program, row, lines) if is_free else ()
                yield from _dropped(program, table, index, line, ways)
    yield from _events(program, lines)
    yield from _swapped_statuses(program, lines)
    yield from _price_bounds(program, lines)
    yield from _bucket_slips(program, lines)
    yield from _taxes(program, lines)
    yield from _discounts(program, lines)
    yield from _contracts(program, lines)


def _line_key(line: SourceLine, currency: str) -> Key:
    return ("line", line.path, str(line.line), currency)


def _price_slips(
    program: Program,
    table: str,
    index: int,
    lines: Lines,
    tiers: Sequence[PriceTier],
    costly: Set[tuple[int, int]],
) -> Iterator[Mutant]:
    """Shift the decimal of a price, of each of its tiers that stands on a line of its own."""
    row: Priced = getattr(program, table)[index]
    own: dict[int, list[int]] = {}
    for tier in tiers:
        own.setdefault(tier.source or row.source, []).append(tier.ordinal)
    for source, ordinals in own.items():
        keys: tuple[Key, ...] = (_line_key(lines[source], row.currency),)
        if not any((row.price, each) in costly for each in ordinals):
            keys += _ways_to(program, row, lines)
        what = f"a decimal shifted ({row.currency})"
        shifted = _shifted_in(program, table, index, frozenset(ordinals))
        yield Mutant(what, lines[source], keys, shifted)


def _ways_to(program: Program, row: Priced, lines: Lines) -> tuple[Key, ...]:
    """Give what a test reaches that may have the price: what costs nothing is on no invoice.

    Of a rate it is the others of its group; of a status's price, the ways to the status.
    """
    if isinstance(row, Rate):
        group = (each for each in program.rates if each.group == row.group)
        own = (each.source for each in group if each.currency == row.currency)
        return tuple(_line_key(lines[each], row.currency) for each in dict.fromkeys(own))
    if not isinstance(row, RecurringPrice):
        return ()
    lifecycle = next(each.lifecycle for each in program.services if each.id == row.service)
    return tuple(
        edge_key(each)
        for each in program.transitions
        if each.lifecycle == lifecycle and each.to_status == row.status
    )


def _shifted_in(
    program: Program, table: str, index: int, tiers: frozenset[int]
) -> Callable[[], Program]:
    """Give a row a price of its own, in these tiers ten times as high; of zero, one."""

    def shifted() -> Program:
        rows = list(getattr(program, table))
        row: Priced = rows[index]
        own = max(each.id for each in program.prices) + 1
        price = next(each for each in program.prices if each.id == row.price)
        rows[index] = row.model_copy(update={"price": own})
        own_tiers = [each for each in program.price_tiers if each.price == row.price]
        terms = [each for each in program.price_terms if each.price == row.price]
        copied = {"price": own}
        return program.model_copy(
            update={
                table: tuple(rows),
                "prices": (*program.prices, price.model_copy(update={"id": own})),
                "price_tiers": (
                    *program.price_tiers,
                    *(each.model_copy(update=copied) for each in own_tiers),
                ),
                "price_terms": (
                    *program.price_terms,
                    *(_shifted(each, own, is_meant=each.tier in tiers) for each in terms),
                ),
            }
        )

    return shifted


def _shifted(term: PriceTerm, price: int, *, is_meant: bool) -> PriceTerm:
    amount = _tenfold(term.amount) if is_meant else term.amount
    return term.model_copy(update={"price": price, "amount": amount})


def _tenfold(amount: Decimal) -> Decimal:
    return amount * 10 if amount else Decimal(1)


def _dropped(
    program: Program, table: str, index: int, line: SourceLine, ways: tuple[Key, ...]
) -> Iterator[Mutant]:
    row: Priced = getattr(program, table)[index]
    if not isinstance(row, Rate | TransitionCharge):
        return

    def dropped() -> Program:
        rows = getattr(program, table)
        return program.model_copy(update={table: rows[:index] + rows[index + 1 :]})

    keys = (_line_key(line, row.currency), *ways)
    yield Mutant(f"dropped ({row.currency})", line, keys, dropped)


def _events(program: Program, lines: Lines) -> Iterator[Mutant]:
    """Leave out what an event counts at least, and what it is rounded up to."""
    for index, rate in enumerate(program.rates):
        line = lines[rate.source]
        if line.path.endswith(TABLE):
            continue
        for what, own, change in (
            ("minimum", rate.minimum, {"minimum": 0}),
            ("increment", rate.increment - 1, {"increment": 1}),
        ):
            if own:
                key = _line_key(line, rate.currency)
                changed = _changed(program, "rates", index, change)
                yield Mutant(f"its {what} left out ({rate.currency})", line, (key,), changed)


def _swapped_statuses(program: Program, lines: Lines) -> Iterator[Mutant]:
    """Swap the prices of two statuses that stand one after the other."""
    rows = program.recurring_prices

    def group(row: RecurringPrice) -> tuple[object, ...]:
        return (row.level, row.owner, row.service, row.months, row.currency, row.start)

    ordered = sorted(enumerate(rows), key=lambda each: (str(group(each[1])), each[0]))
    for _, found in groupby(ordered, key=lambda each: group(each[1])):
        for (one, first), (other, second) in pairwise(found):
            line = lines[first.source]
            if first.price == second.price or line.path.endswith(TABLE):
                continue
            keys = tuple(_line_key(lines[each.source], first.currency) for each in (first, second))
            what = f"`{first.status}` and `{second.status}` swapped ({first.currency})"
            yield Mutant(what, line, keys, _swap(program, one, other))


def _swap(program: Program, one: int, other: int) -> Callable[[], Program]:
    def swapped() -> Program:
        rows = list(program.recurring_prices)
        first, second = rows[one], rows[other]
        rows[one] = first.model_copy(update={"price": second.price})
        rows[other] = second.model_copy(update={"price": first.price})
        return program.model_copy(update={"recurring_prices": tuple(rows)})

    return swapped


def _price_bounds(program: Program, lines: Lines) -> Iterator[Mutant]:
    """Move the bounds of a price's tiers up by a tenth; the tier behind a bound knows it, too."""
    currencies = {each.id: each.currency for each in program.prices}
    tiers = program.price_tiers
    for index, tier in enumerate(tiers):
        behind = tiers[index + 1] if index + 1 < len(tiers) else None
        behind = behind if behind is not None and behind.price == tier.price else None
        moved = _moved(tier.upper, behind.upper if behind else None)
        if moved is None or tier.source is None:
            continue
        sources = dict.fromkeys(
            each.source for each in (tier, behind) if each is not None and each.source is not None
        )
        keys = tuple(_line_key(lines[each], currencies[tier.price]) for each in sources)
        what = f"a bound moved ({currencies[tier.price]})"
        changed = _changed(program, "price_tiers", index, {"upper": moved})
        yield Mutant(what, lines[tier.source], keys, changed)


def _bucket_slips(program: Program, lines: Lines) -> Iterator[Mutant]:
    """Move the bounds of buckets up by a tenth, and shift the decimals of their flat amounts."""
    tiers = program.bucket_tiers
    for index, tier in enumerate(tiers):
        behind = tiers[index + 1] if index + 1 < len(tiers) else None
        behind = behind if behind is not None and behind.bucket == tier.bucket else None
        moved = _moved(tier.upper, behind.upper if behind else None)
        if moved is not None:
            keys = tuple(
                ("bucket", tier.bucket, str(each.ordinal)) for each in (tier, behind) if each
            )
            changed = _changed(program, "bucket_tiers", index, {"upper": moved})
            yield Mutant("a bound moved", lines[tier.source], keys, changed)
    for index, flat in enumerate(program.bucket_flats):
        key: Key = ("bucket", flat.bucket, str(flat.tier), flat.currency)
        what = f"a decimal shifted ({flat.currency})"
        changed = _changed(program, "bucket_flats", index, {"amount": _tenfold(flat.amount)})
        yield Mutant(what, lines[flat.source], (key,), changed)
    for index, term in enumerate(program.pool_terms):
        keys = tuple(
            ("bucket", each.bucket, str(each.ordinal))
            for each in tiers
            if each.bucket == term.bucket
        )
        changed = _changed(program, "pool_terms", index, {"steps": _moved(term.steps, None)})
        yield Mutant("a tenth more in the pool", lines[term.source], keys, changed)


def _moved(bound: int | None, behind: int | None) -> int | None:
    """Give a bound that is a tenth higher, one at least; None: that would be no order."""
    if bound is None:
        return None
    moved = bound + max(1, bound // 10)
    return moved if behind is None or moved < behind else None


def _taxes(program: Program, lines: Lines) -> Iterator[Mutant]:
    for index, tax in enumerate(program.tax_rates):
        key = ("tax", tax.tax, tax.tax_class, tax.jurisdiction, f"{tax.percent.normalize():f}")
        what = f"the tax of {tax.jurisdiction} one percent more"
        changed = _changed(program, "tax_rates", index, {"percent": tax.percent + 1})
        yield Mutant(what, lines[tax.source], (key,), changed)


def _discounts(program: Program, lines: Lines) -> Iterator[Mutant]:
    sources = {each.id: lines[each.source] for each in program.discounts}
    for index, discount in enumerate(program.discounts):
        key: Key = ("discount", discount.id)
        if discount.kind == "percent":
            more = _changed(program, "discounts", index, {"percent": discount.percent + 1})
            yield Mutant("one percent more off", sources[discount.id], (key,), more)
        if discount.periods is not None:
            longer = _changed(program, "discounts", index, {"periods": discount.periods + 1})
            yield Mutant("one period longer", sources[discount.id], (key,), longer)
    for index, amount in enumerate(program.discount_amounts):
        key = ("discount", amount.discount, amount.currency)
        change = {"amount": _tenfold(amount.amount)}
        changed = _changed(program, "discount_amounts", index, change)
        what = f"a decimal shifted ({amount.currency})"
        yield Mutant(what, sources[amount.discount], (key,), changed)


def _contracts(program: Program, lines: Lines) -> Iterator[Mutant]:
    """Shift the decimals of what is committed to, and of what leaving early costs."""
    minimums = {
        (each.contract, each.ordinal): lines[each.source] for each in program.contract_minimums
    }
    for index, least in enumerate(program.contract_minimum_amounts):
        line = minimums[least.contract, least.ordinal]
        change: dict[str, object] = {"amount": _tenfold(least.amount)}
        changed = _changed(program, "contract_minimum_amounts", index, change)
        what = f"a decimal shifted ({least.currency})"
        yield Mutant(what, line, (_line_key(line, least.currency),), changed)
    for index, minimum in enumerate(program.contract_minimums):
        if minimum.quantity:
            line = lines[minimum.source]
            change = {"quantity": minimum.quantity + max(1, minimum.quantity // 10)}
            changed = _changed(program, "contract_minimums", index, change)
            yield Mutant("a tenth more committed to", line, (_line_key(line, ""),), changed)
    penalties = {each.contract: lines[each.source] for each in program.contract_penalties}
    for index, penalty in enumerate(program.contract_penalties):
        if penalty.percent:
            line = lines[penalty.source]
            change = {"percent": penalty.percent + 1}
            changed = _changed(program, "contract_penalties", index, change)
            yield Mutant("one percent more", line, (_line_key(line, ""),), changed)
    for index, fixed in enumerate(program.contract_penalty_amounts):
        line = penalties[fixed.contract]
        change = {"amount": _tenfold(fixed.amount)}
        changed = _changed(program, "contract_penalty_amounts", index, change)
        what = f"a decimal shifted ({fixed.currency})"
        yield Mutant(what, line, (_line_key(line, fixed.currency),), changed)


def _changed(
    program: Program, table: str, index: int, change: Mapping[str, object]
) -> Callable[[], Program]:
    def changed() -> Program:
        rows = list(getattr(program, table))
        rows[index] = rows[index].model_copy(update=change)
        return program.model_copy(update={table: tuple(rows)})

    return changed
