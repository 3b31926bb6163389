"""The databases that ledgers of the tests are in: files, or schemas of a server.

A test that takes the fixture `database` (tests/conftest.py) and opens its ledgers by
`database.url(path)` runs on SQLite by default, and on PostgreSQL by `make test-postgres`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from runtime.ledger.connect import ledger_url
from runtime.ledger.url import parse_ledger_url


class Database(Protocol):
    """Where ledgers are."""

    @property
    def name(self) -> str:
        """SQLAlchemy's name for its kind."""
        ...

    def url(self, path: Path) -> str:
        """Give the URL of the ledger that stands for this file, the same each time."""
        ...

    def execute(self, path: Path, *statements: str) -> list[tuple[object, ...]]:
        """Do with a ledger what no part of Ratebook does; give the rows of the last one."""
        ...


@dataclass(frozen=True, slots=True)
class Files:
    """Ledgers are SQLite files."""

    name: str = "sqlite"

    def url(self, path: Path) -> str:
        return ledger_url(path)

    def execute(self, path: Path, *statements: str) -> list[tuple[object, ...]]:
        return _execute(_engine(self.url(path)), statements)


@dataclass(slots=True)
class Schemas:
    """Ledgers are schemas of one PostgreSQL database, each in a URL's search path."""

    server: str
    name: str = "postgresql"
    made: set[str] = field(default_factory=set)

    def url(self, path: Path) -> str:
        schema = f"t{sha256(str(path.resolve()).encode()).hexdigest()[:24]}"
        if schema not in self.made:
            _execute(_engine(self.server), [f"CREATE SCHEMA IF NOT EXISTS {schema}"])
            self.made.add(schema)
        url = make_url(self.server).update_query_dict({"options": f"-csearch_path={schema}"})
        return url.render_as_string(hide_password=False)

    def execute(self, path: Path, *statements: str) -> list[tuple[object, ...]]:
        return _execute(_engine(self.url(path)), statements)

    def drop(self) -> None:
        """Remove what was made."""
        for schema in sorted(self.made):
            _execute(_engine(self.server), [f"DROP SCHEMA {schema} CASCADE"])


_places: list[Database] = [Files()]


def ledgers() -> Database:
    """Give where this run of the tests has its ledgers."""
    return _places[-1]


@contextmanager
def ledgers_on(server: str | None) -> Iterator[Database]:
    """Have the tests' ledgers in files or, by the URL of a server, in its schemas."""
    if server is None:
        yield ledgers()
        return
    schemas = Schemas(server)
    _places.append(schemas)
    try:
        yield schemas
    finally:
        _places.remove(schemas)
        schemas.drop()


def _engine(url: str) -> Engine:
    return create_engine(parse_ledger_url(url), poolclass=NullPool)


def _execute(engine: Engine, statements: tuple[str, ...] | list[str]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    with engine.begin() as connection:
        for statement in statements:
            result = connection.execute(text(statement))
            rows = [tuple(row) for row in result] if result.returns_rows else []
    return rows


def end_session(url: str, process: int) -> None:
    """End a session of a PostgreSQL server, as an administrator or a crash would."""
    _execute(_engine(url), [f"SELECT pg_terminate_backend({process}, 10000)"])
