"""What zones are made of, wherever they stand: in a line of text or in the rows of a table."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import Resolved
from compiler.resolve.places import Places
from compiler.tables.destinations import TableZone
from dsl.syntax.base import Name
from dsl.syntax.zones import ZoneDeclaration


def zone_places(resolved: Resolved, name: Name | None) -> Places | None:
    """Give what the zone that a name refers to is made of; None where it is not known."""
    target = resolved.bound(name)
    return None if target is None else places_of(resolved, target.name)


def places_of(resolved: Resolved, zone: str) -> Places | None:
    """Give what a zone is made of, by its name; None where it is not known."""
    target = EntityId(Kind.ZONE, zone)
    if target not in resolved.zones:
        resolved.zones[target] = _places(resolved, target)
    return resolved.zones[target]


def _places(resolved: Resolved, target: EntityId) -> Places | None:
    entity = resolved.entities.get(target)
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
