"""Services with their statuses, lifecycles, types and prices."""

from __future__ import annotations

from datetime import date

from compiler.catalog.base import Entity
from compiler.catalog.prices import Price
from dsl.source import Span
from runtime.program.expressions import Closed
from runtime.program.model import ServiceBase, StatusBase
from runtime.program.terms import Audience


class ServiceStatus(Entity):
    """A status a service can be in."""

    base: StatusBase


class PackageStatus(Entity):
    """A status an account's package can be in."""

    base: StatusBase


class Transition(Closed):
    """A named way from several statuses (`new`: the start of a life) to one."""

    id: str
    description: str
    sources: tuple[str, ...]
    destination: str
    span: Span


class Lifecycle(Entity):
    """The transitions a service may make."""

    transitions: tuple[Transition, ...]


class ServiceType(Entity):
    """A type of the catalog's own, standing for one of the three bases."""

    base: ServiceBase


class PriceVersion(Closed):
    """From when a price holds, and for whom."""

    start: date
    audience: Audience


class RecurringPrice(Closed):
    """The price of one unit for one full period of so many months, in one status.

    A price without statuses has become one for each billable status of the lifecycle, or
    for IN_SERVICE where the service has none.
    """

    months: int
    status: str
    version: PriceVersion | None
    price: Price


class OneTimePrice(Closed):
    """The price of a non-recurring service in one currency."""

    version: PriceVersion | None
    price: Price


class TransitionCharge(Closed):
    """What a fee service charges each time the transition occurs, one price a currency."""

    transition: str
    fee_service: str
    prices: tuple[Price, ...]
    span: Span


class BucketUse(Closed):
    """A bucket that a service's usage draws from."""

    bucket: str
    span: Span


class ServiceUsage(Closed):
    """A service's usage: its period in months, its rate plan, its buckets in order."""

    months: int
    rate_plan: str
    buckets: tuple[BucketUse, ...]


class Service(Entity):
    """A billable component; `type` is a service type or a base, `base` what it stands for.

    `active_from`, `active_until` are half-open; None is open.
    """

    title: str
    type: str
    base: ServiceBase
    lifecycle: str | None
    tax_class: str | None
    identifiers: tuple[str, ...]
    is_active: bool
    active_from: date | None
    active_until: date | None
    recurring_prices: tuple[RecurringPrice, ...]
    one_time_prices: tuple[OneTimePrice, ...]
    transition_charges: tuple[TransitionCharge, ...]
    usage: ServiceUsage | None
