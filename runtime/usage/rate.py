"""The usage side of a run: files and stored usage in, rated.* tables and files out.

The steps stand in `rate_usage` in their order; each is a module of this folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from runtime.engine import create_table
from runtime.program.model import Program
from runtime.program.units import steps_by_unit
from runtime.usage import bands, classify, places, sql
from runtime.usage.dispositions import MEANINGS, Disposition, Reason
from runtime.usage.draw import draw_buckets, write_cells
from runtime.usage.duplicates import find_duplicates
from runtime.usage.exceptions import write_exceptions
from runtime.usage.faults import UsageOverflow
from runtime.usage.files import UsageFile
from runtime.usage.known import keep_known, make_known, make_reopened
from runtime.usage.links import make_groups, make_links, make_lives
from runtime.usage.mediate import Source, count_files, open_sources
from runtime.usage.pools import make_bucket_tables, make_counters, write_pools
from runtime.usage.reader import AMOUNT_TYPE, attribute
from runtime.usage.records import write_records
from runtime.usage.report import UsageReport
from runtime.usage.rule_counts import make_rule_counts
from runtime.usage.shares import make_shares, write_shares
from runtime.usage.staging import with_rows
from runtime.usage.store import StoredUsage, UsageStore, keep_usage, stored_usage
from runtime.usage.tie import Span, make_evaluated, make_kinds, make_periods, make_segments
from runtime.usage.tier_tables import asks_amount
from runtime.usage.tiers import price_in_tiers

Progress = Callable[[str, int, int | None], None]
"""Called with the stage, how much of it is done, and of how much (None: not known)."""

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
        create_table(connection, table)
    with tempfile.TemporaryDirectory(prefix="ratebook-usage-") as staging:
        try:
            return _rate(job, Path(staging))
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as fault:
            raise UsageOverflow(
                f"a quantity or an amount is beyond what is counted exactly: {fault}"
            ) from fault


def _rate(job: _Run, staging: Path) -> UsageReport:
    connection, program = job.connection, job.program
    job.enter("read files")
    sources = open_sources(connection, program, job.files, staging)
    stored = stored_usage(connection, job.store)
    job.enter("find duplicates")
    find_duplicates(connection, sources, stored)
    job.enter("classify")
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
    routes = classify.make_pricing(connection, program, _combined(sources, stored))
    job.enter("tie to services")
    make_shares(connection, program)
    make_lives(connection)
    make_groups(connection)
    make_rule_counts(connection, program)
    make_known(connection, program)
    make_reopened(connection, job.store.root, job.run - 1)
    make_periods(connection, _span(connection, sources), job.as_of, job.previous_as_of)
    make_segments(connection)
    _tie_new(job, sources)
    read = _counts(connection, sources)
    make_evaluated(connection)
    job.enter("stored usage")
    rerated, unrated = _tie_stored(job, stored)
    job.enter("draw buckets")
    make_links(connection)
    counters = make_counters(connection, program)
    identities = _identities(job, sources, stored)
    pieces = draw_buckets(connection, counters, routes, identities)
    write_cells(connection, pieces)
    price_in_tiers(connection, program, pieces, identities)
    write_pools(connection, counters, pieces.upper, pieces.used)
    if program.share_plans:
        write_shares(connection, pieces.by_counter(counters.counter_tier))
    job.enter("write")
    if job.out is not None:
        rows = pieces.by_row(counters.counter_tier)
        write_records(connection, job.out, job.label, rows, _records_of(job, sources, stored))
        write_exceptions(connection, job.out, job.label, sources)
    if job.keep:
        keep_usage(connection, job.store, job.run, sources)
        keep_known(connection, job.store.root, job.run)
    return _report(job, read, rerated, unrated)


def _combined(sources: Sequence[Source], stored: StoredUsage) -> list[classify.Events]:
    events = [
        classify.Events(
            f"SELECT *, {sql.text(source.event.measure)} AS measure FROM ({source.events})",
            frozenset(each.name for each in source.event.attributes),
        )
        for source in sources
    ]
    if stored.events is not None:
        events.append(classify.Events(stored.events, stored.attributes))
    return events


def _span(connection: DuckDBPyConnection, sources: Sequence[Source]) -> Span:
    if not sources:
        return Span(None, None)
    every = " UNION ALL ".join(f"SELECT instant FROM ({source.events})" for source in sources)
    ((first, last),) = connection.execute(
        f"SELECT min(instant), max(instant) FROM ({every})"
    ).fetchall()
    return Span(first, last)


def _tie_new(job: _Run, sources: Sequence[Source]) -> None:
    """Make usage.tied of all the sources' records, with the one reason of each."""
    has_amount = asks_amount(job.program)
    amount = f", amount {AMOUNT_TYPE}" if has_amount else ""
    job.connection.execute(f"""
        CREATE OR REPLACE TABLE usage.tied (
          file INTEGER, position BIGINT, instant TIMESTAMP, quantity BIGINT, segment INTEGER,
          period INTEGER, price INTEGER, route INTEGER, reason UTINYINT{amount})
    """)
    # Nothing asks for the order of this table, and keeping it costs as much as the joins.
    job.connection.execute("SET preserve_insertion_order = false")
    for source in sources:
        attributes = frozenset(each.name for each in source.event.attributes)
        events = f"SELECT *, {sql.text(source.event.measure)} AS measure FROM ({source.events})"
        job.connection.execute(f"""
            INSERT INTO usage.tied
            SELECT e.file, e.position, e.instant, {_billed(job.program)}, s.segment, s.period,
                   p.price, p.route,
                   CASE WHEN e.reason <> {Reason.RATED:d} THEN e.reason
                        WHEN d.reason IS NOT NULL THEN d.reason
                        WHEN s.segment IS NULL THEN {Reason.UNKNOWN_SERVICE:d}
                        WHEN s.reason <> {Reason.RATED:d} THEN s.reason
                        ELSE {_reason(job.program)} END
                   {", e.amount" if has_amount else ""}
            FROM ({events}) AS e
            LEFT JOIN usage.duplicates AS d ON d.file = e.file AND d.position = e.position
            LEFT JOIN (SELECT * FROM usage.segments
                       WHERE identifier = {sql.text(source.feed.identifier)}) AS s
              ON s.value = e.value
             AND e.instant >= s.from_instant AND e.instant < s.until_instant
            {_priced(job.program, attributes)}
        """)
    job.connection.execute("SET preserve_insertion_order = true")
    job.connection.execute(f"""
        CREATE OR REPLACE TABLE usage.unrated AS
        SELECT file, position, reason FROM usage.tied WHERE reason <> {Reason.RATED:d}
    """)


