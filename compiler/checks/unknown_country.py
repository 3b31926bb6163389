"""Report country codes that ISO 3166-1 does not list."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.checks.equal_rates import USAGE
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.standards import country_codes
from compiler.tables.cells import country_help
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.billing import TaxRate
from dsl.syntax.price_books import PriceBookDeclaration
from dsl.syntax.rates import RateRow
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
    what="A country of a zone, of a rate, of a tax or of a region of a price book, is not a "
    "two-letter code of ISO 3166-1, in capitals.",
    why="Usage and accounts are matched by that code; with another nothing would ever match.",
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
    for name in _countries(resolved):
        _check(name, name.text, session)
    for rate in resolved.every(TaxRate):
        _check(rate.jurisdiction, rate.jurisdiction.text.partition("-")[0], session)


def _check(name: Name, country: str, session: Session) -> None:
    if country not in country_codes():
        session.report(
            CODE,
            f"`{country}` is not a country of ISO 3166-1",
            Label(name.span, "no such country"),
            help=country_help(country),
        )


def _countries(resolved: Resolved) -> Iterator[Name]:
    for zone in resolved.all(ZoneDeclaration):
        yield from zone.countries
    for book in resolved.all(PriceBookDeclaration):
        for region in book.regions:
            yield from region.countries
    yield from (row.country for row in resolved.every(RateRow) if row.country is not None)
