"""Report names that the language keeps for itself."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import SERVICE_BASES, Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.feeds import UnitDeclaration
from dsl.syntax.services import (
    LifecycleDeclaration,
    ServiceStatusDeclaration,
    ServiceTypeDeclaration,
)
from runtime.program.terms import IN_SERVICE, NEW
from runtime.program.units import UNITS

CODE = codes.RESERVED_NAME

PAGE = Page(
    what="A declaration bears a name with a meaning of its own: the statuses `new` and "
    "`in_service`, the service types `recurring`, `non_recurring` and `fee`, the units. Or a "
    "transition leads back to `new`, which is no status but the start of a life.",
    why="A reference could mean the language's own or the catalog's.",
    bad=TINY
    + """\
service type fee = recurring
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
    """Report each declaration with a reserved name, and each way back to `new`."""
    for status in resolved.all(ServiceStatusDeclaration):
        if status.name.text == NEW:
            _report(
                session,
                status.name.text,
                "where every lifecycle starts",
                Label(status.name.span, "this is no status a service can be in"),
            )
        elif status.name.text == IN_SERVICE:
            _report(
                session,
                status.name.text,
                "the status of services without a lifecycle",
                Label(status.name.span, "this status is already there"),
            )
    for service_type in resolved.all(ServiceTypeDeclaration):
        if service_type.name.text in SERVICE_BASES:
            _report(
                session,
                service_type.name.text,
                "a base, and may be used as it is",
                Label(service_type.name.span, "this is a base"),
            )
    for unit in resolved.all(UnitDeclaration):
        if unit.name.text in UNITS:
            _report(
                session,
                unit.name.text,
                "a unit of the language",
                Label(unit.name.span, "this unit is already there"),
            )
    for lifecycle in resolved.all(LifecycleDeclaration):
        for transition in lifecycle.transitions:
            if transition.destination.text == NEW:
                session.report(
                    CODE,
                    f"the transition `{transition.name.text}` leads to `{NEW}`, "
                    "where a life can only start",
                    Label(transition.destination.span, "nothing returns here"),
                    help="name a service status",
                )


def _report(session: Session, name: str, meaning: str, at: Label) -> None:
    session.report(CODE, f"`{name}` is {meaning}", at, help="choose another name")
