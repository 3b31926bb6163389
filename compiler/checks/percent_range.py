"""Report taxes that are not between 0% and 100%."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.resolve.walk import every
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Percent
from dsl.syntax.billing import TaxDeclaration

CODE = codes.PERCENT_RANGE

ALL = 100

PAGE = Page(
    what="A tax's percentage is above 100%.",
    why="It is almost surely a slip of the point: `14975%` for `14.975%`.",
    bad=TINY
    + """\
tax sales_tax {
  telecom  FR 200%
}
""",
    good=TINY
    + """\
tax sales_tax {
  telecom  FR 20.0%
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each percentage out of range."""
    for tax in resolved.all(TaxDeclaration):
        for percent in every(tax, Percent):
            if not 0 <= percent.value <= ALL:
                session.report(
                    CODE,
                    f"the tax `{tax.name.text}` takes {percent.value}%",
                    Label(percent.span, "not between 0% and 100%"),
                    help="write a percentage from 0% to 100%",
                )
