"""The usage side of a run: files and stored usage in, rated.* tables and files out.

The steps stand in `rate_usage` in their order; each is a module of this folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from runtime.engine import create_table, drop_relation, overflow_words
from runtime.parallel.steps import beside
from runtime.program.model import Program
from runtime.program.units import steps_by_unit
from runtime.usage import classify, kernel, sql
from runtime.usage.cells import write_cells
from runtime.usage.dispositions import MEANINGS, Disposition, Reason
from runtime.usage.draw import Drawn, draw_buckets
from runtime.usage.duplicates import find_duplicates
from runtime.usage.exceptions import write_exceptions
from runtime.usage.faults import UsageOverflow
from runtime.usage.files import UsageFile
from runtime.usage.found import Found, joined_rows, needs_of, pieces_of_events
from runtime.usage.idle import is_due_at_zero
from runtime.usage.known import keep_known, make_known, make_reopened
from runtime.usage.links import make_groups, make_links, make_lives
from runtime.usage.mediate import Source, count_files, open_sources
from runtime.usage.passes import Pass, passes_of
from runtime.usage.pools import (
    Counters,
    make_bucket_tables,
    make_counters,
    number_counters,
    write_pools,
)
from runtime.usage.readings import readings_of, stored_readings
from runtime.usage.records import FOLDER, write_records
from runtime.usage.report import UsageReport
from runtime.usage.rule_counts import make_rule_counts
from runtime.usage.scan import Scanner, make_keys, open_scanner
from runtime.usage.scanned import Scan, joined
from runtime.usage.shares import make_shares, write_shares
from runtime.usage.store import StoredUsage, UsageStore, keep_usage, stored_usage
from runtime.usage.stretches import link_stretches, make_stretches
from runtime.usage.tie import Span, make_evaluated, make_kinds, make_periods, make_segments
from runtime.usage.tied import Tied, show_tied, tie
from runtime.usage.tiers import price_in_tiers
from runtime.usage.unchanged import Unchanged

Progress = Callable[[str, int, int | None], None]
"""Called with the stage, how much of it is done, and of how much (None: not known)."""

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - all instants are in UTC

_TABLES = (
    "rated.cells",
    "rated.flats",
    "rated.priced",
    "rated.pools",
    "rated.pool_shares",
    "rated.evaluated",
)


@dataclass(frozen=True, slots=True)
class _Run:
    connection: DuckDBPyConnection
    program: Program
    files: tuple[UsageFile, ...]
    as_of: date
    previous_as_of: date | None
    store: UsageStore
    run: int
    out: Path | None
    keep: bool
    progress: Progress | None
    label: str

    @property
    def numbers(self) -> int:
        """How many numbers the run's files have; stored ones come after them."""
        return count_files(self.program, self.files)

    def enter(self, stage: str) -> None:
        if self.progress is not None:
            self.progress(stage, 0, None)


def rate_usage(  # noqa: PLR0913 - each is a fact of the run, given by name
    connection: DuckDBPyConnection,
    program: Program,
    *,
    files: Sequence[UsageFile],
    as_of: date,
    previous_as_of: date | None,
    store: UsageStore,
    run: int,
    out: Path | None,
    keep: bool = True,
    progress: Progress | None = None,
    label: str | None = None,
) -> UsageReport:
    """Rate the files and the stored usage of the usage periods that they or the date touch.

    Reads subscription.* and book.identifiers; leaves rated.*.

    Args:
        connection: of runtime.engine.open_engine.
        program: the compiled catalog.
        files: of `match_files`; may be empty.
        as_of: the run's date.
        previous_as_of: the as-of date of the last posted run; None: there is none.
        store: the events of earlier runs.
        run: the number under which this run's events are kept.
        out: the folder for rated_usage/ and exceptions/; None: neither is written.
        keep: write the run's events into the store; a run that posts nothing need not.
        progress: told of each stage.
        label: what rated_usage/ and exceptions/ call the run; None: its number.

    Raises UsageFileFault, UsageHolderFault or UsageOverflow; nothing is then counted.
    """
    ordered = tuple(sorted(files, key=lambda file: file.name))
    job = _Run(
        *(connection, program, ordered, as_of, previous_as_of, store, run, out, keep, progress),
        label or str(run),
    )
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {sql.SCHEMA}")
    for table in _TABLES:
        drop_relation(connection, table)
        create_table(connection, table)
    read_again = Unchanged(file for file in ordered if file.format == "parquet")
    with read_again, tempfile.TemporaryDirectory(prefix="ratebook-usage-") as staging:
        try:
            return _rate(job, Path(staging))
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as fault:
            words = overflow_words(fault)
            raise UsageOverflow(
                f"a quantity or an amount is beyond what is counted exactly: {words}"
            ) from fault


