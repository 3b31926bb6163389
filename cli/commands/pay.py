"""`ratebook pay`: payments in, applied, taken back, reversed, refunded, listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from cli import exits
from cli.catalogs import Refusal
from cli.commands.bill import Day
from cli.ledgers import ledger_options, reading, writing
from cli.render.payment_tables import entry_lines, payment_lines, payments_json, received_lines

if TYPE_CHECKING:
    from runtime.book.faults import BookFault
    from runtime.payments.apply import Part
    from runtime.payments.journal import Journal
    from runtime.payments.model import Entry
    from runtime.payments.standing import Credit, Standing

Command = TypeVar("Command", bound=Callable[..., object])
Work = Callable[["Journal", "Standing", "Credit"], "list[Entry]"]

FAULTS_SHOWN = 50


def _posting(command: Command) -> Command:
    dry = click.option("--dry-run", "is_dry_run", is_flag=True, help="Show it, post nothing.")
    return dry(ledger_options(command))


_day = click.option("--date", "day", type=Day(), required=True, help="From which day it counts.")
_why = click.option("--reason", help="Why, as statements show it.")
_to = click.option(
    "--to", "words", multiple=True, metavar="INVOICE[=AMOUNT]", help="Which invoice; several times."
)


@click.group(short_help="Record payments, apply them, take them back, refund them.")
def command() -> None:
    """Payments, and what is done with them.

    Nothing that was posted is changed: each command adds entries, with their day.
    """


@command.command("import", short_help="Record the payments of files.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--as-of", type=Day(), required=True, help="The last day on which one may have come in."
)
@_posting
def import_files(
    files: tuple[Path, ...], as_of: date, out: Path, ledger: str | None, *, is_dry_run: bool
) -> int:
    """Record the payments of FILES: CSV, JSON lines (.jsonl) or Parquet.

    Each is applied to the invoices it names, else to the one that is due first, then the next;
    what is left is account credit.  A payment that is recorded already is left alone.  With a
    fault in any row nothing is recorded.
    """
    from runtime.engine import open_engine
    from runtime.payments.ledger import post_journal
    from runtime.payments.receive import PaymentsRefused, receive_files

    with writing(out, ledger, is_dry_run=is_dry_run) as connection, open_engine() as engine:
        received = receive_files(engine, connection, files, as_of)
        if isinstance(received, PaymentsRefused):
            _refuse(received.faults)
        if not is_dry_run:
            post_journal(connection, received.journal)
    for line in received_lines(received):
        click.echo(line)
    _say_dry(is_dry_run=is_dry_run)
    return exits.CLEAN


@command.command("record", short_help="Record one payment.")
@click.argument("payment")
@click.option("--account", required=True, help="Who receives the invoices that it pays.")
@click.option("--amount", required=True, metavar="AMOUNT CURRENCY", nargs=2, help="As 120.00 CAD.")
@click.option("--received", type=Day(), required=True, help="From which day it counts.")
@click.option("--method", help="How it was paid, as printed.")
@click.option("--reference", help="What the bank calls it, as printed.")
@_to
@_posting
def record(  # noqa: PLR0913 - one parameter an option
    payment: str,
    account: str,
    amount: tuple[str, str],
    received: date,
    method: str | None,
    reference: str | None,
    words: tuple[str, ...],
    out: Path,
    ledger: str | None,
    *,
    is_dry_run: bool,
) -> int:
    """Record one PAYMENT by its id, and apply it as `import` does."""
    from runtime.payments.checks import GivenPayment
    from runtime.payments.known import known_to_ledger
    from runtime.payments.ledger import post_journal
    from runtime.payments.receive import PaymentsRefused, receive

    figure, currency = amount
    directed = " ".join(words) or None
    given = GivenPayment(
        0, payment, account, received, _amount(figure), currency, method, reference, directed
    )
    with writing(out, ledger, is_dry_run=is_dry_run) as connection:
        known = known_to_ledger(connection, [given], received)
        found = receive(connection, {"": [given]}, known)
        if isinstance(found, PaymentsRefused):
            raise Refusal("; ".join(fault.text().removeprefix(": ") for fault in found.faults))
        if found.repeated:
            raise Refusal(f"{payment} is recorded already, as it is given here")
        if not is_dry_run:
            post_journal(connection, found.journal)
    return _show(found.journal, is_dry_run=is_dry_run)


@command.command("apply", short_help="Apply what is left of a payment, or of a credit note.")
@click.argument("credit", metavar="PAYMENT|CREDIT-NOTE")
@_to
@_day
@_posting
def apply_credit(
    credit: str,
    words: tuple[str, ...],
    day: date,
    out: Path,
    ledger: str | None,
    *,
    is_dry_run: bool,
) -> int:
    """Apply what is left to invoices: those given with --to, else the one that is due first."""
    from runtime.payments.apply import apply_oldest, apply_parts

    def work(journal: Journal, standing: Standing, own: Credit) -> list[Entry]:
        if not words:
            return apply_oldest(journal, standing, own, day)
        return apply_parts(journal, standing, own, _parts(words, standing), day)

    return _work_on(credit, work, out, ledger, is_dry_run=is_dry_run)


@command.command("unapply", short_help="Take back what a payment or credit note is applied to.")
@click.argument("credit", metavar="PAYMENT|CREDIT-NOTE")
@click.option("--from", "words", metavar="INVOICE[=AMOUNT]", help="Of this invoice only.")
@_day
@_why
@_posting
def unapply_credit(
    credit: str,
    words: str | None,
    day: date,
    reason: str | None,
    out: Path,
    ledger: str | None,
    *,
    is_dry_run: bool,
) -> int:
    """Take back what is applied, of all invoices or of one; it is account credit again."""
    from runtime.payments.apply import unapply

    def work(journal: Journal, standing: Standing, own: Credit) -> list[Entry]:
        part = _parts((words,), standing)[0] if words else None
        return unapply(journal, standing, own, part, day, reason)

    return _work_on(credit, work, out, ledger, is_dry_run=is_dry_run)


@command.command("reverse", short_help="Take back a payment that did not hold.")
@click.argument("payment")
@_day
@click.option("--reason", required=True, help="Why, as statements show it.")
@_posting
def reverse_payment(
    payment: str, day: date, reason: str, out: Path, ledger: str | None, *, is_dry_run: bool
) -> int:
    """Take back a PAYMENT that did not hold; what it paid is to be paid again."""
    from runtime.payments.apply import reverse

    def work(journal: Journal, standing: Standing, own: Credit) -> list[Entry]:
        return reverse(journal, standing, own, day, reason)

    return _work_on(payment, work, out, ledger, is_dry_run=is_dry_run)


@command.command("refund", short_help="Give back what of a payment is not applied.")
@click.argument("payment")
@click.option("--amount", metavar="AMOUNT", help="So much; all that is not applied, if not given.")
@_day
@_why
@click.option("--reference", help="What the bank calls it, as printed.")
@_posting
def refund_payment(
    payment: str,
    amount: str | None,
    day: date,
    reason: str | None,
    reference: str | None,
    out: Path,
    ledger: str | None,
    *,
    is_dry_run: bool,
) -> int:
    """Note that what of a PAYMENT is not applied was given back, or a part of it."""
    from runtime.payments.apply import refund

    def work(journal: Journal, standing: Standing, own: Credit) -> list[Entry]:
        minor = None if amount is None else _minor(amount, standing)
        return refund(journal, standing, own, minor, day, reference=reference, reason=reason)

    return _work_on(payment, work, out, ledger, is_dry_run=is_dry_run)


@command.command("list", short_help="List payments with what became of them.")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--as-of", type=Day(), help="As they were at the end of this day.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
@ledger_options
def list_payments(
    accounts: tuple[str, ...], as_of: date | None, form: str, out: Path, ledger: str | None
) -> int:
    """List the payments of each ACCOUNT, or of all: applied, refunded, reversed, left."""
    from runtime.payments.listing import read_listing

    with reading(out, ledger) as connection:
        found = read_listing(connection, accounts or None, as_of)
    if form == "json":
        click.echo(payments_json(found), nl=False)
        return exits.CLEAN
    for line in payment_lines(found):
        click.echo(line)
    return exits.CLEAN


def _work_on(credit: str, work: Work, out: Path, ledger: str | None, *, is_dry_run: bool) -> int:
    """Do something with a payment or credit note, and show the entries it made."""
    from runtime.payments.ledger import account_of_credit, open_journal, post_journal
    from runtime.payments.model import PaymentRefused

    with writing(out, ledger, is_dry_run=is_dry_run) as connection:
        key = account_of_credit(connection, credit)
        if key is None:
            raise Refusal(f"no payment and no credit note is called `{credit}`")
        journal = open_journal(connection, [key[0]])
        standing = journal.standings[key]
        try:
            work(journal, standing, standing.credits[credit])
        except PaymentRefused as fault:
            raise Refusal(fault.text()) from fault
        if not is_dry_run:
            post_journal(connection, journal)
    return _show(journal, is_dry_run=is_dry_run)


def _show(journal: Journal, *, is_dry_run: bool) -> int:
    for line in entry_lines(journal):
        click.echo(line)
    _say_dry(is_dry_run=is_dry_run)
    return exits.CLEAN


def _say_dry(*, is_dry_run: bool) -> None:
    if is_dry_run:
        click.echo("Nothing was posted.")


def _refuse(faults: Sequence[BookFault]) -> NoReturn:
    for fault in faults[:FAULTS_SHOWN]:
        click.echo(fault.text(), err=True)
    if len(faults) > FAULTS_SHOWN:
        click.echo(f"... and {len(faults) - FAULTS_SHOWN} more", err=True)
    plural = "s" * (len(faults) != 1)
    click.echo(f"{len(faults)} fault{plural}; nothing was posted", err=True)
    raise click.exceptions.Exit(exits.FINDINGS)


def _parts(words: Sequence[str], standing: Standing) -> list[Part]:
    from runtime.payments.apply import Part

    parts: list[Part] = []
    for word in words:
        invoice, equals, amount = word.partition("=")
        if any(part.invoice == invoice for part in parts):
            raise Refusal(f"{invoice} is named twice")
        parts.append(Part(invoice, _minor(amount, standing) if equals else None))
    return parts


def _minor(text: str, standing: Standing) -> int:
    """Read an amount above zero in the account's currency."""
    from runtime.money import exact_minor

    amount = _amount(text)
    minor = exact_minor(amount, standing.minor_units)
    if minor is None:
        places = standing.minor_units
        raise Refusal(f"{text} has more decimals than the {places} of {standing.currency}")
    if minor <= 0:
        raise Refusal(f"{text}: an amount is above zero")
    return minor


def _amount(text: str) -> Decimal:
    import re

    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,12})?", text):
        raise Refusal(f"`{text}` is not an amount; write it as 12.50")
    return Decimal(text)
