"""Payments with what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, case, func, select

from runtime.ledger.schema import entries, payments
from runtime.payments.ledger import in_groups, payment_of
from runtime.payments.model import Payment


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """A payment and what of it was applied, refunded and reversed, in minor units."""

    payment: Payment
    applied: int
    refunded: int
    reversed: int

    @property
    def left(self) -> int:
        """What may still be used of it."""
        return self.payment.minor - self.applied - self.refunded - self.reversed


def read_listing(
    ledger: Connection, accounts: Iterable[str] | None, day: date | None
) -> tuple[ListedPayment, ...]:
    """Give payments by account, day and id, of some accounts or of all.

    `day`: as they were at the end of it; None: with every entry.
    """
    groups = [None] if accounts is None else list(in_groups(accounts))
    return tuple(each for group in groups for each in _read(ledger, group, day))


def _read(ledger: Connection, accounts: list[str] | None, day: date | None) -> list[ListedPayment]:
    def total(**signs: int) -> ColumnElement[int]:
        return func.coalesce(
            func.sum(case(signs, value=entries.c.kind, else_=0) * entries.c.minor), 0
        )

    is_of = entries.c.payment == payments.c.payment
    if day is not None:
        is_of = is_of & (entries.c.day <= day.isoformat())
    query = (
        select(
            *payments.c,
            total(application=1, unapplication=-1).label("applied"),
            total(refund=1).label("refunded"),
            total(reversal=1).label("reversed"),
        )
        .select_from(payments.outerjoin(entries, is_of))
        .group_by(*payments.c)
        .order_by(payments.c.account, payments.c.received, payments.c.payment)
    )
    if day is not None:
        query = query.where(payments.c.received <= day.isoformat())
    if accounts is not None:
        query = query.where(payments.c.account.in_(accounts))
    found = []
    for row in ledger.execute(query):
        values = dict(row._mapping)
        sums = [int(values.pop(name)) for name in ("applied", "refunded", "reversed")]
        found.append(ListedPayment(payment_of(values), *sums))
    return found
