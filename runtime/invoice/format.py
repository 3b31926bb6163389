"""How a figure, a day and a customer's text are printed in the invoice's locale.

Babel's data decide signs, groups and the place of the currency; nothing here rounds.
An amount has the currency's minor units as its places, and more only where it has more
digits: a unit price of 0.000021 prints as such.  Zero has no sign.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import get_currency_name, get_currency_symbol

from runtime.invoice.labels import direction_of, labeller, language_of

SHARED_SYMBOLS = frozenset({"$", "£", "¥", "\uffe5", "kr", "kr.", "Rs", "L", "R"})
"""Signs that several currencies claim; the code is printed in their place."""

LETTER_TERRITORIES = frozenset({"US", "CA", "MX", "CL", "CO", "CR", "GT", "PA", "PH", "PR", "VE"})
"""Where paper is Letter; A4 elsewhere."""

NO_BREAK_SPACE = "\u00a0"
EACH = "each"
"""The unit of what is counted: it goes without saying beside a quantity."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")


LONGEST_QUANTITY = 9
"""Decimals of a quantity that are printed in full: a byte of a GB is the ninth."""

SHORT_QUANTITY = 4
"""Decimals of a quantity that has more than those."""

_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)


LEFT_TO_RIGHT_MARK = "\u200e"


class Figure(str):
    """A text of ours, such as a figure: its marks of direction stay, and it needs none."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints in one locale and currency; `printer_of` makes it from Babel's data.

    Attributes:
        language: the locale as a BCP 47 tag, `en-CA`.
        minor_units: the places every amount has.
        primary, secondary: the digits of the lowest group and of those above it.
        labels: the language of the document's own words, of runtime.invoice.labels.
        direction: `ltr` or `rtl`, as those words are written.
        positive, negative: text before and after an amount with its currency.
    """

    locale: str
    language: str
    currency: str
    currency_name: str
    minor_units: int
    decimal: str
    group: str
    minus: str
    primary: int
    secondary: int
    positive: tuple[str, str]
    negative: tuple[str, str]
    percent_affixes: tuple[str, str]
    paper: Literal["A4", "Letter"]
    labels: str
    direction: str

    def number(self, value: Decimal, places: int = 0) -> str:
        """Print every digit of `value`, with at least `places` decimals."""
        sign, digits = self._split(value, places)
        return self._marked(self.minus + digits) if sign else digits

    def amount(self, value: Decimal) -> str:
        """Print an amount of the invoice's currency, without naming it."""
        return self.number(value, self.minor_units)

    def money(self, value: Decimal) -> str:
        """Print an amount with its currency, by its sign or, where that is shared, its code."""
        sign, digits = self._split(value, self.minor_units)
        before, after = self.negative if sign else self.positive
        text = f"{before}{digits}{after}"
        return self._marked(text) if sign else text

    def price(self, value: Decimal, per: str | None = None) -> str:
        """Print a unit price with all its digits, and what it is for: `1.20 / GB`."""
        text = self.number(value, self.minor_units)
        if not per or per == EACH:
            return text
        return f"{text} / {per}".replace(" ", NO_BREAK_SPACE)

    def quantity(self, value: Decimal, unit: str = "", places: int = 0) -> str:
        """Print a quantity, with at least so many decimals, and its unit."""
        text = self.number(as_printed(value), places)
        if not unit or unit == EACH:
            return text
        times = f"{NO_BREAK_SPACE}×" if unit[0].isdigit() else ""
        return f"{text}{times}{NO_BREAK_SPACE}{unit}"

    def percent(self, value: Decimal) -> str:
        """Print a rate that is given in percent: 13 prints as `13%`."""
        before, after = self.percent_affixes
        return f"{before}{self.number(value)}{after}"

    def count(self, value: int) -> str:
        """Print a whole number."""
        return str(value) if 0 <= value < 1000 else self.number(Decimal(value))

    def day(self, value: date) -> str:
        """Print a date."""
        return _day(self.locale, value)

    def label(self, phrase: str, *given: object) -> str:
        """Print words of ours in the document's language; `{0}` and `{1}` are what is given.

        What is given is cleaned and held together where the words run from right to left.
        """
        say = labeller(self.labels)
        if self.direction == "ltr" or not given:
            return say(phrase, *given)
        return Figure(say(phrase, *map(held_from_left, given)))

    def country(self, code: str) -> str:
        """Print a country by its name; a code that the locale's data lack prints as it is."""
        return _country(self.locale, code)

    def period(self, start: date, end: date) -> str:
        """Print the days of the half-open `[start, end)`, its last day named."""
        return _period(self.locale, start, end)

    def _marked(self, text: str) -> str:
        """Hold a sign before its digits where the words around it run from right to left."""
        if self.direction == "ltr":
            return text
        return Figure(LEFT_TO_RIGHT_MARK + text.replace(LEFT_TO_RIGHT_MARK, ""))

    def _split(self, value: Decimal, places: int) -> tuple[bool, str]:
        text = str(value)
        if "E" in text:
            text = format(value, "f")
        sign = text[0] == "-"
        whole, _, fraction = (text[1:] if sign else text).partition(".")
        sign = sign and not value.is_zero()
        if len(whole) > self.primary:
            whole = self._grouped(whole)
        if len(fraction) > places:
            fraction = fraction[:places] + fraction[places:].rstrip("0")
        elif len(fraction) < places:
            fraction = fraction.ljust(places, "0")
        return sign, f"{whole}{self.decimal}{fraction}" if fraction else whole

    def _grouped(self, whole: str) -> str:
        if self.primary == self.secondary == 3:
            return f"{int(whole):,}".replace(",", self.group)
        groups = [whole[-self.primary :]]
        rest = whole[: -self.primary]
        while rest:
            groups.append(rest[-self.secondary :])
            rest = rest[: -self.secondary]
        return self.group.join(reversed(groups))


