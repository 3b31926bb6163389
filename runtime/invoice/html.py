"""An invoice as HTML: a Jinja2 template over the frozen model, in a sandbox.

A template sees the model's fields, the filters below and nothing else: no method, no
arithmetic, no other attribute.  What it prints is escaped, and cleaned of control and
bidi-override characters first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Final

from jinja2 import BaseLoader, DictLoader, FileSystemLoader, StrictUndefined, Template
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.nodes import Expr
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape
from pydantic import BaseModel

from runtime.invoice import model
from runtime.invoice.format import Printer, as_printed, clean_text, places_of, printer_of
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import BucketStatement, BucketTierUse, Invoice, InvoiceLine, UsageDay

TEMPLATES = Path(__file__).parent / "templates"
DEFAULT_TEMPLATE = "invoice.html.j2"
STYLE = "invoice.css"

KEPT_FILTERS = frozenset({"default", "first", "join", "last", "length", "lower", "title", "upper"})
"""What a template keeps of Jinja's own filters."""

_is_plain = re.compile("[ !#-%(-;=?-~\u00a0\u2013×]*").fullmatch
"""Tells a text in which there is nothing to clean and nothing to escape."""

ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "**"})


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


class _PrintingCode(CodeGenerator):
    """Prints each value through `_printed`, which cleans and escapes in one step.

    Jinja would clean, then make a `Markup` of every value it prints: a third of the time of
    an invoice.  A value is escaped here whatever the template says.
    """

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: object) -> None:
        self.write("environment.printed(")

    def _output_child_post(self, node: Expr, frame: Frame, finalize: object) -> None:
        self.write(")")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Lets a template read the fields of plain data and compute nothing."""

    intercepted_binops = ARITHMETIC
    code_generator_class = _PrintingCode

    @staticmethod
    def printed(value: object) -> str:
        """Return a value as it stands in the document: cleaned and escaped."""
        if type(value) is str and _is_plain(value):
            return value
        return escape(_finalize(value))

    def getattr(self, obj: object, attribute: str) -> object:
        kind = type(obj)
        if attribute in _FIELDS.get(kind, _NO_FIELDS):
            return getattr(obj, attribute)
        if kind in _FIELDS:
            return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        raise SecurityError(f"a template does not compute: {operator}")


def render_html(
    invoice: Invoice, *, folder: Path = TEMPLATES, template: str = DEFAULT_TEMPLATE
) -> str:
    """Draw an invoice as one HTML document with its style inside.

    Raises:
        jinja2.TemplateError: the template names what the model lacks, or what it may not.
        babel.UnknownLocaleError: the invoice's locale is unknown.
    """
    printer = printer_of(invoice.locale, invoice.currency, invoice.minor_units)
    drawn = _template(folder, template, printer)
    return drawn.render(page=page_of(invoice, printer, _style(folder)))


@dataclass(frozen=True, slots=True)
class TemplateMistake:
    """Why a text is no template: what is wrong, and in which line, from 1."""

    line: int
    message: str


def template_mistake(text: str) -> TemplateMistake | None:
    """Tell what keeps a text from being a template; None where nothing does.

    Filters and tests that a template may not use are mistakes too.
    """
    try:
        environment = _environment(printer_of("en", "USD", 2), DictLoader({}))
        environment.compile(text)
    except TemplateSyntaxError as fault:
        return TemplateMistake(fault.lineno, fault.message or "it is not a template")
    return None


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
        "penalty": "Contract left early",
    }
)


def kind_words(line: InvoiceLine) -> str:
    """Return what kind of charge a line is, in words."""
    words = _KINDS.get((line.kind, line.timing), _ONE_KIND[line.kind])
    return f"Credit: {words[0].lower()}{words[1:]}" if line.is_credit else words


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


def css_string(text: str) -> Markup:
    """Quote a text for a style sheet, every sign but letters and digits escaped."""
    escaped = re.sub(r"[^0-9A-Za-z]", lambda match: f"\\{ord(match[0]):06x}", clean_text(text))
    return Markup(f'"{escaped}"')


def _finalize(value: object) -> object:
    """Clean what is about to be printed; a template must not print a missing value."""
    if type(value) is str:
        return clean_text(value)
    if value is None:
        raise SecurityError("a template prints a value that is missing")
    return value


@lru_cache(maxsize=256)
def _template(folder: Path, name: str, printer: Printer) -> Template:
    return _environment(printer, FileSystemLoader(folder)).get_template(name)


def _environment(printer: Printer, loader: BaseLoader) -> _Sandbox:
    environment = _Sandbox(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.clear()
    for unneeded in environment.filters.keys() - KEPT_FILTERS:
        del environment.filters[unneeded]
    filters: dict[str, Callable[..., object]] = {
        "amount": printer.amount,
        "count": printer.count,
        "country": printer.country,
        "css_string": css_string,
        "day": printer.day,
        "heading": heading,
        "kind": kind_words,
        "money": printer.money,
        "number": printer.number,
        "ordinal": ordinal,
        "percent": printer.percent,
        "period": printer.period,
        "price": printer.price,
        "quantity": printer.quantity,
        "words": plain_words,
    }
    environment.filters.update(filters)
    return environment


@lru_cache(maxsize=16)
def _style(folder: Path) -> str:
    return Markup((folder / STYLE).read_text("utf-8"))


_MODELS = [
    kind
    for kind in vars(model).values()
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not BaseModel
]
_NO_FIELDS: frozenset[str] = frozenset()
# A plain dict: it is asked a thousand times an invoice, and a proxy takes twice as long.
_FIELDS: Final[dict[type, frozenset[str]]] = {
    kind: frozenset(kind.model_fields) for kind in _MODELS
} | {
    view: frozenset(field.name for field in fields(view))
    for view in (Page, BucketView, TierRow, ServiceUsage, Printer)
}
_FIELDS[LoopContext] = frozenset(
    {"depth", "first", "index", "index0", "last", "length", "nextitem", "previtem", "revindex"}
)
