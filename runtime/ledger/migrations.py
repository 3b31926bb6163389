"""How a ledger reaches the version this Ratebook writes.

A new ledger is made whole.  An older one takes each step of STEPS from its version on, in
order, inside the run's own transaction.  A newer one, or another program's database, is
refused untouched.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select, text

from runtime.ledger.faults import LedgerRefused
from runtime.ledger.schema import SCHEMA_VERSION, metadata, schema_version

Step = Callable[[Connection], None]


def _add_proration(connection: Connection) -> None:
    """Say of posted lines how parts of their periods were counted: by days, all of them."""
    connection.execute(text("ALTER TABLE lines ADD COLUMN proration TEXT"))


def _add_discount(connection: Connection) -> None:
    """Say of posted discounts which they are: there were none before."""
    connection.execute(text("ALTER TABLE lines ADD COLUMN discount TEXT"))


STEPS: tuple[Step, ...] = (_add_proration, _add_discount)
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
            step(connection)
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
