"""The program's commercial terms: price books and plans, discounts, contracts.

Their prices stand with the catalog's own, in `runtime.program.prices`, told apart by level.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from runtime.program.expressions import Closed


class PriceBook(Closed):
    """A named set of prices; an account or an account package is in one at most."""

    id: str
    title: str
    source: int


class PriceBookRegion(Closed):
    """A country (ISO 3166-1 alpha-2) of a region of a price book; `region` is `book.region`."""

    book: str
    region: str
    country: str
    source: int


class PricePlan(Closed):
    """Prices negotiated with accounts, and why; `rate_plan` None: it has none of its own."""

    id: str
    title: str
    reason: str
    rate_plan: str | None
    source: int


class Discount(Closed):
    """A discount, for so many billing periods from the first one billed (None: for ever).

    `percent`: so many percent off; `amount`: a fixed amount off; `override`: the amount is
    the price.  The amounts of the last two stand in DiscountAmount.
    """

    id: str
    title: str
    kind: Literal["percent", "amount", "override"]
    percent: Decimal
    periods: int | None
    source: int


class DiscountAmount(Closed):
    """What a discount takes off, or sets, in one currency, for one instance and period."""

    discount: str
    currency: str
    amount: Decimal


class DiscountUse(Closed):
    """Where a discount applies by itself: every sale of a package, or what a plan names."""

    level: Literal["package", "price_plan"]
    owner: str
    kind: Literal["package", "service"]
    target: str
    discount: str
    source: int


class Contract(Closed):
    """A commitment; `renewal_months` None: it ends with its term."""

    id: str
    title: str
    term_months: int
    renewal_months: int | None
    source: int


class ContractMinimum(Closed):
    """What is committed to, by spend or by quantity, for every `months` of the term.

    Attributes:
        months: the length of the stretch it is measured over; None: the whole term.
        service: counted for a quantity; None: the spend is what counts.
        quantity: how many instances; 0 for a spend.
        fee_service: what bills the shortfall.
        is_prepaid: charged at the stretch's start, and drawn down by what is spent.
    """

    contract: str
    ordinal: int
    months: int | None
    service: str | None
    quantity: int
    fee_service: str
    is_prepaid: bool
    source: int


class ContractMinimumAmount(Closed):
    """The spend committed to, or the amount for each instance short, in one currency."""

    contract: str
    ordinal: int
    currency: str
    amount: Decimal


class ContractPenalty(Closed):
    """What leaving early costs: a percentage of the recurring charges that remain.

    `percent` 0 where it is a fixed amount, which stands in ContractPenaltyAmount.
    """

    contract: str
    percent: Decimal
    fee_service: str
    source: int


class ContractPenaltyAmount(Closed):
    """What leaving early costs, in one currency."""

    contract: str
    currency: str
    amount: Decimal


class PackageContract(Closed):
    """A contract that a sale of a package may be under; the only one of a package always is."""

    package: str
    contract: str
    source: int
