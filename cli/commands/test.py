"""`ratebook test`: hold a catalog to the tests and guards it has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.catalogs import Refusal, compiled_of
from cli.progress import progress_to_stderr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proving.check import Proof
    from proving.guards import GuardVerdict
    from proving.report import Verdict
    from runtime.program.model import Program

SHARE = click.IntRange(0, 100)


@click.command(short_help="Run a catalog's tests and guards.")
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option("-k", "word", metavar="WORD", help="Only tests and guards with WORD in their name.")
@click.option(
    "--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML there, too."
)
@click.option(
    "--record", is_flag=True, help="Write invoices that differ from the recorded ones anew."
)
@click.option("--coverage", is_flag=True, help="List the prices, tiers, ... that no test reaches.")
@click.option("--min-coverage", type=SHARE, metavar="PERCENT", help="Fail below; lists them, too.")
@click.option(
    "--mutants",
    type=click.IntRange(min=1),
    metavar="N",
    help="Try N slips of the hand, and list those that no test notices.",
)
@click.option("--min-score", type=SHARE, metavar="PERCENT", help="Fail where fewer are noticed.")
@click.option(
    "--processes", type=click.IntRange(min=1), metavar="N", help="As many as cores, if not given."
)
@click.option("--verbose", "-v", is_flag=True, help="A line for each that passes, too.")
@click.option("--quiet", "-q", "is_quiet", is_flag=True, help="No progress.")
def command(  # noqa: PLR0913 - one parameter an option
    catalog: Path,
    word: str | None,
    junit: Path | None,
    min_coverage: int | None,
    mutants: int | None,
    min_score: int | None,
    processes: int | None,
    *,
    record: bool,
    coverage: bool,
    verbose: bool,
    is_quiet: bool,
) -> int:
    """Run the tests and guards of the catalog in the folder CATALOG.

    A test that fails shows what was expected and billed side by side, and how the lines in
    question came about.  Exits with 0 if all hold, 1 if one does not or a share is missed.
    """
    from cli.render.verdicts import junit_xml
    from proving.check import prove
    from proving.guards import check_guards
    from proving.recorded import record_invoices
    from proving.scenario import scenarios_of

    if record and is_in_ci():
        raise click.UsageError("--record is for a person who looks at what it writes, not for CI")
    at_once = processes or cores()
    compilation = compiled_of(catalog)
    assert compilation.program is not None
    scenarios = [each for each in scenarios_of(compilation.resolved) if _is_meant(each.name, word)]
    guards = [
        each
        for each in check_guards(compilation.program, compilation.resolved)
        if _is_meant(each.name, word)
    ]
    start = time.perf_counter()
    with _processes_told(), progress_to_stderr(is_quiet=is_quiet) as progress:
        proof = prove(
            compilation.program,
            scenarios,
            catalog,
            lambda done, total: progress("tests", done, total),
            processes=at_once,
        )
    seconds = time.perf_counter() - start
    verdicts = proof.verdicts
    if record:
        verdicts, written = record_invoices(verdicts)
        for path in written:
            click.echo(f"recorded {path}")
    _tell(verdicts, guards, verbose=verbose)
    if junit is not None:
        junit.parent.mkdir(parents=True, exist_ok=True)
        junit.write_text(junit_xml(verdicts, guards, catalog.as_posix()), encoding="utf-8")
    failed = sum(bool(each.failures) for each in verdicts)
    broken = sum(each.has_failed for each in guards)
    counts = [_counted("test", len(verdicts), failed), _counted("guard", len(guards), broken)]
    click.echo(f"{catalog}: {', '.join(counts)}; {seconds:.1f} s")
    is_short = False
    if coverage or min_coverage is not None:
        is_short = not _covers(compilation.program, proof, min_coverage)
    if mutants is not None and not failed:
        few = not _notices(
            compilation.program, proof, catalog, mutants, min_score, processes or cores(), is_quiet
        )
        is_short = is_short or few
    return exits.FINDINGS if failed or broken or is_short else exits.CLEAN


def cores() -> int:
    """How many processes can run at once."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def is_in_ci() -> bool:
    """Whether the environment is that of a continuous integration."""
    import os

    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


@contextmanager
def _processes_told() -> Iterator[None]:
    """Tell a process that was killed from a fault of ours."""
    from proving.processes import ProcessDied

    try:
        yield
    except ProcessDied as fault:
        raise Refusal(
            "a process that ran tests was killed, perhaps for want of memory; try --processes 1"
        ) from fault


def _is_meant(name: str, word: str | None) -> bool:
    return word is None or word in name


def _tell(verdicts: Sequence[Verdict], guards: Sequence[GuardVerdict], *, verbose: bool) -> None:
    from proving.report import failure_lines, guard_lines

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


def _covers(program: Program, proof: Proof, least: int | None) -> bool:
    """Print what no test reaches; tell whether enough is reached."""
    from proving.coverage import coverage_lines, coverage_of

    found = coverage_of(program, proof.scenarios, proof.billed)
    for line in coverage_lines(found):
        click.echo(line)
    if least is None or found.percent >= least:
        return True
    click.echo(f"less than {least}% is reached", err=True)
    return False


def _notices(
    program: Program,
    proof: Proof,
    catalog: Path,
    most: int,
    least: int | None,
    processes: int,
    is_quiet: bool,
) -> bool:
    """Print the slips that no test notices; tell whether enough are noticed."""
    from proving.coverage import coverage_of
    from proving.mutants import mutant_lines, score_of, some_of, try_mutants
    from proving.processes import Bench
    from proving.run import prepared
    from proving.slips import mutants_of

    coverage = coverage_of(program, proof.scenarios, proof.billed)
    bench = Bench(prepared(program), proof.scenarios, catalog)
    total = sum(1 for _ in mutants_of(bench.program))
    start = time.perf_counter()
    with _processes_told(), progress_to_stderr(is_quiet=is_quiet) as progress:
        fates = try_mutants(
            bench,
            some_of(total, most),
            coverage,
            processes=processes,
            progress=lambda done, total: progress("mutants", done, total),
        )
    seconds = time.perf_counter() - start
    for line in mutant_lines(fates):
        click.echo(line)
    click.echo(f"{len(fates)} of {total} slips tried; {seconds:.1f} s")
    if least is None or score_of(fates) >= least:
        return True
    click.echo(f"less than {least}% are noticed", err=True)
    return False


def _counted(what: str, number: int, failed: int) -> str:
    count = f"{number} {what}{'s' * (number != 1)}"
    return f"{count}, {failed} failed" if failed else f"{count} passed"
