"""A line's share of the tax that its invoice's lines of one class and rate bear together."""

from __future__ import annotations

from runtime.explain.model import Explanation, Fact
from runtime.explain.words import figure, shown, words
from runtime.invoice.model import Invoice, InvoiceLine, TaxLine


def explain_tax(invoice: Invoice, line: InvoiceLine) -> Explanation:
    """The line's share of the tax of its class and rate."""
    money = invoice.currency
    if line.tax_class is None or line.tax_percent is None:
        return Explanation(f"No tax: the line has no tax class, so {figure(line.tax)} {money}")
    percent = f"{shown(line.tax_percent, 0)}%"
    rows = [row for row in invoice.taxes if _is_taxed_by(line, row)]
    if len(rows) != 1:
        return Explanation(
            f"Tax {percent}, class {words(line.tax_class)}: {figure(line.tax)} {money}",
            children=tuple(Explanation(_tax_row(row, money), source=row.source) for row in rows),
        )
    (row,) = rows
    if row.held_in_all is not None:
        return _held_tax(invoice, line, row)
    exempt = (Fact("exempt", row.exemption),) if row.exemption is not None else ()
    share = shown(line.net * line.tax_percent / 100, invoice.minor_units)
    return Explanation(
        statement=(
            f"Tax {percent}, class {words(line.tax_class)}: the line's share is"
            f" {figure(line.tax)} {money}"
        ),
        facts=(
            Fact("rounded once", _tax_row(row, money)),
            Fact("exact share", f"{figure(line.net)} × {percent} = {share}"),
            Fact("shared out", "by largest remainder, so that the shares add up to the tax"),
            *exempt,
        ),
        source=row.source,
    )


def _held_tax(invoice: Invoice, line: InvoiceLine, row: TaxLine) -> Explanation:
    """The tax that the line's price holds, owed or, for an exempt account, taken out of it."""
    money = invoice.currency
    held = figure(line.charged - line.net)
    holds = f"The price of {figure(line.charged)} {money} holds {held} {money} of tax"
    facts = [
        Fact("net", f"{figure(line.charged)} − {held} = {figure(line.net)} {money}"),
        Fact(
            "rounded once",
            f"of all lines of this class and rate, {_held_row(row, money)}",
        ),
        Fact("shared out", "by largest remainder, so that the shares add up to the tax"),
    ]
    if row.exemption is not None:
        facts.append(Fact("exempt", f"none of it is due: {row.exemption}"))
    return Explanation(statement=holds, facts=tuple(facts), source=row.source)


def _held_row(row: TaxLine, money: str) -> str:
    return (
        f"{figure(row.amount)} {money} with a base of {figure(row.base)} "
        f"({words(row.tax)}, {row.jurisdiction})"
    )


def _is_taxed_by(line: InvoiceLine, row: TaxLine) -> bool:
    return row.percent == line.tax_percent and row.tax_class in (line.tax_class, "*")


def _tax_row(row: TaxLine, money: str) -> str:
    percent = shown(row.percent, 0)
    place = f"{words(row.tax)}, {row.jurisdiction}"
    return f"{percent}% of {figure(row.base)} = {figure(row.amount)} {money} ({place})"
