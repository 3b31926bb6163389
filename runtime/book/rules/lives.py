"""Makes book.lives: the account services that nothing is wrong with, and their days."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.tables import OPEN_DAY


def make_lives(connection: DuckDBPyConnection) -> None:
    """Make book.lives: account_service, account_package, package, service, quantity, days.

    `[start_day, end_day)` ends with the first of its own cancellation, its package's, and
    a status on the canceled base of either.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE book.lives AS
        WITH faulty AS (
          SELECT entity, row FROM book.faults UNION SELECT entity, row FROM book.broken
        ),
        service_end AS (
          SELECT c.account_service, min(c.effective) AS day
          FROM book.status_changes c JOIN offer.service_statuses b ON b.status = c.status
          WHERE b.base = 'canceled' GROUP BY c.account_service
        ),
        package_end AS (
          SELECT c.account_package, min(c.effective) AS day
          FROM book.status_changes c JOIN offer.package_statuses b ON b.status = c.status
          WHERE b.base = 'canceled' GROUP BY c.account_package
        )
        SELECT s.row, s.account_service, s.account_package, p.row AS package_row, p.package,
          s.service, coalesce(s.quantity, 1) AS quantity,
          coalesce(s.effective, p.effective) AS start_day,
          greatest(coalesce(s.effective, p.effective), least(
            coalesce(s.cancelled, DATE '{OPEN_DAY}'), coalesce(p.cancelled, DATE '{OPEN_DAY}'),
            coalesce(e.day, DATE '{OPEN_DAY}'), coalesce(g.day, DATE '{OPEN_DAY}')
          )) AS end_day
        FROM book.account_services s
        JOIN book.account_packages p ON p.account_package = s.account_package
        LEFT JOIN service_end e ON e.account_service = s.account_service
        LEFT JOIN package_end g ON g.account_package = s.account_package
        WHERE NOT EXISTS (
            SELECT 1 FROM faulty f WHERE f.entity = 'account_services' AND f.row = s.row
          )
          AND NOT EXISTS (
            SELECT 1 FROM faulty f WHERE f.entity = 'account_packages' AND f.row = p.row
          )
        """
    )