def _rate(job: _Run, staging: Path) -> UsageReport:
    connection, program = job.connection, job.program
    stored = stored_usage(connection, job.store)
    if not job.files and stored.events is None:
        job = replace(job, progress=None)  # there is nothing to be told of
    job.enter("read files")
    with Unchanged(job.files):
        sources = open_sources(connection, program, job.files, job.as_of, staging)
    kernel.get_ready(sum(each.records for each in sources))
    job.enter("read events")
    passes = passes_of(sources)
    scanner, fresh, old = _scan(job, passes, stored)
    job.enter("find duplicates")
    with (
        beside(connection, partial(_classify, program=program, scanner=scanner)) as routes,
        beside(connection, make_segments),
    ):
        find_duplicates(connection, passes, fresh, stored)
    del scanner
    for each in (fresh, old):
        each.forget_ids()
    job.enter("tie to services")
    events = joined(fresh, old)
    tied = tie(connection, program, events, len(fresh))
    del events, fresh, old
    read = _counts(connection, tied)
    used = tied.rated(sql.threads(connection))
    make_evaluated(connection, np.flatnonzero(used))
    rerated, unrated = _keep_evaluated(connection, tied)
    job.enter("draw buckets")
    make_links(connection)
    with beside(connection, make_stretches):
        number_counters(connection)
    of_records = job.out is not None
    with beside(connection, link_stretches) as stretches:
        counters = make_counters(connection, program)
        needs = needs_of(connection, program, tied, counters, of_records=of_records)
    identities = _identities(job, sources, stored)
    drawn = draw_buckets(
        connection, counters, stretches.value, routes.value, tied, identities, needs.of
    )
    job.enter("sum")
    write_cells(connection, needs.places, [each.sums for each in drawn.made])
    _write_pools(connection, counters, drawn)
    at_prices = joined_rows([each.at_prices for each in drawn.made])
    price_in_tiers(connection, program, tied, at_prices, identities, of_records=of_records)
    job.enter("write")
    if job.out is not None:
        folder = job.out / FOLDER / f"run={job.label}"
        pieces = pieces_of_events(needs, drawn.made)
        write_records(connection, folder, tied, pieces, counters, passes, stored)
        write_exceptions(connection, job.out, job.label, sources)
    if job.keep:
        keep_usage(connection, job.store, job.run, sources)
        keep_known(connection, job.store.root, job.run)
    connection.execute("DROP TABLE usage.service_kinds")  # as long as the book, and read no more
    return _report(job, used, read, (rerated, unrated))


def _make_book(job: _Run, connection: DuckDBPyConnection, *, has_stored: bool) -> None:
    """Make what is known of account services and the catalog, whatever the events are."""
    program = job.program
    make_kinds(connection, program)
    classify.make_service_buckets(connection, program)
    make_bucket_tables(connection, program)
    sql.make_table(
        connection,
        "source_lines",
        {"id": "INTEGER", "path": "VARCHAR", "line": "INTEGER"},
        [(each.id, each.path, each.line) for each in program.sources],
    )
    sql.make_table(
        connection,
        "units",
        {"unit": "VARCHAR", "steps": "BIGINT"},
        list(steps_by_unit(program).items()),
    )
    make_shares(connection, program)
    make_lives(connection)
    make_groups(connection)
    make_rule_counts(connection, program)
    # Without any events there is nothing to evaluate again, neither now nor in the next run.
    is_needed = has_stored or bool(job.files) or is_due_at_zero(program)
    if job.store.root is not None and (job.keep or job.run > 1):
        make_known(connection, program, is_needed=is_needed)
    last_run = job.run - 1 if has_stored or is_due_at_zero(program) else 0
    make_reopened(connection, job.store.root, last_run)


