"""Report lists that name the same thing twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler import codes
from compiler.checks.page import Page
from compiler.facts import frequency_words
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.tables.destinations import repeated_rows
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.base import Name, Word
from dsl.syntax.billing import BillGroupDeclaration, TaxDeclaration
from dsl.syntax.buckets import BaseBucketDeclaration
from dsl.syntax.catalog import CatalogDeclaration
from dsl.syntax.counting import CountingRuleDeclaration
from dsl.syntax.declarations import Declaration
from dsl.syntax.feeds import FeedDeclaration
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.price_books import PriceBookDeclaration
from dsl.syntax.rates import RatePlanDeclaration
from dsl.syntax.services import ServiceDeclaration
from dsl.syntax.share_plans import SharePlanDeclaration
from dsl.syntax.zones import ZoneDeclaration, ZoneTableDeclaration

CODE = codes.REPEATED_ENTRY

PAGE = Page(
    what="A list names the same currency, service, status, country, class, group, event "
    "or field twice.",
    why="The second says nothing, so another was probably meant; in a package it would leave "
    "open which bounds of the service hold.",
    bad="""\
catalog tiny {
  currencies  USD, USD
  timezone    "UTC"
}
""",
    good="""\
catalog tiny {
  currencies  USD, CAD
  timezone    "UTC"
}
""",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list, by what makes it the same as another."""

    text: str
    span: Span


def check(resolved: Resolved, session: Session) -> None:
    """Report each entry that stands again in its list, and where it stood first."""
    for declaration in resolved.declarations:
        for what, entries in _lists(declaration):
            seen: dict[str, Span] = {}
            for entry in entries:
                first = seen.setdefault(entry.text, entry.span)
                if first != entry.span:
                    session.report(
                        CODE,
                        f"the {what} `{entry.text}` is named twice in `{declaration.name.text}`",
                        Label(entry.span, "named again here"),
                        [Label(first, "named first here")],
                        "take one of the two out",
                    )
    for table in resolved.all(ZoneTableDeclaration):
        _check_table(resolved, table, session)


def _check_table(resolved: Resolved, node: ZoneTableDeclaration, session: Session) -> None:
    """Report the rows of a zone table that say what an earlier one has said."""
    table = resolved.tables.of(node.table)
    for again in () if table is None else repeated_rows(table):
        session.report(
            CODE,
            f"a row of the zone `{again.zone}` is there twice",
            Label(again.at, "said again here"),
            [Label(again.first, "said first here")],
            "take one of the two out",
        )


def _lists(node: Declaration) -> Iterator[tuple[str, list[Entry]]]:
    match node:
        case CatalogDeclaration():
            yield "currency", _names(node.currencies)
        case PackageDeclaration():
            yield "currency", _names(node.currencies)
            yield "service", _names(item.service for item in node.services)
            yield "contract", _names(node.contracts)
            yield "discount", _names(node.discounts)
            yield (
                "frequency",
                [
                    Entry(frequency_words(frequency.months), frequency.span)
                    for frequency in node.frequencies
                ],
            )
        case ServiceDeclaration():
            yield "identifier", _names(node.identified_by)
            if node.usage is not None:
                yield "bucket", _names(node.usage.buckets)
        case FeedDeclaration():
            yield "format", _names(node.formats)
            yield "field", _names(node.columns)
            yield "field", _names(node.id)
            yield "event", _names(event.name for event in node.events)
            for attributes in (node.attributes, *(event.attributes for event in node.events)):
                yield "attribute", _names(attribute.name for attribute in attributes)
        case ZoneDeclaration():
            yield "country", _names(node.countries)
            yield "prefix", [Entry(prefix.digits, prefix.span) for prefix in node.prefixes]
        case RatePlanDeclaration():
            yield "rate group", _names(node.groups)
        case BaseBucketDeclaration() | SharePlanDeclaration():
            yield from _bucket_lists(node)
        case TaxDeclaration():
            yield "exemption", _names(exemption.name for exemption in node.exemptions)
        case BillGroupDeclaration():
            yield (
                "attachment",
                [
                    Entry(f"{each.report.text} as {each.format.text}", each.span)
                    for each in node.attachments
                ],
            )
        case CountingRuleDeclaration():
            yield node.counted.text, _names(node.things)
            yield "status", _names(node.statuses)
            yield "package status", _names(node.package_statuses)
        case PriceBookDeclaration():
            yield "region", _names(region.name for region in node.regions)
            for region in node.regions:
                yield "country", _names(region.countries)
        case _:
            return


def _bucket_lists(
    node: BaseBucketDeclaration | SharePlanDeclaration,
) -> Iterator[tuple[str, list[Entry]]]:
    if isinstance(node, BaseBucketDeclaration):
        yield "usage class", _names(node.classes)
        return
    yield "bucket", _names(bucket.name for bucket in node.buckets)
    for bucket in node.buckets:
        yield "service", _names(bucket.consumers)
        for term in bucket.pool:
            yield "status", _names(term.statuses)


def _names(names: Iterable[Name] | Iterable[Word]) -> list[Entry]:
    return [Entry(name.text, name.span) for name in names]
