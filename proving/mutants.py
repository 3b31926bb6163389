"""Wrong catalogs made of a right one: would a test notice?

A mutant is the program with one thing changed, as a slip of the hand would change it.  It is
noticed where a test that passed fails with it, or is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path

from proving.coverage import Coverage, Key
from proving.judge import judge
from proving.run import run_scenarios
from proving.scenario import Scenario
from runtime.program.model import Program, Rate, SourceLine
from runtime.program.prices import OneTimePrice, PriceTerm, RecurringPrice, TransitionCharge

Priced = RecurringPrice | OneTimePrice | TransitionCharge | Rate
PRICED_TABLES = ("recurring_prices", "one_time_prices", "transition_charges", "rates")
TABLE = ".csv"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A slip: what was changed on which line, and the program with it.

    `key`: what a test must reach to notice it, as coverage knows it.
    """

    what: str
    source: SourceLine
    key: Key
    program: Callable[[], Program]


@dataclass(frozen=True, slots=True)
class Fate:
    """A mutant, and the test that noticed it; None: none did."""

    mutant: Mutant
    noticed_by: str | None


def mutants_of(program: Program) -> Iterator[Mutant]:
    """Give every slip of a program, its tables' rows aside, in the order of its tables."""
    lines = {each.id: each for each in program.sources}
    for table in PRICED_TABLES:
        for index, row in enumerate(getattr(program, table)):
            line = lines[row.source]
            if not line.path.endswith(TABLE):
                yield from _price_slips(program, table, index, row, line)
    yield from _swapped_statuses(program, lines)
    yield from _bounds(program, lines)
    yield from _percentages(program, lines)


def _price_slips(
    program: Program, table: str, index: int, row: Priced, line: SourceLine
) -> Iterator[Mutant]:
    key = ("line", line.path, str(line.line), row.currency)

    def shifted() -> Program:
        return _with_price(program, table, index, row)

    def dropped() -> Program:
        rows = getattr(program, table)
        return program.model_copy(update={table: rows[:index] + rows[index + 1 :]})

    yield Mutant(f"a decimal shifted ({row.currency})", line, key, shifted)
    if isinstance(row, Rate | TransitionCharge):
        yield Mutant(f"dropped ({row.currency})", line, key, dropped)


def _with_price(program: Program, table: str, index: int, row: Priced) -> Program:
    """Give a row a price of its own, ten times as high; of a price of zero, one."""
    own = max(each.id for each in program.prices) + 1
    price = next(each for each in program.prices if each.id == row.price)
    tiers = [each for each in program.price_tiers if each.price == row.price]
    terms = [each for each in program.price_terms if each.price == row.price]
    rows = list(getattr(program, table))
    rows[index] = row.model_copy(update={"price": own})
    return program.model_copy(
        update={
            table: tuple(rows),
            "prices": (*program.prices, price.model_copy(update={"id": own})),
            "price_tiers": (
                *program.price_tiers,
                *(each.model_copy(update={"price": own}) for each in tiers),
            ),
            "price_terms": (*program.price_terms, *(_shifted(each, own) for each in terms)),
        }
    )


def _shifted(term: PriceTerm, price: int) -> PriceTerm:
    amount = term.amount * 10 if term.amount else Decimal(1)
    return term.model_copy(update={"price": price, "amount": amount})


def _swapped_statuses(program: Program, lines: Mapping[int, SourceLine]) -> Iterator[Mutant]:
    """Swap the prices of two statuses that stand one after the other."""
    rows = program.recurring_prices

    def group(row: RecurringPrice) -> tuple[object, ...]:
        return (row.level, row.owner, row.service, row.months, row.currency, row.start)

    ordered = sorted(enumerate(rows), key=lambda each: (str(group(each[1])), each[0]))
    for _, found in groupby(ordered, key=lambda each: group(each[1])):
        pairs = list(found)
        for (one, first), (other, second) in pairwise(pairs):
            line = lines[first.source]
            if first.price == second.price or line.path.endswith(TABLE):
                continue
            key = ("line", line.path, str(line.line), first.currency)
            what = f"`{first.status}` and `{second.status}` swapped ({first.currency})"
            yield Mutant(what, line, key, _swap(program, one, other))


