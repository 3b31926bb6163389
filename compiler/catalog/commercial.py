"""Discounts and contracts: what is agreed beside the prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from compiler.catalog.base import Entity, Money
from dsl.source import Span
from runtime.program.expressions import Closed

DiscountKind = Literal["percent", "amount", "override"]


class DiscountTerms(Closed):
    """What a discount does, for so many billing periods from the first billed (None: for ever).

    `amounts` are what is taken off or, of an override, the price; of a percentage, none.
    """

    kind: DiscountKind
    percent: Decimal
    amounts: tuple[Money, ...]
    periods: int | None
    span: Span


class Discount(Entity):
    """A discount by its name."""

    title: str
    terms: DiscountTerms


class ContractMinimum(Closed):
    """A spend, or instances of a service, committed to for every `months` (None: the term).

    `amounts` are the spend or, of a quantity, what each instance short costs.
    """

    months: int | None
    service: str | None
    quantity: int
    amounts: tuple[Money, ...]
    fee_service: str
    is_prepaid: bool
    span: Span


class ContractPenalty(Closed):
    """What leaving early costs: a percentage of what remains, or the amounts."""

    percent: Decimal
    amounts: tuple[Money, ...]
    fee_service: str
    span: Span


class Contract(Entity):
    """A commitment for a term; `renewal_months` None: it ends with it."""

    title: str
    term_months: int
    renewal_months: int | None
    minimums: tuple[ContractMinimum, ...]
    penalty: ContractPenalty | None
