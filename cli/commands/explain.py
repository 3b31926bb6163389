"""`ratebook explain`: how a line came to its amount, or what a diagnostic's code means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.catalogs import Refusal
from cli.ledgers import ledger_option

if TYPE_CHECKING:
    from runtime.invoice.model import Invoice

CODE = re.compile(r"RB\d{1,4}\Z|[a-z]+(-[a-z]+)*\Z", re.IGNORECASE)
"""A code, or the slug that a comment allows a warning by; invoices have numbers."""

PRICE = "price"
"""What tells the order in which the parts of a price apply."""


@click.command(short_help="Say how a line came to its amount, or what a code means.")
@click.argument("what", metavar="INVOICE[:LINE]|CODE|price")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="The folder the bill was written to.",
)
@ledger_option
def command(what: str, out: Path, ledger: str | None) -> int:
    """Explain an invoice, one of its lines (INV-000001:3), or a code (RB101, unknown-name).

    `price` tells the order in which the parts of a price apply.

    A line is told down to the catalog's source line and the usage records behind it.
    """
    if what == PRICE:
        click.echo(_price_order(), nl=False)
        return exits.CLEAN
    if CODE.match(what):
        click.echo(_page(what), nl=False)
        return exits.CLEAN
    number, _, line = what.partition(":")
    if line and not line.isdecimal():
        raise Refusal(f"`{line}` is not a line's number; write it as {number}:3")
    click.echo(
        _explained(_invoice(number, out, ledger), int(line) if line else None, out), nl=False
    )
    return exits.CLEAN


def _price_order() -> str:
    from runtime.program.terms import PRICE_ORDER

    steps = "".join(f"  {number}. {step}\n" for number, step in enumerate(PRICE_ORDER, start=1))
    return f"A price applies in this order, in whatever order it is written:\n{steps}"


def _page(code: str) -> str:
    from compiler.pages import UnknownCode, page_of

    try:
        return page_of(code)
    except UnknownCode as fault:
        raise Refusal(str(fault)) from fault


def _invoice(number: str, out: Path, ledger: str | None) -> Invoice:
    from runtime.bill_folder import OutFolder
    from runtime.ledger.connect import ledger_url, read_ledger
    from runtime.ledger.faults import LedgerRefused
    from runtime.ledger.history import read_invoice

    path = OutFolder(out).ledger
    if ledger is None and not path.exists():
        raise Refusal(f"{path}: there is no ledger; --out names the folder the bill was written to")
    try:
        with read_ledger(ledger or ledger_url(path)) as connection:
            invoice = read_invoice(connection, number)
    except LedgerRefused as fault:
        raise Refusal(str(fault)) from fault
    if invoice is None:
        raise Refusal(f"the ledger has no invoice `{number}`")
    return invoice


def _explained(invoice: Invoice, line: int | None, out: Path) -> str:
    from runtime.explain.line import NoSuchLine, explain_invoice, explain_line
    from runtime.explain.records import RatedUsage
    from runtime.explain.text import render_text

    if line is None:
        return render_text(explain_invoice(invoice))
    try:
        rated = RatedUsage(out / "rated_usage" / f"run={invoice.run}")
        return render_text(explain_line(invoice, line, rated))
    except NoSuchLine as fault:
        raise Refusal(str(fault)) from fault
