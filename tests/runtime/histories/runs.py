"""Runs over what is known of customers, from the book's files to due lines, and no further."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from runtime.book.load import load_book
from runtime.book.model import ENTITIES
from runtime.charges.difference import find_difference
from runtime.charges.target import compute_target
from runtime.engine import create_table, open_engine
from runtime.subscriptions import build_subscriptions
from runtime.subscriptions.kept import PostedMark, keep_known, known_mark, read_kept
from runtime.subscriptions.known import BEGINNING, Settled
from runtime.tables import TABLES
from tests.runtime.histories.catalog import program
from tests.runtime.histories.customers import Customer, Row

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
        build_subscriptions(connection, sold, day, self.settled, are_alike_found=True)
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
        mark = known_mark(connection, sold, day, {})
        keep_known(connection, self.folder, self.runs, mark, ())
        posted = PostedMark(day, self.runs, self.folder, mark, sold.fingerprint)
        kept = read_kept(connection, posted)
        assert kept is not None
        self.settled = Settled(day, kept.known)
        ((due,),) = connection.execute("SELECT count(*) FROM charge.due").fetchall()
        return int(due)
