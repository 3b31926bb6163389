"""The program's tables.

Every row that sets a number or decides one carries `source`, the id of a row in
`Program.sources`: the line of the catalog it came from.  Amounts are decimals in major
units; quantities are integers of the measure's smallest step (a byte, a second, one).
Ids are the catalog's own names; a table's rows stand in a stable order, and where the
order decides (classes, groups of a plan, tiers) `ordinal` says so, from 0.

Long because it is one table of tables, which is best read as a whole.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from runtime.program.buckets import (
    Bucket,
    BucketFlat,
    BucketPrice,
    BucketTier,
    PoolConsumer,
    PoolStatus,
    PoolTerm,
    ServiceBucket,
    SharePlan,
)
from runtime.program.commercial import (
    Contract,
    ContractMinimum,
    ContractMinimumAmount,
    ContractPenalty,
    ContractPenaltyAmount,
    Discount,
    DiscountAmount,
    DiscountUse,
    PackageContract,
    PriceBook,
    PriceBookRegion,
    PricePlan,
)
from runtime.program.expressions import Closed, Expression
from runtime.program.prices import (
    OneTimePrice,
    Price,
    PriceTerm,
    PriceTier,
    RecurringPrice,
    TransitionCharge,
)
from runtime.program.terms import (
    IN_SERVICE,
    NEW,
    Epoch,
    Measure,
    Proration,
    Rounding,
    ServiceBase,
    StatusBase,
)
from runtime.program.zones import TimeBand, TimeBandHours, ZonePrefix

__all__ = [
    "IN_SERVICE",
    "NEW",
    "Epoch",
    "Measure",
    "Proration",
    "Rounding",
    "ServiceBase",
    "StatusBase",
]

FORMAT_VERSION = 2


class SourceLine(Closed):
    """One place in the catalog: what a derivation prints as `path:line`, and its words."""

    id: int
    path: str
    line: int
    column: int
    text: str


class Currency(Closed):
    """A currency and its minor units by ISO 4217 (CAD 2, JPY 0, KWD 3)."""

    code: str
    minor_units: int


class Status(Closed):
    """A service status or a package status."""

    id: str
    base: StatusBase
    source: int


class Transition(Closed):
    """One edge of a lifecycle; one row per source status, `new` for the initial one."""

    lifecycle: str
    id: str
    from_status: str
    to_status: str
    source: int


class Service(Closed):
    """A service; `lifecycle` None: always IN_SERVICE.  `usage_months` None: no usage.

    `sale_from`, `sale_until`: when it is active (half-open, None open); `is_active`
    False: it can be neither sold nor billed.
    """

    id: str
    title: str
    description: str
    base: ServiceBase
    type: str
    lifecycle: str | None
    tax_class: str | None
    identifiers: tuple[str, ...]
    is_active: bool
    active_from: date | None
    active_until: date | None
    usage_months: int | None
    rate_plan: str | None
    source: int


class Package(Closed):
    """The offer that is sold.

    `activation`: what anchors its periods and dates its one-time charges: the sale (the
    effective date) or the first day one of its services is in a billable status.
    `alignment`: periods run from bill day to bill day, or from the anchor's own day.
    `proration`: what part of a period costs; see Proration.
    """

    id: str
    title: str
    description: str
    category: str | None
    currencies: tuple[str, ...]
    timing: Literal["advance", "arrears"]
    alignment: Literal["bill_day", "anniversary"]
    activation: Literal["sale", "first_billable_status"]
    proration: Proration = "days"
    sold_from: date | None
    sold_until: date | None
    source: int


class PackageFrequency(Closed):
    """A frequency the package is sold at, by its name in the book (`monthly`) and months."""

    package: str
    name: str
    months: int
    source: int


class PackageService(Closed):
    """A service inside a package; maximum None: without bound.

    `rate_plan`: what rates its usage inside this package; None: the service's own plan.
    """

    package: str
    service: str
    minimum: int
    maximum: int | None
    default: int
    rate_plan: str | None = None
    source: int


class CountingRule(Closed):
    """How many instances of its services or packages there are, times their quantities.

    `scope`: on the account, on it and all accounts below it, or in one account package.
    """

    id: str
    counts: Literal["service", "package"]
    scope: Literal["account", "account_tree", "account_package"]
    source: int


class CountedThing(Closed):
    """A service, or a package, that a rule counts."""

    rule: str
    thing: str
    source: int


class CountedStatus(Closed):
    """A status a rule counts in: of what it `counted`, or of the `package` that holds it.

    A rule without a row of `counted` counts in every billable status; without a row of
    `package`, in packages of any status.
    """

    rule: str
    of: Literal["counted", "package"]
    status: str
    source: int


class CustomUnit(Closed):
    """A unit that the catalog declares beside the language's own: its steps."""

    id: str
    measure: Measure
    steps: int
    source: int


