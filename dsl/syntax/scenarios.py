"""Tests of a catalog: customers, what happens to them day by day, bills, and what is expected.

A test's names (`acme`, `f.sim`) are its own; all others are the catalog's.
"""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Day, Money, Name, Node, Number, Quantity, Text, Word
from dsl.syntax.services import Frequency


@dataclass(frozen=True, slots=True)
class TestAccount(Node):
    """`account acme in USD bill day 1 jurisdiction CA-ON`: a customer of the test.

    Attributes:
        exemption: one of the catalog's, or the words of one.
    """

    name: Name
    parent: Name | None
    currency: Name | None
    bill_group: Name | None
    bill_day: Number | None
    usage_bill_day: Number | None
    invoicer: Name | None
    jurisdiction: Name | None
    country: Name | None
    exemption: Name | Text | None
    price_book: Name | None
    price_plan: Name | None
    timezone: Text | None


@dataclass(frozen=True, slots=True)
class SoldItem(Node):
    """`sim 10 as working known as "GW-1"`: so many of a service, under a name of the test's.

    Attributes:
        alias: what the test calls it; None: as the service.
        identifier: the value of its first identifier; None: one that nobody else has.
    """

    service: Name
    quantity: Number | None
    alias: Name | None
    identifier: Text | None


@dataclass(frozen=True, slots=True)
class Buys(Node):
    """`acme buys fleet monthly as f with sim 10, tablet`.

    Attributes:
        items: those named; what the package sells by default besides is sold too.
    """

    account: Name
    package: Name
    frequency: Frequency
    alias: Name | None
    contract: Name | None
    price_book: Name | None
    bill_day: Number | None
    items: tuple[SoldItem, ...]


@dataclass(frozen=True, slots=True)
class Adds(Node):
    """`f adds sim 2 as more`: services that begin later than their package."""

    package: Name
    items: tuple[SoldItem, ...]


@dataclass(frozen=True, slots=True)
class Happens(Node):
    """`f.sim activate`: a transition of the service's lifecycle."""

    subject: Name
    transition: Name


@dataclass(frozen=True, slots=True)
class Turns(Node):
    """`f is open`, `f.sim is suspended`: a status of a package or of a service."""

    subject: Name
    status: Name


@dataclass(frozen=True, slots=True)
class Ends(Node):
    """`f ends`, `f.sim ends`: cancelled on that day, the first that is not billed."""

    subject: Name


@dataclass(frozen=True, slots=True)
class GivenPrice(Node):
    """`f.sim gets price 8.00 USD in active until 2026-06-01`."""

    subject: Name
    price: Money
    status: Name | None
    until: Day | None


@dataclass(frozen=True, slots=True)
class GivenDiscount(Node):
    """`f gets discount launch`."""

    subject: Name
    discount: Name
    until: Day | None


@dataclass(frozen=True, slots=True)
class UsageAttribute(Node):
    """`country US`, `carrier "HOME"`: an attribute of the event."""

    name: Name
    value: Text | Number | Name


@dataclass(frozen=True, slots=True)
class Uses(Node):
    """`usage 3 times 12 GB for f.sim country US`: events of one quantity each.

    Attributes:
        amount: the event's own, of which rates may take a share.
    """

    times: Number | None
    quantity: Quantity
    subject: Name
    attributes: tuple[UsageAttribute, ...]
    amount: Money | None


Event = Buys | Adds | Happens | Turns | Ends | GivenPrice | GivenDiscount | Uses


@dataclass(frozen=True, slots=True)
class Dated(Node):
    """`2026-01-16 f.sim suspend`: what happens on a day.

    Attributes:
        clock: the hour that usage happens at in the account's time zone; None: noon.
    """

    day: Day
    clock: Word | None
    event: Event


@dataclass(frozen=True, slots=True)
class UsageFile(Node):
    """`usage from "usage/january.csv"`: a file that the catalog's feeds read."""

    file: Text


@dataclass(frozen=True, slots=True)
class TestBill(Node):
    """`bill 2026-02-01`: a run as of that day; it knows what stands above it."""

    day: Day


@dataclass(frozen=True, slots=True)
class SignedMoney(Node):
    """`-18.58 USD`."""

    is_negative: bool
    money: Money


@dataclass(frozen=True, slots=True)
class ExpectedAmount(Node):
    """`expect total 1234.56 USD for acme`: of the run's invoices, or of one account's."""

    what: Word
    amount: SignedMoney
    account: Name | None


@dataclass(frozen=True, slots=True)
class ExpectedLine(Node):
    """`expect line f.sim credit -18.58 USD quantity 4`: the sum of all such lines.

    Attributes:
        subject: an instance of the test, or a service of the catalog.
        amount: None: there is no such line.
    """

    subject: Name
    kind: Word | None
    amount: SignedMoney | None
    quantity: Number | Quantity | None


@dataclass(frozen=True, slots=True)
class ExpectedNothing(Node):
    """`expect nothing for acme`: no invoice."""

    account: Name | None


@dataclass(frozen=True, slots=True)
class ExpectedRecords(Node):
    """`expect 2 rejected no_rate`: what became of the usage records the run read."""

    number: Number
    disposition: Word
    reason: Name | None


@dataclass(frozen=True, slots=True)
class ExpectedRefusal(Node):
    """`expect refused "has no monthly price"`: the run ends without a bill, with these words."""

    words: Text


@dataclass(frozen=True, slots=True)
class ExpectedInvoice(Node):
    """`expect invoice matches "recorded/acme.txt"`: the whole invoice, as a reviewed file."""

    file: Text
    account: Name | None


Expected = (
    ExpectedAmount
    | ExpectedLine
    | ExpectedNothing
    | ExpectedRecords
    | ExpectedRefusal
    | ExpectedInvoice
)


@dataclass(frozen=True, slots=True)
class Expectation(Node):
    """`expect ...`: of the bill above it."""

    expected: Expected


TestStatement = TestAccount | Dated | UsageFile | TestBill | Expectation


@dataclass(frozen=True, slots=True)
class TestDeclaration(Node):
    """`test suspension "A suspension is credited" { ... }`; its statements in their order."""

    doc: str
    name: Name
    title: Text | None
    statements: tuple[TestStatement, ...]
