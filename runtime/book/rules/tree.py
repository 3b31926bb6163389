"""The accounts are one tree: nobody stands above itself."""

from __future__ import annotations

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from runtime.book.faults import BookFault

_LONGEST = 6


def cycle_faults(connection: DuckDBPyConnection, file: str) -> Iterator[BookFault]:
    """Yield one fault for each cycle of parents, at its first row.

    What hangs below a cycle is not reported.
    """
    unreached = connection.execute(
        """
        WITH RECURSIVE reached (account) AS (
          SELECT a.account FROM book.accounts a
          WHERE a.account IS NOT NULL AND (a.parent IS NULL OR NOT EXISTS (
            SELECT 1 FROM book.accounts p WHERE p.account = a.parent
          ))
          UNION ALL
          SELECT a.account FROM reached r JOIN book.accounts a ON a.parent = r.account
        )
        SELECT a.account, a.parent, a.row FROM book.accounts a
        WHERE a.account IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM reached r WHERE r.account = a.account)
        ORDER BY a.row
        """
    ).fetchall()
    parents: dict[str, str] = {account: parent for account, parent, _ in unreached}
    seen: set[str] = set()
    for account, parent, row in unreached:
        path: list[str] = []
        at = account
        while at not in seen:
            seen.add(at)
            path.append(at)
            at = parents[at]
        if at == account:
            chain = [*path[:_LONGEST], *(["..."] if len(path) > _LONGEST else []), account]
            reason = "stands above itself: " + " under ".join(chain)
            yield BookFault(file, row, "parent", parent, "parent_cycle", reason, "")
        elif at in path:
            # Came into the cycle from below: it is reported at its own first row.
            seen.difference_update(path[path.index(at) :])
