"""Report country codes that ISO 3166-1 does not list."""

from __future__ import annotations

from compiler import codes
from compiler.checks.equal_rates import USAGE
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.standards import country_codes
from compiler.tables.cells import country_help
from dsl.diagnostic import Label
from dsl.syntax.zones import ZoneDeclaration

CODE = codes.UNKNOWN_COUNTRY

_RATES = """\

rate group traffic_rates {
  traffic to abroad  4.00 USD per GB
}

rate plan metered {
  traffic_rates
  otherwise reject
}
"""

PAGE = Page(
    what="A country of a zone is not a two-letter code of ISO 3166-1, in capitals.",
    why="Usage is matched by that code; with another the zone would never match.",
    bad=TINY
    + USAGE
    + """\
zone abroad = countries FR, UK
"""
    + _RATES,
    good=TINY
    + USAGE
    + """\
zone abroad = countries FR, GB
"""
    + _RATES,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unknown country."""
    for zone in resolved.all(ZoneDeclaration):
        for name in zone.countries:
            if name.text in country_codes():
                continue
            session.report(
                CODE,
                f"`{name.text}` is not a country of ISO 3166-1",
                Label(name.span, "no such country"),
                help=country_help(name.text),
            )
