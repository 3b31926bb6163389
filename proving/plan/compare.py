"""Find the edits between two programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from proving.plan.edit import Edit, Level, Verb
from proving.plan.price_words import PriceTexts, amount_words, direction, price_texts
from proving.plan.tables import IGNORED_COLUMNS, TABLES, TEXT_COLUMNS, TableOfEdits
from runtime.program.expressions import Closed
from runtime.program.model import Program

Row = Mapping[str, object]
Known = tuple[str, ...]
_Difference = tuple[str, str | None, str | None]

_MONTHS = {"1": "monthly", "3": "quarterly", "6": "semi-annually", "12": "yearly"}

_NAMED = frozenset(
    table.noun
    for table in TABLES.values()
    if table.names_things and table.entity is not None and table.key == (table.entity[1],)
)
"""What a thing itself is called: what is said of a new one is paid by nobody yet."""

_HEADS = ("catalog", "title", "timezone", "rounding")


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two programs."""

    program: Program
    prices: PriceTexts
    places: Mapping[int, str]
    units: Mapping[str, tuple[str, int]]


def find_edits(before: Program, after: Program, on: date) -> tuple[Edit, ...]:
    """Give the edits from one program to another, by table and key.

    `on`: the day of the plan; a price that holds from a later day touches nobody yet.
    """
    old, new = _side(before), _side(after)
    found = [*_heads(before, after)]
    for name, table in TABLES.items():
        found += _table_edits(old, new, name, table, on)
    made = {each.entity for each in found if each.verb == "added" and each.noun in _NAMED}
    return tuple(
        replace(each, level="future") if each.entity in made and each.level == "money" else each
        for each in found
    )


def _side(program: Program) -> _Side:
    places = {each.id: f"{each.path}:{each.line}" for each in program.sources}
    units = {each.id: (each.unit, each.steps_per_unit) for each in program.buckets}
    return _Side(program, price_texts(program), places, units)


def _heads(before: Program, after: Program) -> Iterator[Edit]:
    for name in _HEADS:
        old, new = str(getattr(before, name)), str(getattr(after, name))
        if old != new:
            is_text = name == "title"
            yield Edit(
                verb="reworded" if is_text else "changed",
                level="text" if is_text else "identity" if name == "catalog" else "money",
                noun="catalog",
                subject=name,
                before=old,
                after=new,
                entity=f"catalog:{after.catalog}",
                place="",
            )


def _table_edits(
    old: _Side, new: _Side, name: str, table: TableOfEdits, on: date
) -> Iterator[Edit]:
    before, after = _rows(old, name, table), _rows(new, name, table)
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if one is None and other is not None:
            yield _one_sided(new, table, key, other, "added", on)
        elif one is not None and other is None:
            yield _one_sided(old, table, key, one, "removed", on)
        elif one is not None and other is not None:
            yield from _changed(old, new, table, key, (one, other), on)


def _rows(side: _Side, name: str, table: TableOfEdits) -> dict[Known, Closed]:
    rows: tuple[Closed, ...] = getattr(side.program, name)
    return {tuple(_key_text(row, column) for column in table.key): row for row in rows}


def _key_text(row: Closed, column: str) -> str:
    value = _text(getattr(row, column))
    return _MONTHS.get(value, f"every {value} months") if column == "months" else value


def _one_sided(
    side: _Side, table: TableOfEdits, key: Known, row: Closed, verb: Verb, on: date
) -> Edit:
    said = _said(side, table, row)
    is_added = verb == "added"
    shown: Verb = verb
    if table.is_open:
        shown = "widened" if is_added else "narrowed"
    return Edit(
        verb=shown,
        level=_level_of_one(table, row, on, is_added=is_added),
        noun=table.noun,
        subject=_subject(key),
        before=None if is_added else said,
        after=said if is_added else None,
        entity=_entity(table, row),
        place=_place(side, row),
    )


def _level_of_one(table: TableOfEdits, row: Closed, on: date, *, is_added: bool) -> Level:
    """Tell what a row that is new or gone can do.

    What is new and named is sold to nobody yet; a price, a rate or a term beside those there are
    may be paid by those who are billed.
    """
    if table.dated and _is_for_later(row, on):
        return "future"
    if table.names_things:
        return "future" if is_added else "identity"
    return "money"


def _is_for_later(row: Closed, on: date) -> bool:
    """Whether a row holds from a later day, or only for what is sold or renewed from one on."""
    start = getattr(row, "start", None)
    audience = getattr(row, "audience", "all")
    return start is not None and (start > on or audience != "all")


