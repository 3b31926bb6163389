"""What all declarations share, and the file that holds them."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.source import Source, Span
from dsl.syntax.base import Comment, Name, Node
from dsl.syntax.billing import BillGroupDeclaration, TaxDeclaration
from dsl.syntax.buckets import BaseBucketDeclaration, BucketDeclaration
from dsl.syntax.catalog import CatalogDeclaration
from dsl.syntax.commercial import ContractDeclaration, DiscountDeclaration
from dsl.syntax.counting import CountingRuleDeclaration
from dsl.syntax.feeds import FeedDeclaration, UnitDeclaration
from dsl.syntax.guards import GuardDeclaration
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.price_books import PriceBookDeclaration, PricePlanDeclaration
from dsl.syntax.rates import RateGroupDeclaration, RatePlanDeclaration
from dsl.syntax.scenarios import TestDeclaration
from dsl.syntax.services import (
    LifecycleDeclaration,
    PackageStatusDeclaration,
    PriceTableDeclaration,
    ServiceDeclaration,
    ServiceStatusDeclaration,
    ServiceTypeDeclaration,
)
from dsl.syntax.share_plans import SharePlanDeclaration
from dsl.syntax.usage import UsageClassDeclaration, UsageClassTypeDeclaration
from dsl.syntax.zones import TimeBandDeclaration, ZoneDeclaration, ZoneTableDeclaration

Declaration = (
    CatalogDeclaration
    | BillGroupDeclaration
    | TaxDeclaration
    | ServiceStatusDeclaration
    | PackageStatusDeclaration
    | LifecycleDeclaration
    | ServiceTypeDeclaration
    | ServiceDeclaration
    | PriceTableDeclaration
    | UnitDeclaration
    | FeedDeclaration
    | UsageClassTypeDeclaration
    | UsageClassDeclaration
    | ZoneDeclaration
    | ZoneTableDeclaration
    | TimeBandDeclaration
    | RateGroupDeclaration
    | RatePlanDeclaration
    | BaseBucketDeclaration
    | BucketDeclaration
    | SharePlanDeclaration
    | PackageDeclaration
    | CountingRuleDeclaration
    | DiscountDeclaration
    | ContractDeclaration
    | PriceBookDeclaration
    | PricePlanDeclaration
    | TestDeclaration
    | GuardDeclaration
)


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """A declaration with a syntax mistake in it.

    The mistake is reported once, where it was made.  `kind` and `name` are what could
    still be read of its first words ("service", `access`), so that references to the
    name stay silent; `name` is None where even that was lost.
    """

    kind: str
    name: Name | None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One parsed file: its declarations and its comments, each in the order of the text."""

    source: Source
    declarations: tuple[Declaration | Broken, ...]
    comments: tuple[Comment, ...] = ()

    @property
    def span(self) -> Span:
        """The whole text."""
        return Span(self.source.path, 0, len(self.source.text))
