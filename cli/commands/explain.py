"""`ratebook explain`: how what was posted came about, or what a diagnostic's code means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cli import exits
from cli.catalogs import Refusal
from cli.ledgers import ledger_option

if TYPE_CHECKING:
    from runtime.explain.model import Explanation
    from runtime.explain.subjects import Posted

Form = Literal["text", "json", "html"]

CODE = re.compile(r"RB\d{1,4}\Z|[a-z]+(-[a-z]+)*\Z", re.IGNORECASE)
"""A code, or the slug that a comment allows a warning by; invoices have numbers."""

PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")
"""A month, which parts an account's lines by their days."""

PRICE = "price"
"""What tells the order in which the parts of a price apply."""


@click.command(short_help="Say how a line came to its amount, or what a code means.")
@click.argument(
    "what", metavar="INVOICE[:LINE] | ACCOUNT YYYY-MM | usage:RECORD | FILE:LINE | CODE | price"
)
@click.argument("period", metavar="", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="The folder the bill was written to.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "html")),
    default="text",
    show_default=True,
    help="Text, JSON for programs, or a page of its own.",
)
@ledger_option
def command(what: str, period: str | None, out: Path, form: Form, ledger: str | None) -> int:
    """Explain what was posted, down to the catalog's lines and the usage records.

    \b
    INV-000001              an invoice: its lines, a sentence each
    INV-000001:3            one of its lines
    A0002 2026-01           an account's lines of a month
    usage:sessions/S01      a usage record by feed and id; usage:FILE:ROW by its place
    services.ratebook:17    the lines that a line of the catalog priced
    price                   the order in which the parts of a price apply
    RB101, unknown-name     what a diagnostic means
    """  # noqa: D301 - click's mark of what is not to be wrapped
    if period is None and what != PRICE and CODE.match(what):
        if form != "text":
            raise Refusal("what a code means is text alone")
        click.echo(_page(what), nl=False)
        return exits.CLEAN
    subject = what if period is None else f"{what} {period}"
    if what == PRICE and period is None:
        if form == "text":
            click.echo(_price_order(), nl=False)
            return exits.CLEAN
        explained = _price_explanation()
    else:
        explained = _explained(what, period, out, ledger)
    click.echo(_rendered(subject, explained, form), nl=False)
    return exits.CLEAN


def _price_order() -> str:
    from runtime.program.terms import PRICE_ORDER

    steps = "".join(f"  {number}. {step}\n" for number, step in enumerate(PRICE_ORDER, start=1))
    return f"A price applies in this order, in whatever order it is written:\n{steps}"


def _price_explanation() -> Explanation:
    from runtime.explain.model import Explanation, Fact
    from runtime.program.terms import PRICE_ORDER

    return Explanation(
        "A price applies in this order, in whatever order it is written",
        tuple(Fact(str(number), step) for number, step in enumerate(PRICE_ORDER, start=1)),
    )


def _page(code: str) -> str:
    from compiler.pages import UnknownCode, page_of

    try:
        return page_of(code)
    except UnknownCode as fault:
        raise Refusal(str(fault)) from fault


def _explained(what: str, period: str | None, out: Path, ledger: str | None) -> Explanation:
    from runtime.bill_folder import OutFolder
    from runtime.explain.subjects import NothingThere, Posted
    from runtime.ledger.connect import ledger_url, read_ledger
    from runtime.ledger.faults import LedgerRefused
    from runtime.usage_history.places import NoUsage

    path = OutFolder(out).ledger
    if ledger is None and not path.exists():
        raise Refusal(f"{path}: there is no ledger; --out names the folder the bill was written to")
    try:
        with read_ledger(ledger or ledger_url(path)) as connection:
            return _of(what, period, Posted(connection, out, ledger))
    except (NothingThere, NoUsage, LedgerRefused) as fault:
        raise Refusal(str(fault)) from fault


def _of(what: str, period: str | None, posted: Posted) -> Explanation:
    if period is not None:
        if not PERIOD.match(period):
            raise Refusal(f"`{period}` is not a month; write it as {what} 2026-01")
        return posted.account(what, period)
    before, _, behind = what.rpartition(":")
    if what.startswith("usage:"):
        return posted.usage(what.removeprefix("usage:"))
    if before.endswith((".ratebook", ".csv")) and behind.isdecimal():
        return posted.catalog_line(before, int(behind))
    number, _, line = what.partition(":")
    if line and not line.isdecimal():
        raise Refusal(f"`{line}` is not a line's number; write it as {number}:3")
    return posted.invoice(number, int(line) if line else None)


def _rendered(subject: str, explained: Explanation, form: Form) -> str:
    from runtime.explain.json_document import render_json
    from runtime.explain.page import render_page
    from runtime.explain.text import render_text

    if form == "json":
        return render_json(subject, explained)
    if form == "html":
        return render_page(subject, explained)
    return render_text(explained)
