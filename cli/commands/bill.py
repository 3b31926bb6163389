"""`ratebook bill`: a catalog, a book and usage in; posted invoices and their files out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.catalogs import program_of
from cli.ledgers import ledger_option
from cli.progress import progress_to_stderr
from cli.render.bill_summary import summary_lines
from cli.render.lacking import lacking_lines
from cli.usage_files import UsageCommand, usage_option

if TYPE_CHECKING:
    from runtime.bill_result import BillRefused
    from runtime.invoice.chosen import DocumentFormat

FAULTS_SHOWN = 50
"""Book faults printed before the rest is only counted; `--all-faults` prints every one."""

UNCERTAIN = "the run was posted whole or not at all: run it again, and it bills what is left"

LONGEST_WAIT = 7 * 24 * 3600

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9798, 12, 31)
"""The days a run can be as of: those of a book, but for the two longest periods at the end."""


class Day(click.ParamType[date]):
    """A day, written as in catalogs and books."""

    name = "date"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Say in the help how a day is written."""
        return "YYYY-MM-DD"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read the day; another way to write it, and a day no book has, are refused."""
        text = str(value)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is not a day; write it as 2026-01-31", param, ctx)
        if text != day.isoformat():
            self.fail(f"{text!r} is not a day as it is written here; write {day}", param, ctx)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(f"{day} is not from {FIRST_DAY} to {LAST_DAY}", param, ctx)
        return day


class Formats(click.ParamType[tuple["DocumentFormat", ...]]):
    """Formats of documents, with commas between; `none` for none at all."""

    name = "formats"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Say in the help how formats are written."""
        return "FORMAT[,FORMAT...]"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[DocumentFormat, ...]:
        """Read the formats, in the order in which documents are made; unknown ones are refused."""
        from runtime.invoice.chosen import FORMATS

        named = [each.strip() for each in str(value).split(",")]
        if named == ["none"]:
            return ()
        for each in named:
            if each not in FORMATS:
                known = ", ".join(FORMATS)
                self.fail(f"{each!r} is no format; there are {known}, or `none`", param, ctx)
        return tuple(each for each in FORMATS if each in named)


@click.command(
    cls=UsageCommand, short_help="Bill a book and its usage: invoices, rated usage, exceptions."
)
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option("--book", type=click.Path(path_type=Path), required=True, help="The book's folder.")
@usage_option()
@click.option(
    "--as-of",
    type=Day(),
    required=True,
    help="Bill what is due by this date.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for invoices, rated usage, exceptions and the ledger.",
)
@ledger_option
@click.option(
    "--wait",
    type=click.IntRange(min=0, max=LONGEST_WAIT),
    metavar="SECONDS",
    default=0,
    help="Wait so long for a run that holds the ledger; else it is refused.",
)
@click.option(
    "--documents",
    type=Formats(),
    help="Documents of every invoice, or none; if not given, what its bill group attaches.",
)
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Compute all, post nothing.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads; all, if not given.")
@click.option("--memory-limit", metavar="SIZE", help="Memory for the engine, such as 2GB.")
@click.option("--all-faults", is_flag=True, help=f"Print every book fault, not {FAULTS_SHOWN}.")
@click.option("--quiet", "-q", "is_quiet", is_flag=True, help="No progress.")
def command(  # noqa: PLR0913 - one parameter an option
    catalog: Path,
    book: Path,
    usage: tuple[str, ...],
    as_of: date,
    out: Path,
    ledger: str | None,
    wait: int,
    documents: tuple[DocumentFormat, ...] | None,
    threads: int | None,
    memory_limit: str | None,
    *,
    is_dry_run: bool,
    all_faults: bool,
    is_quiet: bool,
) -> int:
    """Bill the BOOK with the catalog in the folder CATALOG (or a compiled program).

    Charges what should have been charged by the date and was not posted yet: run twice,
    the second run bills nothing.  A fault of the book or of a usage file stops the run
    before anything is posted; a bad usage record goes to the exceptions file.
    """
    from runtime.bill import bill
    from runtime.bill_result import BillRefused, BillRequest

    program = program_of(catalog)
    with progress_to_stderr(is_quiet=is_quiet) as progress:
        outcome = bill(
            BillRequest(
                program=program,
                book=book,
                usage=usage,
                as_of=as_of,
                out=out,
                ledger=ledger,
                wait_seconds=wait,
                is_dry_run=is_dry_run,
                threads=threads,
                memory_limit=memory_limit,
                progress=progress,
                keeps_invoices=False,
                formats=documents,
            )
        )
    if isinstance(outcome, BillRefused):
        return refused(outcome, shown=None if all_faults else FAULTS_SHOWN)
    for line in summary_lines(outcome, out):
        click.echo(line)
    for again in outcome.credited_again:
        click.echo(f"credited twice: {again}", err=True)
    for line in lacking_lines(outcome.lacking):
        click.echo(line, err=True)
    if outcome.unwritten is not None:
        return _unwritten(outcome.unwritten)
    return exits.CLEAN


def _unwritten(reason: str) -> int:
    """Say that a run was posted although its files could not all be written."""
    click.echo(f"files: {reason}", err=True)
    click.echo("the invoices are posted; the next run writes the files that are missing", err=True)
    return exits.USAGE


def refused(refusal: BillRefused, *, shown: int | None) -> int:
    """Print why nothing was billed; a book with faults is a finding, the rest cannot be used."""
    for reason in refusal.reasons[:shown]:
        click.echo(f"{refusal.stage}: {reason}", err=True)
    left = len(refusal.reasons) - len(refusal.reasons[:shown])
    if left:
        click.echo(f"... and {left} more; --all-faults prints them", err=True)
    total = len(refusal.reasons)
    posted = "nothing was posted" if refusal.is_certain else UNCERTAIN
    click.echo(f"{total} fault{'s' * (total != 1)}; {posted}", err=True)
    return exits.FINDINGS if refusal.faults else exits.USAGE
