"""The carrier's price table, its customers and their usage: seeded, skewed, of any size.

A few lines have most of the usage (Zipf).  One record in 400 repeats an earlier one, one in
1000 names a line that nobody holds.  Some lines are suspended for days, and some numbers go
to another line in the middle of the month.
"""

from __future__ import annotations

import csv
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from compiler.compile import compile_folder
from runtime.engine import create_table, open_engine
from runtime.program.model import Program

FIRST_INSTANT = "2026-01-01 05:00:00"
MICROSECONDS = 31 * 24 * 3600 * 1_000_000
PREFIXES = 10_000
CARRIERS = ("ARGO", "BOREAS", "CYGNUS")
LINES_OF_AN_ACCOUNT = 4


@dataclass(frozen=True, slots=True)
class Size:
    """How many records, and over how many lines."""

    events: int
    lines: int


def prefixes() -> list[str]:
    """Give the prefixes of the price table: the nine first digits, and longer ones."""
    draw = random.Random(1)
    found = {str(digit) for digit in range(1, 10)}
    while len(found) < PREFIXES:
        found.add(str(draw.randrange(10 ** draw.randrange(2, 7), 10**7))[: draw.randrange(3, 8)])
    return sorted(found)


def write_catalog(folder: Path) -> None:
    """Write the catalog, with its table of calls by prefix, carrier and currency."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).parent / "catalog.ratebook", folder)
    with (folder / "north.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("class", "prefix", "carrier", "currency", "price", "per", "increment"))
        for number, prefix in enumerate(prefixes()):
            carriers = ["", CARRIERS[number % 2]] if number % 5 == 0 else [""]
            for carrier in carriers:
                price = 100 + number % 400 - 20 * bool(carrier)
                for currency, cents in (("CAD", price), ("USD", price * 7 // 10)):
                    row = ("call", prefix, carrier, currency, f"{cents / 10000:.4f}", "minute")
                    writer.writerow((*row, "6 s"))


def compile_catalog(folder: Path) -> Program:
    """Compile the catalog of a folder, writing it there first."""
    write_catalog(folder)
    compilation = compile_folder(folder)
    assert compilation.program is not None, compilation.diagnostics
    return compilation.program


def write_usage(path: Path, size: Size, seed: int = 1) -> None:
    """Write a month of records as Parquet (typed), CSV or JSON lines, by the path's ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    form = {
        ".parquet": "FORMAT parquet, COMPRESSION snappy",
        ".csv": "FORMAT csv, HEADER true",
        ".jsonl": "FORMAT json",
    }[path.suffix]
    started = "started AS started"
    if path.suffix != ".parquet":
        started = "strftime(started, '%Y-%m-%dT%H:%M:%S') AS started"
    with open_engine() as connection:
        connection.execute("CREATE TABLE prefixes (prefix VARCHAR[])")
        connection.execute("INSERT INTO prefixes VALUES (?)", [prefixes()])
        connection.execute(f"""
            COPY (SELECT * REPLACE ({started}) FROM ({_records(size, seed)}))
            TO '{partial}' ({form})
        """)
    partial.rename(path)


def _records(size: Size, seed: int) -> str:
    def draw(number: int, choices: int) -> str:
        return f"(hash(n, {seed + number}) % {choices})::BIGINT"

    carriers = ", ".join(f"'{each}'" for each in CARRIERS)
    return f"""
        WITH drawn AS (
          SELECT n, {draw(0, 1000003)} / 1000003 AS a, {draw(1, 1000)} AS c,
                 {draw(2, 1000)} AS k, {draw(3, 1000003)} / 1000003 AS b,
                 {draw(4, PREFIXES)} AS p, {draw(5, 10**7)} AS digits, {draw(6, 3)} AS carrier
          FROM (SELECT CASE WHEN hash(i, {seed}) % 400 = 0 THEN i // 2 ELSE i END AS n
                FROM range({size.events}) AS r(i))
        ),
        kinds AS (
          SELECT *, CASE WHEN k < 350 THEN 'voice' WHEN k < 750 THEN 'data'
                         WHEN k < 950 THEN 'message' WHEN k < 980 THEN 'roaming'
                         ELSE 'premium' END AS kind
          FROM drawn
        )
        SELECT 'R' || lpad(n::VARCHAR, 12, '0') AS record_id,
               CASE WHEN c = 999 THEN 'unknown' ELSE
                 'L' || lpad(least(floor(exp(a * ln({size.lines + 1}))),
                   {size.lines})::BIGINT::VARCHAR, 8, '0') END AS line,
               date_trunc('second', TIMESTAMP '{FIRST_INSTANT}'
                 + to_microseconds((n::HUGEINT * {MICROSECONDS} // {size.events})::BIGINT))
                 AS started,
               kind,
               CASE kind WHEN 'data' THEN (b * b * b * 40000000)::BIGINT
                         WHEN 'message' THEN 1 ELSE 1 + (b * b * 900)::BIGINT END AS quantity,
               CASE WHEN kind IN ('voice', 'roaming', 'premium') THEN
                 (SELECT prefix FROM prefixes)[p + 1] || lpad(digits::VARCHAR, 7, '0') END
                 AS destination,
               CASE WHEN kind = 'voice' THEN [{carriers}][carrier + 1] END AS carrier
        FROM kinds
    """


