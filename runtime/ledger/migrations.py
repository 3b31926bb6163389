"""How a ledger reaches the version this Ratebook writes.

A new ledger is made whole.  An older one takes each of STEPS from its version on, in order,
inside the run's own transaction.  A newer one, or another program's database, is refused
untouched.  A step only adds: posted rows are never rewritten, so what a column says of rows
that are older than it is told where it is read, or by its server default.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Connection, Index, Table, inspect, select, text
from sqlalchemy.schema import CreateColumn

from runtime.ledger.faults import LedgerRefused
from runtime.ledger.schema import (
    FORM_TABLES,
    RECEIVABLES,
    SCHEMA_VERSION,
    deliveries,
    invoices,
    lines,
    lines_by_service,
    metadata,
    runs,
    schema_version,
)
from runtime.ledger.schema_forms import make_views


@dataclass(frozen=True, slots=True)
class AddColumns:
    """New columns and indexes of tables that are there; `why` says what they are for."""

    why: str
    columns: tuple[Column[object], ...]
    indexes: tuple[Index, ...] = ()

    def take(self, connection: Connection) -> None:
        """Add those that are not there: an earlier step may have made the table whole."""
        for index in self.indexes:
            index.create(connection, checkfirst=True)
        for column in self.columns:
            present = {each["name"] for each in inspect(connection).get_columns(column.table.name)}
            if column.name not in present:
                written = str(CreateColumn(column).compile(dialect=connection.dialect))
                for key in column.foreign_keys:
                    there = key.column
                    written += f" REFERENCES {there.table.name} ({there.name})"
                connection.execute(text(f"ALTER TABLE {column.table.name} ADD COLUMN {written}"))


@dataclass(frozen=True, slots=True)
class AddTables:
    """New tables, with their triggers and indexes; `why` says what they are for."""

    why: str
    tables: tuple[Table, ...]

    def take(self, connection: Connection) -> None:
        """Make them, each after those it refers to."""
        metadata.create_all(connection, tables=self.tables)


# What a line corrects, of ledgers whose lines say it themselves.
_CORRECTIONS = """
INSERT INTO corrections (invoice, line, corrects, corrected_invoice, corrected_line)
SELECT l.invoice, l.line, l.corrects, c.invoice, c.line
FROM lines AS l JOIN lines AS c ON c.line_id = l.corrects
"""


@dataclass(frozen=True, slots=True)
class AddForms:
    """Invoices on forms: their tables, what is posted already, and the view of all lines."""

    why: str

    def take(self, connection: Connection) -> None:
        """Make the tables; what was posted before keeps its lines and its document."""
        AddTables(self.why, FORM_TABLES).take(connection)
        AddColumns(self.why, (invoices.c.form,)).take(connection)
        connection.execute(text(_CORRECTIONS))
        make_views(connection)


Step = AddColumns | AddTables | AddForms

STEPS: tuple[Step, ...] = (
    AddColumns("how parts of a line's period are counted", (lines.c.proration,)),
    AddColumns("which discount a line is of; there were none before", (lines.c.discount,)),
    AddColumns(
        "what a run settled, and whose lines are looked at again",
        (runs.c.known,),
        (lines_by_service,),
    ),
    AddTables("what customers paid, and credit notes that somebody gave", RECEIVABLES),
    AddTables("the outbox: what is to be delivered to whom", (deliveries,)),
    AddForms("what many invoices say alike is kept once"),
)
"""STEPS[n] takes a ledger from version n + 1 to n + 2."""


def migrate(connection: Connection, name: str) -> None:
    """Bring the ledger to SCHEMA_VERSION; `name` is what messages call it."""
    version = read_version(connection, name)
    if version == SCHEMA_VERSION:
        return
    if version is None:
        metadata.create_all(connection)
    else:
        for step in STEPS[version - 1 :]:
            step.take(connection)
    connection.execute(schema_version.delete())
    connection.execute(schema_version.insert().values(version=SCHEMA_VERSION))


def require_current(connection: Connection, name: str) -> None:
    """Refuse a ledger that reading alone cannot use: older than this Ratebook's."""
    version = read_version(connection, name)
    if version is None:
        raise LedgerRefused(f"{name}: is a database, but not a ledger")
    if version != SCHEMA_VERSION:
        raise LedgerRefused(
            f"{name}: is a ledger of version {version}, this Ratebook reads {SCHEMA_VERSION}; "
            "a billing run brings it up to date"
        )


def read_version(connection: Connection, name: str) -> int | None:
    """Give the ledger's version, None where the database is empty; refuse what is not ours."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if schema_version.name not in tables:
        raise LedgerRefused(f"{name}: is a database, but not a ledger")
    version = connection.execute(select(schema_version.c.version)).scalar()
    if version is None:
        raise LedgerRefused(f"{name}: is a database, but not a ledger")
    if version > SCHEMA_VERSION:
        raise LedgerRefused(
            f"{name}: is a ledger of version {version}, this Ratebook knows {SCHEMA_VERSION}; "
            "use the newer Ratebook that wrote it"
        )
    return int(version)
