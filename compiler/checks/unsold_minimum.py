"""Report minimums that count a service which nothing under the contract sells."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import COMMITTED, TINY, Page
from compiler.checks.wording import quoted
from compiler.facts import is_shared, packages_under, sold_services
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.commercial import ContractDeclaration, ContractMinimum
from dsl.syntax.services import ServiceDeclaration

CODE = codes.UNSOLD_MINIMUM

_SERVICES = """\
service shortfall {
  type  fee
}

service router {
  type  recurring
  price monthly 9.00 USD
}

"""

PAGE = Page(
    what="A contract commits to a number of a service that no package under the contract holds.",
    why="The commitment could never be met, and what is short would be charged every time.",
    bad=TINY
    + COMMITTED
    + _SERVICES
    + """\
contract one_year {
  term     12 months
  minimum  100 router at 5.00 USD each per month charge shortfall
}
""",
    good=TINY
    + COMMITTED
    + _SERVICES
    + """\
contract one_year {
  term     12 months
  minimum  100 sim at 5.00 USD each per month charge shortfall
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each; of a contract that no package names, it is said that nothing uses it."""
    if resolved.is_incomplete(Kind.PACKAGE):
        return
    for contract in resolved.all(ContractDeclaration):
        packages = packages_under(resolved, contract)
        names = [name for each in packages for name in each.services]
        is_doubtful = any(resolved.bound(item.service) is None for item in names)
        if not packages or is_doubtful or is_shared(contract):
            continue
        sold = {own.name.text for each in packages for _, own in sold_services(resolved, each)}
        for minimum in contract.minimums:
            _check(resolved, contract, minimum, sold, session)


def _check(
    resolved: Resolved,
    contract: ContractDeclaration,
    minimum: ContractMinimum,
    sold: set[str],
    session: Session,
) -> None:
    service = resolved.find(minimum.service, ServiceDeclaration)
    if minimum.service is None or service is None or service.name.text in sold:
        return
    session.report(
        CODE,
        f"the contract `{contract.name.text}` counts `{service.name.text}`, which no package "
        "under it sells",
        Label(minimum.service.span, "never sold under this contract"),
        [Label(service.name.span, "the service is declared here")],
        f"count {quoted(sorted(sold))}, or put the service into a package under the contract",
    )
