"""Report two rows of a rate group that fit the same event equally well."""

from __future__ import annotations

from itertools import combinations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import zone_countries
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.usage import RateGroupDeclaration, RateRow, UsageClassDeclaration

CODE = codes.EQUAL_RATES

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
    """Report the later of each two such rows, with an event that both fit."""
    for group in resolved.all(RateGroupDeclaration):
        for first, second in combinations(group.rows, 2):
            witness = _witness(resolved, first, second)
            if witness is not None:
                session.report(
                    CODE,
                    f"two rows of the rate group `{group.name.text}` fit {witness} equally well",
                    Label(second.span, "fits as well"),
                    [Label(first.span, "fits")],
                    "take one out, or take the shared country out of one of the zones"
                    if first.zone is not None
                    and second.zone is not None
                    and first.zone.text != second.zone.text
                    else "take one of the two rows out",
                )


def _witness(resolved: Resolved, first: RateRow, second: RateRow) -> str | None:
    """Describe an event that both rows fit equally well; None where there is none."""
    usage_class = resolved.find(first.usage_class, UsageClassDeclaration)
    if (
        usage_class is None
        or resolved.find(second.usage_class, UsageClassDeclaration) is not usage_class
    ):
        return None
    name = usage_class.name.text
    if first.zone is None and second.zone is None:
        return f"any event of `{name}`"
    ours, theirs = zone_countries(resolved, first.zone), zone_countries(resolved, second.zone)
    shared = min((ours or frozenset()) & (theirs or frozenset()), default=None)
    return None if shared is None else f"an event of `{name}` in {shared}"
