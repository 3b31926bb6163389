"""Invoices on forms to be posted, as the assembling stage hands them over in the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection
from sqlalchemy import Connection

from runtime.bill import STAGES
from runtime.bill_folder import OutFolder
from runtime.bill_run import Run
from runtime.engine import open_engine
from runtime.invoice.assemble_days import make_usage_days
from runtime.invoice.held import Holding
from runtime.invoice.make import Making
from runtime.invoice.maker import Assembly
from runtime.ledger.post import keep_sequence, last_sequence
from runtime.ledger.post_forms import FormPosting, post_forms
from runtime.program.model import Program
from tests.runtime.bill.books import request
from tests.runtime.bill.test_commercial import CATALOG, program_of, sold

OWNER, AS_OF = "northwind", date(2026, 2, 1)


@dataclass(frozen=True, slots=True)
class Formed:
    """So many invoices on forms, which can be posted any number of times."""

    engine: DuckDBPyConnection
    program: Program
    making: Making
    invoices: int
    lines: int

    def post(self, ledger: Connection, run: int) -> None:
        """Post them all as a run's, behind what was posted before."""
        last = last_sequence(ledger, OWNER)
        posting = FormPosting(self.program, run, AS_OF, OWNER, last)
        post_forms(ledger, self.engine, self.making.forms, posting)
        keep_sequence(ledger, OWNER, last + self.invoices)


def make_formed(folder: Path, invoices: int) -> Formed:
    """Make a month of so many customers, of whom each has two lines of service."""
    sold(*({"account": f"A{number:03}"} for number in range(invoices))).write(folder / "book")
    asked = request(folder, str(AS_OF), program=program_of(CATALOG))
    run = Run(asked, open_engine(threads=1), OutFolder(folder / "out"), None, None, {})
    for _, stage in STAGES[:-1]:
        assert stage(run) == ()
    make_usage_days(run.connection, asked.as_of)
    assembly = Assembly(asked.program, asked.as_of, None, lambda _: {}, lambda _: None)
    making = Making(run.connection, assembly, Holding(asked.program))
    assert list(making.drafts()) == []
    making.number_formed()
    ((found, lines),) = run.connection.execute(
        "SELECT count(*), CAST(sum(s.lines) AS BIGINT) FROM numbered JOIN shape_sum AS s "
        "ON s.shape = numbered.shape"
    ).fetchall()
    assert found == invoices
    return Formed(run.connection, asked.program, making, invoices, lines)
