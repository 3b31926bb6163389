"""The program's prices: what an amount is made of, and what each price is for.

A price is one currency's.  Everything that charges refers to one by its id, and equal prices
share an id.  The order in which it applies is `runtime.program.terms.PRICE_ORDER`; by
`volume` every unit is at the terms of the tier reached, by `graduated` at those of its own.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from runtime.program.expressions import Closed
from runtime.program.terms import Audience, Basis, Level, Mode


class Price(Closed):
    """A price in one currency.

    Attributes:
        mode: how its tiers apply; a plain price is one open `volume` tier.
        counted_by: the counting rule whose count picks the tier; None: the quantity does.
        includes: units that cost nothing, in steps, taken out before the tiers.
        percent_off: a percentage off the amount, 0 where there is none.
        at_most, at_least: bounds of the amount, in major units; None: none.
    """

    id: int
    currency: str
    mode: Mode
    counted_by: str | None
    includes: int
    percent_off: Decimal
    at_most: Decimal | None
    at_least: Decimal | None


class PriceTier(Closed):
    """A tier `(lower, upper]` of a price, in steps; upper None: open.

    `even_at_zero`: its flat amounts are charged where nothing was counted at all.
    `source` None: that of the row which refers to the price.
    """

    price: int
    ordinal: int
    upper: int | None
    even_at_zero: bool
    source: int | None


class PriceTerm(Closed):
    """A part of what a tier costs.

    `basis`: `share`, `amount` for each `per` steps, exactly in proportion; `block`, for each
    started `per` steps; `flat`, once, when the tier is entered (graduated) or reached
    (volume); `event`, for each event; `percent`, so many percent of the event's amount;
    `instance`, for each instance of the service itself where a counting rule is what is
    counted.  `unit` is the unit as written (`GB`, `each`, empty for instances), `per` in
    steps.
    """

    price: int
    tier: int
    ordinal: int
    basis: Basis
    amount: Decimal
    per: int
    unit: str


class RecurringPrice(Closed):
    """What a service costs for one full period of so many months, in one status.

    Attributes:
        level, owner: whose price it is: the catalog's (owner None), a price book's, a
            region's (`book.region`), a contract's or a price plan's.
        start: the day from which it holds; None: always.
        audience: whom a price with a start is for: sales on or after it, renewals on or
            after it, or everybody's periods that begin on or after it.
    """

    level: Level = "catalog"
    owner: str | None = None
    service: str
    months: int
    status: str
    currency: str
    start: date | None = None
    audience: Audience = "all"
    price: int
    source: int


class OneTimePrice(Closed):
    """What a non-recurring service costs, charged once when sold; see RecurringPrice."""

    level: Level = "catalog"
    owner: str | None = None
    service: str
    currency: str
    start: date | None = None
    audience: Audience = "all"
    price: int
    source: int


class TransitionCharge(Closed):
    """What `fee_service` charges each time `service` makes `transition`; see RecurringPrice."""

    level: Level = "catalog"
    owner: str | None = None
    service: str
    transition: str
    fee_service: str
    currency: str
    price: int
    source: int
