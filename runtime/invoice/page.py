"""What a template draws: an invoice, its own values arranged for a page, and words for them.

Nothing is computed here but the lengths of bars.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType

from runtime.invoice.format import Printer, as_printed, places_of
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import BucketStatement, BucketTierUse, Invoice, InvoiceLine, UsageDay


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier of a bucket and the numbers of the lines that charge for it."""

    tier: BucketTierUse
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BucketView:
    """A bucket's statement, and the lengths of its bar in percent.

    The whole bar is what was included, or used where that is more: used within what was
    included, then used beyond it.
    """

    statement: BucketStatement
    within_share: int
    beyond_share: int
    rows: tuple[TierRow, ...]


@dataclass(frozen=True, slots=True)
class ServiceUsage:
    """The usage rows of one account service, as they stand together in the model."""

    account_service: str
    title: str
    rows: tuple[UsageDay, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What a template draws: the invoice, and its own values arranged for a page.

    Attributes:
        word: Invoice, Credit note or Draft.
        rated_lines: the lines made of components, in printed order.
        priced_lines: the lines whose price is made of tiers, in printed order.
        buckets: the bucket statements with the lines that charge their tiers.
        usage_services: the usage rows, service by service.
        day_places: the decimals of a unit in the usage tables, so that points stand in a column.
    """

    word: str
    invoice: Invoice
    rated_lines: tuple[InvoiceLine, ...]
    priced_lines: tuple[InvoiceLine, ...]
    buckets: tuple[BucketView, ...]
    usage_services: tuple[ServiceUsage, ...]
    day_places: Mapping[str, int]
    printer: Printer
    style: str


def page_of(invoice: Invoice, printer: Printer, style: str) -> Page:
    """Arrange an invoice's values for a page; nothing is computed but the bars' lengths."""
    lines = tuple(all_lines(invoice))
    return Page(
        word=word_of(invoice),
        invoice=invoice,
        rated_lines=tuple(line for line in lines if line.components),
        priced_lines=tuple(line for line in lines if line.pricing is not None),
        buckets=tuple(_bucket_view(bucket, lines) for bucket in invoice.buckets),
        usage_services=tuple(_service_usages(invoice.usage_days)),
        day_places=_day_places(invoice.usage_days),
        printer=printer,
        style=style,
    )


def word_of(invoice: Invoice) -> str:
    """Return what the document calls itself."""
    if invoice.number is None:
        return "Draft credit note" if invoice.kind == "credit_note" else "Draft"
    return "Credit note" if invoice.kind == "credit_note" else "Invoice"


def _day_places(days: tuple[UsageDay, ...]) -> Mapping[str, int]:
    """Give the most decimals that any quantity of a unit prints with."""
    places: dict[str, int] = {}
    for day in days:
        places[day.unit] = max(places.get(day.unit, 0), places_of(as_printed(day.quantity)))
    return places


def _service_usages(days: tuple[UsageDay, ...]) -> Iterator[ServiceUsage]:
    """Yield each run of rows of one service; the rows keep their order."""
    for account_service, run in groupby(days, key=attrgetter("account_service")):
        rows = tuple(run)
        yield ServiceUsage(account_service, rows[0].service_title, rows)


def _bucket_view(bucket: BucketStatement, lines: tuple[InvoiceLine, ...]) -> BucketView:
    own = tuple(
        line
        for line in lines
        if line.account_service == bucket.account_service
        and line.period_start < bucket.period_end
        and bucket.period_start < line.period_end
    )
    whole = max(bucket.used, bucket.included)
    within = _share(min(bucket.used, bucket.included), whole)
    return BucketView(
        statement=bucket,
        within_share=within,
        beyond_share=100 - within if bucket.used > bucket.included else 0,
        rows=tuple(TierRow(tier, _tier_lines(bucket, tier, own)) for tier in bucket.tiers),
    )


def _share(part: Decimal, whole: Decimal) -> int:
    """Return a part in whole percent, for the length of a bar."""
    return int((100 * part / whole).quantize(Decimal(1), ROUND_HALF_UP)) if whole else 0


def _tier_lines(
    bucket: BucketStatement, tier: BucketTierUse, lines: tuple[InvoiceLine, ...]
) -> tuple[int, ...]:
    """Return which of a bucket's lines charge what was drawn in a tier: its flat, or rates."""
    key = (bucket.bucket, tier.tier)
    return tuple(
        line.number
        for line in lines
        if (line.bucket, line.tier) == key
        or any((part.bucket, part.tier) == key for part in line.components)
    )


_KINDS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("recurring", "advance"): "Recurring, in advance",
        ("recurring", "arrears"): "Recurring, in arrears",
    }
)
_ONE_KIND: Mapping[str, str] = MappingProxyType(
    {
        "recurring": "Recurring",
        "discount": "Discount",
        "usage": "Usage, in arrears",
        "bucket": "Usage allowance, in arrears",
        "one_time": "One-time charge",
        "transition": "One-time charge",
        "minimum": "Contract minimum",
        "prepaid": "Contract minimum, in advance",
        "drawdown": "Drawn from a prepaid minimum",
        "penalty": "Contract left early",
    }
)


def kind_words(line: InvoiceLine, label: Callable[..., str]) -> str:
    """Return what kind of charge a line is, in the words of a language."""
    words = label(_KINDS.get((line.kind, line.timing), _ONE_KIND[line.kind]))
    return label("Credit: {0}", words) if line.is_credit else words


@lru_cache(maxsize=1024)
def plain_words(name: str) -> str:
    """Return a catalog's name as words: `web_data` as `web data`."""
    return name.replace("_", " ")


@lru_cache(maxsize=1024)
def heading(name: str) -> str:
    """Return a catalog's name as words that begin a cell: `web_data` as `Web data`."""
    words = plain_words(name)
    return words[:1].upper() + words[1:]


def ordinal(index: int) -> str:
    """Return which one it is for a reader who counts from 1: tier 0 is the first."""
    return str(index + 1)
