"""Report regions of a price book that have a country in common."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import SALE, TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.price_books import PriceBookDeclaration, PriceRegion

CODE = codes.REGION_OVERLAP

PAGE = Page(
    what="Two regions of one price book list the same country.",
    why="An account of that country would be in both regions, and could be billed at either price.",
    bad=TINY
    + SALE
    + """\
price book partner {
  region emea for countries DE, AE {
    service sim monthly  4.00 USD
  }
  region gulf for countries AE {
    service sim monthly  3.00 USD
  }
}
""",
    good=TINY
    + SALE
    + """\
price book partner {
  region emea for countries DE {
    service sim monthly  4.00 USD
  }
  region gulf for countries AE {
    service sim monthly  3.00 USD
  }
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each further region that a country of a book stands in."""
    for book in resolved.all(PriceBookDeclaration):
        firsts: dict[str, tuple[PriceRegion, Name]] = {}
        for region in book.regions:
            for country in region.countries:
                first, before = firsts.setdefault(country.text, (region, country))
                if first is not region:
                    _report(book, (first, before), (region, country), session)


def _report(
    book: PriceBookDeclaration,
    first: tuple[PriceRegion, Name],
    again: tuple[PriceRegion, Name],
    session: Session,
) -> None:
    country = again[1]
    session.report(
        CODE,
        f"an account in {country.text} is in two regions of the price book `{book.name.text}`: "
        f"`{first[0].name.text}` and `{again[0].name.text}`",
        Label(country.span, "in this region as well"),
        [Label(first[1].span, "in this region")],
        f"take {country.text} out of one of the two",
    )
