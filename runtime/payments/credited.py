"""What of an invoice's lines can still be credited, and what a credit note takes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, func, select

from runtime.ledger.schema import (
    all_lines,
    corrections,
    credit_notes,
    credited_lines,
    invoices,
)
from runtime.money import exact_minor, to_major
from runtime.payments.model import PaymentRefused
from runtime.tax import AppliedRate, rates_from_text


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """A posted line, in minor units.

    Attributes:
        amount: what its price came to: before tax, or with the tax that the price holds.
        given: what credit notes have given back of that.
        taken_back: what later runs have.
        rates: the taxes it bore.
    """

    line: int
    amount: int
    given: int
    taken_back: int
    rates: tuple[AppliedRate, ...]

    @property
    def left(self) -> int:
        """What can still be credited; below zero of a line that was a credit itself."""
        return self.amount - self.given - self.taken_back


@dataclass(frozen=True, slots=True)
class Asked:
    """A line to be credited, by so much in major units; None: by all that is left of it."""

    line: int
    amount: Decimal | None = None


def read_creditable(ledger: Connection, number: str) -> tuple[CreditableLine, ...]:
    """Give the lines of an invoice, in printed order."""
    posted = ledger.execute(
        select(all_lines.c.line, all_lines.c.minor, all_lines.c.taxes)
        .where(all_lines.c.invoice == number)
        .order_by(all_lines.c.line)
    ).all()
    given: dict[int, int] = {
        line: int(minor)
        for line, minor in ledger.execute(
            select(credited_lines.c.credited, func.sum(credited_lines.c.minor))
            .join(credit_notes, credit_notes.c.number == credited_lines.c.credit_note)
            .where(credit_notes.c.invoice == number)
            .group_by(credited_lines.c.credited)
        )
    }
    taken_back = _read_taken_back(ledger, number)
    return tuple(
        CreditableLine(
            row.line,
            row.minor,
            given.get(row.line, 0),
            taken_back.get(row.line, 0),
            rates_from_text(row.taxes),
        )
        for row in posted
    )


def _read_taken_back(ledger: Connection, number: str) -> dict[int, int]:
    """Give what later runs have taken back of an invoice, by its lines' numbers."""
    taken_back: dict[int, int] = {}
    for row in ledger.execute(
        select(corrections).where(corrections.c.corrected_invoice == number)
    ).all():
        minor = ledger.execute(
            select(all_lines.c.minor).where(
                all_lines.c.invoice == row.invoice,
                all_lines.c.line == row.line,
                all_lines.c.is_credit,
            )
        ).scalar()
        before = taken_back.get(row.corrected_line, 0)
        taken_back[row.corrected_line] = before - int(minor or 0)
    return taken_back


def read_credited_gross(ledger: Connection, number: str) -> int:
    """Give what credit notes have given back of an invoice, with tax."""
    minor = ledger.execute(
        select(func.sum(-invoices.c.gross_minor))
        .join(credit_notes, credit_notes.c.number == invoices.c.number)
        .where(credit_notes.c.invoice == number)
    ).scalar()
    return int(minor or 0)


def amounts_of(
    number: str,
    posted: Sequence[CreditableLine],
    asked: Sequence[Asked] | None,
    minor_units: int,
) -> dict[int, int]:
    """Give how much of each line is credited; `asked` None: all that is left of every line.

    Raises PaymentRefused where there is no such line, or not so much left of it.
    """
    if asked is None:
        found = {each.line: each.left for each in posted if each.left}
        if sum(found.values()) <= 0:
            raise PaymentRefused(f"nothing is left to credit of {number}")
        return found
    by_line = {each.line: each for each in posted}
    amounts: dict[int, int] = {}
    for each in asked:
        line = by_line.get(each.line)
        if line is None:
            raise PaymentRefused(f"{number} has no line {each.line}", f"it has {len(by_line)}")
        if line.line in amounts:
            raise PaymentRefused(f"{number}:{line.line} is named twice")
        minor = line.left if each.amount is None else exact_minor(each.amount, minor_units)
        if minor is None or (each.amount is not None and minor <= 0):
            reason = f"{each.amount} is no amount above zero with {minor_units} decimals"
            raise PaymentRefused(reason)
        if minor > line.left or minor <= 0:
            raise PaymentRefused(_too_much(f"{number}:{line.line}", line, minor, minor_units))
        amounts[line.line] = minor
    return amounts


def taxed_before(posted: Sequence[CreditableLine]) -> Mapping[AppliedRate, int]:
    """Give what credit notes have given back of the lines of each rate, below zero."""
    before: dict[AppliedRate, int] = {}
    for line in posted:
        for rate in line.rates:
            before[rate] = before.get(rate, 0) - line.given
    return before


def _too_much(place: str, line: CreditableLine, minor: int, minor_units: int) -> str:
    def shown(amount: int) -> str:
        return f"{to_major(amount, minor_units):,f}"

    if line.amount <= 0:
        return f"{place} is a credit of {shown(-line.amount)}, of which nothing can be credited"
    parts = [f"{shown(line.given)} of it was credited"] if line.given else []
    parts += [f"{shown(line.taken_back)} taken back by later invoices"] if line.taken_back else []
    before = f": of {shown(line.amount)}, {' and '.join(parts)}" if parts else ""
    if line.left <= 0:
        return f"nothing is left to credit of {place}{before}"
    return f"{shown(minor)} is more than the {shown(line.left)} left to credit of {place}{before}"
