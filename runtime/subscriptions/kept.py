"""What a run leaves beside the ledger for the next one, and how that tells whether it is the run's.

| file | is |
| --- | --- |
| run=N.parquet | subscription.known: a digest of each account service, and its next day |
| book=N.parquet | book.digests: what the book said, by file and bucket; and digests of the files |

Both bear a seal, made of all that they hold and of the mark that the ledger has of the posted
run.  A file of a run that died before it was posted, one whose rows were altered, one that is
damaged or missing, is done without: the next run then looks at everything, and leaves new ones.
What another version of Ratebook or of the engine left of a book is done without too.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.program.model import Program
from runtime.subscriptions.known import BEGINNING

_BOOK_FORMAT = 1
"""Another number where book.digests or next days are made otherwise."""


@dataclass(frozen=True, slots=True)
class PostedMark:
    """The last posted run, as the ledger tells of it.

    Attributes:
        as_of: its date.
        run: its number.
        folder: where it left what it knew; it need not be there.
        mark: what `known_mark` gave, None where the run kept nothing.
        fingerprint: of its program.
    """

    as_of: date
    run: int
    folder: Path
    mark: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the last posted run left.

    Attributes:
        last: the run.
        known: SQL for the rows of its subscription.known.
        digests: SQL for the rows of its book.digests, None where they are not there.
        files: the digests of the files that these are of.
    """

    last: PostedMark
    known: str
    digests: str | None
    files: Mapping[str, str]


def known_file(folder: Path, run: int) -> Path:
    """Give the file of a run's digests of account services in the folder of all of them."""
    return folder / f"run={run}.parquet"


def book_file(folder: Path, run: int) -> Path:
    """Give the file of a run's digests of its book in the folder of all of them."""
    return folder / f"book={run}.parquet"


def known_mark(
    connection: DuckDBPyConnection,
    program: Program,
    as_of: date,
    files: Mapping[str, str],
) -> str:
    """Give what tells what this run knows from what a run did that was never posted.

    `files`: digests of the book's.
    """
    row = _sums(connection, _TABLES, "digest")
    words = f"{program.fingerprint} {as_of} {row} {_said(files)}"
    return hashlib.sha256(words.encode()).hexdigest()


def keep_known(
    connection: DuckDBPyConnection,
    folder: Path,
    run: int,
    mark: str,
    held_back: Collection[str],
) -> None:
    """Write the digests for the run after this one.

    Of whom a line is held back has none, and something of it is due on every day.  What earlier
    runs left goes, but for the last one's, which counts until this is posted.
    Raises OSError or duckdb.IOException where the folder cannot be written.
    """
    held = [(name,) for name in sorted(held_back)]
    fill_table(connection, "subscription.held_back", {"account_service": "VARCHAR"}, held)
    connection.execute(f"""
        UPDATE subscription.known SET digest = NULL, next_day = DATE '{BEGINNING}'
        WHERE account_service IN (SELECT account_service FROM subscription.held_back)
    """)
    of_rows = _sums(connection, _TABLES, _KNOWN)
    rows = " UNION ALL ".join(f"SELECT {_KNOWN} FROM {each}" for each in _TABLES)
    _write(connection, known_file(folder, run), rows, {"mark": _seal(mark, of_rows)})
    kept = {known_file(folder, each) for each in (run, run - 1)}
    for old in folder.glob("run=*.parquet"):
        if old not in kept:
            old.unlink()


def keep_book(
    connection: DuckDBPyConnection, folder: Path, run: int, mark: str, files: Mapping[str, str]
) -> None:
    """Write book.digests for the run after this one; as keep_known."""
    seal = _book_seal(connection, "book.digests", mark, _said(files))
    said = {"mark": seal, "files": _said(files)}
    _write(connection, book_file(folder, run), f"SELECT {_DIGESTS} FROM book.digests", said)
    kept = {book_file(folder, each) for each in (run, run - 1)}
    for old in folder.glob("book=*.parquet"):
        if old not in kept:
            old.unlink()


def read_kept(connection: DuckDBPyConnection, last: PostedMark) -> Kept | None:
    """Give what the last posted run left, None where it is not there or not that run's."""
    known = known_file(last.folder, last.run)
    if last.mark is None or not known.is_file():
        return None
    read = f"read_parquet('{_quoted(known)}')"
    try:
        if _words(connection, known, "mark") != _seal(
            last.mark, _sums(connection, (read,), _KNOWN)
        ):
            return None
    except duckdb.Error:
        return None
    book = book_file(last.folder, last.run)
    digests = f"read_parquet('{_quoted(book)}')"
    try:
        files = _words(connection, book, "files")
        seal = _words(connection, book, "mark")
        if seal != _book_seal(connection, digests, last.mark, files):
            return Kept(last, read, None, {})
    except duckdb.Error:
        return Kept(last, read, None, {})
    return Kept(last, read, digests, json.loads(files))


_KNOWN = "account_service, digest, next_day"
_DIGESTS = "entity, bucket, digest"
_TABLES = ("subscription.known", "subscription.aside")


def _sums(connection: DuckDBPyConnection, relations: Iterable[str], columns: str) -> str:
    """Give how many rows relations have, and the sum of hashes of their columns."""
    of_each = " UNION ALL ".join(
        f"SELECT count(*) AS rows, sum(hash({columns})) AS total FROM {each}" for each in relations
    )
    row = connection.execute(f"SELECT sum(rows), sum(total) FROM ({of_each})").fetchone()
    return str(row)


def _seal(mark: str, of_rows: str) -> str:
    """Give what ties digests to the mark of their run."""
    return hashlib.sha256(f"{mark} {of_rows}".encode()).hexdigest()


def _book_seal(connection: DuckDBPyConnection, relation: str, mark: str, files: str) -> str:
    made_by = f"{_BOOK_FORMAT} {version('ratebook')} {duckdb.__version__}"
    return _seal(mark, f"{made_by} {files} {_sums(connection, (relation,), _DIGESTS)}")


def _said(files: Mapping[str, str]) -> str:
    return json.dumps(files, sort_keys=True)


def _words(connection: DuckDBPyConnection, file: Path, key: str) -> str:
    """Give what a file says of itself under a key; nothing where it does not."""
    found = connection.execute(
        f"SELECT decode(value) FROM parquet_kv_metadata('{_quoted(file)}') WHERE decode(key) = ?",
        [key],
    ).fetchone()
    return str(found[0]) if found else ""


def _write(connection: DuckDBPyConnection, file: Path, rows: str, said: Mapping[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    words = ", ".join(f"{key}: '{text}'" for key, text in said.items())
    connection.execute(
        f"COPY ({rows}) TO '{_quoted(partial)}' (FORMAT parquet, KV_METADATA {{{words}}})"
    )
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.replace(file)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
