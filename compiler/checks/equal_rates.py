"""Report two rows of a rate group that fit the same event equally well."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.zone_facts import zone_places
from dsl.diagnostic import Label
from dsl.syntax.usage import RateGroupDeclaration, RateRow, UsageClassDeclaration

CODE = codes.EQUAL_RATES

EVERYWHERE = "everywhere"

USAGE = """\
feed sessions {
  format     csv
  id         session_id
  at         started
  service    gateway
  quantity   bytes in byte
  attribute  country
}

service access {
  type           recurring
  identified by  gateway
  usage monthly {
    rates  metered
  }
}

usage class traffic measured in data

"""

PAGE = Page(
    what="Two rows of one rate group are for the same usage class and the same place: both "
    "everywhere, both in the same zone, or in two zones that share a country.",
    why="An event could be billed at either price. The most specific row wins, and of two "
    "zones neither is more specific.",
    bad=TINY
    + USAGE
    + """\
zone north_america = countries CA, US
zone pacific       = countries US, AU

rate group traffic_rates {
  traffic to north_america  1.20 USD per GB
  traffic to pacific        1.50 USD per GB
  traffic                   4.00 USD per GB
}

rate plan metered {
  traffic_rates
}
""",
    good=TINY
    + USAGE
    + """\
zone north_america = countries CA, US
zone pacific       = countries AU

rate group traffic_rates {
  traffic to north_america  1.20 USD per GB
  traffic to pacific        1.50 USD per GB
  traffic                   4.00 USD per GB
}

rate plan metered {
  traffic_rates
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each row that fits an event as well as an earlier one, and such an event."""
    for group in resolved.all(RateGroupDeclaration):
        taken: dict[tuple[str, str], RateRow] = {}
        for row in group.rows:
            usage_class = resolved.find(row.usage_class, UsageClassDeclaration)
            if usage_class is None:
                continue
            places = [(usage_class.name.text, place) for place in _places(resolved, row)]
            clash = next((place for place in places if place in taken), None)
            if clash is not None:
                _report(group, taken[clash], row, clash[1], session)
            for place in places:
                taken.setdefault(place, row)


def _places(resolved: Resolved, row: RateRow) -> list[str]:
    """Give the countries and prefixes a row is for, sorted, or EVERYWHERE."""
    if row.zone is None:
        return [EVERYWHERE]
    places = zone_places(resolved, row.zone)
    return [] if places is None else sorted(places.countries | places.prefixes)


def _report(
    group: RateGroupDeclaration, first: RateRow, second: RateRow, place: str, session: Session
) -> None:
    name = second.usage_class.text
    event = f"any event of `{name}`" if place == EVERYWHERE else f"an event of `{name}` in {place}"
    zones = {row.zone.text for row in (first, second) if row.zone is not None}
    is_shared = len(zones) > 1
    session.report(
        CODE,
        f"two rows of the rate group `{group.name.text}` fit {event} equally well",
        Label(second.span, "fits as well"),
        [Label(first.span, "fits")],
        f"take {place} out of one of the two zones" if is_shared else "take one of the two out",
    )