def _swap(program: Program, one: int, other: int) -> Callable[[], Program]:
    def swapped() -> Program:
        rows = list(program.recurring_prices)
        first, second = rows[one], rows[other]
        rows[one] = first.model_copy(update={"price": second.price})
        rows[other] = second.model_copy(update={"price": first.price})
        return program.model_copy(update={"recurring_prices": tuple(rows)})

    return swapped


def _bounds(program: Program, lines: Mapping[int, SourceLine]) -> Iterator[Mutant]:
    """Move the bounds of tiers and of buckets up by a tenth."""
    for table in ("price_tiers", "bucket_tiers"):
        for index, tier in enumerate(getattr(program, table)):
            if tier.upper is None or tier.source is None:
                continue
            line = lines[tier.source]
            if table == "price_tiers":
                currency = _currency(program, tier.price)
                key: Key = ("line", line.path, str(line.line), currency)
            else:
                key = ("bucket", tier.bucket, str(tier.ordinal))
            moved = tier.upper + max(1, tier.upper // 10)
            change = {"upper": moved}
            yield Mutant("a bound moved", line, key, _changed(program, table, index, change))


def _currency(program: Program, price: int) -> str:
    return next(each.currency for each in program.prices if each.id == price)


def _percentages(program: Program, lines: Mapping[int, SourceLine]) -> Iterator[Mutant]:
    for index, tax in enumerate(program.tax_rates):
        key = ("tax", tax.tax, tax.tax_class, tax.jurisdiction, f"{tax.percent.normalize():f}")
        what = f"the tax of {tax.jurisdiction} one percent more"
        change = {"percent": tax.percent + 1}
        yield Mutant(what, lines[tax.source], key, _changed(program, "tax_rates", index, change))
    for index, discount in enumerate(program.discounts):
        line = lines[discount.source]
        own: Key = ("discount", discount.id)
        if discount.kind == "percent":
            change = {"percent": discount.percent + 1}
            changed = _changed(program, "discounts", index, change)
            yield Mutant("one percent more off", line, own, changed)
        if discount.periods is not None:
            longer = {"periods": discount.periods + 1}
            changed = _changed(program, "discounts", index, longer)
            yield Mutant("one period longer", line, own, changed)


def _changed(
    program: Program, table: str, index: int, change: Mapping[str, object]
) -> Callable[[], Program]:
    def changed() -> Program:
        rows = list(getattr(program, table))
        rows[index] = rows[index].model_copy(update=change)
        return program.model_copy(update={table: tuple(rows)})

    return changed


def some_of(mutants: Sequence[Mutant], most: int) -> tuple[Mutant, ...]:
    """Take so many of them at even distances, the same each time."""
    if len(mutants) <= most:
        return tuple(mutants)
    return tuple(mutants[number * len(mutants) // most] for number in range(most))


def try_mutants(
    mutants: Sequence[Mutant],
    scenarios: Sequence[Scenario],
    coverage: Coverage,
    catalog: Path,
    progress: Callable[[int, int], None],
) -> tuple[Fate, ...]:
    """Run, for each mutant, the tests that reach what it changes, until one notices it.

    Args:
        mutants: of a program of `proving.run.prepared`, for which all the tests pass.
    """
    fates = []
    for done, mutant in enumerate(mutants):
        progress(done, len(mutants))
        asked = coverage.reached.get(mutant.key, frozenset())
        own = [each for each in scenarios if each.name in asked]
        fates.append(Fate(mutant, _noticed(mutant, own, catalog)))
    return tuple(fates)


def _noticed(mutant: Mutant, scenarios: Sequence[Scenario], catalog: Path) -> str | None:
    if not scenarios:
        return None
    program = mutant.program()
    for each in scenarios:
        billed = run_scenarios(program, [each], catalog)[each.name]
        if judge(each, billed, catalog):
            return each.name
    return None


def mutant_lines(fates: Sequence[Fate]) -> Iterator[str]:
    """Tell of the mutants that no test noticed, and the score."""
    for fate in fates:
        if fate.noticed_by is None:
            source = fate.mutant.source
            yield f"{source.path}:{source.line}: {fate.mutant.what}, and no test notices"
            yield f"    {source.text.strip()}"
    noticed = sum(fate.noticed_by is not None for fate in fates)
    yield f"mutation score: {noticed} of {len(fates)} ({score_of(fates)}%)"


def score_of(fates: Sequence[Fate]) -> int:
    """Give the noticed share in whole percent, cut."""
    noticed = sum(fate.noticed_by is not None for fate in fates)
    return noticed * 100 // len(fates) if fates else 100
