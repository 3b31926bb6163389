"""The ledger's schema as each version made it, kept as text: what migrations start from.

`python -m tests.runtime.ledger.versions` writes that of the version at hand, for each database;
a version that a release wrote is never written again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from sqlalchemy import MetaData, create_mock_engine
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.schema import ExecutableDDLElement

from runtime.ledger.schema import SCHEMA_VERSION, metadata, schema_version

FOLDER = Path(__file__).parent / "versions"

FIRST = {"sqlite": 1, "postgresql": 3}
"""The version that each database's ledgers start from."""

_DRIVERS = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}
_BETWEEN = "\n----\n"


def schema_text(database: str, tables: MetaData = metadata, version: int = SCHEMA_VERSION) -> str:
    """Give the statements that make a new ledger on a database."""
    statements: list[str] = []

    def note(ddl: ExecutableDDLElement, *_: object, **__: object) -> None:
        statements.append(_tidy(str(ddl.compile(dialect=engine.dialect))))

    engine: MockConnection = create_mock_engine(_DRIVERS[database], note)
    tables.create_all(engine, checkfirst=False)
    statements.append(f"INSERT INTO {schema_version.name} (version) VALUES ({version})")
    return _BETWEEN.join(_ordered(statements)) + "\n"


def _ordered(statements: list[str]) -> Iterator[str]:
    """Order indexes that are made one after the other, which come as a set."""
    for is_index, some in groupby(statements, lambda each: each.startswith("CREATE INDEX")):
        together = list(some)
        yield from sorted(together) if is_index else together


def path_of(database: str, version: int) -> Path:
    """Give where a version's schema is kept."""
    return FOLDER / f"{database}-{version}.sql"


def statements_of(database: str, version: int) -> tuple[str, ...]:
    """Give the statements that made a ledger of an older version."""
    return tuple(path_of(database, version).read_text("utf-8").split(_BETWEEN))


def _tidy(statement: str) -> str:
    return "\n".join(line.rstrip() for line in statement.strip().splitlines())


if __name__ == "__main__":
    for each in _DRIVERS:
        path_of(each, SCHEMA_VERSION).write_text(schema_text(each), "utf-8")
