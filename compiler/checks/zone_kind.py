"""Report zones asked of an attribute that they are not made of."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.resolve.places import COUNTRY, DESTINATION, Places
from compiler.session import Session
from compiler.zone_facts import zone_places
from dsl.diagnostic import Label
from dsl.syntax.expressions import FieldUse, InZone

CODE = codes.ZONE_KIND

_ZONE = "zone premium = prefixes 1900, 1976\n\n"

PAGE = Page(
    what="A condition asks whether `country` is in a zone of prefixes, or whether "
    "`destination` is in a zone of countries.",
    why="A country is two letters and a destination is digits, so the condition never holds.",
    bad=TINY + _ZONE + "usage class calls measured in count when country in premium\n",
    good=TINY + _ZONE + "usage class calls measured in count when destination in premium\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such question, and where the zone is made."""
    for membership in resolved.every(InZone):
        places = zone_places(resolved, membership.zone)
        if places is None or not isinstance(membership.value, FieldUse):
            continue
        asked = membership.value.name
        fault = _fault(asked.text, places)
        target = resolved.bound(membership.zone)
        if fault is None or target is None:
            continue
        made_of, other = fault
        session.report(
            CODE,
            f"the zone `{membership.zone.text}` holds {made_of} only, and `{asked.text}` is none",
            Label(asked.span, "never in this zone"),
            [Label(resolved.entities[target].name.span, f"a zone of {made_of}")],
            f"write `{other} in {membership.zone.text}`",
        )


def _fault(attribute: str, places: Places) -> tuple[str, str] | None:
    """Give what the zone is made of instead, and the attribute that goes with it."""
    if attribute == COUNTRY and not places.countries:
        return "prefixes", DESTINATION
    if attribute == DESTINATION and not places.prefixes:
        return "countries", COUNTRY
    return None
