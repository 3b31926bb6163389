"""Report two rates of one tax for the same class, jurisdiction and day."""

from __future__ import annotations

from datetime import date

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.billing import TaxDeclaration

CODE = codes.TAX_TWICE

PAGE = Page(
    what="A tax names two rates for the same tax class and jurisdiction from the same day on.",
    why="Only one of the two can be taken, and the text does not say which.",
    bad=TINY
    + """\
tax vat {
  telecom  DE 19%, FR 20%, DE 7%
}
""",
    good=TINY
    + """\
tax vat {
  telecom  DE 19%, FR 20%, DE 16% from 2027-01-01
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each second rate, and where the first is."""
    for tax in resolved.all(TaxDeclaration):
        seen: dict[tuple[str, str, date | None], Span] = {}
        for row in tax.rows:
            for rate in row.rates:
                start = None if rate.start is None else rate.start.value
                key = (row.tax_class.text, rate.jurisdiction.text, start)
                first = seen.setdefault(key, rate.span)
                if first != rate.span:
                    session.report(
                        CODE,
                        f"the tax `{tax.name.text}` has two rates of `{row.tax_class.text}` "
                        f"in {rate.jurisdiction.text}",
                        Label(rate.span, "set again here"),
                        [Label(first, "set first here")],
                        "take one out, or say from which day it holds: "
                        f"`{rate.jurisdiction.text} {rate.percent.value}% from 2027-01-01`",
                    )
