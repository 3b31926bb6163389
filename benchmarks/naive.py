"""Rating one record at a time, as plain Python does it: what the engine is measured against.

It is the reference interpreter of the tests, which knows no tables, no arrays and no file
formats but the records it is given.
"""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.program.model import Program
from tests.reference.usage import Holder, Record, Reference

_HOLDER = ("account_service", "service", "currency", "timezone", "start", "end")


def records_a_second(
    connection: DuckDBPyConnection, program: Program, path: Path, records: int
) -> float:
    """Rate the first records of a file, of the services of the book that they name."""
    columns = program.feeds[0].columns
    listed = ", ".join(f"coalesce({column}::VARCHAR, '')" for column in columns)
    rows = connection.execute(f"SELECT {listed} FROM '{path}' LIMIT {records}").fetchall()
    given = [
        Record(program.feeds[0].id, path.name, number, dict(zip(columns, row, strict=True)))
        for number, row in enumerate(rows, 1)
    ]
    reference = Reference(program, _holders(connection, path, records), _parents(connection))
    start = time.perf_counter()
    reference.run(given, date(2026, 2, 1), None)
    return records / (time.perf_counter() - start)


def _parents(connection: DuckDBPyConnection) -> dict[str, str]:
    return dict(
        connection.execute(
            "SELECT account, parent FROM book.accounts WHERE parent IS NOT NULL"
        ).fetchall()
    )


def _holders(connection: DuckDBPyConnection, path: Path, records: int) -> list[Holder]:
    """Give the services that hold the lines of the first records of a file."""
    connection.execute(f"""
        CREATE OR REPLACE TABLE named AS
        SELECT DISTINCT s.* FROM subscription.account_services AS s
        JOIN book.identifiers AS i USING (account_service)
        WHERE i.value IN (SELECT line FROM (SELECT line FROM '{path}' LIMIT {records}))
    """)
    found = connection.execute("""
        SELECT account_service, service, currency, timezone, start_day, end_day, package, account,
               (SELECT list((identifier, value, coalesce(effective, n.start_day),
                             coalesce("until", n.end_day)))
                FROM book.identifiers AS i WHERE i.account_service = n.account_service),
               (SELECT list((from_day, until_day, billable))
                FROM subscription.timeline AS t WHERE t.account_service = n.account_service),
               (SELECT list((period_start, period_end, full_start, full_end))
                FROM subscription.usage_periods AS p
                WHERE p.account_service = n.account_service)
        FROM named AS n ORDER BY account_service
    """).fetchall()
    return [
        Holder(
            **dict(zip(_HOLDER, row[:6], strict=True)),
            package=row[6],
            account=row[7],
            identifiers=tuple(tuple(each) for each in row[8]),
            billable=tuple(tuple(each) for each in row[9]),
            periods=tuple(tuple(each) for each in row[10]),
        )
        for row in found
    ]
