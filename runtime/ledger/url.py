"""The URL of a ledger: which database it names, and what messages call it."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from runtime.ledger.faults import LedgerRefused

POSTGRES_DRIVER = "postgresql+psycopg"

_POSTGRES = frozenset({"postgresql", "postgres", POSTGRES_DRIVER})
_SECRET = re.compile(r"(?<=:)[^:/@]*(?=@)|(?<=password=)[^&\s]*")

_EXAMPLES = "as in sqlite:///ledger.db or postgresql://user@host/database"


def ledger_url(path: Path) -> str:
    """Give the URL of a ledger that is a file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def parse_ledger_url(url: str) -> URL:
    """Read the URL of a ledger on either database.

    Raises LedgerRefused, without the URL's password, where it is of neither.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Not chained: the fault's own message holds the whole URL.
        raise LedgerRefused(f"{_masked(url)}: is not a database URL, {_EXAMPLES}") from None
    if parsed.drivername in _POSTGRES:
        return parsed.set(drivername=POSTGRES_DRIVER)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return parsed
    raise LedgerRefused(
        f"{_masked(url)}: a ledger is an SQLite file or a PostgreSQL database, {_EXAMPLES}"
    )


def shown_name(url: URL) -> str:
    """Give what messages call a ledger: its file, or its server and database without secrets."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    plain = URL.create(
        "postgresql", url.username, host=url.host, port=url.port, database=url.database
    )
    service = url.query.get("service")
    return plain.render_as_string() + (f"?service={service}" if service else "")


def _masked(url: str) -> str:
    return _SECRET.sub("***", url)
