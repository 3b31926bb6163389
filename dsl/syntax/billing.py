"""Bill groups and taxes."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Day, Money, Name, Node, Number, Percent, Text, Word


@dataclass(frozen=True, slots=True)
class TaxRate(Node):
    """`CA-ON 13%`, or `FR 20% from 2014-01-01`."""

    jurisdiction: Name
    percent: Percent
    start: Day | None


@dataclass(frozen=True, slots=True)
class TaxRow(Node):
    """`telecom  CA-ON 13%, CA-QC 14.975%`: the rates of one tax class."""

    tax_class: Name
    rates: tuple[TaxRate, ...]


@dataclass(frozen=True, slots=True)
class TaxExemption(Node):
    """`exemption reverse_charge "VAT is due by the recipient"`: what the invoice prints."""

    name: Name
    text: Text


@dataclass(frozen=True, slots=True)
class TaxDeclaration(Node):
    """`tax sales_tax { ... otherwise 0% }`; tax classes are born in its rows.

    Attributes:
        inclusion: whether prices `include` or `exclude` it; None: `exclude`.
    """

    doc: str
    name: Name
    inclusion: Word | None
    rows: tuple[TaxRow, ...]
    exemptions: tuple[TaxExemption, ...]
    otherwise: Percent | None


@dataclass(frozen=True, slots=True)
class Attachment(Node):
    """`attach usage_detail as csv`: a report that goes with the invoice, and its format."""

    report: Name
    format: Name


@dataclass(frozen=True, slots=True)
class BillGroupDeclaration(Node):
    """`bill group business { bill day 1  terms net 30 days }`.

    Attributes:
        template: the file of the invoice's template, by its path from the text's own file.
        delivery: `email` or `offline`, unchecked; None: `offline`.
        zero_invoices: `suppressed` or `sent`; None: `sent`.
        carry_forward: the totals below which nothing is invoiced yet, one a currency.
    """

    doc: str
    name: Name
    bill_day: Number | None
    terms_days: Number | None
    template: Text | None
    delivery: Name | None
    attachments: tuple[Attachment, ...]
    zero_invoices: Word | None
    carry_forward: tuple[Money, ...]