def _changed(
    old: _Side,
    new: _Side,
    table: TableOfEdits,
    key: Known,
    rows: tuple[Closed, Closed],
    on: date,
) -> Iterator[Edit]:
    one, other = rows
    texts: list[_Difference] = []
    others: list[_Difference] = []
    for column in type(other).model_fields:
        if column in table.key or column in IGNORED_COLUMNS or column in table.places:
            continue
        before, after = _value(old, one, column), _value(new, other, column)
        if before != after:
            (texts if column in TEXT_COLUMNS else others).append((column, before, after))
    for column, before, after in texts:
        yield _edit(new, table, key, other, "reworded", "text", column, before, after)
    for column, before, after in others:
        verb = _verb(old, new, table, rows, column)
        if verb is not None:
            level = _level_of_change(table, other, column, on)
            yield _edit(new, table, key, other, verb, level, column, before, after)


def _level_of_change(table: TableOfEdits, row: Closed, column: str, on: date) -> Level:
    if table.dated and _is_for_later(row, on):
        return "future"
    if column in {"base", "measure", "identifiers", "minor_units", "identifier"}:
        return "identity"
    if column in {"default", *table.bounds, "is_active"}:
        return "future"
    return "money"


def _verb(
    old: _Side, new: _Side, table: TableOfEdits, rows: tuple[Closed, Closed], column: str
) -> Verb | None:
    """Name a change of one column; None where two numbers of prices say the same."""
    one, other = rows
    if column == "price":
        return _price_verb(
            old.prices.prices[one.price],  # type: ignore[attr-defined]
            new.prices.prices[other.price],  # type: ignore[attr-defined]
        )
    before, after = getattr(one, column), getattr(other, column)
    bound = table.bounds.get(column) or table.reach.get(column)
    if bound is not None:
        return _bound_verb(before, after, is_low=bound == "low")
    if column in {"amount", "percent"} and table.noun not in {"discount", "amount of a discount"}:
        return "price up" if after > before else "price down"
    return "changed"


def _price_verb(before: object, after: object) -> Verb:
    from runtime.charges.tier_prices import CountedPrice

    assert isinstance(before, CountedPrice)
    assert isinstance(after, CountedPrice)
    verbs: dict[str, Verb] = {"up": "price up", "down": "price down"}
    return verbs.get(direction(before, after), "repriced")


def _bound_verb(before: object, after: object, *, is_low: bool) -> Verb:
    if before is None or after is None:
        return "widened" if after is None else "narrowed"
    is_higher = str(after) > str(before)
    if isinstance(before, int) and isinstance(after, int):
        is_higher = after > before
    return "narrowed" if is_higher == is_low else "widened"


def _edit(  # noqa: PLR0913 - what an edit says
    side: _Side,
    table: TableOfEdits,
    key: Known,
    row: Closed,
    verb: Verb,
    level: Level,
    column: str,
    before: str | None,
    after: str | None,
) -> Edit:
    about = "" if column == "price" else f", {column.replace('_', ' ')}"
    return Edit(
        verb=verb,
        level=level,
        noun=table.noun,
        subject=_subject(key) + about,
        before=before,
        after=after,
        entity=_entity(table, row),
        place=_place(side, row),
    )


def _said(side: _Side, table: TableOfEdits, row: Closed) -> str:
    """Say what a row is besides its key."""
    if "price" in type(row).model_fields:
        return _value(side, row, "price") or ""
    values = (
        f"{column.replace('_', ' ')} {_value(side, row, column)}"
        for column in type(row).model_fields
        if column not in {*table.key, *table.places, *IGNORED_COLUMNS, "description"}
        and _value(side, row, column) not in {None, ""}
    )
    return ", ".join(values) or "as named"


def _value(side: _Side, row: Closed, column: str) -> str | None:
    value = getattr(row, column)
    if column == "price":
        return side.prices.words(value)
    bucket = str(getattr(row, "bucket", ""))
    if column in {"upper", "steps"} and bucket in side.units and isinstance(value, int):
        unit, steps = side.units[bucket]
        return f"{amount_words((Decimal(value) / steps).normalize())} {unit}"
    return None if value is None else _text(value)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return format(value, "f")
        case Closed():
            return value.model_dump_json(exclude_defaults=False)
        case tuple():
            return ", ".join(_text(each) for each in value)
        case _:
            return str(value)


def _subject(key: Known) -> str:
    """Name a row by its key, without what it leaves open."""
    return ", ".join(part for part in key if part and part not in {"catalog", "all"})


def _entity(table: TableOfEdits, row: Closed) -> str:
    if table.entity is None:
        return ""
    kind, column = table.entity
    return f"{kind}:{getattr(row, column)}"


def _place(side: _Side, row: Closed) -> str:
    source = getattr(row, "source", None)
    return "" if source is None else side.places.get(source, "")
