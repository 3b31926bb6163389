"""The engine against the reference: generated catalogs and histories, equal to the last step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.usage import deal, kernel, loops
from runtime.usage.dispositions import Reason
from runtime.usage.faults import UsageOverflow
from runtime.usage.files import match_files
from runtime.usage.rate import rate_usage
from runtime.usage.store import UsageStore
from tests.reference.usage import Reference, Result
from tests.runtime.usage.bucket_worlds import bucket_world
from tests.runtime.usage.worlds import AS_OF, LATER, PARENTS, World, open_book, worlds, write_files

# Each example is two whole runs of the engine; a third of the profile's number is enough.
EXAMPLES = settings.default.max_examples // 4 if settings.default else 20
# Loops run as they stand, or compiled: each of both in the first run and in the one after it.
WAYS = st.sampled_from([(10**9, 0), (0, 10**9), (10**9, 10**9), (0, 0)])
SMALL_HEAP = 4
SMALL_RANGE = 3


@pytest.mark.feature("A13", "A14", "A15", "A16", "A26", "C1", "C2", "C3", "C4", "D9")
@settings(max_examples=EXAMPLES)
@given(world=worlds(), compiled_from=WAYS)
def test_rating_equals_the_reference(world: World, compiled_from: tuple[int, int]) -> None:
    with TemporaryDirectory() as folder:
        compare_runs(world, Path(folder), compiled_from)


@pytest.mark.feature("A16", "A17", "C3", "D4")
@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**32 - 1), compiled_from=WAYS)
def test_drawing_equals_the_reference(seed: int, compiled_from: tuple[int, int]) -> None:
    with TemporaryDirectory() as folder:
        compare_runs(bucket_world(seed), Path(folder), compiled_from)


def compare_runs(world: World, folder: Path, compiled_from: tuple[int, int]) -> None:
    reference = Reference(world.program, world.holders, PARENTS)
    with open_book(world.holders, threads=1) as connection:
        previous: date | None = None
        for run, (files, as_of) in enumerate(zip(world.runs, (AS_OF, LATER), strict=False), 1):
            arguments, records = write_files(world.program, folder, files, f"run{run}-")
            rate = partial(
                rate_usage,
                connection,
                world.program,
                files=match_files(world.program, arguments),
                as_of=as_of,
                previous_as_of=previous,
                store=UsageStore(folder / "store", tuple(range(1, run))),
                run=run,
                out=folder / f"out{run}",
            )
            way = compiled_from[run - 1]
            try:
                expected = reference.run(records, as_of, previous)
            except OverflowError:
                with pytest.raises(UsageOverflow), loops_run(way):
                    rate()
                return
            with loops_run(way):
                assert rate().read == len(expected.reasons)
            check(connection, folder / f"out{run}", expected)
            previous = as_of


@contextmanager
def loops_run(compiled_from: int) -> Iterator[None]:
    """Compile loops from so many events on, and none because it was compiled before.

    Pools are dealt to heaps of a few events each.
    """
    with (
        patch.object(kernel, "COMPILED_FROM", compiled_from),
        patch.object(loops, "_IN_USE", set()),
        patch.object(deal, "_HEAP", SMALL_HEAP),
        patch.object(deal, "_RANGE", SMALL_RANGE),
    ):
        yield


def check(connection: DuckDBPyConnection, out: Path, expected: Result) -> None:
    names = connection.execute("SELECT name, event FROM usage.file_names ORDER BY file").fetchall()
    reasons = {
        (names[file][0], row, names[file][1]): Reason(reason).name
        for file, row, reason in connection.execute(
            "SELECT file, position + 1, reason FROM usage.tied WHERE file < ?", [len(names)]
        ).fetchall()
    }
    assert reasons == expected.reasons
    evaluated = set(
        connection.execute("SELECT account_service, period_start FROM rated.evaluated").fetchall()
    )
    assert evaluated == expected.evaluated
    rows = connection.execute(f"SELECT count(*) FROM rated.cells WHERE {IS_PLAIN}").fetchall()
    cells = {
        tuple(row[:7]): tuple(row[7:])
        for row in connection.execute(
            "SELECT account_service, period_start, usage_class, component, rate, bucket, tier, "
            f"quantity, events FROM rated.cells WHERE {IS_PLAIN}"
        ).fetchall()
    }
    assert cells == expected.cells
    assert rows == [(len(cells),)]
    flats = set(
        connection.execute(
            "SELECT account_service, period_start, bucket, tier, amount FROM rated.flats"
        ).fetchall()
    )
    assert flats == expected.flats
    pools = {
        tuple(row[:4]): tuple(row[4:])
        for row in connection.execute(
            "SELECT account_service, period_start, bucket, tier, lower, upper, used, before "
            "FROM rated.pools"
        ).fetchall()
    }
    assert pools == expected.pools
    priced = set(
        connection.execute(
            "SELECT account_service, period_start, bucket, tier, before, used, price, counted "
            "FROM rated.priced"
        ).fetchall()
    )
    assert priced == expected.priced
    shares = {
        tuple(row[:4]): tuple(row[4:])
        for row in connection.execute(
            "SELECT account_service, period_start, bucket, account, contributed, used "
            "FROM rated.pool_shares"
        ).fetchall()
    }
    assert shares == expected.shares
    assert tiered_of(connection) == expected.tiered
    check_pieces(connection, out, expected)


# What a price includes is a cell of the component `included` that no bucket has given.
IS_PLAIN = "basis IS NULL AND (component = 'rated' OR bucket IS NOT NULL)"


def tiered_of(connection: DuckDBPyConnection) -> dict[tuple[object, ...], object]:
    """Give quantity, events and exact amount of each rate in tiers, the sum of its cells."""
    found: dict[tuple[object, ...], tuple[int, int, Fraction]] = {}
    for *place, quantity, events, factor, amount, per in connection.execute(
        "SELECT account_service, period_start, usage_class, rate, quantity, events, "
        f"coalesce(factor, 0), amount, per FROM rated.cells WHERE NOT ({IS_PLAIN})"
    ).fetchall():
        before = found.get(tuple(place), (0, 0, Fraction(0)))
        own = Fraction(amount) * factor / per
        found[tuple(place)] = (before[0] + quantity, before[1] + events, before[2] + own)
    return dict(found)


def check_pieces(connection: DuckDBPyConnection, out: Path, expected: Result) -> None:
    found = []
    if list(out.glob("rated_usage/*/*/*.parquet")):
        found = [
            (*place, component, (bucket, tier) if bucket else None, quantity, amount)
            for *place, component, bucket, tier, quantity, amount in connection.execute(
                "SELECT file, row, event_id, piece, component, bucket, tier, quantity, amount "
                f"FROM read_parquet('{out}/rated_usage/*/*/*.parquet')"
            ).fetchall()
        ]
    assert sorted(found, key=lambda each: each[:4]) == sorted(
        expected.pieces, key=lambda each: each[:4]
    )
