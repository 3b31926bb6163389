"""Report `even at zero` where there is nothing it could charge."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.prices import Price

CODE = codes.EVEN_AT_ZERO

PAGE = Page(
    what="`even at zero` stands in a tier that has no flat amount, or that is not the first one.",
    why="Where nothing is counted, nothing is charged by the unit, and only the first tier can be "
    "reached: the words would change no invoice.",
    bad=TINY
    + """\
service seat {
  type  recurring
  price monthly graduated {
    up to 10  5.00 USD  even at zero
    beyond    4.00 USD
  }
}
""",
    good=TINY
    + """\
service seat {
  type  recurring
  price monthly graduated {
    up to 10  5.00 USD + 20.00 USD flat  even at zero
    beyond    4.00 USD
  }
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such tier."""
    for price in resolved.every(Price):
        for number, tier in enumerate(price.tiers):
            if tier.even_at_zero is None:
                continue
            if number:
                session.report(
                    CODE,
                    "`even at zero` stands in a tier that zero never reaches",
                    Label(tier.even_at_zero.span, "not the first tier"),
                    [Label(price.tiers[0].span, "zero is in this one")],
                    "write it in the first tier, or leave it out",
                )
            elif any(all(term.basis.text != "flat" for term in each.terms) for each in tier.sums):
                session.report(
                    CODE,
                    "`even at zero` stands in a tier without a flat amount",
                    Label(tier.even_at_zero.span, "nothing is charged of nothing"),
                    help="add a flat amount in each currency, `+ 20.00 USD flat`, or leave it out",
                )
