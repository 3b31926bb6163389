"""`ratebook fmt`: the one canonical layout, comments kept."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from cli import exits
from cli.catalogs import Refusal, is_terminal
from cli.render import text
from cli.render.findings import Findings
from dsl.diagnostic import Diagnostic
from dsl.source import Source


@click.command(short_help="Lay out catalog files the one way there is.")
@click.argument("paths", nargs=-1, required=True)
@click.option("--check", "is_check", is_flag=True, help="Write nothing; exit 1 if a file differs.")
@click.option("--diff", "is_diff", is_flag=True, help="Write nothing; print what would change.")
def command(paths: tuple[str, ...], *, is_check: bool, is_diff: bool) -> int:
    """Format catalog files in place: PATHS are files, folders, or `-` for standard input.

    A file with a syntax mistake is left as it is and reported.
    """
    if "-" in paths:
        return _standard_input(is_check=is_check, is_diff=is_diff)
    code = exits.CLEAN
    changed = 0
    files = [file for path in paths for file in _files(Path(path))]
    for file in files:
        before = _read(file)
        after = _formatted(file.as_posix(), before)
        if after is None:
            code = exits.FINDINGS
        elif after.encode() != before:
            changed += 1
            _tell(file, before, after, is_check=is_check, is_diff=is_diff)
    if (is_check or is_diff) and changed:
        code = exits.FINDINGS
    done = "would change" if is_check or is_diff else "formatted"
    click.echo(f"{len(files)} file{'s' * (len(files) != 1)}, {changed} {done}", err=True)
    return code


def _tell(file: Path, before: bytes, after: str, *, is_check: bool, is_diff: bool) -> None:
    if is_diff:
        click.echo(_diff(file.as_posix(), before, after), nl=False)
    elif is_check:
        click.echo(f"{file}: not in canonical layout")
    else:
        _write(file, after)
        click.echo(f"{file}: formatted")


def _standard_input(*, is_check: bool, is_diff: bool) -> int:
    before = sys.stdin.buffer.read()
    after = _formatted("<stdin>", before)
    if after is None:
        return exits.FINDINGS
    is_changed = after.encode() != before
    if is_diff:
        click.echo(_diff("<stdin>", before, after), nl=False)
    elif not is_check:
        click.echo(after, nl=False)
    return exits.FINDINGS if (is_check or is_diff) and is_changed else exits.CLEAN


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(
            each for each in path.rglob("*.ratebook") if _is_visible(each, path) and each.is_file()
        )
        if not found:
            raise Refusal(f"{path}: holds no *.ratebook file")
        return found
    if not path.exists():
        raise Refusal(f"{path}: there is no such file or folder")
    return [path]


def _is_visible(file: Path, root: Path) -> bool:
    return not any(part.startswith(".") for part in file.relative_to(root).parts)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise Refusal(f"{file}: cannot be read: {fault.strerror}") from fault


def _write(file: Path, content: str) -> None:
    try:
        file.write_bytes(content.encode())
    except OSError as fault:
        raise Refusal(f"{file}: cannot be written: {fault.strerror}") from fault


def _formatted(path: str, content: bytes) -> str | None:
    """Give the canonical text; None after printing why there is none."""
    from dsl.parser import decode_source
    from dsl.printer import format_source

    source, diagnostics = decode_source(path, content)
    if not diagnostics:
        result = format_source(source)
        if not isinstance(result, tuple):
            return result.text
        diagnostics = result
    _report(diagnostics, source)
    return None


def _report(diagnostics: tuple[Diagnostic, ...], source: Source) -> None:
    findings = Findings(diagnostics, {source.path: source}, is_coloured=is_terminal(sys.stderr))
    click.echo(text.render(findings), err=True, nl=False)


def _diff(path: str, before: bytes, after: str) -> str:
    return "".join(
        difflib.unified_diff(
            before.decode().splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"{path} (now)",
            f"{path} (formatted)",
        )
    )
