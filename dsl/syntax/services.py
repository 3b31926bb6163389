"""Services: their types, statuses, lifecycles, prices and transition charges."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Day, Name, Node, Percent, Text, Word
from dsl.syntax.prices import Price
from dsl.syntax.tables import TableFile


@dataclass(frozen=True, slots=True)
class ServiceStatusDeclaration(Node):
    """`service status active = billable`; `base` is the word after `=`, unchecked."""

    doc: str
    name: Name
    base: Name


@dataclass(frozen=True, slots=True)
class PackageStatusDeclaration(Node):
    """`package status open = billable`."""

    doc: str
    name: Name
    base: Name


@dataclass(frozen=True, slots=True)
class Transition(Node):
    """`suspend  active -> suspended`; a source named `new` is the start of the life."""

    doc: str
    name: Name
    sources: tuple[Name, ...]
    destination: Name


@dataclass(frozen=True, slots=True)
class LifecycleDeclaration(Node):
    """`lifecycle line { ... }`: the transitions a service may make."""

    doc: str
    name: Name
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class ServiceTypeDeclaration(Node):
    """`service type activation_fees = fee`; bases: recurring, non_recurring, fee."""

    doc: str
    name: Name
    base: Name


@dataclass(frozen=True, slots=True)
class PriceVersion(Node):
    """`from 2027-01-01 for new sales`; `audience` is `new_sales`, `renewals` or `all`."""

    start: Day
    audience: Word


@dataclass(frozen=True, slots=True)
class DerivedPrice(Node):
    """`derived from monthly less 10%`; `off` None: nothing is taken off."""

    base: Frequency
    off: Percent | None


@dataclass(frozen=True, slots=True)
class StatusPrice(Node):
    """`active  80.00 CAD, 60.00 USD`: the price in one status."""

    status: Name
    price: Price


@dataclass(frozen=True, slots=True)
class RecurringPrice(Node):
    """`price monthly { ... }`, or `price monthly 6.00 CAD` for every billable status.

    `by_status` is empty where one price holds for all; `price` is None where statuses
    have their own; both where the price is derived.  `version` None: it holds always.
    """

    frequency: Frequency
    version: PriceVersion | None
    by_status: tuple[StatusPrice, ...]
    price: Price | None
    derived: DerivedPrice | None


@dataclass(frozen=True, slots=True)
class OneTimePrice(Node):
    """`price 50.00 CAD, 40.00 USD`: charged once, when sold (non-recurring services)."""

    version: PriceVersion | None
    price: Price


@dataclass(frozen=True, slots=True)
class PriceTableDeclaration(Node):
    """`price table list from "prices.csv"`: recurring prices that stand in rows."""

    doc: str
    name: Name
    table: TableFile


@dataclass(frozen=True, slots=True)
class TransitionCharge(Node):
    """`on activate charge activation 75.00 CAD`: each time it occurs, by a fee service."""

    transition: Name
    service: Name
    price: Price


@dataclass(frozen=True, slots=True)
class PriceEntry(Node):
    """`service sim monthly { active 9.00 USD }`: a service's price in another set of prices.

    One of the three is there: also `service setup 50.00 USD`, and
    `service sim on activate charge activation 4.00 USD`.
    """

    service: Name
    recurring: RecurringPrice | None
    one_time: OneTimePrice | None
    charge: TransitionCharge | None


@dataclass(frozen=True, slots=True)
class Frequency(Node):
    """`monthly` 1, `quarterly` 3, `semi_annually` 6, `yearly` 12, or `every N months`."""

    months: int


@dataclass(frozen=True, slots=True)
class ServiceUsage(Node):
    """`usage monthly { rates metered  bucket included_data }` of a service."""

    frequency: Frequency
    rates: Name | None
    buckets: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ServiceDeclaration(Node):
    """`service access "Access line" { ... }`.

    Attributes:
        type: a service type, or a base (`recurring`, `non_recurring`, `fee`).
        active_from, active_until: the window `active from D until D`, half-open.
        identified_by: the names of the identifiers that tie usage to it.
        usage: None for a service without usage.
    """

    doc: str
    name: Name
    title: Text | None
    type: Name | None
    lifecycle: Name | None
    tax: Name | None
    identified_by: tuple[Name, ...]
    active_from: Day | None
    active_until: Day | None
    inactive: Word | None
    recurring_prices: tuple[RecurringPrice, ...]
    one_time_prices: tuple[OneTimePrice, ...]
    transition_charges: tuple[TransitionCharge, ...]
    usage: ServiceUsage | None
