"""`ratebook check`: every fault of a catalog, in one run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cli import exits
from cli.catalogs import check_catalog, findings_of, is_terminal
from cli.render import formats, renderer


@click.command(short_help="Report every fault of a catalog.")
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(formats()),
    default="text",
    show_default=True,
    help="For people: text, concise; for programs: json, sarif, github, junit.",
)
@click.option(
    "--no-cache",
    "is_uncached",
    is_flag=True,
    help="Check all anew, and keep nothing for the next time.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail, too.")
def command(catalog: Path, form: str, *, is_uncached: bool, strict: bool) -> int:
    """Report every fault of the catalog in the folder CATALOG.

    Exits with 0 if it compiles, 1 if it does not (or, with --strict, has warnings).
    """
    checked = check_catalog(catalog, is_cached=not is_uncached)
    is_coloured = form == "text" and is_terminal(sys.stdout)
    findings = findings_of(checked, catalog, is_coloured=is_coloured)
    click.echo(renderer(form)(findings), nl=False)
    if form == "text":
        click.echo(f"{catalog}: {findings.summary() or _clean(len(checked.sources))}")
    has_failed = findings.count("error") or (strict and findings.diagnostics)
    return exits.FINDINGS if has_failed else exits.CLEAN


def _clean(files: int) -> str:
    return f"clean ({files} file{'s' * (files != 1)})"
