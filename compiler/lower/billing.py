"""Taxes and bill groups, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.model import Catalog
from compiler.lower.lines import Lines
from runtime.program.model import (
    BillGroup,
    CarryForward,
    InvoiceAttachment,
    InvoiceTemplate,
    TaxExemption,
    TaxInclusion,
    TaxRate,
)

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


def tax_inclusions(catalog: Catalog, lines: Lines) -> Iterator[TaxInclusion]:
    """Give the taxes that prices hold already."""
    for tax in catalog.taxes:
        if tax.included_at is not None:
            yield TaxInclusion(tax=tax.id, source=lines.id_of(tax.included_at))


def tax_exemptions(catalog: Catalog, lines: Lines) -> Iterator[TaxExemption]:
    """Give the reasons for which an account owes a tax nothing."""
    for tax in catalog.taxes:
        for exemption in tax.exemptions:
            yield TaxExemption(
                tax=tax.id,
                id=exemption.id,
                text=exemption.text,
                source=lines.id_of(exemption.span),
            )


def bill_groups(catalog: Catalog, lines: Lines) -> Iterator[BillGroup]:
    """Give the bill groups."""
    for group in catalog.bill_groups:
        yield BillGroup(
            id=group.id,
            bill_day=group.bill_day,
            terms_days=group.terms_days,
            template=None if group.template is None else group.template.path,
            delivery=group.delivery,
            are_zero_invoices_sent=group.are_zero_invoices_sent,
            source=lines.id_of(group.span),
        )


def invoice_templates(catalog: Catalog, lines: Lines) -> Iterator[InvoiceTemplate]:
    """Give each template that a bill group names, and what it includes, once."""
    seen: set[str] = set()
    for group in catalog.bill_groups:
        if group.template is None:
            continue
        source = lines.id_of(group.template.span)
        own = (group.template.path, group.template.text)
        for path, text in (own, *group.template.included):
            if path not in seen:
                seen.add(path)
                yield InvoiceTemplate(path=path, text=text, source=source)


def invoice_attachments(catalog: Catalog, lines: Lines) -> Iterator[InvoiceAttachment]:
    """Give the reports that go with the invoices of each bill group, in order."""
    for group in catalog.bill_groups:
        for attachment in group.attachments:
            yield InvoiceAttachment(
                bill_group=group.id,
                report=attachment.report,
                format=attachment.format,
                source=lines.id_of(attachment.span),
            )


def carry_forwards(catalog: Catalog, lines: Lines) -> Iterator[CarryForward]:
    """Give the totals below which a bill group's accounts are not invoiced yet."""
    for group in catalog.bill_groups:
        for amount in group.carry_forward:
            yield CarryForward(
                bill_group=group.id,
                currency=amount.currency,
                under=amount.amount,
                source=lines.id_of(amount.span),
            )
