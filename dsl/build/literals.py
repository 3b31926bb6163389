"""Names, words, numbers, dates and texts."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from dsl import codes
from dsl.build.reading import Branch, Reading, branch, branches, the, tokens
from dsl.grammar.trees import Token
from dsl.source import Span
from dsl.syntax.base import Day, Money, Name, Number, Percent, Quantity, QuotedName, Text, Word
from dsl.syntax.services import Frequency
from dsl.syntax.tables import Holding, TableFile

MAX_DIGITS = 30
MAX_MONTHS = 1_200
MONTHS = {"monthly": 1, "quarterly": 3, "semi_annually": 6, "yearly": 12}

_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}


def name(reading: Reading, token: Token) -> Name:
    """Build a name."""
    return Name(reading.span(token), str(token))


def names(reading: Reading, tree: Branch) -> tuple[Name, ...]:
    """Build the names right below a tree."""
    return tuple(name(reading, token) for token in tokens(tree))


def optional_name(reading: Reading, tree: Branch | None) -> Name | None:
    """Build the one name of a statement, if it is there."""
    return None if tree is None else name(reading, tokens(tree)[0])


def field_name(reading: Reading, tree: Branch) -> Name:
    """Build the name of a field: a word, words joined by points, or any text in quotes."""
    if tree.data == "quoted_field":
        quoted = text(reading, the(tree, "text"))
        return QuotedName(quoted.span, quoted.value)
    return name(reading, tokens(tree)[0])


def field_names(reading: Reading, tree: Branch) -> tuple[Name, ...]:
    """Build the names of the fields right below a tree."""
    return tuple(field_name(reading, child) for child in branches(tree))


def word(reading: Reading, tree: Branch) -> Word:
    """Build a choice of the language; `first billable status` is `first_billable_status`."""
    return Word(reading.span(tree), "_".join(tokens(tree)))


def optional_word(reading: Reading, tree: Branch | None, rule: str) -> Word | None:
    """Build the choice that a statement makes, if it makes one."""
    found = None if tree is None else branch(tree, rule)
    return None if found is None else word(reading, found)


def text(reading: Reading, tree: Branch) -> Text:
    """Build a quoted text, with its escapes resolved."""
    span = reading.span(tree)

    def resolve(escape: re.Match[str]) -> str:
        sign = escape.group(1)
        if sign not in _ESCAPES:
            start = span.start + 1 + escape.start()
            reading.spoil(
                codes.UNKNOWN_ESCAPE.at(
                    Span(span.path, start, start + 2),
                    "no such sign",
                    f"`\\{sign}` means nothing in a text",
                    help='write `\\\\` for a backslash, `\\"` for a quote, `\\n` for a new line',
                )
            )
        return _ESCAPES.get(sign, sign)

    return Text(span, _ESCAPE.sub(resolve, str(tokens(tree)[0])[1:-1]))


def optional_text(reading: Reading, tree: Branch | None) -> Text | None:
    """Build the text that a tree holds, if it is there."""
    return None if tree is None else text(reading, the(tree, "text"))


def decimal(reading: Reading, token: Token) -> Decimal:
    """Read a number exactly, as many places as were written."""
    digits = token.replace("_", "")
    if len(digits) > MAX_DIGITS:
        reading.spoil(
            codes.LONG_NUMBER.at(
                reading.span(token),
                f"{len(digits)} digits",
                "the number is too long",
                help=f"a number has at most {MAX_DIGITS} digits",
            )
        )
        return Decimal(0)
    return Decimal(digits)


def number(reading: Reading, piece: Branch | Token) -> Number:
    """Build a number."""
    token = tokens(piece)[0] if isinstance(piece, Branch) else piece
    return Number(reading.span(piece), decimal(reading, token))


def optional_number(reading: Reading, tree: Branch | None) -> Number | None:
    """Build the one number of a tree, if it is there."""
    return None if tree is None else number(reading, the(tree, "number"))


def money(reading: Reading, tree: Branch) -> Money:
    """Build an amount with its currency."""
    amount, currency = tokens(tree)
    return Money(reading.span(tree), decimal(reading, amount), name(reading, currency))


def percent(reading: Reading, tree: Branch) -> Percent:
    """Build a percentage."""
    return Percent(reading.span(tree), decimal(reading, tokens(tree)[0]))


def quantity(reading: Reading, tree: Branch) -> Quantity:
    """Build a number of units."""
    amount, unit = tokens(tree)
    return Quantity(reading.span(tree), decimal(reading, amount), name(reading, unit))


def day(reading: Reading, tree: Branch) -> Day:
    """Build a date; one that is not in the calendar is reported."""
    span = reading.span(tree)
    try:
        return Day(span, date.fromisoformat(str(tokens(tree)[0])))
    except ValueError:
        reading.spoil(
            codes.IMPOSSIBLE_DATE.at(
                span,
                "not in the calendar",
                f"`{tokens(tree)[0]}` is not a date",
                help="write year, month and day: `2026-01-31`",
            )
        )
        return Day(span, date.min)


def optional_day(reading: Reading, tree: Branch | None) -> Day | None:
    """Build the one date of a tree, if it is there."""
    found = None if tree is None else branch(tree, "day")
    return None if found is None else day(reading, found)


def table_file(reading: Reading, tree: Branch, holds: Holding) -> TableFile:
    """Build `from "file.csv"`; the statement it stands in says what the rows are."""
    return TableFile(reading.span(tree), file=text(reading, the(tree, "text")), holds=holds)


def window(reading: Reading, tree: Branch | None) -> tuple[Day | None, Day | None]:
    """Build the two ends of `from D until D`; the second is not part of it."""
    found = None if tree is None else the(tree, "window")
    if found is None:
        return None, None
    return optional_day(reading, found), optional_day(reading, branch(found, "until"))


def frequency(reading: Reading, tree: Branch) -> Frequency:
    """Build a frequency, in months."""
    span = reading.span(tree)
    parts = tokens(tree)
    if len(parts) == 1:
        return Frequency(span, MONTHS[parts[0]])
    months = decimal(reading, parts[1])
    if months != int(months) or not 1 <= months <= MAX_MONTHS:
        reading.spoil(
            codes.IMPOSSIBLE_FREQUENCY.at(
                reading.span(parts[1]),
                f"not a whole number from 1 to {MAX_MONTHS}",
                f"`every {parts[1]} months` is no frequency",
                help="write a whole number of months: `every 2 months`",
            )
        )
        return Frequency(span, 1)
    return Frequency(span, int(months))


def prices(reading: Reading, tree: Branch) -> tuple[Money, ...]:
    """Build the amounts right below a tree, one a currency."""
    return tuple(money(reading, child) for child in branches(tree) if child.data == "money")
