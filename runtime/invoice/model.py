"""The invoice model: decimals, dates and strings, frozen when the invoice is posted.

Every document is a pure function of it; no template computes.  Amounts are in major
units of `currency`, with its minor units as their places; intervals are half-open.
Quantities and prices are in the unit named beside them.

Long because it is one document, which is best read as a whole.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

LineKind = Literal[
    "recurring",
    "discount",
    "usage",
    "bucket",
    "one_time",
    "transition",
    "minimum",
    "penalty",
    "prepaid",
    "drawdown",
]

INVOICE_FORMAT = 1


class Frozen(BaseModel):
    """A frozen model without room for unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Party(Frozen):
    """The seller or the bill-to, as printed."""

    account: str
    name: str
    contact: str | None
    email: str | None
    street: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    tax_id: str | None


class PriceSource(Frozen):
    """Where a price comes from: the catalog's line and its words."""

    path: str
    line: int
    text: str


class UsageComponent(Frozen):
    """A part of a usage line: so much at one rate, or drawn from one bucket tier.

    What is `included` in a bucket and of no tier had rolled over into it.

    `amount` is exact and unrounded: quantity x price / per (+ events x event price).
    A price in tiers has a part a tier, `price_tier`, and term; its `basis` says what `quantity`
    is: steps of usage (`share`), started blocks, events, an amount of money (`percent`), one
    for a flat amount, or one for what brings the price to its most or least (`bound`).  Where a
    counting rule, `counted_by`, picked the tier, it counted `counted`.
    """

    component: Literal["rated", "included", "flat", "priced"]
    rate: str | None
    rate_group: str | None
    rate_plan: str | None
    bucket: str | None
    tier: int | None
    quantity: Decimal
    unit: str
    events: int
    price: Decimal | None
    event_price: Decimal | None
    amount: Decimal
    source: PriceSource | None
    price_tier: int | None = None
    basis: Literal["share", "block", "flat", "event", "percent", "bound"] | None = None
    counted_by: str | None = None
    counted: int | None = None


class PriceRow(Frozen):
    """A part of an amount: a term of a tier, or what was then done to the sum.

    Attributes:
        kind: a term; or `less`, `at_most`, `at_least`, which lower or raise what is so far.
        tier: from 0; above `lower`, up to `upper` (None: beyond).  None where not a term.
        basis: what the rate is for: `share` (each), `block` (each begun `per`), `flat`
            (once), `instance` (each instance of the service, where a rule counts).
        quantity: units, begun blocks, instances, or 1.
        amount: exact; the rows of an amount add up to it.
    """

    kind: Literal["term", "less", "at_most", "at_least"]
    tier: int | None = None
    lower: int | None = None
    upper: int | None = None
    basis: str | None = None
    quantity: int | None = None
    rate: Decimal | None = None
    per: int | None = None
    amount: Decimal
    source: PriceSource | None = None


class Pricing(Frozen):
    """How the amount of a line came about, whose price is more than so much for each.

    Attributes:
        counted: what picked the tiers: the instances, or what the rule `counted_by` counts.
        included: so many of them cost nothing.
        instances: of the service itself.
        amount: of a full period, or of one charge; the line's unit price.
    """

    counted: int
    counted_by: str | None
    included: int
    instances: int
    amount: Decimal
    rows: tuple[PriceRow, ...]


class AskedLevel(Frozen):
    """A level that was asked for a price, or a rate plan, and had none for the case."""

    level: str
    owner: str


class PriceChoice(Frozen):
    """Whose price a line is at; of a usage line, whose rate plan.

    Attributes:
        level: of a price, one of runtime.charges.choice.LEVELS; of a rate plan `price_plan`,
            `package` or `service`.
        owner: whose on that level; the row of overrides.csv; None: the catalog's own.
        start, audience: of the price's version; None: it holds always.
        asked: the nearer levels that the account service has, the nearest first.
    """

    level: str
    owner: str | None = None
    start: date | None = None
    audience: str = "all"
    asked: tuple[AskedLevel, ...] = ()


class Commitment(Frozen):
    """What a shortfall is short of: instances of the service titled `counted`, or, None, spend.

    `is_prepaid`: it was charged ahead, and what is used is drawn from it.
    """

    counted: str | None
    committed: Decimal
    used: Decimal
    is_prepaid: bool = False


class Penalty(Frozen):
    """Behind a penalty: it is so many percent of what remained until the term's end."""

    percent: Decimal
    remaining: Decimal
    term_end: date


