"""Report tax classes whose prices hold one tax and not another."""

from __future__ import annotations

from itertools import combinations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import quoted
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.billing import TaxDeclaration

CODE = codes.MIXED_INCLUSION

PAGE = Page(
    what="Two taxes apply to one tax class; by one of them its prices include tax, by the "
    "other they do not. A tax with `otherwise` applies to every class.",
    why="A price is either what the customer pays or what is taxed. With one of each, it is "
    "neither, and the second tax could be meant on the whole price or on what is left of it.",
    bad=TINY
    + """\
tax vat {
  prices   include tax
  telecom  DE 19%
}

tax levy {
  telecom  DE 1%
}
""",
    good=TINY
    + """\
tax vat {
  prices   include tax
  telecom  DE 19%
}

tax levy {
  prices   include tax
  telecom  DE 1%
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such pair of taxes once, with a class that both apply to."""
    for first, second in combinations(resolved.all(TaxDeclaration), 2):
        if is_included(first) != is_included(second):
            shared = _shared_class(first, second)
            if shared is not None:
                _report(first, second, shared, session)


def is_included(tax: TaxDeclaration) -> bool:
    """Whether prices hold a tax already."""
    return tax.inclusion is not None and tax.inclusion.text == "include"


def _shared_class(first: TaxDeclaration, second: TaxDeclaration) -> Name | None:
    """Give a class that two taxes apply to, where a row names it."""
    named = {row.tax_class.text for row in second.rows}
    for row in first.rows:
        if row.tax_class.text in named or second.otherwise is not None:
            return row.tax_class
    if first.otherwise is not None and second.rows:
        return second.rows[0].tax_class
    return None


def _report(first: TaxDeclaration, second: TaxDeclaration, shared: Name, session: Session) -> None:
    holding, other = (first, second) if is_included(first) else (second, first)
    at = second.name if second.inclusion is None else second.inclusion
    label = "these prices include tax" if is_included(second) else "these prices do not include tax"
    session.report(
        CODE,
        f"prices of `{shared.text}` include the tax `{holding.name.text}`, and not "
        f"`{other.name.text}`",
        Label(at.span, label),
        [
            Label(
                (first.name if first.inclusion is None else first.inclusion).span,
                "and these do not" if is_included(second) else "and these do",
            ),
            Label(shared.span, "both taxes apply to this class"),
        ],
        f"write `prices include tax` in both {quoted([first.name.text, second.name.text])}, "
        "or in neither",
    )
