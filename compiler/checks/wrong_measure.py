"""Report units that measure another thing than the usage they are written for."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.bucket_facts import AnyBucket, every_bucket
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_unit import CALLS
from compiler.checks.wording import choice
from compiler.facts import measure_of, terms_of
from compiler.rate_rows import class_named, distinct_values, first_row, rate_tables
from compiler.resolve.model import Resolved
from compiler.resolve.units import unit_called, unit_of
from compiler.resolve.walk import every
from compiler.session import Session
from compiler.tables.cells import Amount
from compiler.tables.rates import CLASS_COLUMN, UNIT_COLUMNS
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.base import Name
from dsl.syntax.buckets import BaseBucketDeclaration
from dsl.syntax.prices import Bound, PriceTerm
from dsl.syntax.rates import RateGroupDeclaration, RateRow
from dsl.syntax.share_plans import SharedBucket
from dsl.syntax.usage import UsageClassDeclaration
from runtime.program.terms import Measure
from runtime.program.units import EACH, EVENT, units_of

CODE = codes.WRONG_MEASURE

PAGE = Page(
    what="A price, a bucket or a bound is written in a unit of data where the usage is "
    "measured in time, or the like.",
    why="So many minutes cannot be compared with so many gigabytes; no amount follows.",
    bad=TINY
    + CALLS
    + """\
rate group call_rates {
  calls  0.02 USD per GB
}
""",
    good=TINY
    + CALLS
    + """\
