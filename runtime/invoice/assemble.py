"""From due lines to invoices: one for each invoicer and currency that has any.

An invoice's sections are the accounts it charges for (the invoicer first), in each its
packages, in each their services, in each the lines; they are numbered in that order.
Every figure a document shows is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from duckdb import DuckDBPyConnection

from runtime.invoice.assemble_choices import Choices, Owners, read_owners
from runtime.invoice.assemble_commitments import commitment_of
from runtime.invoice.assemble_facts import (
    AccountFacts,
    Batch,
    read_accounts,
    read_batches,
    read_given_sources,
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
    Prices,
    state_buckets,
    state_changes,
    state_usage_days,
)
from runtime.invoice.assemble_totals import summary_of, total_of
from runtime.invoice.draft import Draft, DraftLine, DueLine
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import (
    INVOICE_FORMAT,
    AccountSection,
    Invoice,
    InvoiceLine,
    PackageSection,
    ServiceSection,
    TaxLine,
    UsageComponent,
)
from runtime.money import to_major
from runtime.payments.owed import NOTHING_OWED, Owed
from runtime.program.model import Program
from runtime.tax import AppliedRate, InvoiceTax, TaxRates, rates_from_text, share_taxes

DEFAULT_LOCALE = "en"


@dataclass(frozen=True, slots=True)
class Assembly:
    """What invoices of a run are made with, besides the tables.

    Attributes:
        previous_as_of: the last posted run's date, None on a new ledger.
        owed: gives what invoicers owe before their invoices, by invoicer and currency; of
            one that it does not give, nothing.
        read_invoice: gives a posted invoice by its number.
    """

    program: Program
    as_of: date
    previous_as_of: date | None
    owed: Callable[[Iterable[str]], Mapping[tuple[str, str], Owed]]
    read_invoice: Callable[[str], Invoice | None]


class _Maker:
    """The program's and the seller's facts that every invoice needs."""

    def __init__(self, connection: DuckDBPyConnection, assembly: Assembly) -> None:
        program = assembly.program
        self.assembly = assembly
        self.program = program
        self.wording = Wording(program, read_given_sources(connection))
        self.prices = Prices(program)
        self.tax_rates = TaxRates(program)
        self.choices = Choices(program)
        self.owners: Owners = {}
        self.owed: Mapping[tuple[str, str], Owed] = {}
        self.terms = {row.id: row.terms_days for row in program.bill_groups}
        (self.seller,) = read_accounts(connection, "a.type = 'owner'").values()


def assemble(connection: DuckDBPyConnection, assembly: Assembly) -> Iterator[Draft]:
    """Make the invoices of charge.due, in the order they are numbered.

    Reads book.*, subscription.*, rated.* and charge.*; see runtime.tables.
    """
    maker = _Maker(connection, assembly)
    for batch in read_batches(connection):
        maker.owners = read_owners(connection)
        maker.owed = assembly.owed({due.invoicer for due in batch.lines})
        for _, lines in groupby(batch.lines, key=lambda due: (due.invoicer, due.currency)):
            yield _draft(tuple(lines), batch, maker)


def line_rates(due: DueLine, tax_rates: TaxRates, exemption: str | None) -> tuple[AppliedRate, ...]:
    """Give the tax rates a due line bears; none where its service has no tax class.

    A credit is taxed as the line it corrects was.
    """
    if due.is_credit and due.posted_taxes is not None:
        return rates_from_text(due.posted_taxes)
    if due.tax_class is None:
        return ()
    is_by_end = due.kind in ("usage", "bucket", "minimum")
    day = due.period_end - timedelta(days=1) if is_by_end else due.period_start
    return tax_rates.find(due.tax_class, due.jurisdiction, day, exemption)


def _draft(lines: Sequence[DueLine], batch: Batch, maker: _Maker) -> Draft:
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


def _components(due: DueLine, batch: Batch, maker: _Maker) -> tuple[UsageComponent, ...]:
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
    maker: _Maker,
) -> Invoice:
    first, assembly = lines[0], maker.assembly
    bill_to = batch.accounts[first.invoicer]
    terms_days = maker.terms.get(bill_to.bill_group or "", 0)
    due_date = assembly.as_of + timedelta(days=terms_days)
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
        taxes=tuple(_tax_line(tax, first.minor_units, maker) for tax in taxes),
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
        yield PackageSection(
            account_package=account_package,
            package=first.package,
            title=wording.packages.get(first.package, first.package),
            frequency=wording.frequencies.get(
                (first.package, first.months), f"every {first.months} months"
            ),
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


def _tax_line(tax: InvoiceTax, minor_units: int, maker: _Maker) -> TaxLine:
    rate = tax.rate
    return TaxLine(
        tax=rate.tax,
        tax_class=rate.tax_class,
        jurisdiction=rate.jurisdiction,
        percent=rate.percent,
        base=to_major(tax.base, minor_units),
        amount=to_major(tax.minor, minor_units),
        exemption=rate.exemption,
        held_in_all=None if rate.held is None else rate.held_in_all,
        source=maker.wording.source(maker.tax_rates.source(rate)),
    )


def _span(lines: Sequence[DueLine], kinds: tuple[str, ...]) -> tuple[date | None, date | None]:
    spans = [(line.period_start, line.period_end) for line in lines if line.kind in kinds]
    if not spans:
        return None, None
    return min(start for start, _ in spans), max(end for _, end in spans)
