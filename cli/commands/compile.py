"""`ratebook compile`: a catalog's program as a file, enough to bill without the sources."""

from __future__ import annotations

from pathlib import Path

import click

from cli import exits
from cli.catalogs import Refusal, program_of


@click.command(short_help="Write a catalog's program, to bill without the sources.")
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; <catalog>.program.json where you stand, if not given.",
)
def command(catalog: Path, out: Path | None) -> int:
    """Compile the catalog in the folder CATALOG to a program file.

    The same catalog gives the same bytes on every machine; the file carries its format
    version and a fingerprint, and `ratebook bill` takes it in place of the folder.
    """
    from runtime.program.artifact import to_bytes

    program = program_of(catalog)
    path = out or Path(f"{program.catalog}.program.json")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(to_bytes(program))
    except OSError as fault:
        raise Refusal(f"{path}: cannot be written: {fault.strerror}") from fault
    click.echo(f"{path}: program of `{program.catalog}`, format {program.format_version}")
    click.echo(f"fingerprint {program.fingerprint}")
    return exits.CLEAN
