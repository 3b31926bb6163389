"""`ratebook test`: hold a catalog to the tests and guards it has."""

from __future__ import annotations

import time
from pathlib import Path

import click

from cli import exits
from cli.catalogs import compiled_of
from cli.progress import progress_to_stderr


@click.command(short_help="Run a catalog's tests and guards.")
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option("-k", "word", metavar="WORD", help="Only tests and guards with WORD in their name.")
@click.option(
    "--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML there, too."
)
@click.option(
    "--record", is_flag=True, help="Write invoices that differ from the recorded ones anew."
)
@click.option("--verbose", "-v", is_flag=True, help="A line for each that passes, too.")
@click.option("--quiet", "-q", "is_quiet", is_flag=True, help="No progress.")
def command(
    catalog: Path,
    word: str | None,
    junit: Path | None,
    *,
    record: bool,
    verbose: bool,
    is_quiet: bool,
) -> int:
    """Run the tests and guards of the catalog in the folder CATALOG.

    A test that fails shows what was expected and billed side by side, and how the lines in
    question came about.  Exits with 0 if all hold, 1 if one does not.
    """
    from proving.check import check_scenarios
    from proving.guards import check_guards
    from proving.junit import junit_xml
    from proving.recorded import record_invoices
    from proving.report import failure_lines, guard_lines
    from proving.scenario import scenarios_of

    compilation = compiled_of(catalog)
    assert compilation.program is not None
    scenarios = [each for each in scenarios_of(compilation.resolved) if _is_meant(each.name, word)]
    start = time.perf_counter()
    with progress_to_stderr(is_quiet=is_quiet) as progress:
        verdicts = check_scenarios(
            compilation.program,
            scenarios,
            catalog,
            lambda done, total: progress("tests", done, total),
        )
    guards = [
        each
        for each in check_guards(compilation.program, compilation.resolved)
        if _is_meant(each.name, word)
    ]
    if record:
        verdicts, written = record_invoices(verdicts)
        for path in written:
            click.echo(f"recorded {path}")
    for verdict in verdicts:
        if verdict.failures:
            click.echo("\n".join(failure_lines(verdict)) + "\n")
        elif verbose:
            click.echo(f"ok      {verdict.scenario.name}: {verdict.scenario.title}")
    for guard in guards:
        if guard.has_failed:
            click.echo("\n".join(guard_lines(guard)) + "\n")
        elif verbose:
            click.echo(f"ok      {guard.name}: holds for {guard.asked} prices")
    if junit is not None:
        junit.parent.mkdir(parents=True, exist_ok=True)
        junit.write_text(junit_xml(verdicts, guards, catalog.as_posix()), encoding="utf-8")
    failed = sum(bool(each.failures) for each in verdicts)
    broken = sum(each.has_failed for each in guards)
    counts = [_counted("test", len(verdicts), failed), _counted("guard", len(guards), broken)]
    click.echo(f"{catalog}: {', '.join(counts)}; {time.perf_counter() - start:.1f} s")
    return exits.FINDINGS if failed or broken else exits.CLEAN


def _is_meant(name: str, word: str | None) -> bool:
    return word is None or word in name


def _counted(what: str, number: int, failed: int) -> str:
    count = f"{number} {what}{'s' * (number != 1)}"
    return f"{count}, {failed} failed" if failed else f"{count} passed"
