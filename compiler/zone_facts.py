"""What zones are made of, wherever they stand: in a line of text or in the rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compiler.resolve.model import Resolved
from compiler.tables.destinations import TableZone
from dsl.syntax.base import Name
from dsl.syntax.zones import ZoneDeclaration

COUNTRY = "country"
"""The attribute that decides whether an event is in a zone of countries."""

DESTINATION = "destination"
"""The attribute that decides whether an event is in a zone of prefixes."""


@dataclass(frozen=True, slots=True)
class Places:
    """The countries and the prefixes of a zone."""

    countries: frozenset[str]
    prefixes: frozenset[str]

    def has_prefix_of(self, number: str) -> bool:
        """Whether one of the prefixes begins a number."""
        return any(number[:length] in self.prefixes for length in range(1, len(number) + 1))

    def covers(self, other: Places) -> bool:
        """Whether all that is in another zone is in this one."""
        return other.countries <= self.countries and all(
            self.has_prefix_of(prefix) for prefix in other.prefixes
        )

    @property
    def attributes(self) -> tuple[str, ...]:
        """What an event must say to be found in the zone or out of it."""
        asked = ((COUNTRY, self.countries), (DESTINATION, self.prefixes))
        return tuple(attribute for attribute, places in asked if places)


def zone_places(resolved: Resolved, name: Name | None) -> Places | None:
    """Give what the zone that a name refers to is made of; None where it is not known."""
    target = resolved.bound(name)
    entity = None if target is None else resolved.entities.get(target)
    match None if entity is None else entity.node:
        case ZoneDeclaration(countries=countries, prefixes=prefixes):
            return Places(
                frozenset(country.text for country in countries),
                frozenset(prefix.digits for prefix in prefixes),
            )
        case TableZone(countries=found, prefixes=digits) as row:
            if resolved.tables.read[row.table].faults:  # some of its places may be lost
                return None
            return Places(frozenset(found), frozenset(digits))
        case _:
            return None


def zone_countries(resolved: Resolved, name: Name | None) -> frozenset[str] | None:
    """Give the countries of the zone a name refers to; None where it is not known."""
    places = zone_places(resolved, name)
    return None if places is None else places.countries


def shortest_prefixes(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Leave out each prefix that another one begins: it adds nothing to a zone. Sorted."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes)):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return tuple(kept)
