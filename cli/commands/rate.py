"""`ratebook rate`: a catalog, a book and usage in; rated usage and exceptions out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli import exits
from cli.catalogs import program_of
from cli.commands.bill import FAULTS_SHOWN, Day, refused
from cli.ledgers import ledger_option
from cli.progress import progress_to_stderr
from cli.render.rating_summary import summary_lines
from cli.usage_files import UsageCommand, usage_option


@click.command(
    cls=UsageCommand, short_help="Rate usage alone: rated usage and exceptions, nothing posted."
)
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option("--book", type=click.Path(path_type=Path), required=True, help="The book's folder.")
@usage_option()
@click.option("--as-of", type=Day(), required=True, help="Rate as a bill by this date would.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for rated usage and exceptions; that of a bill, to rate what comes after it.",
)
@ledger_option
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
    threads: int | None,
    memory_limit: str | None,
    *,
    all_faults: bool,
    is_quiet: bool,
) -> int:
    """Rate usage of the BOOK with the catalog in the folder CATALOG (or a compiled program).

    Writes OUT/rated_usage/run=draft and OUT/exceptions/run=draft, in the place of those of
    the rating before.  The ledger is read and the usage store left as it is, so that a bill
    of the same files bills them as if nothing had been rated.
    """
    from runtime.bill_result import BillRefused, BillRequest
    from runtime.rating import rate_alone

    program = program_of(catalog)
    with progress_to_stderr(is_quiet=is_quiet) as progress:
        outcome = rate_alone(
            BillRequest(
                program=program,
                book=book,
                usage=usage,
                as_of=as_of,
                out=out,
                ledger=ledger,
                threads=threads,
                memory_limit=memory_limit,
                progress=progress,
            )
        )
    if isinstance(outcome, BillRefused):
        return refused(outcome, shown=None if all_faults else FAULTS_SHOWN)
    for line in summary_lines(outcome, out):
        click.echo(line)
    return exits.CLEAN
