"""Every kind of thing a catalog can name, and where each layer of the compiler holds it.

The tables of the program are written down here; all else follows from the kind: its rule in
the grammar, its node, its place in the catalog's model, and the checks that guard it, which
are those whose own wrong example is found faulty inside a declaration of the kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from compiler.checks import CHECKS
from compiler.checks.page import Page
from compiler.compile import Compilation, compile_sources
from compiler.pages import sources_of
from compiler.resolve.kinds import KIND_OF, Kind
from dsl.codes import Code
from dsl.diagnostic import Diagnostic
from dsl.syntax.declarations import Declaration

PROGRAM_TABLES: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.CATALOG: ("currencies",),
        Kind.BILL_GROUP: (
            "bill_groups",
            "invoice_templates",
            "invoice_attachments",
            "carry_forwards",
        ),
        Kind.TAX: ("tax_rates", "tax_inclusions", "tax_exemptions"),
        Kind.SERVICE_STATUS: ("service_statuses",),
        Kind.PACKAGE_STATUS: ("package_statuses",),
        Kind.LIFECYCLE: ("transitions",),
        Kind.SERVICE_TYPE: ("services",),
        Kind.SERVICE: (
            "services",
            "recurring_prices",
            "one_time_prices",
            "transition_charges",
            "prices",
            "price_tiers",
            "price_terms",
            "service_buckets",
        ),
        Kind.PACKAGE: (
            "packages",
            "package_frequencies",
            "package_services",
            "package_contracts",
        ),
        Kind.COUNTING_RULE: ("counting_rules", "counted_things", "counted_statuses"),
        Kind.UNIT: ("units",),
        Kind.FEED: ("feeds",),
        Kind.USAGE_CLASS_TYPE: ("usage_classes",),
        Kind.USAGE_CLASS: ("usage_classes",),
        Kind.ZONE: ("zone_countries", "zone_prefixes"),
        Kind.ZONE_TABLE: ("zone_countries", "zone_prefixes"),
        Kind.TIME_BAND: ("time_bands", "time_band_hours"),
        Kind.RATE_GROUP: ("rate_groups", "rates"),
        Kind.RATE_PLAN: ("rate_plans", "rate_plan_groups"),
        Kind.BASE_BUCKET: ("buckets",),
        Kind.BUCKET: ("buckets", "bucket_tiers", "bucket_flats", "bucket_prices"),
        Kind.SHARE_PLAN: (
            "share_plans",
            "buckets",
            "pool_terms",
            "pool_statuses",
            "pool_consumers",
        ),
        Kind.PRICE_TABLE: ("recurring_prices",),
        Kind.PRICE_BOOK: ("price_books", "price_book_regions", "recurring_prices"),
        Kind.PRICE_PLAN: ("price_plans", "discount_uses", "recurring_prices"),
        Kind.DISCOUNT: ("discounts", "discount_amounts", "discount_uses"),
        Kind.CONTRACT: (
            "contracts",
            "contract_minimums",
            "contract_minimum_amounts",
            "contract_penalties",
            "contract_penalty_amounts",
        ),
    }
)
"""The program's tables that a kind becomes rows of."""


@dataclass(frozen=True, slots=True)
class Construct:
    """A kind of declaration, through the layers.

    Attributes:
        node: its node in the syntax tree, `dsl.syntax.rates.RateGroupDeclaration`.
        tables: the program's tables that it becomes rows of.
        checks: the codes that guard it, those of syntax aside.
        good, bad: a catalog that uses it rightly, and one that gets the first of the codes.
    """

    kind: Kind
    node: str
    tables: tuple[str, ...]
    checks: tuple[Code, ...]
    good: str
    bad: str


def constructs() -> tuple[Construct, ...]:
    """Give every kind of declaration, in the order a reader meets them."""
    guards = _guards()
    return tuple(_construct(node, kind, guards.get(kind, ())) for node, kind in KIND_OF.items())


def _construct(
    node: type[Declaration], kind: Kind, guards: tuple[tuple[Code, Page], ...]
) -> Construct:
    return Construct(
        kind=kind,
        node=f"{node.__module__}.{node.__qualname__}",
        tables=PROGRAM_TABLES.get(kind, ()),
        checks=tuple(code for code, _ in guards),
        good=guards[0][1].good if guards else "",
        bad=guards[0][1].bad if guards else "",
    )


@cache
def _guards() -> Mapping[Kind, tuple[tuple[Code, Page], ...]]:
    """Give, for each kind, the checks whose wrong example fails inside a declaration of it."""
    found: dict[Kind, list[tuple[Code, Page]]] = {}
    for check in CHECKS:
        compilation = compile_sources(sources_of(check.PAGE.bad, check.PAGE.bad_tables))
        own = [one for one in compilation.diagnostics if one.code == check.CODE.code]
        for kind in dict.fromkeys(kind for one in own for kind in _kinds(compilation, one)):
            found.setdefault(kind, []).append((check.CODE, check.PAGE))
    return MappingProxyType({kind: tuple(pairs) for kind, pairs in found.items()})


def _kinds(compilation: Compilation, found: Diagnostic) -> Iterator[Kind]:
    """Give the kinds of the declarations that a finding points into, by their table too."""
    by_path = {source.path: source for source in compilation.sources}
    for label in (found.primary, *found.secondary):
        for node in compilation.resolved.declarations:
            span = node.span
            is_inside = span.path == label.span.path and span.start <= label.span.start <= span.end
            if is_inside or f'"{label.span.path}"' in by_path[span.path].words(span):
                yield KIND_OF[type(node)]