@lru_cache(maxsize=64)
def printer_of(locale: str, currency: str, minor_units: int) -> Printer:
    """Return the printer of a locale (`en_CA`), a currency and its minor units.

    Raises:
        babel.UnknownLocaleError: there is no such locale.
    """
    parsed = Locale.parse(locale)
    symbols = parsed.number_symbols["latn"]
    pattern = parsed.currency_formats["standard"]
    percent = parsed.percent_formats[None]
    minus = symbols["minusSign"]
    primary, secondary = pattern.grouping
    shown = _shown_currency(currency, parsed)
    affixes = [
        (_affix(before, shown, minus, is_before=True), _affix(after, shown, minus, is_before=False))
        for before, after in zip(pattern.prefix, pattern.suffix, strict=True)
    ]
    return Printer(
        locale=locale,
        language=str(parsed).replace("_", "-"),
        currency=currency,
        currency_name=get_currency_name(currency, locale=parsed),
        minor_units=minor_units,
        decimal=symbols["decimal"],
        group=symbols["group"],
        minus=minus,
        primary=primary,
        secondary=secondary,
        positive=affixes[0],
        negative=affixes[1],
        percent_affixes=(percent.prefix[0], percent.suffix[0]),
        labels=Figure(language_of(locale)),
        direction=Figure(direction_of(locale)),
        paper="Letter" if parsed.territory in LETTER_TERRITORIES else "A4",
    )


def as_printed(quantity: Decimal) -> Decimal:
    """Return a quantity as it is printed: whole as long as a person can read it.

    813 minutes and 11 seconds, counted in minutes, have no last digit; such a quantity
    prints with a few.  The model and its JSON keep what they have.
    """
    if places_of(quantity) <= LONGEST_QUANTITY:
        return quantity
    return quantity.quantize(Decimal(1).scaleb(-SHORT_QUANTITY), context=_WIDE)


def places_of(value: Decimal) -> int:
    """Return how many decimals a value needs, trailing zeros left out."""
    return len(format(value, "f").partition(".")[2].rstrip("0"))


def clean_text(text: str) -> str:
    """Drop what a customer's text must not carry: controls, bidi overrides, lone surrogates.

    A line break or tab becomes a space; the joiners that Indic and Persian spelling
    need stay.
    """
    if text.isprintable() or text.replace(NO_BREAK_SPACE, " ").isprintable():
        return text
    kept = (
        " "
        if sign in "\t\n\r\x0b\x0c\u2028\u2029"
        else ("" if unicodedata.category(sign) in _UNSEEN and sign not in _JOINERS else sign)
        for sign in text
    )
    return "".join(kept)


def held_from_left(value: object) -> object:
    """Hold a text of Latin letters together among words that run from right to left.

    Marks before and after it keep its numbers and its full stop where they belong.
    """
    if type(value) is not str or not any(sign.isalpha() for sign in value):
        return value
    text = clean_text(value)
    if any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text):
        return text
    return f"{LEFT_TO_RIGHT_MARK}{text}{LEFT_TO_RIGHT_MARK}"


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for each wide character."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )


def left(text: str, columns: int, fill: str = " ") -> str:
    """Put a text to the left of so many columns; a longer one stays whole, with a space."""
    return text + (fill * (columns - columns_of(text)) or " ")


def right(text: str, columns: int, fill: str = " ") -> str:
    """Put a text to the right of so many columns; a longer one stays whole, behind a space."""
    return (fill * (columns - columns_of(text)) or " ") + text


def _shown_currency(currency: str, locale: Locale) -> str:
    symbol = get_currency_symbol(currency, locale)
    return currency if symbol in SHARED_SYMBOLS else symbol


def _affix(text: str, shown: str, minus: str, *, is_before: bool) -> str:
    """Put the currency and the minus sign into a pattern's prefix or suffix.

    A code beside a digit gets a space that does not break, as CLDR asks.
    """
    if "¤" not in text:
        return text.replace("-", minus)
    joined = shown
    if is_before and shown[-1].isalpha() and text.endswith("¤"):
        joined = shown + NO_BREAK_SPACE
    if not is_before and shown[0].isalpha() and text.startswith("¤"):
        joined = NO_BREAK_SPACE + shown
    return text.replace("-", minus).replace("¤", joined)


@lru_cache(maxsize=4096)
def _day(locale: str, value: date) -> str:
    return format_date(value, "medium", locale=locale)


@lru_cache(maxsize=1024)
def _country(locale: str, code: str) -> str:
    name: str = Locale.parse(locale).territories.get(code.upper(), code)
    return name


@lru_cache(maxsize=4096)
def _period(locale: str, start: date, end: date) -> str:
    last = end - timedelta(days=1)
    if last <= start:
        return _day(locale, start)
    return format_interval(start, last, "yMMMd", locale=locale).replace("\u2009", " ")
