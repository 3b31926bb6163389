"""Whose prices there are: the catalog's own, and those of contracts, books, regions and plans.

A check of a service's prices asks for the price sets, and so looks at all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.facts import recurring_prices
from compiler.resolve.model import Resolved
from dsl.syntax.base import Name
from dsl.syntax.commercial import ContractDeclaration
from dsl.syntax.price_books import PriceBookDeclaration, PricePlanDeclaration, PriceRegion
from dsl.syntax.services import (
    OneTimePrice,
    PriceEntry,
    RecurringPrice,
    ServiceDeclaration,
    TransitionCharge,
)
from runtime.program.terms import Level


@dataclass(frozen=True, slots=True)
class PriceOwner:
    """A contract, a price book, a region of one or a price plan, with all its entries.

    `id` names it as the program does, a region `book.region`.
    """

    level: Level
    id: str
    name: Name
    entries: tuple[PriceEntry, ...]

    @property
    def words(self) -> str:
        """What it is, in words: ``the price book `partner` ``."""
        return f"the {self.level.replace('_', ' ')} `{self.id}`"


@dataclass(frozen=True, slots=True)
class PriceSet:
    """The prices that an owner, or the catalog (None), sets for one service."""

    service: ServiceDeclaration
    owner: PriceOwner | None
    recurring_prices: tuple[RecurringPrice, ...]
    one_time_prices: tuple[OneTimePrice, ...]
    transition_charges: tuple[TransitionCharge, ...]

    @property
    def subject(self) -> str:
        """The service in words, and whose prices they are where they are not the catalog's."""
        return f"the service `{self.service.name.text}`{self.whose}"

    @property
    def whose(self) -> str:
        """Whose prices they are, behind a blank; nothing for the catalog's."""
        return "" if self.owner is None else f" in {self.owner.words}"


def price_owners(resolved: Resolved) -> Iterator[PriceOwner]:
    """Give every owner of prices beside the catalog."""
    for contract in resolved.all(ContractDeclaration):
        yield PriceOwner("contract", contract.name.text, contract.name, contract.entries)
    for book in resolved.all(PriceBookDeclaration):
        own = book.name.text
        yield PriceOwner("price_book", own, book.name, _entries(resolved, book))
        for region in book.regions:
            entries = _entries(resolved, region)
            yield PriceOwner("region", f"{own}.{region.name.text}", region.name, entries)
    for plan in resolved.all(PricePlanDeclaration):
        yield PriceOwner("price_plan", plan.name.text, plan.name, plan.entries)


def _entries(
    resolved: Resolved, node: PriceBookDeclaration | PriceRegion
) -> tuple[PriceEntry, ...]:
    """Give the entries of a book or region, first those of its text, then those of its tables."""
    in_tables = (resolved.table_entries.get(use.file.span, ()) for use in node.tables)
    return (*node.entries, *(entry for entries in in_tables for entry in entries))


def price_sets(resolved: Resolved) -> tuple[PriceSet, ...]:
    """Give the prices of every service, first the catalog's own, then each owner's."""
    return resolved.once(_price_sets)


def _price_sets(resolved: Resolved) -> tuple[PriceSet, ...]:
    return tuple(_each_set(resolved))


def _each_set(resolved: Resolved) -> Iterator[PriceSet]:
    for service in resolved.all(ServiceDeclaration):
        yield PriceSet(
            service=service,
            owner=None,
            recurring_prices=recurring_prices(resolved, service),
            one_time_prices=service.one_time_prices,
            transition_charges=service.transition_charges,
        )
    for owner in price_owners(resolved):
        yield from owned_sets(resolved, owner)


def owned_sets(resolved: Resolved, owner: PriceOwner) -> Iterator[PriceSet]:
    """Give an owner's prices by their service, in the order in which those come up."""
    by_service: dict[str, list[PriceEntry]] = {}
    services: dict[str, ServiceDeclaration] = {}
    for entry in owner.entries:
        service = resolved.find(entry.service, ServiceDeclaration)
        if service is not None:
            services[service.name.text] = service
            by_service.setdefault(service.name.text, []).append(entry)
    for name, entries in by_service.items():
        yield PriceSet(
            service=services[name],
            owner=owner,
            recurring_prices=tuple(each.recurring for each in entries if each.recurring),
            one_time_prices=tuple(each.one_time for each in entries if each.one_time),
            transition_charges=tuple(each.charge for each in entries if each.charge),
        )
