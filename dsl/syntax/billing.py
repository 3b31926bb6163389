"""Bill groups and taxes."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Day, Name, Node, Number, Percent


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
class TaxDeclaration(Node):
    """`tax sales_tax { ... otherwise 0% }`; tax classes are born in its rows."""

    doc: str
    name: Name
    rows: tuple[TaxRow, ...]
    otherwise: Percent | None


@dataclass(frozen=True, slots=True)
class BillGroupDeclaration(Node):
    """`bill group business { bill day 1  terms net 30 days }`."""

    doc: str
    name: Name
    bill_day: Number | None
    terms_days: Number | None
