"""Report statuses and service types whose base is none of the language's."""

from __future__ import annotations

from collections.abc import Iterable

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import choice
from compiler.resolve.model import SERVICE_BASES, STATUS_BASES, Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.services import (
    PackageStatusDeclaration,
    ServiceStatusDeclaration,
    ServiceTypeDeclaration,
)

CODE = codes.UNKNOWN_BASE

PAGE = Page(
    what="The word behind `=` is not a base. A status is `billable`, `non_billable` or "
    "`canceled`; a service type is `recurring`, `non_recurring` or `fee`.",
    why="The base says whether a status is charged for and ends the service, and how a "
    "service's price recurs.",
    bad=TINY
    + """\
service type visits = one_time

service visit {
  type  visits
}
""",
    good=TINY
    + """\
service type visits = fee

service visit {
  type  visits
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unknown base."""
    for declaration in resolved.declarations:
        match declaration:
            case ServiceStatusDeclaration() | PackageStatusDeclaration():
                _check_base(declaration.base, STATUS_BASES, "status", session)
            case ServiceTypeDeclaration():
                _check_base(declaration.base, SERVICE_BASES, "service type", session)
            case _:
                continue


def _check_base(base: Name, bases: Iterable[str], what: str, session: Session) -> None:
    if base.text not in bases:
        near = nearest(base.text, bases)
        session.report(
            CODE,
            f"`{base.text}` is not a base of a {what}",
            Label(base.span, "no such base"),
            help=f"did you mean `{near}`?" if near else f"write {choice(bases)}",
        )