rate group call_rates {
  calls  0.02 USD per minute
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unit that does not fit, and where the measure is set."""
    for group in resolved.all(RateGroupDeclaration):
        for row in group.rows:
            _check_price(resolved, row, session)
            for word, held in (("minimum", row.minimum), ("increment", row.increment)):
                if held is not None:
                    usage_class = resolved.find(row.usage_class, UsageClassDeclaration)
                    _check_unit(resolved, usage_class, word, held.unit, session)
    for _, table in rate_tables(resolved):
        for column in UNIT_COLUMNS:
            for texts, (name, amount) in distinct_values(table, CLASS_COLUMN, column):
                usage_class = class_named(resolved, str(name))
                if isinstance(amount, Amount) and _is_wrong(resolved, usage_class, amount):
                    at = table.cell(first_row(table, texts, CLASS_COLUMN, column), column)
                    unit = Name(at, amount.unit)
                    _check_unit(resolved, usage_class, column.name, unit, session)
    for base in resolved.all(BaseBucketDeclaration):
        _check_base_bucket(resolved, base, session)
    for bucket in every_bucket(resolved):
        _check_bucket(resolved, bucket, session)


def _check_price(resolved: Resolved, row: RateRow, session: Session) -> None:
    """Report each wrong unit of a row once: most often each currency's amount has it."""
    usage_class = resolved.find(row.usage_class, UsageClassDeclaration)
    due = None if usage_class is None else measure_of(usage_class)
    if usage_class is None or due is None:
        return
    wrong: dict[tuple[str, Measure], list[Span]] = {}
    for price in terms_of(row.price):
        unit = EACH if price.unit is None else unit_of(resolved, price.unit)
        is_counted = price.basis.text in {"each", "per", "block"}
        if is_counted and unit is not None and unit.measure != due:
            what = "each" if price.unit is None else f"per {price.unit.text}"
            span = price.span if price.unit is None else price.unit.span
            wrong.setdefault((what, unit.measure), []).append(span)
    for (what, measure), (first, *more) in wrong.items():
        session.report(
            CODE,
            f"`{usage_class.name.text}` is measured in {due}, and is priced `{what}`, "
            f"which is {_article(measure)}",
            Label(first, f"not a unit of {due}"),
            [*(Label(span, "nor here") for span in more), _declared(usage_class)],
            f"write {choice(_WRITTEN[due])}",
        )


def _is_wrong(
    resolved: Resolved, usage_class: UsageClassDeclaration | None, amount: Amount
) -> bool:
    """Whether a cell's unit is known and does not measure what the class does."""
    unit = unit_called(resolved, amount.unit)
    due = None if usage_class is None else measure_of(usage_class)
    return amount.unit != EVENT and unit is not None and due not in {None, unit.measure}


def _check_unit(
    resolved: Resolved,
    usage_class: UsageClassDeclaration | None,
    word: str,
    name: Name,
    session: Session,
) -> None:
    """Report the unit of a minimum or an increment, or a cell's, that measures another thing."""
    unit = unit_of(resolved, name)
    due = None if usage_class is None else measure_of(usage_class)
    if usage_class is None or unit is None or due is None or unit.measure == due:
        return
    is_price = word == "per"
    session.report(
        CODE,
        f"`{usage_class.name.text}` is measured in {due}, and "
        + (f"is priced per {name.text}" if is_price else f"its {word} is in {name.text}"),
        Label(name.span, f"not a unit of {due}"),
        [_declared(usage_class)],
        f"write it in {choice(units_of(due))}",
    )


_WRITTEN: dict[Measure, tuple[str, ...]] = {
    "data": ("per MB", "per GB", "per TB"),
    "time": ("per second", "per minute", "per hour"),
    "count": ("each",),
}


def _check_base_bucket(resolved: Resolved, base: BaseBucketDeclaration, session: Session) -> None:
    unit = unit_of(resolved, base.unit)
    first: UsageClassDeclaration | None = None
    for name, usage_class, due in _held(resolved, base):
        if unit is None or base.unit is None:
            if first is not None and measure_of(first) != due:
                _report_mixed(base, name, usage_class, first, session)
            first = first or usage_class
        elif unit.measure != due:
            session.report(
                CODE,
                f"the base bucket `{base.name.text}` is in {base.unit.text}, and "
                f"`{usage_class.name.text}` is measured in {due}",
                Label(base.unit.span, f"not a unit of {due}"),
                [Label(name.span, "held here"), _declared(usage_class)],
                f"write {choice(units_of(due))}, or hold another usage class",
            )


def _held(
    resolved: Resolved, base: BaseBucketDeclaration
) -> Iterator[tuple[Name, UsageClassDeclaration, Measure]]:
    """Give the classes of a base bucket whose measure is known."""
    for name in base.classes:
        usage_class = resolved.find(name, UsageClassDeclaration)
        due = None if usage_class is None else measure_of(usage_class)
        if usage_class is not None and due is not None:
            yield name, usage_class, due


def _report_mixed(
    base: BaseBucketDeclaration,
    name: Name,
    usage_class: UsageClassDeclaration,
    first: UsageClassDeclaration,
    session: Session,
) -> None:
    session.report(
        CODE,
        f"the base bucket `{base.name.text}` holds classes of different measures",
        Label(name.span, f"measured in {usage_class.measure.text}"),
        [_declared(usage_class), _declared(first)],
        "hold each measure in a bucket of its own",
    )


def _check_bucket(resolved: Resolved, bucket: AnyBucket, session: Session) -> None:
    base = resolved.find(bucket.base, BaseBucketDeclaration)
    due = None if base is None else unit_of(resolved, base.unit)
    if base is None or base.unit is None or due is None:
        return
    held = [measure for *_, measure in _held(resolved, base)]
    if held and due.measure not in held:
        return  # the base bucket's own unit is the one that is wrong
    also = [Label(base.unit.span, f"`{base.name.text}` is in {due.name}")]
    wrong: dict[tuple[str, str], list[Span]] = {}
    for what, unit in _units(bucket):
        known = unit_of(resolved, unit) if isinstance(unit, Name) else EACH
        if known is None or known.measure == due.measure:
            continue
        named = f"in {known.name}"
        if not isinstance(unit, Name):
            named = "a plain number" if isinstance(unit, Bound) else "`each`"
        wrong.setdefault((what, named), []).append(unit.span)
    for (what, named), (first, *more) in wrong.items():
        session.report(
            CODE,
            f"the bucket `{bucket.name.text}` holds {due.measure}, and {what} is {named}",
            Label(first, f"not a unit of {due.measure}"),
            [*(Label(span, "nor here") for span in more), *also],
            f"write {what} in {choice(units_of(due.measure))}",
        )


def _units(bucket: AnyBucket) -> Iterator[tuple[str, Name | Bound | PriceTerm]]:
    """Give every unit in a bucket with what is written in it; what has none, as it is."""
    for tier in bucket.tiers:
        if tier.upper is not None:
            yield "a bound", tier.upper.unit
        by_count = tier.price is not None and tier.price.counted_by is not None
        for bound in () if by_count else every(tier.price, Bound):
            yield "a bound", bound.unit or bound
        for term in every(tier.price, PriceTerm):
            if term.unit is not None or term.basis.text == "each":
                yield "a price", term.unit or term
    if isinstance(bucket, SharedBucket):
        for each in bucket.pool:
            yield "the pool", each.size.unit
    if bucket.rolls_over is not None and bucket.rolls_over.cap is not None:
        yield "what rolls over", bucket.rolls_over.cap.unit


def _declared(usage_class: UsageClassDeclaration) -> Label:
    span: Span = usage_class.measure.span
    return Label(span, f"`{usage_class.name.text}` is measured in {usage_class.measure.text}")


def _article(measure: Measure) -> str:
    return "a count" if measure == "count" else f"a unit of {measure}"