def _scan(job: _Run, passes: Sequence[Pass], stored: StoredUsage) -> tuple[Scanner, Scan, Scan]:
    """Read the events of the files, and the stored ones of the periods that these may touch.

    Makes what is known before, usage.periods and usage.keys.
    """
    connection, salt, has_stored = job.connection, 0, stored.events is not None
    readings = readings_of(job.program, passes, stored)
    while True:
        with beside(connection, lambda own: _make_book(job, own, has_stored=has_stored)):
            scanner = open_scanner(connection, job.program, salt)
            fresh = scanner.scan(readings)
        make_periods(connection, _span(fresh), job.as_of, job.previous_as_of)
        again = stored_readings(connection, job.program, stored, job.numbers)
        old = scanner.scan(again)
        if make_keys(scanner, [*readings, *again]):
            return scanner, fresh, old
        salt += 1


def _classify(
    connection: DuckDBPyConnection, program: Program, scanner: Scanner
) -> tuple[tuple[int, ...], ...]:
    """Make usage.pricing of what the events are; give the routes."""
    scanner.make_combinations(connection)
    return classify.make_pricing(connection, program)


def _write_pools(connection: DuckDBPyConnection, counters: Counters, drawn: Drawn[Found]) -> None:
    write_pools(connection, counters, drawn.upper, drawn.used)
    pooled = joined_rows([each.pooled for each in drawn.made])
    if pooled is not None:
        write_shares(connection, pooled)


def _span(fresh: Scan) -> Span:
    found = fresh.span()
    if found is None:
        return Span(None, None)
    first, last = (_EPOCH + timedelta(microseconds=each) for each in found)
    return Span(first, last)


def _counts(connection: DuckDBPyConnection, tied: Tied) -> dict[Reason, int]:
    numbers = tied.count_reasons()
    counts = {reason: int(numbers[reason]) for reason in Reason if numbers[reason]}
    malformed = sql.count(connection, "SELECT count(*) FROM usage.malformed")
    if malformed:
        counts[Reason.MALFORMED] = malformed
    return counts


def _keep_evaluated(connection: DuckDBPyConnection, tied: Tied) -> tuple[int, int]:
    """Leave out the stored events of other periods; give how many of the rest are rated, or not.

    Makes usage.tied and usage.unrated.
    """
    if tied.fresh == len(tied):
        show_tied(connection, tied)
        return 0, 0
    periods = sql.count(connection, "SELECT count(*) FROM usage.periods")
    is_evaluated = np.zeros(periods + 1, np.bool_)
    found = connection.execute("SELECT period FROM usage.evaluated").fetchnumpy()["period"]
    is_evaluated[found] = True
    wanted = is_evaluated[tied.period]
    wanted[: tied.fresh] = True
    tied.keep(wanted)
    show_tied(connection, tied)
    stored = tied.reason[tied.fresh :]
    rated = int(np.count_nonzero(stored == Reason.RATED))
    return rated, len(stored) - rated


def _identities(job: _Run, sources: Sequence[Source], stored: StoredUsage) -> list[str]:
    every = [
        f"SELECT file, position, event_id, {sql.text(source.feed.id)} AS feed "
        f"FROM ({source.events})"
        for source in sources
    ]
    if stored.events is not None:
        every.append(
            f"SELECT stored_file + {job.numbers} AS file, position, event_id, feed "
            f"FROM ({stored.events})"
        )
    return every


def _report(
    job: _Run, used: NDArray[np.int64], counts: dict[Reason, int], stored: tuple[int, int]
) -> UsageReport:
    totals: dict[Disposition, int] = dict.fromkeys(("rated", "duplicate", "skipped", "rejected"), 0)
    for reason, number in counts.items():
        totals[MEANINGS[reason].disposition] += number
    running = job.connection.execute(
        f"SELECT period_end > DATE '{job.as_of}' AS waits FROM usage.periods ORDER BY period"
    ).fetchnumpy()["waits"]
    waiting = used[np.flatnonzero(np.asarray(running, np.bool_)[: len(used)])]
    return UsageReport(
        read=sum(counts.values()),
        rated=totals["rated"],
        duplicate=totals["duplicate"],
        skipped=totals["skipped"],
        rejected=totals["rejected"],
        reasons=tuple(sorted((reason.name, number) for reason, number in counts.items())),
        waiting=int(waiting.sum()),
        stored=stored[0],
        unrated=stored[1],
        evaluated=sql.count(job.connection, "SELECT count(*) FROM usage.evaluated"),
        files=tuple(file.name for file in job.files),
    )
