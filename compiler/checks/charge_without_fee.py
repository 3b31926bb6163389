"""Report charges made by a service whose type is not a fee."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unbillable_price import LINE
from compiler.facts import service_base
from compiler.price_sets import price_sets
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.commercial import ContractDeclaration
from dsl.syntax.services import ServiceDeclaration

CODE = codes.CHARGE_WITHOUT_FEE

_ACCESS = """\
service access {
  type       recurring
  lifecycle  line
  on activate charge activation 75.00 USD
}

"""

PAGE = Page(
    what="`on <transition> charge <service>`, or the `charge` of a contract, names a service "
    "whose type is not on the base `fee`.",
    why="A charge that a transition or a contract makes happens once each time; a recurring "
    "service bills by the period.",
    bad=TINY
    + LINE
    + _ACCESS
    + """\
service activation {
  type  recurring
}
""",
    good=TINY
    + LINE
    + _ACCESS
    + """\
service activation {
  type  fee
}
""",
)


@dataclass(frozen=True, slots=True)
class _Charge:
    """What a fee service charges, in words, and where the service is named."""

    what: str
    fee: Name


def _charges(resolved: Resolved) -> Iterator[_Charge]:
    for priced in price_sets(resolved):
        yield from (_Charge("a transition", each.service) for each in priced.transition_charges)
    for contract in resolved.all(ContractDeclaration):
        yield from (_Charge("what falls short", each.fee) for each in contract.minimums)
        if contract.penalty is not None:
            yield _Charge("leaving early", contract.penalty.fee)


def check(resolved: Resolved, session: Session) -> None:
    """Report each charge by another than a fee service."""
    for charge in _charges(resolved):
        charged = resolved.find(charge.fee, ServiceDeclaration)
        base = None if charged is None else service_base(resolved, charged)
        if charged is None or charged.type is None or base is None or base == "fee":
            continue
        session.report(
            CODE,
            f"`{charged.name.text}` cannot charge {charge.what}, for it is not a fee",
            Label(charge.fee.span, f"its base is {base}"),
            [Label(charged.type.span, f"`{charged.name.text}` has its type here")],
            "charge it as a service of type `fee`",
        )
