"""From due lines to invoices: one for each invoicer and currency that has any.

An invoice's sections are the accounts it charges for (the invoicer first), in each its
packages, in each their services, in each the lines; they are numbered in that order.
Every figure a document shows is computed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from duckdb import DuckDBPyConnection

from runtime.invoice.assemble_choices import read_owners
from runtime.invoice.assemble_commitments import commitment_of
from runtime.invoice.assemble_facts import (
    AccountFacts,
    Batch,
    read_batches,
)
from runtime.invoice.assemble_lines import (
    Wording,
    price_source,
    rate_components,
    subtract_components,
    word_line,
)
from runtime.invoice.assemble_pricing import pricing_of
from runtime.invoice.assemble_statements import (
    USAGE_DAY_LIMIT,
    state_buckets,
    state_changes,
    state_usage_days,
)
from runtime.invoice.assemble_totals import summary_of, total_of
from runtime.invoice.draft import Draft, DraftLine, DueLine
from runtime.invoice.invariants import all_lines
from runtime.invoice.maker import Maker, line_rates, package_titles, tax_line
from runtime.invoice.model import (
    INVOICE_FORMAT,
    AccountSection,
    Invoice,
    InvoiceLine,
    PackageSection,
    ServiceSection,
    UsageComponent,
)
from runtime.money import to_major
from runtime.payments.owed import NOTHING_OWED
from runtime.tax import InvoiceTax, share_taxes

DEFAULT_LOCALE = "en"


def assemble(connection: DuckDBPyConnection, maker: Maker) -> Iterator[tuple[int, Draft]]:
    """Make the invoices of due_line with their places among all, in their order.

    Reads book.*, subscription.*, rated.* and charge.*; see runtime.tables.
    """
    for batch in read_batches(connection):
        maker.owners = read_owners(connection)
        parts = groupby(zip(batch.places, batch.lines, strict=True), key=lambda placed: placed[0])
        for place, lines in parts:
            yield place, draft_of(tuple(due for _, due in lines), batch, maker)


def draft_of(lines: Sequence[DueLine], batch: Batch, maker: Maker) -> Draft:
    """Make the invoice of lines that stand in printed order."""
    taxed = [(due.minor, line_rates(due, maker.tax_rates, _exemption(due, batch))) for due in lines]
    taxes, shares = share_taxes(taxed, maker.program.rounding)
    drafted = tuple(
        DraftLine(number, due, share, price_source(due, maker.wording))
        for number, (due, share) in enumerate(zip(lines, shares, strict=True), start=1)
    )
    worded = tuple(
        word_line(
            line,
            _components(line.due, batch, maker),
            maker.wording,
            pricing_of(line.due, batch.quotes, maker.wording.sources),
            commitment_of(line.due, batch.commitments, maker.wording.title),
            maker.choices.of(line.due, maker.owners),
        )
        for line in drafted
    )
    return Draft(_invoice(lines, worded, taxes, batch, maker), drafted)


def _components(due: DueLine, batch: Batch, maker: Maker) -> tuple[UsageComponent, ...]:
    """Give how a usage line was rated; of a correction, what is new beside what was posted."""
    if due.kind != "usage" or due.usage_class is None or due.full_start is None:
        return ()
    cells = batch.cells.get((due.account_service, due.full_start, due.usage_class), ())
    now = rate_components(due, cells, maker.wording)
    before: list[UsageComponent] = []
    for number, place in batch.usage_lines.get(
        (due.account_service, due.full_start, due.usage_class), ()
    ):
        posted = maker.assembly.read_invoice(number)
        if posted is not None:
            before += next(line.components for line in all_lines(posted) if line.number == place)
    return subtract_components(now, before) if before else now


def _invoice(
    lines: Sequence[DueLine],
    worded: Sequence[InvoiceLine],
    taxes: Sequence[InvoiceTax],
    batch: Batch,
    maker: Maker,
) -> Invoice:
    first, assembly = lines[0], maker.assembly
    bill_to = batch.accounts[first.invoicer]
    terms_days = maker.terms.get(bill_to.bill_group or "", 0)
    due_date = maker.due_date(bill_to.bill_group or "")
    owed = maker.owed.get((first.invoicer, first.currency), NOTHING_OWED)
    totals = total_of(worded, owed.credit, first.minor_units)
    usage_days, usage_days_total = state_usage_days(lines, batch, maker.wording)
    window = (assembly.previous_as_of, assembly.as_of)
    recurring_start, recurring_end = _span(lines, ("recurring",))
    usage_start, usage_end = _span(lines, ("usage", "bucket"))
    return Invoice(
        format=INVOICE_FORMAT,
        number=None,
        kind="credit_note" if totals.gross < 0 else "invoice",
        issue_date=assembly.as_of,
        due_date=due_date,
        currency=first.currency,
        minor_units=first.minor_units,
        locale=bill_to.locale or DEFAULT_LOCALE,
        catalog=maker.program.catalog,
        catalog_title=maker.program.title,
        seller=maker.seller.party,
        bill_to=bill_to.party,
        recurring_start=recurring_start,
        recurring_end=recurring_end,
        usage_start=usage_start,
        usage_end=usage_end,
        sections=tuple(_sections(lines, worded, batch, maker.wording)),
        taxes=tuple(tax_line(tax, first.minor_units, maker) for tax in taxes),
        totals=totals,
        summary=summary_of(owed, totals, due_date, first.minor_units),
        buckets=tuple(state_buckets(lines, batch, maker.wording, maker.prices, window)),
        changes=tuple(state_changes(lines, batch, maker.wording, maker.prices)),
        usage_days=usage_days,
        usage_days_total=usage_days_total,
        usage_day_limit=USAGE_DAY_LIMIT,
        bill_group=bill_to.bill_group or "",
        terms_days=terms_days,
        run=None,
        fingerprint=maker.program.fingerprint,
        usage_cutoff=assembly.as_of,
    )


def _sections(
    lines: Sequence[DueLine], worded: Sequence[InvoiceLine], batch: Batch, wording: Wording
) -> Iterator[AccountSection]:
    zero = to_major(0, lines[0].minor_units)
    pairs = zip(lines, worded, strict=True)
    for account, in_account in groupby(pairs, key=lambda pair: pair[0].account):
        packages = tuple(_packages(in_account, batch, wording, zero))
        yield AccountSection(
            account=account,
            name=batch.accounts[account].name,
            packages=packages,
            subtotal=sum((package.subtotal for package in packages), zero),
        )


def _packages(
    pairs: Iterable[tuple[DueLine, InvoiceLine]], batch: Batch, wording: Wording, zero: Decimal
) -> Iterator[PackageSection]:
    for account_package, in_package in groupby(pairs, key=lambda pair: pair[0].account_package):
        members = list(in_package)
        first = members[0][0]
        services = tuple(_services(members, batch, wording, zero))
        title, frequency = package_titles(wording, first.package, first.months)
        yield PackageSection(
            account_package=account_package,
            package=first.package,
            title=title,
            frequency=frequency,
            services=services,
            subtotal=sum((service.subtotal for service in services), zero),
        )


def _services(
    pairs: Iterable[tuple[DueLine, InvoiceLine]], batch: Batch, wording: Wording, zero: Decimal
) -> Iterator[ServiceSection]:
    for account_service, in_service in groupby(pairs, key=lambda pair: pair[0].account_service):
        members = list(in_service)
        sold_service = members[0][0].sold_service
        printed = tuple(line for _, line in members)
        yield ServiceSection(
            account_service=account_service,
            service=sold_service,
            title=wording.title(sold_service),
            identifiers=batch.identifiers.get(account_service, ()),
            lines=printed,
            subtotal=sum((line.net for line in printed), zero),
        )


def _exemption(due: DueLine, batch: Batch) -> str | None:
    facts: AccountFacts = batch.accounts[due.account]
    return (facts.tax_exemption or "") if due.is_exempt else None


def _span(lines: Sequence[DueLine], kinds: tuple[str, ...]) -> tuple[date | None, date | None]:
    spans = [(line.period_start, line.period_end) for line in lines if line.kind in kinds]
    if not spans:
        return None, None
    return min(start for start, _ in spans), max(end for _, end in spans)