class InvoiceLine(Frozen):
    """One charge or credit.

    Attributes:
        number: from 1, in printed order; `explain` takes `<invoice>:<number>`.
        kind: recurring, discount (of the recurring line before it, with a price below zero),
            usage, bucket (a flat tier), one_time, transition, minimum (what falls short of a
            contract's), prepaid (a minimum charged ahead), drawdown (what of that was used, a
            quantity below zero) or penalty (for leaving a contract early).
        is_credit: it takes back (part of) a posted line; quantity is then negative and
            the price stays positive.
        corrects: the posted line it takes back, `INV-000001:3`.
        service: the charged service (for a transition, the fee service).
        status: the service status the price is for (recurring), or None.
        transition: the transition that was charged, or None.
        discount: the discount that lowers the charge, or None.
        period_start, period_end: the stretch charged; one day for a one-time charge.
        full_start, full_end: the whole billing or usage period the stretch lies in.
        proration: how parts of the period are counted (recurring); see
            runtime.charges.proration.  None: by days.
        days, full_days: days of the stretch and of the whole period, as they are counted,
            None where a charge is not by days.
        quantity, unit, unit_price, unit_price_per: what is multiplied; unit_price None
            where several rates make the line (see components).  Recurring: instances,
            "unit" is "" and the price is for a full period.
        net: the amount before tax, rounded.
        with_tax: the amount at the price, where prices hold taxes: the net, and what the
            price holds; None where it holds none.
        tax: this line's share of the invoice's tax.
        components: how a usage line was rated.
        pricing: how a tiered price came to its amount; None where it is so much for each.
        commitment: what a shortfall is short of; None of all other lines, and of a credit.
        penalty: what leaving early is a percentage of; None likewise, and of a fixed amount.
        source: the catalog's line of the price; None where components carry theirs.
        choice: whose price it is, and whom else it was asked of; None where nothing was to be
            chosen.
    """

    number: int
    kind: LineKind
    is_credit: bool
    corrects: str | None
    account: str
    account_package: str
    account_service: str
    service: str
    service_title: str
    usage_class: str | None
    bucket: str | None
    tier: int | None
    status: str | None
    transition: str | None
    discount: str | None = None
    description: str
    period_start: date
    period_end: date
    full_start: date | None
    full_end: date | None
    proration: str | None = None
    days: int | None
    full_days: int | None
    timing: Literal["advance", "arrears", "once"]
    quantity: Decimal
    unit: str
    unit_price: Decimal | None
    unit_price_per: str | None
    net: Decimal
    with_tax: Decimal | None = None
    tax_class: str | None
    tax_percent: Decimal | None
    tax: Decimal
    components: tuple[UsageComponent, ...]
    pricing: Pricing | None = None
    commitment: Commitment | None = None
    penalty: Penalty | None = None
    source: PriceSource | None
    choice: PriceChoice | None = None

    @property
    def charged(self) -> Decimal:
        """What price and quantity come to: the net, with the taxes that the price holds."""
        return self.net if self.with_tax is None else self.with_tax


class ServiceSection(Frozen):
    """The lines of one account service, in printed order."""

    account_service: str
    service: str
    title: str
    identifiers: tuple[str, ...]
    lines: tuple[InvoiceLine, ...]
    subtotal: Decimal


class PackageSection(Frozen):
    """The services of one account package."""

    account_package: str
    package: str
    title: str
    frequency: str
    services: tuple[ServiceSection, ...]
    subtotal: Decimal


class AccountSection(Frozen):
    """One served account: the invoicer itself, or an account invoiced to it."""

    account: str
    name: str
    packages: tuple[PackageSection, ...]
    subtotal: Decimal


class TaxLine(Frozen):
    """Tax of one class, jurisdiction and rate on the sum of its lines, rounded once.

    `exemption` holds the reason where nothing is due for one.  `held_in_all`: the percentage of
    all taxes that the lines' prices hold, this one among them; None: it came on top.
    """

    tax: str
    tax_class: str
    jurisdiction: str
    percent: Decimal
    base: Decimal
    amount: Decimal
    exemption: str | None
    held_in_all: Decimal | None = None
    source: PriceSource | None


class BucketTierUse(Frozen):
    """One tier of a bucket over a bucket period; bounds in `unit`, upper None: open.

    `tier` None: what rolled over from earlier periods.  `flat`: the amount charged once when
    the tier is entered.
    """

    tier: int | None
    charge: Literal["included", "flat", "rated", "priced", "pool", "rolled_over"]
    lower: Decimal
    upper: Decimal | None
    used: Decimal
    flat: Decimal | None


