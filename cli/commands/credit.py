"""`ratebook credit`: a credit note for an invoice, whole or by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.catalogs import Refusal
from cli.commands.bill import Day
from cli.ledgers import ledger_options, writing

if TYPE_CHECKING:
    from runtime.invoice.model import Invoice
    from runtime.payments.credited import Asked
    from runtime.payments.journal import Journal

PLACE = re.compile(
    r"(?P<invoice>[^:=\s]+)"
    r"(?::(?P<line>[0-9]{1,9})(?:=(?P<amount>[0-9]{1,15}(?:\.[0-9]{1,12})?))?)?\Z"
)


@click.command(short_help="Give a credit note for an invoice, whole or by line.")
@click.argument("places", nargs=-1, required=True, metavar="INVOICE[:LINE[=AMOUNT]]...")
@click.option("--date", "day", type=Day(), required=True, help="The date of the note.")
@click.option("--reason", required=True, help="Why it is given, as it is printed.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Show it, post nothing.")
@ledger_options
def command(
    places: tuple[str, ...],
    day: date,
    reason: str,
    out: Path,
    ledger: str | None,
    *,
    is_dry_run: bool,
) -> int:
    """Credit an invoice: INV-000001 whole, INV-000001:3 a line, INV-000001:3=20.00 a part of it.

    An amount is what the line's price comes to: before tax, unless its price holds the tax.
    The tax goes back with it.  The note takes the next number of the invoices, and is applied
    to the invoice it names; no run bills it back.  The next run writes its documents.
    """
    from runtime.payments.credit_notes import draft_note, post_note
    from runtime.payments.model import PaymentRefused

    number, asked = _asked(places)
    with writing(out, ledger, is_dry_run=is_dry_run) as connection:
        try:
            draft = draft_note(connection, number, asked, day, reason)
            if is_dry_run:
                _show(draft.invoice, None)
                click.echo("Nothing was posted.")
                return exits.CLEAN
            note, journal = post_note(connection, draft)
        except PaymentRefused as fault:
            raise Refusal(fault.text()) from fault
    _show(note, journal)
    return exits.CLEAN


def _asked(places: Sequence[str]) -> tuple[str, list[Asked] | None]:
    """Give the invoice, and the lines to credit; None: the whole of it."""
    from runtime.payments.credited import Asked

    found = [PLACE.match(place) for place in places]
    for place, match in zip(places, found, strict=True):
        if match is None:
            raise Refusal(f"`{place}` names no invoice; write INV-000001, or INV-000001:3=20.00")
    matches = [match for match in found if match is not None]
    numbers = sorted({match["invoice"] for match in matches})
    if len(numbers) > 1:
        raise Refusal(f"a credit note is for one invoice, and {' and '.join(numbers)} are named")
    if any(match["line"] is None for match in matches):
        if len(matches) > 1:
            raise Refusal(f"{numbers[0]} is named whole, and once more")
        return numbers[0], None
    return numbers[0], [
        Asked(int(match["line"]), Decimal(match["amount"]) if match["amount"] else None)
        for match in matches
    ]


def _show(note: Invoice, journal: Journal | None) -> None:
    """Print the note's lines and totals, and what it was applied to."""
    from cli.render.columns import columns
    from cli.render.payment_tables import entry_lines
    from runtime.invoice.invariants import all_lines

    assert note.credits is not None
    word = note.number or "A credit note"
    click.echo(f"{word} credits {note.credits.invoice}, {note.issue_date}: {note.credits.reason}")
    click.echo()
    header = ("line", "credits", "what", "net", "tax")
    rows = [
        (str(line.number), line.corrects or "", line.description, f"{line.net}", f"{line.tax}")
        for line in all_lines(note)
    ]
    totals = note.totals
    rows.append(("", "", f"total {totals.gross} {note.currency}", f"{totals.net}", f"{totals.tax}"))
    for text in columns(header, rows, left=("credits", "what")):
        click.echo(text)
    if journal is not None:
        click.echo()
        for text in entry_lines(journal):
            click.echo(text)
