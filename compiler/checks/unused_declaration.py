"""Warn of declarations that nothing refers to."""

from __future__ import annotations

from collections.abc import Set

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import is_shared
from compiler.resolve.kinds import PROVING, EntityId, Kind, id_of
from compiler.resolve.model import BUILTIN, Failure, Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.feeds import UnitDeclaration
from dsl.syntax.zones import ZoneTableDeclaration
from runtime.program.terms import IN_SERVICE

CODE = codes.UNUSED_DECLARATION

KINDS = frozenset(
    {
        Kind.SERVICE_STATUS,
        Kind.SERVICE_TYPE,
        Kind.LIFECYCLE,
        Kind.USAGE_CLASS_TYPE,
        Kind.UNIT,
        Kind.ZONE,
        Kind.ZONE_TABLE,
        Kind.TIME_BAND,
        Kind.RATE_GROUP,
        Kind.RATE_PLAN,
        Kind.BASE_BUCKET,
        Kind.BUCKET,
        Kind.CONTRACT,
    }
)
"""What means something only through another declaration.

Packages, feeds, usage classes, taxes, bill groups, package statuses, discounts, price books
and price plans are used by accounts and usage; services may be sold by themselves later.
"""

PAGE = Page(
    what="Nothing in the catalog refers to a rate plan, a rate group, a bucket, a unit, a zone, a "
    "table of zones, a time band, a contract, a lifecycle, a status or a type.",
    why="It takes no part in any price. Most often a reference to it was forgotten.",
    bad=TINY
    + """\
service type visits = fee

service visit {
  type  fee
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
    """Warn of each; stay silent where a mistake may hide the reference."""
    if resolved.broken or not resolved.tables.are_whole:
        return
    used = {
        reference.target
        for reference in resolved.references
        if reference.target is not None
        and reference.target != reference.source
        and reference.wanted is not Kind.ZONE_TABLE
        and reference.source.kind not in PROVING
    }
    used |= _tables_of(resolved, used)
    # A unit made of another is reported for that alone.
    used |= {EntityId(Kind.UNIT, each.size.unit.text) for each in resolved.all(UnitDeclaration)}
    doubtful = {
        reference.wanted
        for reference in resolved.references
        if reference.failure in {Failure.UNKNOWN, Failure.WRONG_KIND}
    }
    reported = {*BUILTIN, EntityId(Kind.SERVICE_STATUS, IN_SERVICE)}
    for declaration in resolved.declarations:
        own = id_of(declaration)
        is_first = own not in reported
        if is_shared(declaration):  # another catalog may use it
            continue
        if own.kind in KINDS and own not in used and own.kind not in doubtful and is_first:
            reported.add(own)
            session.report(
                CODE,
                f"nothing uses the {own.kind.words} `{own.name}`",
                Label(declaration.name.span, "never referred to"),
                help="refer to it, or delete it",
            )


def _tables_of(resolved: Resolved, used: Set[EntityId]) -> set[EntityId]:
    """Give the tables of zones of which a zone is used."""
    if not resolved.all(ZoneTableDeclaration):
        return set()
    return {
        reference.target
        for reference in resolved.references
        if reference.wanted is Kind.ZONE_TABLE
        and reference.source in used
        and reference.target is not None
    }
