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
          WHERE a.account IS NOT NULL
            AND (a.parent IS NULL OR a.type = 'owner' OR NOT EXISTS (
              SELECT 1 FROM book.accounts p WHERE p.account = a.parent
            ))
          UNION ALL
          SELECT a.account FROM reached r JOIN book.accounts a ON a.parent = r.account
          WHERE a.type IS NULL OR a.type <> 'owner'
        )
        SELECT a.account, a.parent, a.row FROM book.accounts a
        WHERE a.account IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM reached r WHERE r.account = a.account)
        ORDER BY a.row
        """
    ).fetchall()
    parents = {account: parent for account, parent, _ in unreached}
    rows = {account: row for account, _, row in unreached}
    seen: set[str] = set()
    for account in parents:
        path: list[str] = []
        at = account
        while at not in seen:
            seen.add(at)
            path.append(at)
            at = parents[at]
        if at in path:
            yield _fault(path[path.index(at) :], parents, rows, file)


def _fault(cycle: list[str], parents: dict[str, str], rows: dict[str, int], file: str) -> BookFault:
    first = min(cycle, key=lambda account: rows[account])
    turned = cycle[cycle.index(first) :] + cycle[: cycle.index(first)]
    shown = turned if len(turned) <= _LONGEST else [*turned[:_LONGEST], "..."]
    reason = "stands above itself: " + " under ".join(f"`{each}`" for each in [*shown, first])
    return BookFault(file, rows[first], "parent", parents[first], "parent_cycle", reason, "")
