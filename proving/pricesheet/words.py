"""Amounts, quantities, days and conditions as a price sheet words them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

from compiler.catalog import expressions
from compiler.catalog.base import Money
from compiler.catalog.model import Catalog
from compiler.catalog.services import PriceVersion
from proving.pricesheet.model import Cell, Code, Ref, anchor, joined
from runtime.program.terms import IN_SERVICE, NEW, Measure
from runtime.program.units import UNITS

SHOWN_UNITS: Mapping[Measure, tuple[str, ...]] = {
    "data": ("TB", "GB", "MB", "kB", "byte"),
    "time": ("hour", "minute", "second"),
    "count": ("each",),
}
"""The units a quantity is shown in where the catalog names none, largest first."""

AUDIENCES = {"all": "for all", "new_sales": "for new sales", "renewals": "for renewals"}

_SPELLED = frozenset({"byte", "second", "minute", "hour", "day"})
"""The units of the language that are words, and have a plural."""

_DECIMALS = 6  # of a quantity in a unit, before a smaller unit is taken


@dataclass(frozen=True, slots=True)
class Words:
    """How a catalog's numbers are written, and what its things are called."""

    minor_units: Mapping[str, int]
    unit_steps: Mapping[str, int]
    measures: Mapping[str, Measure]
    titles: Mapping[str, str]
    currencies: tuple[str, ...]

    def money(self, amount: Decimal, currency: str) -> str:
        """Write an amount, in major units, with the places of its currency at least."""
        whole, _, decimals = f"{amount:,f}".partition(".")
        places = decimals.rstrip("0").ljust(self.minor_units.get(currency, 0), "0")
        return f"{whole}.{places}" if places else whole

    def moneys(self, amounts: tuple[Money, ...]) -> str:
        """Write an amount in each of its currencies."""
        return ", ".join(
            f"{self.money(each.amount, each.currency)} {each.currency}" for each in amounts
        )

    def quantity(self, steps: int, measure: Measure, unit: str | None = None) -> str:
        """Write steps in a unit, or in the largest one that holds them in few decimals."""
        named = () if unit is None else (unit,)
        for name in (*named, *SHOWN_UNITS[measure]):
            size = self.unit_steps.get(name, 1)
            scaled, rest = divmod(steps * 10**_DECIMALS, size)
            if rest == 0 and (name == unit or scaled >= 10**_DECIMALS or size == 1):
                number = f"{Decimal(scaled).scaleb(-_DECIMALS).normalize():,f}"
                if name == "each":
                    return number
                plural = "s" if name in _SPELLED and number != "1" else ""
                return f"{number} {name}{plural}"
        return f"{steps:,}"

    def to(self, kind: str, name: str) -> Ref:
        """Lead to a thing, by its title where it has one."""
        found = anchor(kind, name)
        return Ref(found, self.titles.get(found, name))


def words_of(catalog: Catalog) -> Words:
    """Give how a catalog's numbers and things are worded."""
    titled = (
        ("service", catalog.services),
        ("package", catalog.packages),
        ("contract", catalog.contracts),
        ("discount", catalog.discounts),
        ("price_book", catalog.price_books),
        ("price_plan", catalog.price_plans),
        ("share_plan", catalog.share_plans),
    )
    return Words(
        minor_units={each.code: each.minor_units for each in catalog.currencies},
        unit_steps={
            **{each.name: each.steps for each in UNITS.values()},
            **{each.id: each.unit.steps for each in catalog.units},
        },
        measures={each.id: each.measure for each in catalog.usage_classes},
        titles={anchor(kind, each.id): each.title for kind, family in titled for each in family},
        currencies=tuple(each.code for each in catalog.currencies),
    )


def status(name: str) -> Code | str:
    """Name a status, or what is said where there is none."""
    return {IN_SERVICE: "in service", NEW: "new"}.get(name) or Code(name)


def codes(names: tuple[str, ...]) -> Cell:
    """Name several things as the catalog does."""
    return joined(Code(name) for name in names)


def window(start: date | None, end: date | None) -> str:
    """Say from when, and until before when, something holds; open: nothing."""
    first = "" if start is None else f"from {start}"
    last = "" if end is None else f"until before {end}"
    return f"{first} {last}".strip()


def version(own: PriceVersion | None) -> str:
    """Say from when a price holds, and for whom; always and for all: nothing."""
    return "" if own is None else f"{own.start} {AUDIENCES[own.audience]}"


def condition(own: expressions.Expression | None) -> Cell:
    """Write a condition; None: nothing."""
    return () if own is None else (Code(_written(own)),)


def _written(own: expressions.Expression) -> str:  # noqa: PLR0911 - one return a kind
    match own:
        case expressions.FieldUse():
            return own.name
        case expressions.Text():
            return _quoted(own.value)
        case expressions.Number():
            return f"{own.value:f}"
        case expressions.Comparison() | expressions.Arithmetic():
            return f"{_nested(own.left)} {own.operator} {_nested(own.right)}"
        case expressions.InZone():
            return f"{_nested(own.value)} in {own.zone}"
        case expressions.InTexts():
            return f"{_nested(own.value)} in {', '.join(map(_quoted, own.texts))}"
        case expressions.StartsWith():
            return f"{_nested(own.value)} starts with {_quoted(own.prefix)}"
        case expressions.IsMissing():
            return f"{_nested(own.value)} is missing"
        case expressions.Both():
            return f"{_operand(own.left)} and {_operand(own.right)}"
        case expressions.Either():
            return f"{_written(own.left)} or {_written(own.right)}"
        case expressions.Negation():
            return f"not {_nested(own.operand)}"
        case _:
            assert_never(own)


def _operand(own: expressions.Expression) -> str:
    """Write an operand of `and`, which binds more closely than `or`."""
    return f"({_written(own)})" if isinstance(own, expressions.Either) else _written(own)


def _nested(own: expressions.Expression) -> str:
    is_plain = isinstance(own, expressions.FieldUse | expressions.Text | expressions.Number)
    return _written(own) if is_plain else f"({_written(own)})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
