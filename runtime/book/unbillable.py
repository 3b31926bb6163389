"""What a book asks for that this runtime does not bill: refused, never billed wrongly."""

from __future__ import annotations

from duckdb import DuckDBPyConnection


def find_unbillable_rows(connection: DuckDBPyConnection) -> tuple[str, ...]:
    """Say of each such row where it stands and what it asks for."""
    rows = connection.execute("""
        SELECT file, row, CASE WHEN price IS NULL THEN 'discount' ELSE 'price' END
        FROM book.overrides ORDER BY row
    """).fetchall()
    return tuple(
        f"{file} row {row}: an override of a {what} cannot be billed by this version"
        for file, row, what in rows
    )
