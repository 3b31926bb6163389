"""The kinds of cell there are."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from compiler.resolve.nearest import nearest
from compiler.standards import country_codes, country_of, minor_units
from compiler.tables.form import CellKind, Unreadable
from dsl.build.literals import MAX_DIGITS

LONGEST_PREFIX = 15
"""A number has at most 15 digits by ITU-T E.164, and so has its beginning."""

LONGEST_NAME = 200
"""The most characters of a name in a table, so that looking for a near one ends."""


class Amount(NamedTuple):
    """A number and the word behind it, such as `60 s`; what it refers to is its unit."""

    number: Decimal
    unit: str

    def __str__(self) -> str:
        """Give the unit, which is what may be declared elsewhere."""
        return self.unit


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DIGITS = re.compile(r"[0-9]+")
_BESIDE = re.compile(r"^[^\W\d]*[$€£¥]?\s*|\s*[^\W\d]*[$€£¥]?$")
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_NUMBER = re.compile(r"[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(rf"({_NUMBER.pattern})[ \t]*({_NAME.pattern})")
_COUNTRY_MEANT = {"UK": "GB", "EL": "GR"}


def _name(text: str) -> str | Unreadable:
    if len(text) > LONGEST_NAME:
        return Unreadable("is too long for a name", f"at most {LONGEST_NAME} characters")
    if _NAME.fullmatch(text):
        return text
    return Unreadable("is not a name", "write letters, digits and `_`, not starting with a digit")


def country_help(text: str) -> str:
    """Say which country's code a text was probably meant to be."""
    upper = text.upper()
    meant = _COUNTRY_MEANT.get(upper) or (upper if upper in country_codes() else None)
    meant = meant or country_of(text)
    near = meant or nearest(upper, country_codes())
    if near is not None and (meant or len(upper) > 2):
        return f"did you mean `{near}`?"
    return "write its two-letter code, such as `CA` or `FR`"


def _country(text: str) -> str | Unreadable:
    if text in country_codes():
        return text
    return Unreadable("is not a country of ISO 3166-1")


def _prefix(text: str) -> str | Unreadable:
    if not (text.isascii() and text.isdigit()):
        digits = re.sub(r"[\s()+./-]", "", text)
        meant = f"write `{digits}`" if _DIGITS.fullmatch(digits) else "write digits: `4930`"
        return Unreadable("is not the beginning of a number", meant)
    if len(text) > LONGEST_PREFIX:
        return Unreadable("is longer than any number", f"at most {LONGEST_PREFIX} digits")
    return text


def _decimal(text: str) -> Decimal | Unreadable:
    if not _NUMBER.fullmatch(text):
        if text.startswith("-"):
            return Unreadable("is below zero", "write a number, zero or more")
        return Unreadable("is not a number", _number_meant(text))
    digits = text.replace("_", "")
    if len(digits) > MAX_DIGITS:
        return Unreadable("is too long", f"a number has at most {MAX_DIGITS} digits")
    return Decimal(digits)


def _number_meant(text: str) -> str:
    """Say how a number is written that has a comma in it, or words beside it."""
    bare = _BESIDE.sub("", text)
    number = bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare
    if not _NUMBER.fullmatch(number):
        return "write digits, with a point: `0.015`"
    return f"write `{number}`, with a point" if number != bare else f"write `{number}` alone"


def _whole(text: str) -> int | Unreadable:
    number = _decimal(text)
    if isinstance(number, Unreadable):
        return number
    return int(number) if number == int(number) else Unreadable("is not a whole number")


def _currency(text: str) -> str | Unreadable:
    if minor_units(text) is not None:
        return text
    upper = _SIGNS.get(text) or text.upper()
    meant = f"write `{upper}`" if minor_units(upper) is not None else "write a code such as `USD`"
    return Unreadable("is not a currency of ISO 4217", meant)


def read_quantity(text: str) -> Amount | Unreadable:
    """Read a number and the unit behind it."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return Unreadable("is not a number and a unit", "write such as `60 s`")
    number = _decimal(match[1])
    return number if isinstance(number, Unreadable) else Amount(number, match[2])


def _date(text: str) -> date | Unreadable:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    return Unreadable("is not a date", "write year, month and day: `2026-01-31`")


def _text(text: str) -> str | Unreadable:
    return text


def words(what: str, *allowed: str) -> CellKind[str]:
    """Give the kind of a cell that holds one of a few words."""
    listed = " or ".join(f"`{word}`" for word in allowed)

    def read(text: str) -> str | Unreadable:
        if text in allowed:
            return text
        return Unreadable(f"is not {what}")

    def hint(text: str) -> str:
        near = nearest(text, allowed)
        return f"did you mean `{near}`?" if near else f"write {listed}"

    return CellKind(what, read, hint)


def _kind(
    what: str,
    read: Callable[[str], str | Unreadable],
    hint: Callable[[str], str] | None = None,
) -> CellKind[str]:
    return CellKind(what, read, hint)


NAME = _kind("a name", _name)
TEXT = _kind("a text", _text)
COUNTRY = _kind("a country", _country, country_help)
PREFIX = _kind("a prefix", _prefix)
CURRENCY = _kind("a currency", _currency)
UNIT = _kind("a unit", _name)
DECIMAL: CellKind[Decimal] = CellKind("a number", _decimal)
WHOLE: CellKind[int] = CellKind("a whole number", _whole)
QUANTITY: CellKind[Amount] = CellKind("a quantity", read_quantity)
DATE: CellKind[date] = CellKind("a date", _date)
