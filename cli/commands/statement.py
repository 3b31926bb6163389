"""`ratebook statement`: an account's opening balance, every entry, its closing balance."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli import exits
from cli.catalogs import Refusal
from cli.commands.bill import Day
from cli.ledgers import ledger_options, reading

SUFFIXES = {"text": "txt", "html": "html", "pdf": "pdf", "json": "json"}


@click.command(short_help="Write an account's statement: every entry between two balances.")
@click.argument("account")
@click.option(
    "--from", "start", type=Day(), help="The first day; of its first entry, if not given."
)
@click.option("--to", "end", type=Day(), required=True, help="The last day.")
@click.option("--format", "form", type=click.Choice(tuple(SUFFIXES)), default="text")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a file a currency into this folder, and print its path.",
)
@ledger_options
def command(
    account: str,
    start: date | None,
    end: date,
    form: str,
    into: Path | None,
    out: Path,
    ledger: str | None,
) -> int:
    """Give the statement of an ACCOUNT: what it owed, every entry since, what it owes.

    There is one for each currency.  A PDF is written into a folder; the others are printed,
    unless a folder is given.
    """
    from runtime.payments.model import PaymentRefused
    from runtime.payments.statement import read_statements
    from runtime.payments.statement_documents import DRAWINGS

    if start is not None and start > end:
        raise Refusal(f"{start} is after {end}")
    if form == "pdf" and into is None:
        raise Refusal("a PDF is written into a folder: give --into FOLDER")
    try:
        with reading(out, ledger) as connection:
            statements = read_statements(connection, account, start, end)
    except PaymentRefused as fault:
        raise Refusal(fault.text()) from fault
    for statement in statements:
        content = DRAWINGS[form](statement)
        if into is None:
            click.echo(content.decode("utf-8").rstrip("\n"))
        else:
            name = f"statement-{account}-{statement.currency}-{statement.end}.{SUFFIXES[form]}"
            click.echo(_written(into, name, content))
    return exits.CLEAN


def _written(folder: Path, name: str, content: bytes) -> Path:
    from urllib.parse import quote

    from runtime.invoice.documents import replace_file

    path = folder / quote(name, safe=" ")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(path, content)
    except OSError as fault:
        raise Refusal(f"{path}: cannot be written: {fault.strerror}") from fault
    return path
