"""Rows of the rated tables, as the assembling of invoices reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """A row of rated.cells; `full_start` of the whole usage period, which tells lines apart."""

    account_service: str
    full_start: date
    usage_class: str
    component: str
    rate: str | None
    rate_group: str | None
    rate_plan: str | None
    bucket: str | None
    tier: int | None
    quantity: int
    events: int
    amount: Decimal | None
    per: int | None
    unit: str | None
    event_amount: Decimal | None
    source: int | None
    price_tier: int | None = None
    basis: str | None = None
    factor: int | None = None
    block: int | None = None
    counted_by: str | None = None
    counted: int | None = None


@dataclass(frozen=True, slots=True)
class PoolTier:
    """A row of rated.pools."""

    account_service: str
    period_start: date
    period_end: date
    bucket: str
    tier: int | None
    charge: str
    lower: int
    upper: int | None
    used: int
    before: int
    days: int
    full_days: int


@dataclass(frozen=True, slots=True)
class PoolPart:
    """A row of rated.pool_shares with the account's name."""

    account_service: str
    period_start: date
    bucket: str
    account: str
    account_name: str
    contributed: int
    used: int
