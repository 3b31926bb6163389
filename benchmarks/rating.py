"""The usage side alone: `python -m benchmarks.rating --events 5_000_000`.

Each kind of work runs in a process of its own, several times; the first time, which loads
the compiled kernel, counts like the others, and the median is shown.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from benchmarks.data import Size, write_usage
from benchmarks.measure import bare_scan, in_process, print_measured, print_table
from runtime.engine import create_table, open_engine
from runtime.usage.files import match_files
from runtime.usage.rate import rate_usage
from runtime.usage.store import UsageStore
from tests.runtime.programs import connectivity_program

WORKS = {
    "bare": "bare scan and sum",
    "lines": "to lines",
    "stored": "to lines, events kept in the store",
    "records": "to lines, kept, and every record written",
    "limited": "to lines, memory_limit 1 GB",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--gateways", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "ratebook-bench")
    parser.add_argument("--works", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--work", choices=WORKS, help="do this one, here, and print JSON")
    given = parser.parse_args()
    path = given.data / f"sessions-{given.events}.{given.format}"
    if given.work is not None:
        print_measured(lambda: do(given.work, path, given.gateways), given.times)
        return
    if not path.exists():
        write_usage(path, Size(given.events, given.gateways))
    shape = [
        *("--events", str(given.events), "--gateways", str(given.gateways)),
        *("--times", str(given.times), "--format", given.format, "--data", str(given.data)),
    ]
    works = list(dict.fromkeys(["bare", *given.works]))
    rows = [
        (WORKS[work], in_process("benchmarks.rating", [*shape, "--work", work])) for work in works
    ]
    print(f"{given.events:,} records, {given.gateways:,} gateways, {given.format}\n")
    print_table(rows, given.events, rows[0][1])


def do(work: str, path: Path, gateways: int) -> None:
    """Do one kind of work once, from opening the engine on."""
    if work == "bare":
        bare_scan(path)
        return
    program = connectivity_program()
    folder = Path(tempfile.mkdtemp(prefix="ratebook-bench-"))
    with open_engine(memory_limit="1GB" if work == "limited" else None) as connection:
        fill_book(connection, gateways)
        rate_usage(
            connection,
            program,
            files=match_files(program, [str(path)]),
            as_of=date(2026, 2, 1),
            previous_as_of=None,
            store=UsageStore(folder / "store"),
            run=1,
            out=folder / "out" if work == "records" else None,
            keep=work in ("stored", "records"),
        )
    shutil.rmtree(folder)


def fill_book(connection: DuckDBPyConnection, gateways: int) -> None:
    """Make the tables that rating reads, for one data service a gateway."""
    for table in ("account_services", "timeline", "usage_periods", "quantities", "rate_plans"):
        create_table(connection, f"subscription.{table}")
    connection.execute(f"""
        CREATE TABLE book.identifiers AS
        SELECT 'S' || i AS account_service, 'gateway' AS identifier,
               'GW-' || lpad(i::VARCHAR, 7, '0') AS value,
               NULL::DATE AS effective, NULL::DATE AS "until"
        FROM range(1, {gateways + 1}) AS r(i)
    """)
    connection.execute("""
        INSERT INTO subscription.account_services BY NAME
        SELECT account_service, 'P' || account_service AS account_package,
               'A' || account_service AS account, 'data' AS service,
               CASE WHEN hash(account_service) % 3 = 0 THEN 'USD' ELSE 'CAD' END AS currency,
               'America/Toronto' AS timezone,
               DATE '2025-12-01' AS start_day, DATE '9999-12-31' AS end_day
        FROM book.identifiers
    """)
    connection.execute("""
        INSERT INTO subscription.timeline BY NAME
        SELECT account_service, true AS billable, start_day AS from_day, end_day AS until_day
        FROM subscription.account_services
    """)
    connection.execute("""
        INSERT INTO subscription.usage_periods BY NAME
        SELECT account_service, a AS period_start, b AS period_end, a AS full_start, b AS full_end,
               a + INTERVAL 5 HOUR AS start_instant, b + INTERVAL 5 HOUR AS end_instant
        FROM subscription.account_services,
             (VALUES (DATE '2026-01-01', DATE '2026-02-01'), (DATE '2026-02-01', DATE '2026-03-01'))
               AS p(a, b)
    """)


if __name__ == "__main__":
    main()