class FeedAttribute(Closed):
    """One attribute of the normalized event and how the raw record gives it."""

    name: str
    expression: Expression


class FeedDialect(Closed):
    """How a feed's CSV files are written.

    Attributes:
        separator: between fields; None: the header line tells.
        quote: around a field, doubled inside one; empty: no field is quoted.
        decimal: the sign before a number's decimals.
        encoding: a name of runtime.program.encodings.
        columns: the fields' names where files have no header line; empty: they have one.
    """

    separator: str | None = None
    quote: str = '"'
    decimal: str = "."
    encoding: str = "utf-8"
    columns: tuple[str, ...] = ()


class FeedAmount(Closed):
    """An amount of money on a record; its currency is given, or a field holds its code."""

    expression: Expression
    currency: str | None
    currency_field: str | None


class FeedEvent(Closed):
    """One event of a record.

    Attributes:
        name: None where a record is one event.
        criterion: the record has the event where it holds (None: always).
        quantity: whole number of steps after `quantity x steps_per_unit`; a fraction of
            a step, a negative or a missing value is a rejection.
        attributes: all of the event, the feed's among them.
    """

    name: str | None
    criterion: Expression | None
    quantity: Expression
    measure: Measure
    steps_per_unit: int
    attributes: tuple[FeedAttribute, ...]


class Feed(Closed):
    """How a raw usage file becomes normalized events.

    Attributes:
        formats: the file formats it reads: csv, jsonl, parquet.
        columns: every raw field the feed uses, in order of first use; a CSV or Parquet file
            lacking one is not this feed's.
        id_fields: the fields whose values, joined by U+001F where several, name the record;
            none: it is known by its file and row.
        time_pattern: strptime pattern of a text time, None: ISO 8601 or an epoch.
        time_epoch: the unit of a number counted since 1970 in UTC.
        timezone: IANA zone of times that carry none.
        identifier: the identifier's name; `identifier_value` gives its value.
        events: at least one.
        skip: if one holds, the record is not usage.
    """

    id: str
    formats: tuple[str, ...]
    dialect: FeedDialect = FeedDialect()
    columns: tuple[str, ...]
    id_fields: tuple[str, ...]
    time_field: str
    time_pattern: str | None
    time_epoch: Epoch | None = None
    timezone: str
    identifier: str
    identifier_value: Expression
    amount: FeedAmount | None = None
    events: tuple[FeedEvent, ...]
    skip: tuple[Expression, ...]
    source: int


class UsageClass(Closed):
    """A usage class; the first, by ordinal, whose measure and criterion fit is the event's."""

    id: str
    ordinal: int
    type: str | None
    measure: Measure
    criterion: Expression | None
    source: int


class ZoneCountry(Closed):
    """A country (ISO 3166-1 alpha-2) of a zone."""

    zone: str
    country: str


class RateGroup(Closed):
    """A rate group; it applies to events for which `criterion` holds (None: all)."""

    id: str
    criterion: Expression | None
    source: int


class Rate(Closed):
    """A row of a rate group.

    One row per currency; the rows of one price-sheet row share `id`.  Of the rows that fit
    an event the most specific rates it: the longest `prefix` of its destination, else its
    `country`, else its `zone` (a zone of prefixes by the longest of them), else everywhere;
    then its `carrier`, else any; then its time `band`, one that holds by a date before one of
    the week, else always.  `minimum` and
    `increment` are steps of one event, taken before anything else: an event is at least the
    one and rounded up to the other (0 and 1: neither).
    """

    id: str
    group: str
    ordinal: int
    usage_class: str
    zone: str | None
    country: str | None = None
    prefix: str | None = None
    carrier: str | None = None
    band: str | None = None
    currency: str
    minimum: int = 0
    increment: int = 1
    price: int
    source: int


class RatePlan(Closed):
    """An ordered choice of rate groups; an event none of them rates is rejected."""

    id: str
    otherwise: Literal["reject"]
    source: int


class RatePlanGroup(Closed):
    """A rate group of a plan, tried in order."""

    plan: str
    ordinal: int
    group: str
    source: int


class TaxRate(Closed):
    """A tax rate, in percent, of a class in a jurisdiction from a date on (None: always).

    `tax_class` or `jurisdiction` "*" stands for `otherwise`: what no other row covers.
    """

    tax: str
    tax_class: str
    jurisdiction: str
    percent: Decimal
    start: date | None
    source: int


class TaxInclusion(Closed):
    """A tax that prices hold already; the others come on top."""

    tax: str
    source: int


