"""What every command that reads a catalog does first: compile, print, decide to go on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.render.findings import Findings

if TYPE_CHECKING:
    from compiler.compile import Compilation
    from compiler.results import Checked
    from runtime.program.model import Program


class Refusal(click.ClickException):
    """A file, folder or ledger that cannot be used; printed as one line, exit code 2."""

    exit_code = exits.USAGE

    def show(self, file: object = None) -> None:
        """Print the line to standard error."""
        click.echo(f"ratebook: {self.message}", err=True)


def is_terminal(stream: object) -> bool:
    """Whether a person is looking at the stream."""
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty())


def compile_catalog(folder: Path) -> Compilation:
    """Compile a catalog's folder; refuse one that cannot be read."""
    from compiler.compile import compile_folder
    from compiler.load import CatalogFault

    try:
        return compile_folder(folder)
    except CatalogFault as fault:
        raise Refusal(str(fault)) from fault


def check_catalog(folder: Path, *, is_cached: bool) -> Checked:
    """Check a catalog's folder; refuse one that cannot be read."""
    from compiler.check import check_folder
    from compiler.load import CatalogFault

    try:
        return check_folder(folder, is_cached=is_cached)
    except CatalogFault as fault:
        raise Refusal(str(fault)) from fault


def findings_of(found: Checked | Compilation, folder: Path, *, is_coloured: bool) -> Findings:
    """Give what was found with the texts they point into."""
    return Findings(
        diagnostics=found.diagnostics,
        sources={source.path: source for source in found.sources},
        prefix=folder.as_posix(),
        is_coloured=is_coloured,
    )


def program_of(path: Path) -> Program:
    """Give the program of a catalog's folder, or of a program file.

    The catalog's errors are printed to standard error and end the command with FINDINGS;
    its warnings are `ratebook check`'s business.
    """
    from runtime.program.artifact import ArtifactFault, read_artifact

    if path.is_file():
        try:
            return read_artifact(path)
        except ArtifactFault as fault:
            raise Refusal(str(fault)) from fault
    program = compiled_of(path).program
    assert program is not None
    return program


def compiled_of(path: Path) -> Compilation:
    """Compile a catalog's folder that must be sound; see `program_of`."""
    compilation = compile_catalog(path)
    if compilation.program is None:
        from cli.render import text

        findings = findings_of(compilation, path, is_coloured=is_terminal(sys.stderr))
        click.echo(text.render(findings), err=True, nl=False)
        click.echo(f"{path}: {findings.summary()}; nothing was done", err=True)
        raise click.exceptions.Exit(exits.FINDINGS)
    return compilation
