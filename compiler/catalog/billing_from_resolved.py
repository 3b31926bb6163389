"""Taxes and bill groups of a resolved catalog."""

from __future__ import annotations

from compiler.catalog.base import Money
from compiler.catalog.billing import (
    Attachment,
    BillGroup,
    InvoiceTemplate,
    OtherwiseRate,
    Tax,
    TaxExemption,
    TaxRate,
)
from compiler.catalog.known import known, whole
from compiler.resolve.model import Resolved
from dsl.syntax import billing as written

FIRST_BILL_DAY = 1
"""The bill day of a group that names none."""

TERMS_DUE_AT_ONCE = 0
"""The terms of a group that names none: due on the invoice date."""


def taxes(resolved: Resolved) -> tuple[Tax, ...]:
    """Give the taxes, rates in the order written."""
    return tuple(
        Tax(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            included_at=(
                node.inclusion.span
                if node.inclusion is not None and node.inclusion.text == "include"
                else None
            ),
            rates=tuple(
                TaxRate(
                    tax_class=row.tax_class.text,
                    jurisdiction=rate.jurisdiction.text,
                    percent=rate.percent.value,
                    start=None if rate.start is None else rate.start.value,
                    span=rate.span,
                )
                for row in node.rows
                for rate in row.rates
            ),
            exemptions=tuple(
                TaxExemption(id=exemption.name.text, text=exemption.text.value, span=exemption.span)
                for exemption in node.exemptions
            ),
            otherwise=(
                None
                if node.otherwise is None
                else OtherwiseRate(percent=node.otherwise.value, span=node.otherwise.span)
            ),
        )
        for node in resolved.all(written.TaxDeclaration)
    )


def bill_groups(resolved: Resolved) -> tuple[BillGroup, ...]:
    """Give the bill groups, in order."""
    return tuple(_bill_group(resolved, node) for node in resolved.all(written.BillGroupDeclaration))


def _bill_group(resolved: Resolved, node: written.BillGroupDeclaration) -> BillGroup:
    delivery = None if node.delivery is None else node.delivery.text
    zero_invoices = None if node.zero_invoices is None else node.zero_invoices.text
    return BillGroup(
        id=node.name.text,
        description=node.doc,
        span=node.name.span,
        bill_day=whole(node.bill_day, FIRST_BILL_DAY),
        terms_days=whole(node.terms_days, TERMS_DUE_AT_ONCE),
        template=_template(resolved, node),
        delivery="email" if delivery == "email" else "offline",
        attachments=tuple(
            Attachment(report=each.report.text, format=each.format.text, span=each.span)
            for each in node.attachments
        ),
        are_zero_invoices_sent=zero_invoices != "suppressed",
        carry_forward=tuple(
            Money(amount=each.amount, currency=each.currency.text, span=each.span)
            for each in node.carry_forward
        ),
    )


def _template(resolved: Resolved, node: written.BillGroupDeclaration) -> InvoiceTemplate | None:
    if node.template is None:
        return None
    found = known(resolved.templates.of(node.template), f"the template of `{node.name.text}`")
    return InvoiceTemplate(
        path=found.path, text=found.text, included=found.included, span=node.template.span
    )
