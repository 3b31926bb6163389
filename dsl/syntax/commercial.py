"""Commercial terms: discounts, and the contracts that a sale may be under."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Money, Name, Node, Number, Percent, Text, Word
from dsl.syntax.services import PriceEntry


@dataclass(frozen=True, slots=True)
class DiscountTerms(Node):
    """`10% off for 6 periods`, `2.00 USD off, 1.80 EUR off`, `at 0.00 USD for 1 period`.

    Attributes:
        percent: a percentage off; None: `amounts` are what is taken off, or the price.
        override: the word `at` where the amounts are the price.
        periods: for how many billing periods from the first one billed; None: for ever.
    """

    percent: Percent | None
    override: Word | None
    amounts: tuple[Money, ...]
    periods: Number | None


@dataclass(frozen=True, slots=True)
class DiscountDeclaration(Node):
    """`discount launch "Launch promotion" = 10% off for 6 periods`."""

    doc: str
    name: Name
    title: Text | None
    terms: DiscountTerms


@dataclass(frozen=True, slots=True)
class ContractMinimum(Node):
    """`minimum 500.00 USD per month charge shortfall`, or `minimum 100 sim at 5.00 USD each ...`.

    Attributes:
        quantity: so many instances of `service`; both None: the amounts are a spend.
        amounts: the spend, or what each instance short costs, one a currency.
        stretch: `months` or `term`: what it is measured over.
        count: the number of months where it is written; of `per term`, none.
        fee: the service that bills the shortfall.
        prepaid: the word of `prepaid`: charged ahead and drawn down.
    """

    quantity: Number | None
    service: Name | None
    amounts: tuple[Money, ...]
    stretch: Word
    count: Number | None
    fee: Name
    prepaid: Word | None


@dataclass(frozen=True, slots=True)
class ContractPenalty(Node):
    """`leaving early costs 50% of remaining charges charge termination_fee`.

    `percent` None: it costs the `amounts`, one a currency.
    """

    percent: Percent | None
    amounts: tuple[Money, ...]
    fee: Name


@dataclass(frozen=True, slots=True)
class ContractDeclaration(Node):
    """`contract one_year "One year" { ... }`.

    Attributes:
        term, renews: in months; without `renews` it ends with its term.
        entries: the prices of what is sold under it.
    """

    doc: str
    name: Name
    title: Text | None
    term: Number | None
    renews: Number | None
    minimums: tuple[ContractMinimum, ...]
    penalty: ContractPenalty | None
    entries: tuple[PriceEntry, ...]
