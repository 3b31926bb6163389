"""Taxes and bill groups, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.model import Catalog
from compiler.lower.lines import Lines
from runtime.program.model import BillGroup, TaxRate

OTHERWISE = "*"


def tax_rates(catalog: Catalog, lines: Lines) -> Iterator[TaxRate]:
    """Give the tax rates; `otherwise` is a row for every class and jurisdiction."""
    for tax in catalog.taxes:
        for rate in tax.rates:
            yield TaxRate(
                tax=tax.id,
                tax_class=rate.tax_class,
                jurisdiction=rate.jurisdiction,
                percent=rate.percent,
                start=rate.start,
                source=lines.id_of(rate.span),
            )
        if tax.otherwise is not None:
            yield TaxRate(
                tax=tax.id,
                tax_class=OTHERWISE,
                jurisdiction=OTHERWISE,
                percent=tax.otherwise.percent,
                start=None,
                source=lines.id_of(tax.otherwise.span),
            )


def bill_groups(catalog: Catalog, lines: Lines) -> Iterator[BillGroup]:
    """Give the bill groups."""
    for group in catalog.bill_groups:
        yield BillGroup(
            id=group.id,
            bill_day=group.bill_day,
            terms_days=group.terms_days,
            source=lines.id_of(group.span),
        )
