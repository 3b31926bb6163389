"""What every invoice of a run is made with: the program's words, prices and rates, the seller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from runtime.invoice.assemble_choices import Choices, Owners
from runtime.invoice.assemble_facts import read_accounts, read_given_sources
from runtime.invoice.assemble_lines import Wording
from runtime.invoice.assemble_statements import Prices
from runtime.invoice.draft import DueLine
from runtime.invoice.model import Invoice, TaxLine
from runtime.money import to_major
from runtime.payments.owed import Owed
from runtime.program.model import Program
from runtime.tax import AppliedRate, InvoiceTax, TaxRates, rates_from_text


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


class Maker:
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

    def due_date(self, bill_group: str) -> date:
        """Give the day by which an invoice of this run is to be paid."""
        return self.assembly.as_of + timedelta(days=self.terms.get(bill_group, 0))


def package_titles(wording: Wording, package: str, months: int) -> tuple[str, str]:
    """Give the titles of a package and of a frequency it is billed at."""
    title = wording.packages.get(package, package)
    return title, wording.frequencies.get((package, months), f"every {months} months")


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


def tax_line(tax: InvoiceTax, minor_units: int, maker: Maker) -> TaxLine:
    """Give an invoice's tax of one rate as it is printed."""
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
