"""Report exemptions without words for the invoice."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.billing import TaxDeclaration

CODE = codes.EMPTY_EXEMPTION

PAGE = Page(
    what="The text of an exemption is empty.",
    why="An invoice without tax must say why none is due; the text is what it prints.",
    bad=TINY
    + """\
tax vat {
  telecom    DE 19%
  exemption  reverse_charge ""
}
""",
    good=TINY
    + """\
tax vat {
  telecom    DE 19%
  exemption  reverse_charge "Reverse charge: VAT is due by the recipient"
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each empty text."""
    for tax in resolved.all(TaxDeclaration):
        for exemption in tax.exemptions:
            if not exemption.text.value.strip():
                session.report(
                    CODE,
                    f"the exemption `{exemption.name.text}` gives no reason",
                    Label(exemption.text.span, "the invoice would not say why no tax is due"),
                    help="write what the invoice shall print",
                )
