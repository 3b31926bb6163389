"""Report declarations that lack a line without which they mean nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import service_base
from compiler.resolve.kinds import id_of
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.buckets import BaseBucketDeclaration, BucketDeclaration
from dsl.syntax.catalog import CatalogDeclaration
from dsl.syntax.commercial import ContractDeclaration
from dsl.syntax.declarations import Declaration
from dsl.syntax.feeds import FeedDeclaration
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.price_books import PricePlanDeclaration
from dsl.syntax.rates import RateGroupDeclaration, RatePlanDeclaration
from dsl.syntax.services import LifecycleDeclaration, ServiceDeclaration
from dsl.syntax.share_plans import SharedBucket, SharePlanDeclaration

CODE = codes.MISSING_LINE

PAGE = Page(
    what="A declaration lacks a line that it cannot do without: a service its `type`, a feed "
    "the field that identifies the service, a service with `usage` its rate plan.",
    why="There is no value that could be taken for granted without deciding a charge.",
    bad=TINY
    + """\
service visit {
  tax  telecom
}

tax sales_tax {
  telecom  CA 5%
}
""",
    good=TINY
    + """\
service visit {
  type  fee
  tax   telecom
}

tax sales_tax {
  telecom  CA 5%
}
""",
)


@dataclass(frozen=True, slots=True)
class Need:
    """A line that a declaration needs: whether it is there, and how it is written."""

    line: str
    is_there: bool
    example: str


def check(resolved: Resolved, session: Session) -> None:
    """Report each needed line that is not there, at the declaration's name."""
    for declaration in resolved.declarations:
        for need in _needs(resolved, declaration):
            _report(id_of(declaration).kind.words, declaration.name, need, session)
    for bucket in resolved.every(SharedBucket):
        for need in _shared_needs(bucket):
            _report("shared bucket", bucket.name, need, session)


def _report(kind: str, name: Name, need: Need, session: Session) -> None:
    if not need.is_there:
        session.report(
            CODE,
            f"the {kind} `{name.text}` has no {need.line}",
            Label(name.span, f"{need.line} is missing"),
            help=f"add `{need.example}`",
        )


def _shared_needs(node: SharedBucket) -> Iterator[Need]:
    yield Need("`recurring`", node.recurring is not None, "recurring  monthly")
    yield Need("`pool`", bool(node.pool), "pool  <number> GB per <service>")
    yield Need("`consumed by`", bool(node.consumers), "consumed by  <service>")
    yield Need("tier", bool(node.tiers), "beyond  rated")


def _needs(resolved: Resolved, node: Declaration) -> Iterator[Need]:
    match node:
        case CatalogDeclaration():
            yield Need("`currencies`", bool(node.currencies), "currencies  USD")
            yield Need("`timezone`", node.timezone is not None, 'timezone  "America/New_York"')
        case LifecycleDeclaration():
            yield Need("transition", bool(node.transitions), "order  new -> <status>")
        case ServiceDeclaration():
            yield from _service_needs(resolved, node)
        case FeedDeclaration():
            yield Need("`format`", bool(node.formats), "format  csv")
            yield Need("`id`", bool(node.id) or node.id_place is not None, "id  <field>")
            yield Need("`at`", node.time is not None, 'at  <field> in "UTC"')
            yield Need("`service`", node.service is not None, "service  <identifier>")
            counted = node.quantity is not None or bool(node.events)
            yield Need("`quantity`", counted, "quantity  <field> in byte")
        case RateGroupDeclaration():
            yield Need(
                "rate",
                node.table is not None or bool(node.rows),
                "<usage class>  <amount> USD per GB",
            )
        case RatePlanDeclaration():
            yield Need("rate group", bool(node.groups), "<rate group>")
        case BaseBucketDeclaration():
            yield Need("`classes`", bool(node.classes), "classes  <usage class>")
            yield Need("`unit`", node.unit is not None, "unit  GB")
        case BucketDeclaration():
            has_life = node.recurring is not None or node.one_time is not None
            yield Need("`recurring` or `one time`", has_life, "recurring  monthly")
            yield Need("tier", bool(node.tiers), "beyond  rated")
        case ContractDeclaration():
            yield Need("`term`", node.term is not None, "term  12 months")
        case SharePlanDeclaration():
            yield Need("`sold as`", node.sold_as is not None, "sold as  <service>")
            yield Need("`bucket`", bool(node.buckets), "bucket <name> of <base bucket> { ... }")
        case PricePlanDeclaration():
            reason = 'reason  "Approved by the deal desk, 2026-01-12"'
            yield Need("`reason`", node.reason is not None, reason)
        case PackageDeclaration():
            yield Need("`bills`", bool(node.frequencies), "bills  monthly in advance")
            yield Need("`service`", bool(node.services), "service  <service>")
        case _:
            return


def _service_needs(resolved: Resolved, node: ServiceDeclaration) -> Iterator[Need]:
    yield Need("`type`", node.type is not None, "type  recurring")
    if node.usage is not None and service_base(resolved, node) in {None, "recurring"}:
        yield Need(
            "`identified by`, which ties usage to it",
            bool(node.identified_by),
            "identified by  <identifier>",
        )
        yield Need(
            "`rates` in its `usage`",
            node.usage.rates is not None,
            "rates  <rate plan>",
        )
