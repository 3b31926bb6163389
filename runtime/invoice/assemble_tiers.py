"""The parts of a usage line at a price in tiers: one a tier and term, each adding up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from runtime.invoice.assemble_rated import Cell
from runtime.invoice.units import as_decimal

Basis = Literal["share", "block", "flat", "event", "percent", "bound"]

MILLIONTHS = 10**6
"""An amount of an event is counted in millionths of its currency."""


def basis_of(cell: Cell) -> Basis | None:
    """Give what a cell at a price in tiers counts; None for one at a plain price."""
    match cell.basis:
        case "share" | "block" | "flat" | "event" | "percent" | "bound":
            return cell.basis
        case _:
            return None


def shown(cell: Cell, basis: Basis, currency: str) -> tuple[Decimal, str, Decimal]:
    """Give quantity, unit and price of a part whose quantity is no steps of usage."""
    factor, per = cell.factor or 0, cell.per or 1
    amount = Fraction(cell.amount or 0) / per
    match basis:
        case "block":
            return Decimal(factor), f"block of {cell.unit or cell.block}", as_decimal(amount)
        case "event":
            return Decimal(factor), "event", as_decimal(amount)
        case "percent":
            paid = as_decimal(Fraction(factor, MILLIONTHS))
            return paid, currency, as_decimal(amount * MILLIONTHS)
        case "bound":
            return Decimal(1), "", as_decimal(amount * factor)
        case "flat" | "share":
            return Decimal(factor), "", as_decimal(amount)
