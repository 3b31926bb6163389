"""Taxes and bill groups of a resolved catalog."""

from __future__ import annotations

from compiler.catalog.billing import BillGroup, OtherwiseRate, Tax, TaxRate
from compiler.catalog.known import whole
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
    return tuple(
        BillGroup(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            bill_day=whole(node.bill_day, FIRST_BILL_DAY),
            terms_days=whole(node.terms_days, TERMS_DUE_AT_ONCE),
        )
        for node in resolved.all(written.BillGroupDeclaration)
    )