def _priced(program: Program, attributes: frozenset[str]) -> str:
    """Give the joins that look up the combination and its price for events e in segments s."""
    same = "".join(
        f" AND c.{attribute(name)} IS NOT DISTINCT FROM e.{attribute(name)}"
        if name in attributes
        else f" AND c.{attribute(name)} IS NULL"
        for name in classify.deciding_attributes(program)
    )
    slot, band_set = bands.band_join(program)
    reached, reach = places.reach_join(program, attributes)
    if places.asked_prefixes(program):
        same += f" AND c.reach IS NOT DISTINCT FROM {reach}"
    return (
        f"{reached}{slot}"
        f"LEFT JOIN usage.combinations AS c ON c.measure = e.measure{same} "
        "LEFT JOIN usage.pricing AS p ON p.kind = s.kind AND p.combination = c.combination "
        f"AND p.band_set = {band_set}"
    )


def _rounds_up(program: Program) -> bool:
    return any(each.minimum != 0 or each.increment != 1 for each in program.rates)


_LEAST = "greatest(e.quantity, p.minimum)"
_MISSING = f"((p.increment - {_LEAST} % p.increment) % p.increment)"
_IS_TOO_LARGE = f"({_LEAST} > {2**63 - 1} - {_MISSING})"


def _billed(program: Program) -> str:
    """Give SQL for what an event e at a price p counts for: rounded up as the rate says."""
    if not _rounds_up(program):
        return "e.quantity"
    return (
        f"CASE WHEN p.price IS NULL OR {_IS_TOO_LARGE} THEN e.quantity "
        f"ELSE {_LEAST} + {_MISSING} END"
    )


