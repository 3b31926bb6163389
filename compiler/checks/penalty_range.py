"""Report penalties that come to nothing, or to more than staying would cost."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import COMMITTED, TINY, Page
from compiler.checks.percent_range import ALL
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.commercial import ContractDeclaration

CODE = codes.PENALTY_RANGE

_FEE = """\
service termination_fee {
  type  fee
}

"""

PAGE = Page(
    what="Leaving a contract early costs 0% of the remaining charges, or more than 100%.",
    why="With 0% there is no penalty, and above 100% leaving would cost more than staying; most "
    "often the point slipped.",
    bad=TINY
    + COMMITTED
    + _FEE
    + """\
contract one_year {
  term           12 months
  leaving early  costs 500% of remaining charges charge termination_fee
}
""",
    good=TINY
    + COMMITTED
    + _FEE
    + """\
contract one_year {
  term           12 months
  leaving early  costs 50.0% of remaining charges charge termination_fee
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each percentage out of range."""
    for contract in resolved.all(ContractDeclaration):
        percent = None if contract.penalty is None else contract.penalty.percent
        if percent is not None and not 0 < percent.value <= ALL:
            session.report(
                CODE,
                f"leaving the contract `{contract.name.text}` early costs {percent.value}% of "
                "the remaining charges",
                Label(percent.span, "not above 0% and at most 100%"),
                help="write a percentage up to 100%, or leave the line out",
            )
