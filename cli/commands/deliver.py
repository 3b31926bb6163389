"""`ratebook deliver`: what a run posted, on its way to the customer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.ledgers import ledger_option
from cli.progress import progress_to_stderr

if TYPE_CHECKING:
    from runtime.delivery.deliver import Delivered
    from runtime.delivery.outbox import Delivery
    from runtime.delivery.smtp import Server

REASONS_SHOWN = 20
PORTS = {"none": 25, "starttls": 587, "tls": 465}
PASSWORD = "RATEBOOK_SMTP_PASSWORD"


@click.command(short_help="Send posted invoices: by e-mail, or into a folder.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="The folder that the billing run wrote.",
)
@ledger_option
@click.option(
    "--smtp",
    metavar="HOST[:PORT]",
    envvar="RATEBOOK_SMTP",
    help="The mail server; without one, e-mails wait.",
)
@click.option(
    "--security",
    type=click.Choice(tuple(PORTS)),
    default="starttls",
    show_default=True,
    help="How the connection is secured.",
)
@click.option(
    "--user",
    envvar="RATEBOOK_SMTP_USER",
    help=f"Log in with this name; {PASSWORD} holds the password.",
)
@click.option("--from", "sender", metavar="ADDRESS", help="Who mails are from; else the seller.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where offline invoices go; OUT/delivered, if not given.",
)
@click.option("--failed", "tries_failed", is_flag=True, help="Try again what failed.")
@click.option("--status", "is_status", is_flag=True, help="Send nothing, list the outbox.")
@click.option("--quiet", "-q", "is_quiet", is_flag=True, help="No progress.")
def command(  # noqa: PLR0913 - one parameter an option
    out: Path,
    ledger: str | None,
    smtp: str | None,
    security: str,
    user: str | None,
    sender: str | None,
    folder: Path | None,
    *,
    tries_failed: bool,
    is_status: bool,
    is_quiet: bool,
) -> int:
    """Deliver what billing runs left in the outbox, each invoice as its bill group says.

    What a server refuses for now (4xx) waits for the next time, what it refuses for good
    (5xx) fails with its reason.  A mail that is sent again has the same bytes.
    """
    from runtime.bill_folder import OutFolder
    from runtime.delivery.deliver import DeliverRequest, IsDelivering, deliver
    from runtime.ledger.connect import ledger_url
    from runtime.ledger.faults import LedgerRefused

    place = OutFolder(out)
    url = ledger or ledger_url(place.ledger)
    if ledger is None and not place.ledger.is_file():
        click.echo(f"deliver: {place.ledger}: there is no such ledger; bill first", err=True)
        return exits.USAGE
    try:
        if is_status:
            return _status(url)
        request = DeliverRequest(
            ledger=url,
            invoices=place.invoices,
            folder=folder or out / "delivered",
            server=None if smtp is None else _server(smtp, security, user),
            sender=sender,
            tries_failed=tries_failed,
        )
        with progress_to_stderr(is_quiet=is_quiet) as progress:
            delivered = deliver(request, progress)
    except (LedgerRefused, IsDelivering) as refusal:
        click.echo(f"deliver: {refusal}", err=True)
        return exits.USAGE
    except OSError as fault:
        click.echo(f"deliver: {fault.filename}: {fault.strerror}", err=True)
        return exits.USAGE
    return _tell(delivered)


def _server(smtp: str, security: str, user: str | None) -> Server:
    """Read where to send; the password comes from the environment only."""
    import os

    from runtime.delivery.smtp import Server

    host, colon, port = smtp.rpartition(":") if smtp.count(":") == 1 else (smtp, "", "")
    host = host.strip("[]")
    if not host or (colon and not (port.isdigit() and 0 < int(port) < 65536)):
        raise click.BadParameter(f"{smtp!r} is not HOST or HOST:PORT", param_hint="--smtp")
    number = int(port) if colon else PORTS[security]
    return Server(host, number, security, user, os.environ.get(PASSWORD))


def _tell(delivered: Delivered) -> int:
    """Say what became of the outbox; what failed or stopped is a finding."""
    click.echo(
        f"{delivered.sent:,} sent, {delivered.waiting:,} waiting, {delivered.failed:,} failed"
    )
    for invoice, recipient, reason in delivered.reasons[:REASONS_SHOWN]:
        click.echo(f"  {invoice}  {recipient or '(nobody)'}: {reason}")
    if len(delivered.reasons) > REASONS_SHOWN:
        click.echo(
            f"  ... and {len(delivered.reasons) - REASONS_SHOWN:,} more; --status lists them"
        )
    if delivered.stopped is not None:
        click.echo(f"deliver: {delivered.stopped}; what is left waits", err=True)
        return exits.USAGE
    return exits.FINDINGS if delivered.failed else exits.CLEAN


def _status(url: str) -> int:
    """List the outbox: what waits and what failed, and how much was sent."""
    from runtime.delivery.outbox import count_deliveries, read_deliveries
    from runtime.ledger.connect import read_ledger

    with read_ledger(url) as ledger:
        counts = count_deliveries(ledger)
        for line in _rows(read_deliveries(ledger, ("waiting", "failed"))):
            click.echo(line)
    for status in ("sent", "waiting", "failed"):
        parts = [
            f"{count:,} {way}" for (way, each), count in sorted(counts.items()) if each == status
        ]
        click.echo(f"{status:<8} {', '.join(parts) or 'none'}")
    return exits.CLEAN


def _rows(waiting: Iterator[Delivery]) -> Iterator[str]:
    for each in waiting:
        tried = f", tried {each.attempts} time{'s' * (each.attempts != 1)}" if each.attempts else ""
        reason = f": {each.reason}" if each.reason else ""
        who = each.recipient or "(nobody)"
        yield f"{each.invoice}  {each.channel:<7}  {who}  {each.status}{tried}{reason}"