class PoolShare(Frozen):
    """What an account put into the pool of a share plan in a period, and drew from it."""

    account: str
    account_name: str
    contributed: Decimal
    used: Decimal


class BucketStatement(Frozen):
    """What a bucket gave over one bucket period; a one-time bucket over one of its periods.

    Attributes:
        included: what could be drawn of it without charge, `rolled_over` among it.
        used: all that was drawn in the period, in every tier.
        used_before: what was drawn of the included tiers in earlier periods (one-time).
        left: what of the included tiers is left at the end of the period.
        rolls_over: what is left goes over into the next period, as far as its terms let it.
        shares: of a share plan's pool: what each account put in and drew.
    """

    account: str
    account_service: str
    service_title: str
    bucket: str
    title: str
    unit: str
    period_start: date
    period_end: date
    days: int
    full_days: int
    included: Decimal
    rolled_over: Decimal
    used_before: Decimal
    used: Decimal
    left: Decimal
    rolls_over: bool
    tiers: tuple[BucketTierUse, ...]
    shares: tuple[PoolShare, ...]


class Change(Frozen):
    """A change of status inside a period this invoice charges or corrects."""

    account: str
    account_service: str
    service_title: str
    day: date
    from_status: str
    to_status: str
    days: int
    full_days: int
    old_price: Decimal | None
    new_price: Decimal | None


class UsageDay(Frozen):
    """Usage of one day, service and class: events and measured quantity."""

    day: date
    account_service: str
    service_title: str
    usage_class: str
    events: int
    quantity: Decimal
    unit: str


class Totals(Frozen):
    """The invoice's own totals; gross = net + tax, due = gross - paid.

    `paid`: by what the account had to its credit when the invoice was posted.
    """

    net: Decimal
    tax: Decimal
    gross: Decimal
    paid: Decimal
    due: Decimal


class SummaryEntry(Frozen):
    """What changed what the account owes since its last invoice, besides invoices of a run.

    Attributes:
        name: of the payment or the credit note.
        reference: what the bank calls it; of a credit note, the invoice it credits.
        amount: below zero where it lowers what is owed.
    """

    day: date
    kind: Literal["payment", "credit_note", "reversal", "refund"]
    name: str
    reference: str | None
    amount: Decimal


class AccountSummary(Frozen):
    """The account's standing, outside the invoice's own totals.

    Attributes:
        previous_balance: the balance that the account's last invoice ended with.
        entries: what has come since, in the order of days.
        carried_forward: the two together; None: on invoices that are older than payments here.
        balance_due: what is carried forward and this invoice.
    """

    previous_balance: Decimal
    entries: tuple[SummaryEntry, ...] = ()
    carried_forward: Decimal | None = None
    this_invoice: Decimal
    balance_due: Decimal
    due_date: date


class Credited(Frozen):
    """The invoice that a credit note names, and why it was given."""

    invoice: str
    issue_date: date
    reason: str


class Invoice(Frozen):
    """One posted invoice, or a draft (number None) of a dry run.

    Attributes:
        kind: `invoice`; `credit_note` where its total is negative.
        credits: of a credit note that somebody gave: what it credits; None of a run's.
        recurring_start, recurring_end, usage_start, usage_end: what its lines span.
        served: the accounts it charges for, in the order of `sections`.
        usage_days: capped at `usage_day_limit` rows; `usage_days_total` counts all.
        usage_cutoff: the last instant of usage it takes in, as a date: the as-of date.
    """

    format: int
    number: str | None
    kind: Literal["invoice", "credit_note"]
    issue_date: date
    due_date: date
    currency: str
    minor_units: int
    locale: str
    catalog: str
    catalog_title: str
    seller: Party
    bill_to: Party
    recurring_start: date | None
    recurring_end: date | None
    usage_start: date | None
    usage_end: date | None
    sections: tuple[AccountSection, ...]
    taxes: tuple[TaxLine, ...]
    totals: Totals
    summary: AccountSummary
    buckets: tuple[BucketStatement, ...]
    changes: tuple[Change, ...]
    usage_days: tuple[UsageDay, ...]
    usage_days_total: int
    usage_day_limit: int
    bill_group: str
    terms_days: int
    run: int | None
    fingerprint: str
    usage_cutoff: date
    credits: Credited | None = None
