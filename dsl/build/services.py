"""Statuses, lifecycles, service types and services."""

from __future__ import annotations

from dsl.build.literals import (
    day,
    frequency,
    name,
    names,
    optional_name,
    optional_text,
    percent,
    table_file,
    window,
    word,
)
from dsl.build.prices import optional_price, the_price
from dsl.build.reading import (
    Branch,
    Reading,
    Statements,
    all_of,
    branch,
    branches,
    statements,
    the,
    tokens,
)
from dsl.syntax.base import Name
from dsl.syntax.services import (
    DerivedPrice,
    LifecycleDeclaration,
    OneTimePrice,
    PackageStatusDeclaration,
    PriceTableDeclaration,
    PriceVersion,
    PriceEntry,
    RecurringPrice,
    ServiceDeclaration,
    ServiceStatusDeclaration,
    ServiceTypeDeclaration,
    ServiceUsage,
    StatusPrice,
    Transition,
    TransitionCharge,
)
from dsl.syntax.tables import Holding


def service_status(reading: Reading, tree: Branch) -> ServiceStatusDeclaration:
    """Build `service status active = billable`."""
    span = reading.span(tree)
    declared, base = names(reading, tree)
    return ServiceStatusDeclaration(span, reading.doc(span), declared, base)


def package_status(reading: Reading, tree: Branch) -> PackageStatusDeclaration:
    """Build `package status open = billable`."""
    span = reading.span(tree)
    declared, base = names(reading, tree)
    return PackageStatusDeclaration(span, reading.doc(span), declared, base)


def service_type(reading: Reading, tree: Branch) -> ServiceTypeDeclaration:
    """Build `service type activation_fees = fee`."""
    span = reading.span(tree)
    declared, base = names(reading, tree)
    return ServiceTypeDeclaration(span, reading.doc(span), declared, base)


def lifecycle(reading: Reading, tree: Branch) -> LifecycleDeclaration:
    """Build `lifecycle line { ... }`."""
    span = reading.span(tree)
    return LifecycleDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        transitions=all_of(
            reading, branches(the(tree, "lifecycle_block")), "transition", _transition
        ),
    )


def _transition(reading: Reading, tree: Branch) -> Transition:
    span = reading.span(tree)
    declared, destination = names(reading, tree)
    sources = names(reading, the(tree, "transition_sources"))
    return Transition(span, reading.doc(span), declared, sources, destination)


def service(reading: Reading, tree: Branch) -> ServiceDeclaration:
    """Build `service access "Access line" { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "service_block"))
    identified_by = block.one("identified_by", "identified by")
    active_from, active_until = window(reading, block.one("active", "active"))
    inactive = block.one("inactive", "inactive")
    usage = block.one("service_usage", "usage")
    return ServiceDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        title=optional_text(reading, branch(tree, "title")),
        type=optional_name(reading, block.one("type", "type")),
        lifecycle=optional_name(reading, block.one("lifecycle_use", "lifecycle")),
        tax=optional_name(reading, block.one("tax_use", "tax")),
        identified_by=names(reading, identified_by) if identified_by else (),
        active_from=active_from,
        active_until=active_until,
        inactive=word(reading, inactive) if inactive else None,
        recurring_prices=block.every("recurring_price", _recurring_price),
        one_time_prices=block.every("one_time_price", _one_time_price),
        transition_charges=block.every("transition_charge", _transition_charge),
        usage=_service_usage(reading, usage) if usage else None,
    )


def _recurring_price(reading: Reading, tree: Branch) -> RecurringPrice:
    return RecurringPrice(
        reading.span(tree),
        frequency=frequency(reading, the(tree, "frequency")),
        version=_version(reading, tree),
        by_status=all_of(reading, branches(tree), "status_price", _status_price),
        price=optional_price(reading, tree),
        derived=_derived(reading, tree),
    )


def _version(reading: Reading, tree: Branch) -> PriceVersion | None:
    found = branch(tree, "price_version")
    if found is None:
        return None
    return PriceVersion(
        reading.span(found),
        start=day(reading, the(found, "day")),
        audience=word(reading, the(found, "audience")),
    )


def _derived(reading: Reading, tree: Branch) -> DerivedPrice | None:
    found = branch(tree, "derived")
    if found is None:
        return None
    off = branch(found, "percent_off")
    return DerivedPrice(
        reading.span(found),
        base=frequency(reading, the(found, "frequency")),
        off=percent(reading, the(off, "percent")) if off else None,
    )


def _status_price(reading: Reading, tree: Branch) -> StatusPrice:
    return StatusPrice(
        reading.span(tree),
        status=name(reading, tokens(tree)[0]),
        price=the_price(reading, tree),
    )


def _one_time_price(reading: Reading, tree: Branch) -> OneTimePrice:
    return OneTimePrice(reading.span(tree), _version(reading, tree), the_price(reading, tree))


def _transition_charge(reading: Reading, tree: Branch) -> TransitionCharge:
    transition, fee = names(reading, tree)
    return TransitionCharge(reading.span(tree), transition, fee, the_price(reading, tree))


def price_table(reading: Reading, tree: Branch) -> PriceTableDeclaration:
    """Build `price table list from "prices.csv"`."""
    span = reading.span(tree)
    return PriceTableDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[-1]),
        table=table_file(reading, the(tree, "table_file"), Holding.PRICES),
    )


def price_entry(reading: Reading, tree: Branch) -> PriceEntry:
    """Build `service sim monthly { active 9.00 USD }`, or a price of another form."""
    recurring, one_time = branch(tree, "entry_recurring"), branch(tree, "entry_one_time")
    charge = branch(tree, "entry_charge")
    return PriceEntry(
        reading.span(tree),
        service=name(reading, tokens(tree)[0]),
        recurring=_recurring_price(reading, recurring) if recurring else None,
        one_time=_one_time_price(reading, one_time) if one_time else None,
        charge=_transition_charge(reading, charge) if charge else None,
    )


def _service_usage(reading: Reading, tree: Branch) -> ServiceUsage:
    block = Statements(reading, branches(tree))
    return ServiceUsage(
        reading.span(tree),
        frequency=frequency(reading, the(tree, "frequency")),
        rates=optional_name(reading, block.one("rates", "rates")),
        buckets=block.every("bucket_use", _bucket_use),
    )


def _bucket_use(reading: Reading, tree: Branch) -> Name:
    return name(reading, tokens(tree)[0])
