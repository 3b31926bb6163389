"""`ratebook docs`: a price sheet and reference, as Markdown and as a static site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.catalogs import Refusal, compiled_of

if TYPE_CHECKING:
    from proving.pricesheet.folder import Stale

FORMATS = ("markdown", "site")


@click.command(short_help="Write a catalog's price sheet and reference.")
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("price-sheet"),
    show_default=True,
    help="The folder to write into.",
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="One of the two; both, if not given."
)
@click.option("--check", "is_check", is_flag=True, help="Write nothing; say what is stale.")
def command(catalog: Path, out: Path, form: str | None, *, is_check: bool) -> int:
    """Write the price sheet of the catalog in the folder CATALOG, from what it says.

    Files that were not written by this command are never touched.  With --check nothing is
    written, and the exit code is 1 where a file is missing, stale or superfluous.
    """
    from proving.pricesheet.folder import NotOurs, sheet_files, stale_files, write_files
    from proving.pricesheet.sheet import price_sheet

    compiled = compiled_of(catalog).catalog
    assert compiled is not None, "a catalog that has a program"
    formats = FORMATS if form is None else (form,)
    wanted = sheet_files(price_sheet(compiled), formats)
    try:
        if is_check:
            return _told(stale_files(out, wanted, formats), catalog, out, form)
        for line in write_files(out, wanted, formats) or (f"{out} is up to date",):
            click.echo(line)
    except NotOurs as refusal:
        raise Refusal(str(refusal)) from refusal
    except OSError as fault:
        raise Refusal(f"{fault.filename or out}: {fault.strerror}") from fault
    return exits.CLEAN


def _told(stale: Sequence[Stale], catalog: Path, out: Path, form: str | None) -> int:
    """Say which files are not as they should be, and how they become so."""
    if not stale:
        click.echo(f"{out} is up to date")
        return exits.CLEAN
    for each in stale:
        click.echo(f"{out / each.name}: {each.why}")
    again = f"ratebook docs {catalog} --out {out}" + (f" --format {form}" if form else "")
    click.echo(f"to write them again: {again}")
    return exits.FINDINGS