def fill_book(connection: DuckDBPyConnection, lines: int) -> None:
    """Make the tables that rating reads: a service a line, and a pool for every second account."""
    for table in ("account_services", "timeline", "usage_periods", "quantities", "rate_plans"):
        create_table(connection, f"subscription.{table}")
    connection.execute(f"""
        CREATE TABLE book.accounts AS
        SELECT 'A' || a AS account, NULL::VARCHAR AS parent
        FROM range({lines // LINES_OF_AN_ACCOUNT + 1}) AS r(a)
    """)
    # One number in a hundred goes from its line to the next one on the 15th.
    connection.execute(f"""
        CREATE TABLE book.identifiers AS
        WITH lines AS (
          SELECT i, 'L' || lpad(i::VARCHAR, 8, '0') AS value, i % 100 = 7 AS moves
          FROM range(1, {lines + 1}) AS r(i)
        )
        SELECT 'S' || i AS account_service, 'line' AS identifier, value,
               NULL::DATE AS effective,
               CASE WHEN moves THEN DATE '2026-01-15' END AS "until"
        FROM lines
        UNION ALL
        SELECT 'S' || (i + 1), 'line', value, DATE '2026-01-15', NULL
        FROM lines WHERE moves
    """)
    connection.execute(f"""
        INSERT INTO subscription.account_services BY NAME
        WITH held AS (
          SELECT i, 'S' || i AS account_service, i // {LINES_OF_AN_ACCOUNT} AS a,
                 'mobile' AS service
          FROM range(1, {lines + 1}) AS r(i)
          UNION ALL
          SELECT a, 'P' || a, a, 'pool_fee'
          FROM range(0, {lines // LINES_OF_AN_ACCOUNT + 1}, 2) AS r(a)
        )
        SELECT account_service, 'A' || a || '-plan' AS account_package, 'A' || a AS account,
               service, 'plan' AS package,
               CASE WHEN a % 3 = 0 THEN 'USD' ELSE 'CAD' END AS currency,
               'America/Toronto' AS timezone, DATE '2025-12-01' AS start_day,
               DATE '9999-12-31' AS end_day, 1 AS quantity
        FROM held
    """)
    # Three lines in a hundred are suspended from the 10th to the 13th.
    connection.execute("""
        INSERT INTO subscription.timeline BY NAME
        WITH each AS (
          SELECT account_service, start_day, end_day, service = 'mobile'
                 AND right(account_service, 2) IN ('11', '42', '93') AS rests
          FROM subscription.account_services
        )
        SELECT account_service, true AS billable, 'active' AS status, start_day AS from_day,
               CASE WHEN rests THEN DATE '2026-01-10' ELSE end_day END AS until_day
        FROM each
        UNION ALL
        SELECT account_service, false, 'suspended', DATE '2026-01-10', DATE '2026-01-13'
        FROM each WHERE rests
        UNION ALL
        SELECT account_service, true, 'active', DATE '2026-01-13', end_day FROM each WHERE rests
    """)
    connection.execute("""
        INSERT INTO subscription.usage_periods BY NAME
        SELECT account_service, a AS period_start, b AS period_end, a AS full_start, b AS full_end,
               a + INTERVAL 5 HOUR AS start_instant, b + INTERVAL 5 HOUR AS end_instant
        FROM subscription.account_services,
             (VALUES (DATE '2026-01-01', DATE '2026-02-01'), (DATE '2026-02-01', DATE '2026-03-01'))
               AS p(a, b)
    """)
