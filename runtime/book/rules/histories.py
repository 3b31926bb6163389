"""Makes the histories of status that the rules judge: each change with the status before.

One faulty row makes the others unsure, so a history with one is left out.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.program.model import NEW


def make_histories(connection: DuckDBPyConnection) -> None:
    """Make book.service_histories (of services with a lifecycle) and package_histories.

    `before` is the status before the change: `new` for a first one on the first day, and
    for a later first one the status the service is sold in, NULL where that is not given.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE book.service_histories AS
        SELECT h.row, h.account_service, h.lifecycle, h.status, h.effective,
          CASE WHEN h.place > 1 THEN h.before
            WHEN h.effective > h.start_day THEN h.entry_status ELSE '{NEW}' END AS before
        FROM (
          SELECT c.row, c.account_service, o.lifecycle, c.status, c.effective, l.start_day,
            y.entry_status,
            lag(c.status) OVER (PARTITION BY l.row ORDER BY c.effective, c.row) AS before,
            row_number() OVER (PARTITION BY l.row ORDER BY c.effective, c.row) AS place
          FROM book.status_changes c
          JOIN book.lives l ON l.account_service = c.account_service
          JOIN offer.services o ON o.service = l.service
          JOIN offer.lifecycles y ON y.lifecycle = o.lifecycle
          WHERE NOT EXISTS ({_faulty("account_service")})
        ) h
        """
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE book.package_histories AS
        SELECT c.row, c.account_package, c.status, c.effective,
          lag(c.status) OVER (PARTITION BY c.account_package ORDER BY c.effective, c.row)
            AS before
        FROM book.status_changes c
        WHERE c.account_package IS NOT NULL AND NOT EXISTS ({_faulty("account_package")})
        """
    )


def _faulty(key: str) -> str:
    return f"""
        SELECT 1 FROM book.status_changes u
        JOIN book.faults f ON f.entity = 'status_changes' AND f.row = u.row
        WHERE u.{key} = c.{key}
        """
