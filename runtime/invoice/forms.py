"""Forms: what many invoices say alike, worded once, with blanks for what each says of its own.

A form is the JSON of a part of the invoice model, cut at its blanks.  It is made of a part that
was worded as any other is, so that a line printed on a form and one worded by itself are the
same bytes.  The engine fills the blanks of a million lines at once; see runtime.invoice.alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runtime.invoice.model import (
    AccountSection,
    Change,
    Frozen,
    Invoice,
    InvoiceLine,
    PackageSection,
    ServiceSection,
    TaxLine,
)
from runtime.money import power_of_ten_sql, to_major

_SIGN = "\ue000"
_BLANK = re.compile(f'"{_SIGN}([a-z_.]+){_SIGN}"')

LINE_BLANKS = ("number", "corrects", "account", "account_package", "account_service", "net", "tax")
SERVICE_BLANKS = ("account_service", "identifiers", "lines", "subtotal")
PACKAGE_BLANKS = ("account_package", "services", "subtotal")
ACCOUNT_BLANKS = ("account", "name", "packages", "subtotal")
TAX_BLANKS = ("base", "amount")
CHANGE_BLANKS = ("account", "account_service")
HEAD_BLANKS = (
    *("number", "kind", "bill_to", "recurring_start", "recurring_end", "sections", "taxes"),
    *("totals.net", "totals.tax", "totals.gross", "totals.due"),
    *("summary.previous_balance", "summary.carried_forward", "summary.this_invoice"),
    "summary.balance_due",
    *("changes", "run"),
)
"""What is filled in, in the model's order; all else is alike where the form is."""


@dataclass(frozen=True, slots=True)
class Form:
    """A text cut at its blanks: one piece more than there are blanks."""

    pieces: tuple[str, ...]

    def filled(self, *texts: str) -> str:
        """Give the JSON with its blanks filled with texts."""
        said = [json.dumps(each, ensure_ascii=False) for each in texts]
        return "".join(part for pair in zip(self.pieces, [*said, ""], strict=True) for part in pair)


def make_form(part: Frozen, blanks: Sequence[str]) -> Form:
    """Make the form of a part of an invoice, with these fields blank: `totals.net` is inside one.

    A blank takes JSON, a string with its quotes.
    """
    said = part.model_dump(mode="json")
    for name in blanks:
        outer, _, inner = name.rpartition(".")
        (said[outer] if outer else said)[inner] = f"{_SIGN}{name}{_SIGN}"
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    pieces = _BLANK.split(text)
    if tuple(pieces[1::2]) != tuple(blanks):
        raise ValueError(f"blanks {pieces[1::2]} are not those of {type(part).__name__}")
    return Form(tuple(pieces[::2]))


def line_form(line: InvoiceLine) -> Form:
    """Make the form of lines that are like this one."""
    return make_form(line, LINE_BLANKS)


def service_form(service: str, title: str) -> Form:
    """Make the form of a service's sections."""
    section = ServiceSection(
        account_service="",
        service=service,
        title=title,
        identifiers=(),
        lines=(),
        subtotal=to_major(0, 0),
    )
    return make_form(section, SERVICE_BLANKS)


def package_form(package: str, title: str, frequency: str) -> Form:
    """Make the form of a package's sections at a frequency."""
    section = PackageSection(
        account_package="",
        package=package,
        title=title,
        frequency=frequency,
        services=(),
        subtotal=to_major(0, 0),
    )
    return make_form(section, PACKAGE_BLANKS)


def account_form() -> Form:
    """Make the form of an account's section."""
    section = AccountSection(account="", name="", packages=(), subtotal=to_major(0, 0))
    return make_form(section, ACCOUNT_BLANKS)


def tax_form(tax: TaxLine) -> Form:
    """Make the form of the lines of one tax."""
    return make_form(tax, TAX_BLANKS)


def change_form(change: Change) -> Form:
    """Make the form of changes of status that are like this one."""
    return make_form(change, CHANGE_BLANKS)


def head_form(invoice: Invoice) -> Form:
    """Make the form of the invoices that are like this one but for their lines and amounts."""
    return make_form(invoice, HEAD_BLANKS)


def column_types(blanks: Sequence[str]) -> dict[str, str]:
    """Give the columns of a table of forms."""
    return {f"p{number}": "VARCHAR" for number in range(len(blanks) + 1)}


def filled_sql(form: str, blanks: Sequence[str], values: Mapping[str, str]) -> str:
    """Give SQL for a form of the table `form` with its blanks filled.

    `values`: SQL for JSON, for each blank.
    """
    parts = [f"{form}.p0"]
    for number, name in enumerate(blanks, start=1):
        parts += [values[name], f"{form}.p{number}"]
    return " || ".join(parts)


def text_sql(value: str) -> str:
    r"""Give SQL for a text as JSON, null where it is none.

    Books hold no control characters, so that only `\` and `"` are escaped.
    """
    escaped = f"""replace(replace({value}, '\\', '\\\\'), '"', '\\"')"""
    return f"""coalesce('"' || {escaped} || '"', 'null')"""


def amount_sql(minor: str, minor_units: str) -> str:
    """Give SQL for whole minor units as JSON: an amount in major units, with its places."""
    power = power_of_ten_sql(minor_units)
    return f"""('"' || CASE WHEN {minor_units} = 0 THEN ({minor})::VARCHAR ELSE
      CASE WHEN {minor} < 0 THEN '-' ELSE '' END || (abs({minor}) // {power})::VARCHAR || '.'
      || lpad((abs({minor}) % {power})::VARCHAR, {minor_units}, '0') END || '"')"""
