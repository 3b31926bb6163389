"""`ratebook graph`: what depends on what, drawn or asked."""

from __future__ import annotations

from pathlib import Path

import click

from cli import exits
from cli.catalogs import Refusal, compile_catalog

FORMATS = ("dot", "mermaid", "json", "svg")


@click.command(short_help="Draw or ask what depends on what.")
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="dot", show_default=True)
@click.option(
    "--select",
    metavar="WHAT",
    help="service:access, +service:access (what it needs), rate_group:home+ (what needs it), "
    "service: (the whole kind); several with blanks between.",
)
def command(catalog: Path, form: str, select: str | None) -> int:
    """Print the dependency graph of the catalog in the folder CATALOG.

    A catalog with mistakes is drawn as far as its names resolve.
    """
    from compiler.graph import SelectionFault
    from compiler.graph import select as selected
    from compiler.graph_formats import FORMATS as WRITERS

    compilation = compile_catalog(catalog)
    try:
        graph = selected(compilation.graph, select) if select else compilation.graph
    except SelectionFault as fault:
        raise Refusal(str(fault)) from fault
    click.echo(WRITERS[form](graph), nl=False)
    return exits.CLEAN
