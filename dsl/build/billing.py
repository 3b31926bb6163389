"""Bill groups and taxes."""

from __future__ import annotations

from dsl.build.literals import (
    name,
    names,
    optional_day,
    optional_name,
    optional_number,
    optional_text,
    optional_word,
    percent,
    prices,
    text,
)
from dsl.build.reading import Branch, Reading, all_of, branches, statements, the, tokens
from dsl.syntax.billing import (
    Attachment,
    BillGroupDeclaration,
    TaxDeclaration,
    TaxExemption,
    TaxRate,
    TaxRow,
)


def bill_group(reading: Reading, tree: Branch) -> BillGroupDeclaration:
    """Build `bill group business { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "bill_group_block"))
    deliver = block.one("deliver", "deliver")
    carry_forward = block.one("carry_forward", "carry forward")
    return BillGroupDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        bill_day=optional_number(reading, block.one("bill_day", "bill day")),
        terms_days=optional_number(reading, block.one("terms", "terms")),
        template=optional_text(reading, block.one("invoice_template", "invoice template")),
        delivery=optional_name(reading, deliver),
        attachments=(
            all_of(reading, branches(deliver), "attachment", _attachment) if deliver else ()
        ),
        zero_invoices=optional_word(
            reading, block.one("zero_invoices", "zero invoices"), "zero"
        ),
        carry_forward=prices(reading, carry_forward) if carry_forward else (),
    )


def _attachment(reading: Reading, tree: Branch) -> Attachment:
    report, written_as = names(reading, tree)
    return Attachment(reading.span(tree), report, written_as)


def tax(reading: Reading, tree: Branch) -> TaxDeclaration:
    """Build `tax sales_tax { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "tax_block"))
    otherwise = block.one("tax_otherwise", "otherwise")
    return TaxDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        inclusion=optional_word(reading, block.one("prices_tax", "prices"), "inclusion"),
        rows=block.every("tax_row", _row),
        exemptions=block.every("exemption", _exemption),
        otherwise=percent(reading, the(otherwise, "percent")) if otherwise else None,
    )


def _exemption(reading: Reading, tree: Branch) -> TaxExemption:
    return TaxExemption(
        reading.span(tree),
        name=name(reading, tokens(tree)[0]),
        text=text(reading, the(tree, "text")),
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
