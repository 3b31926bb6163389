"""Runs over what is known of customers, from the book's files to posted lines, and no further."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from runtime.book.load import load_book
from runtime.book.model import ENTITIES
from runtime.charges.difference import find_difference
from runtime.charges.target import compute_target
from runtime.engine import create_table, open_engine
from runtime.subscriptions import build_subscriptions
from runtime.subscriptions.known import BEGINNING, Settled, keep_known, known_file, known_mark
from runtime.tables import TABLES
from tests.runtime.histories.catalog import program
from tests.runtime.histories.customers import Customer, Row

Sums = dict[tuple[str, str, str], int]
"""Of each account service, kind and charged service, an amount in minor units."""

OWNER: Row = {"account": "owner", "name": "Owner", "type": "owner", "currency": "CAD"}


def write_book(folder: Path, customers: Iterable[Customer], day: date) -> None:
    """Write the book as it is known on a day."""
    rows: dict[str, list[Row]] = {name: [] for name in ENTITIES}
    rows["accounts"].append(OWNER)
    for each in customers:
        for table, known in each.known(day).items():
            rows[table] += known
    for entity, model in ENTITIES.items():
        with (folder / f"{entity}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, tuple(model.model_fields), restval="")
            writer.writeheader()
            writer.writerows(rows[entity])


class Ledger:
    """An engine with no usage, what runs posted in it, and what the last of them knew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = 0
        self.settled: Settled | None = None
        self.connection = open_engine(threads=1)
        for name in TABLES:
            if name.startswith("rated.") or name == "charge.posted":
                create_table(self.connection, name)
        self.connection.execute("CREATE TABLE everything AS SELECT * FROM charge.posted")

    def bill(self, book: Path, day: date) -> int:
        """Post what is due on a day, as a run does; give how many lines that were.

        Of account services that the last run settled, what was posted is not looked at.
        """
        connection, sold = self.connection, program()
        report = load_book(connection, sold, book, day)
        assert report.faults == (), [fault.text() for fault in report.faults]
        build_subscriptions(connection, sold, day, self.settled)
        connection.execute(f"""
            CREATE OR REPLACE TABLE charge.posted AS SELECT * FROM everything
            WHERE account_service IN (
              SELECT account_service FROM subscription.horizons WHERE after_day = DATE '{BEGINNING}'
              UNION SELECT account_service FROM subscription.gone)
        """)
        compute_target(connection, sold, as_of=day)
        find_difference(connection, sold, as_of=day)
        connection.execute("""
            INSERT INTO everything BY NAME
            SELECT * EXCLUDE (ordinal, corrects, source), CAST(NULL AS INTEGER) AS source,
                   ordinal + (SELECT coalesce(max(line_id), 0) FROM everything) AS line_id
            FROM charge.due
        """)
        self.runs += 1
        mark = known_mark(connection, sold, day)
        keep_known(connection, self.folder, self.runs, mark, ())
        self.settled = Settled(day, known_file(self.folder, self.runs), mark)
        ((due,),) = connection.execute("SELECT count(*) FROM charge.due").fetchall()
        return int(due)

    def sums(self) -> Sums:
        """Give what was posted of each account service, kind and charged service."""
        rows = self.connection.execute("""
            SELECT account_service, kind, service, sum(minor) FROM everything
            GROUP BY ALL HAVING sum(minor) <> 0
        """).fetchall()
        return {(name, kind, service): int(minor) for name, kind, service, minor in rows}


def as_it_becomes_known(
    folder: Path, customers: Sequence[Customer], days: Sequence[date]
) -> tuple[Sums, int]:
    """Bill on each of the days what is known by then; give the sums and the last run's again."""
    ledger = Ledger(folder / "known")
    for day in days:
        write_book(folder, customers, day)
        ledger.bill(folder, day)
    return ledger.sums(), ledger.bill(folder, days[-1])


def at_once(folder: Path, customers: Sequence[Customer], day: date) -> Sums:
    """Bill once, on the last day, what is known then."""
    write_book(folder, customers, day)
    ledger = Ledger(folder / "known_at_once")
    ledger.bill(folder, day)
    return ledger.sums()


def differences(found: Sums, expected: Sums) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Give where two sums are not the same: what was found, and what should have been."""
    return {
        key: (found.get(key, 0), expected.get(key, 0))
        for key in sorted(found.keys() | expected.keys())
        if found.get(key, 0) != expected.get(key, 0)
    }
