"""Bill groups and taxes."""

from __future__ import annotations

from dsl.build.literals import name, optional_day, optional_number, percent
from dsl.build.reading import Branch, Reading, all_of, branches, statements, the, tokens
from dsl.syntax.billing import BillGroupDeclaration, TaxDeclaration, TaxRate, TaxRow


def bill_group(reading: Reading, tree: Branch) -> BillGroupDeclaration:
    """Build `bill group business { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "bill_group_block"))
    return BillGroupDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        bill_day=optional_number(reading, block.one("bill_day", "bill day")),
        terms_days=optional_number(reading, block.one("terms", "terms")),
    )


def tax(reading: Reading, tree: Branch) -> TaxDeclaration:
    """Build `tax sales_tax { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "tax_block"))
    otherwise = block.one("tax_otherwise", "otherwise")
    return TaxDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        rows=block.every("tax_row", _row),
        otherwise=percent(reading, the(otherwise, "percent")) if otherwise else None,
    )


def _row(reading: Reading, tree: Branch) -> TaxRow:
    return TaxRow(
        reading.span(tree),
        tax_class=name(reading, tokens(tree)[0]),
        rates=all_of(reading, branches(tree), "tax_rate", _rate),
    )


def _rate(reading: Reading, tree: Branch) -> TaxRate:
    return TaxRate(
        reading.span(tree),
        jurisdiction=name(reading, tokens(the(tree, "jurisdiction"))[0]),
        percent=percent(reading, the(tree, "percent")),
        start=optional_day(reading, tree),
    )
