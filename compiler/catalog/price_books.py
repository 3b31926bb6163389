"""Sets of prices beside the catalog's own: price books with regions, and price plans."""

from __future__ import annotations

from typing import Literal

from compiler.catalog.base import Entity
from compiler.catalog.commercial import DiscountTerms
from compiler.catalog.services import OneTimePrice, RecurringPrice, TransitionCharge
from dsl.source import Span
from runtime.program.expressions import Closed
from runtime.program.terms import Level


class PriceSet(Closed):
    """What an owner beside the catalog sets for one service; `owner` as in the program."""

    level: Level
    owner: str
    service: str
    recurring_prices: tuple[RecurringPrice, ...]
    one_time_prices: tuple[OneTimePrice, ...]
    transition_charges: tuple[TransitionCharge, ...]


class PriceRegion(Closed):
    """A region of a price book, and its countries by ISO 3166-1 alpha-2."""

    id: str
    countries: tuple[str, ...]
    span: Span


class PriceBook(Entity):
    """A named set of prices; which those are stands in the catalog's price sets."""

    title: str
    regions: tuple[PriceRegion, ...]


class PlanDiscount(Closed):
    """A discount of a price plan: `id` is its own, `target` what it is for."""

    id: str
    kind: Literal["package", "service"]
    target: str
    terms: DiscountTerms


class PricePlan(Entity):
    """Prices negotiated with accounts, and why."""

    title: str
    reason: str
    discounts: tuple[PlanDiscount, ...]
    rate_plan: str | None