def _reason(program: Program) -> str:
    """Give SQL for why an event e of a holder has no price p, or RATED."""
    cases = ""
    if asks_amount(program):
        cases += (
            f"WHEN p.asks_amount AND e.amount IS NULL THEN {Reason.NO_AMOUNT:d} "
            "WHEN p.asks_amount AND e.amount_currency <> p.currency "
            f"THEN {Reason.OTHER_CURRENCY:d} "
        )
    if _rounds_up(program):
        cases += f"WHEN p.price IS NOT NULL AND {_IS_TOO_LARGE} THEN {Reason.QUANTITY_TOO_LARGE:d} "
    return f"CASE {cases}ELSE p.reason END" if cases else "p.reason"


def _counts(connection: DuckDBPyConnection, sources: Sequence[Source]) -> dict[Reason, int]:
    counts = {
        Reason(reason): int(number)
        for reason, number in connection.execute(
            "SELECT reason, count(*) FROM usage.tied GROUP BY reason"
        ).fetchall()
    }
    read, tied = sum(source.records for source in sources), sum(counts.values())
    assert read == tied, f"{read} records in the files, {tied} tied"
    malformed = sql.count(connection, "SELECT count(*) FROM usage.malformed")
    if malformed:
        counts[Reason.MALFORMED] = malformed
    return counts


def _tie_stored(job: _Run, stored: StoredUsage) -> tuple[int, int]:
    """Add the stored events of the evaluated periods; give how many are rated, and are not."""
    if stored.events is None:
        return 0, 0
    before = sql.count(job.connection, "SELECT count(*) FROM usage.tied")
    job.connection.execute(f"""
        INSERT INTO usage.tied
        SELECT e.stored_file + {job.numbers}, e.position, e.instant, {_billed(job.program)},
               s.segment, s.period, p.price, p.route, {_reason(job.program)}
               {", e.amount" if asks_amount(job.program) else ""}
        FROM ({stored.events}) AS e
        JOIN usage.segments AS s ON s.value = e.value AND s.identifier = e.identifier
         AND e.instant >= s.from_instant AND e.instant < s.until_instant
        {_priced(job.program, stored.attributes)}
        WHERE s.period IN (SELECT period FROM usage.evaluated)
    """)
    rows = f"FROM usage.tied WHERE rowid >= {before} AND reason"
    return (
        sql.count(job.connection, f"SELECT count(*) {rows} = {Reason.RATED:d}"),
        sql.count(job.connection, f"SELECT count(*) {rows} <> {Reason.RATED:d}"),
    )


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


def _records_of(job: _Run, sources: Sequence[Source], stored: StoredUsage) -> list[str]:
    """Give for each origin the SELECT of file, position, feed, event_id, file_name and row."""
    origins = []
    for source in sources:
        events = with_rows(
            job.connection, f"(SELECT file, position, event_id FROM ({source.events}))"
        )
        origins.append(
            f"SELECT file, position, {sql.text(source.feed.id)} AS feed, event_id, "
            f"NULL::VARCHAR AS file_name, row FROM {events}"
        )
    if stored.events is not None:
        origins.append(
            f"SELECT stored_file + {job.numbers} AS file, position, feed, event_id, "
            f"file_name, row FROM ({stored.events})"
        )
    return origins


def _report(job: _Run, counts: dict[Reason, int], rerated: int, unrated: int) -> UsageReport:
    totals: dict[Disposition, int] = dict.fromkeys(("rated", "duplicate", "skipped", "rejected"), 0)
    for reason, number in counts.items():
        totals[MEANINGS[reason].disposition] += number
    waiting = sql.count(
        job.connection,
        f"""SELECT count(*) FROM usage.tied AS t JOIN usage.periods AS p ON p.period = t.period
        WHERE t.reason = {Reason.RATED:d} AND t.file < {job.numbers}
          AND p.period_end > DATE '{job.as_of}'""",
    )
    return UsageReport(
        read=sum(counts.values()),
        rated=totals["rated"],
        duplicate=totals["duplicate"],
        skipped=totals["skipped"],
        rejected=totals["rejected"],
        reasons=tuple(sorted((reason.name, number) for reason, number in counts.items())),
        waiting=waiting,
        stored=rerated,
        unrated=unrated,
        evaluated=sql.count(job.connection, "SELECT count(*) FROM usage.evaluated"),
        files=tuple(file.name for file in job.files),
    )
