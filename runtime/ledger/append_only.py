"""Tables whose rows are never changed again, held by triggers on either database.

`append_only(table)` is all that a table needs: whenever it is made, in a new ledger or by a
migration, its triggers are made with it.  They refuse an update, a delete, a truncation and
an insert that puts itself in place of a row, whoever asks and by whatever program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import DDL, Column, Connection, Table, UniqueConstraint, event

REFUSAL = "the ledger is append-only"


def append_only(table: Table) -> Table:
    """Have a table made with the triggers that keep its rows; give the table."""
    for dialect, statements in (("sqlite", _sqlite(table)), ("postgresql", _postgresql(table))):
        for statement in statements:
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
    return table


@contextmanager
def only_plain_inserts(ledger: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """Spare SQLite a look for a row to be replaced before each insert into these tables.

    A plain INSERT replaces nothing: a key that is there ends it.  The triggers that refuse others
    are gone and back in the transaction of the caller, which nobody else can see into.
    """
    if ledger.dialect.name != "sqlite":
        yield
        return
    for table in tables:
        ledger.exec_driver_sql(f"DROP TRIGGER {table.name}_no_replace")
    try:
        yield
    finally:
        for table in tables:
            ledger.exec_driver_sql(_no_replace(table))


def _sqlite(table: Table) -> list[str]:
    """Give the triggers; an insert that replaces a row deletes it and tells no other trigger."""
    name = table.name
    moments = {
        "no_update": f"BEFORE UPDATE ON {name}",
        "no_delete": f"BEFORE DELETE ON {name}",
    }
    return [_no_replace(table), *(_refusing(name, *each) for each in moments.items())]


def _no_replace(table: Table) -> str:
    name = table.name
    there = " OR ".join(f"EXISTS (SELECT 1 FROM {name} WHERE {_same(key)})" for key in _keys(table))
    return _refusing(name, "no_replace", f"BEFORE INSERT ON {name} WHEN {there}")


def _refusing(name: str, what: str, moment: str) -> str:
    return (
        f"CREATE TRIGGER {name}_{what} {moment} BEGIN SELECT RAISE(ABORT, '{REFUSAL}: {name}'); END"
    )


def _postgresql(table: Table) -> list[str]:
    """Give one function and its triggers, which a replica's session does not go around."""
    name = table.name
    return [
        f"CREATE FUNCTION {name}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSAL}: {name}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_append_only()",
        f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {name}_append_only",
    ]


def _keys(table: Table) -> list[tuple[str, ...]]:
    """Give the columns that are one row's alone: the primary key, then each unique constraint."""
    uniques = [
        constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)
    ]
    keys = [_names(list(table.primary_key.columns))]
    keys += sorted(_names(list(constraint.columns)) for constraint in uniques)
    return keys


def _names(columns: list[Column[object]]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


def _same(key: tuple[str, ...]) -> str:
    return " AND ".join(f"{name} = NEW.{name}" for name in key)
