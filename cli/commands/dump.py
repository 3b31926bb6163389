"""`ratebook dump`: a stage of the compiler as text one can read and compare."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.catalogs import compile_catalog, findings_of, is_terminal

if TYPE_CHECKING:
    from compiler.compile import Compilation

Dump = Callable[["Compilation"], str | None]

STAGES = ("source", "tokens", "syntax", "resolved", "catalog", "program")


@click.command(short_help="Print a stage of the compiler.")
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option("--stage", type=click.Choice(STAGES), required=True)
def command(catalog: Path, stage: str) -> int:
    """Print one stage of compiling the catalog in the folder CATALOG.

    A stage that the catalog's errors keep from being made prints those instead.
    """
    from cli.render import text
    from compiler.dump import DUMPS

    compilation = compile_catalog(catalog)
    printed = DUMPS[stage](compilation)
    if printed is None:
        findings = findings_of(compilation, catalog, is_coloured=is_terminal(sys.stderr))
        click.echo(text.render(findings), err=True, nl=False)
        click.echo(f"{catalog}: {findings.summary()}; there is no {stage} to print", err=True)
        return exits.FINDINGS
    click.echo(printed, nl=False)
    return exits.CLEAN
