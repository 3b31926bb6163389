"""Digests of what a book says, by whose it is, so that the next run finds what has changed.

Of each file there is a digest of its bytes, and of its rows one for each of so many buckets: a
row belongs to the bucket that the key of its owner falls into.  Where a file is the same, so are
its buckets; where it is another, the buckets that differ name the owners that may have changed.
More may than have: owners share buckets.

| table | one row is |
| --- | --- |
| book.digests | the rows of a file (`entity`) that fall into a bucket |

Rows count as what they say.  Their order counts only where an owner has several, as of changes of
status on one day the last is what holds: such rows are told by their numbers too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.book.files import BookFile
from runtime.book.model import RECORDED_FILES
from runtime.book.schema import columns_of

BUCKETS = 1 << 18

OWNERS: dict[str, tuple[str, ...]] = {
    "accounts": ("account",),
    "contacts": ("account",),
    "account_packages": ("account",),
    "account_services": ("account_package",),
    "identifiers": ("account_service",),
    "status_changes": ("account_service", "account_package"),
    "changes": ("account_service", "account_package", "account"),
    "overrides": ("account_service", "account_package"),
}
"""The columns of a file that say whose a row is; one of them does.  Payments are nobody's."""

_TOGETHER: dict[str, str] = {
    "contacts": "r.kind",
    "identifiers": "NULL",
    "status_changes": "r.effective",
    "changes": "NULL",
    "overrides": "NULL",
}
"""Of rows of one owner that are equal in this, the order may count."""

_COLUMNS = "entity VARCHAR, bucket INTEGER, digest UBIGINT"
_READ_AT_ONCE = 1 << 24


def owner_sql(entity: str) -> str:
    """Give SQL for the key of a row's owner."""
    return f"coalesce({', '.join(OWNERS[entity])}, '')"


def bucket_sql(key: str) -> str:
    """Give SQL for the bucket of an owner's key."""
    return f"CAST(hash({key}) % {BUCKETS} AS INTEGER)"


class Watched:
    """Files of a book while it is read: their digests hold only if nobody writes to them.

    `digests`: those of their bytes, by entity, as they were before they were read.
    """

    def __init__(self, files: Iterable[BookFile]) -> None:
        """Take the digest of the bytes of each file that is there; it will be read after that."""
        given = {each.entity: each.path for each in files if each.path is not None}
        self._paths = {entity: path for entity, path in given.items() if path.is_file()}
        self._states = {entity: _state(path) for entity, path in self._paths.items()}
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(_digest, self._paths.values()))
        self.digests = {
            entity: digest
            for entity, digest in zip(self._paths, found, strict=True)
            if digest is not None
        }

    def unmoved(self) -> dict[str, str]:
        """Give the digests, by entity, of the files that are as they were."""
        return {
            entity: digest
            for entity, digest in self.digests.items()
            if _state(self._paths[entity]) == self._states[entity]
        }


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _digest(path: Path) -> str | None:
    """Give a digest of a file's bytes, None where it cannot be read."""
    found = hashlib.sha256(path.suffix.encode())
    try:
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(_READ_AT_ONCE):
                found.update(chunk)
    except OSError:
        return None
    return found.hexdigest()


def make_digests(
    connection: DuckDBPyConnection,
    digests: Mapping[str, str],
    before: Mapping[str, str],
    kept: str | None,
) -> None:
    """Make book.digests of the tables of a sound book, with all that is recorded in them.

    Args:
        connection: where they are.
        digests: those of the files, as far as they are certain.
        before: those of the files that the last run read.
        kept: SQL for its table; of a file that is the same it is taken from there.
    """
    connection.execute(f"CREATE OR REPLACE TABLE book.digests ({_COLUMNS})")
    for entity in OWNERS:
        if kept is not None and entity in digests and digests[entity] == before.get(entity):
            connection.execute(
                f"INSERT INTO book.digests SELECT * FROM {kept} WHERE entity = ?", [entity]
            )
        else:
            connection.execute(f"INSERT INTO book.digests {_digests_sql(entity)}")


def _digests_sql(entity: str) -> str:
    owner, together = owner_sql(entity), _TOGETHER.get(entity)
    says = ", ".join(f'r."{each.name}"' for each in columns_of(entity))
    if together is not None:
        says += ", CASE WHEN t.owner IS NOT NULL THEN r.row END"
    joined = f"""
        LEFT JOIN (
          SELECT {owner} AS owner, {together} AS together FROM book.{entity} AS r
          GROUP BY ALL HAVING count(*) > 1
        ) AS t ON t.owner = {owner} AND t.together IS NOT DISTINCT FROM {together}
    """
    return f"""
        SELECT '{entity}', {bucket_sql(owner)} AS bucket, hash(sum(hash({says})))
        FROM book.{entity} AS r {joined if together is not None else ""}
        GROUP BY bucket
    """


def changed_sql(entities: Iterable[str], kept: str) -> str:
    """Give SQL for the buckets of some files that are not as the last run's table has them."""
    now, then = (
        f"(SELECT * FROM {each} WHERE list_contains([{names}]::VARCHAR[], entity))"
        for names in [", ".join(f"'{each}'" for each in entities)]
        for each in ("book.digests", kept)
    )
    return f"""
        SELECT DISTINCT coalesce(n.bucket, t.bucket) AS bucket
        FROM {now} AS n FULL JOIN {then} AS t ON t.entity = n.entity AND t.bucket = n.bucket
        WHERE n.digest IS DISTINCT FROM t.digest
    """


def recorded_sql(column: str, since: str, until: str) -> str:
    """Give SQL for the owners, by a column, of rows recorded behind a day, up to another."""
    return " UNION ".join(
        f"SELECT {column} AS owner FROM book.{entity} "
        f"WHERE {column} IS NOT NULL AND recorded > {since} AND recorded <= {until}"
        for entity in RECORDED_FILES
        if column in OWNERS[entity]
    )