class TaxExemption(Closed):
    """A reason for which an account owes a tax nothing, and the words its invoice prints."""

    tax: str
    id: str
    text: str
    source: int


class BillGroup(Closed):
    """Accounts billed alike: default bill day, and days from invoice date to due date.

    `template`: the path of an InvoiceTemplate; None: Ratebook's own.  Without
    `are_zero_invoices_sent`, an invoice that comes to nothing is not made out.
    """

    id: str
    bill_day: int
    terms_days: int
    template: str | None = None
    delivery: Literal["email", "offline"] = "offline"
    are_zero_invoices_sent: bool = True
    source: int


class InvoiceTemplate(Closed):
    """A template of invoices, or what one includes, by its path in the catalog's folder."""

    path: str
    text: str
    source: int


class InvoiceAttachment(Closed):
    """A report that goes with the invoices of a bill group, and its format."""

    bill_group: str
    report: str
    format: str
    source: int


class CarryForward(Closed):
    """An invoice of a bill group whose total is below `under` waits for a later run."""

    bill_group: str
    currency: str
    under: Decimal
    source: int


class Program(Closed):
    """A compiled catalog: enough to run billing without the sources.

    `fingerprint` is the SHA-256, in hex, of the canonical JSON of everything else; equal
    catalogs have equal fingerprints on every machine.
    """

    format_version: int
    fingerprint: str
    catalog: str
    title: str
    timezone: str
    rounding: Rounding
    sources: tuple[SourceLine, ...]
    currencies: tuple[Currency, ...]
    service_statuses: tuple[Status, ...]
    package_statuses: tuple[Status, ...]
    transitions: tuple[Transition, ...]
    services: tuple[Service, ...]
    recurring_prices: tuple[RecurringPrice, ...]
    one_time_prices: tuple[OneTimePrice, ...]
    transition_charges: tuple[TransitionCharge, ...]
    packages: tuple[Package, ...]
    package_frequencies: tuple[PackageFrequency, ...]
    package_services: tuple[PackageService, ...]
    counting_rules: tuple[CountingRule, ...] = ()
    counted_things: tuple[CountedThing, ...] = ()
    counted_statuses: tuple[CountedStatus, ...] = ()
    units: tuple[CustomUnit, ...] = ()
    feeds: tuple[Feed, ...]
    usage_classes: tuple[UsageClass, ...]
    zone_countries: tuple[ZoneCountry, ...]
    zone_prefixes: tuple[ZonePrefix, ...]
    time_bands: tuple[TimeBand, ...]
    time_band_hours: tuple[TimeBandHours, ...]
    rate_groups: tuple[RateGroup, ...]
    rates: tuple[Rate, ...]
    rate_plans: tuple[RatePlan, ...]
    rate_plan_groups: tuple[RatePlanGroup, ...]
    buckets: tuple[Bucket, ...]
    bucket_tiers: tuple[BucketTier, ...]
    bucket_flats: tuple[BucketFlat, ...]
    bucket_prices: tuple[BucketPrice, ...] = ()
    share_plans: tuple[SharePlan, ...] = ()
    pool_terms: tuple[PoolTerm, ...] = ()
    pool_statuses: tuple[PoolStatus, ...] = ()
    pool_consumers: tuple[PoolConsumer, ...] = ()
    service_buckets: tuple[ServiceBucket, ...]
    prices: tuple[Price, ...]
    price_tiers: tuple[PriceTier, ...]
    price_terms: tuple[PriceTerm, ...]
    price_books: tuple[PriceBook, ...] = ()
    price_book_regions: tuple[PriceBookRegion, ...] = ()
    price_plans: tuple[PricePlan, ...] = ()
    discounts: tuple[Discount, ...] = ()
    discount_amounts: tuple[DiscountAmount, ...] = ()
    discount_uses: tuple[DiscountUse, ...] = ()
    contracts: tuple[Contract, ...] = ()
    contract_minimums: tuple[ContractMinimum, ...] = ()
    contract_minimum_amounts: tuple[ContractMinimumAmount, ...] = ()
    contract_penalties: tuple[ContractPenalty, ...] = ()
    contract_penalty_amounts: tuple[ContractPenaltyAmount, ...] = ()
    package_contracts: tuple[PackageContract, ...] = ()
    tax_rates: tuple[TaxRate, ...]
    tax_inclusions: tuple[TaxInclusion, ...] = ()
    tax_exemptions: tuple[TaxExemption, ...] = ()
    bill_groups: tuple[BillGroup, ...]
    invoice_templates: tuple[InvoiceTemplate, ...] = ()
    invoice_attachments: tuple[InvoiceAttachment, ...] = ()
    carry_forwards: tuple[CarryForward, ...] = ()
