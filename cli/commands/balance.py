"""`ratebook balance`: what accounts owe at the end of a day, by the age of their invoices."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli import exits
from cli.catalogs import Refusal
from cli.commands.bill import Day
from cli.ledgers import ledger_options, reading


@click.command(short_help="Say what accounts owe on a day, by the age of their invoices.")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--as-of", type=Day(), required=True, help="At the end of this day, past ones too.")
@click.option("--open", "is_open", is_flag=True, help="Leave out accounts that owe nothing.")
@click.option("--format", "form", type=click.Choice(("text", "json", "csv")), default="text")
@ledger_options
def command(
    accounts: tuple[str, ...],
    as_of: date,
    form: str,
    out: Path,
    ledger: str | None,
    *,
    is_open: bool,
) -> int:
    """Give the balance of each ACCOUNT, or of all, by currency.

    What is left to pay of invoices stands under the days that have gone by since each was due.
    `open` is their sum, `credit` what was paid or credited and is not applied to an invoice,
    `due` the one less the other.
    """
    from cli.render.balance_tables import balance_csv, balance_json, balance_lines
    from runtime.payments.balances import read_balances

    with reading(out, ledger) as connection:
        found = read_balances(connection, as_of, accounts or None)
    missing = sorted(set(accounts) - {each.account for each in found})
    if missing:
        raise Refusal(f"account {missing[0]} has no invoice and no payment by {as_of}")
    if is_open:
        found = tuple(each for each in found if each.open or each.credit)
    if form == "json":
        click.echo(balance_json(found, as_of), nl=False)
    elif form == "csv":
        click.echo(balance_csv(found, as_of), nl=False)
    elif found:
        for line in balance_lines(found, as_of):
            click.echo(line)
    else:
        click.echo(f"no account owed anything on {as_of}")
    return exits.CLEAN
