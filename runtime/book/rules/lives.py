"""Makes book.lives: the account services that nothing is wrong with, and their days."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.tables import OPEN_DAY


def make_lives(connection: DuckDBPyConnection) -> None:
    """Make book.lives: account_service, account_package, package, service, quantity, days.

    `[start_day, end_day)` ends with the first of its own cancellation, its package's, and
    a status on the canceled base of either.  `quantity` is the first one, `most` the largest
    of its life; book.growths has what is added to it, from what day on, and book.held how much
    of a service an account package holds at most.
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
          coalesce(s.quantity, 1) AS most,
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
    connection.execute(_GROWTHS)
    connection.execute("""
        UPDATE book.lives AS l SET most = g.most
        FROM (
          SELECT account_service, max(quantity) AS most FROM (
            SELECT account_service,
              sum(change) OVER (PARTITION BY account_service ORDER BY day) AS quantity
            FROM (
              SELECT account_service, start_day AS day, quantity AS change FROM book.lives
              UNION ALL SELECT account_service, day, change FROM book.growths
            )
            QUALIFY account_service IN (SELECT account_service FROM book.growths)
          ) GROUP BY account_service
        ) AS g
        WHERE g.account_service = l.account_service
    """)
    connection.execute("""
        CREATE OR REPLACE TABLE book.held AS
        SELECT package_row, package, service, sum(most) AS held
        FROM book.lives GROUP BY package_row, package, service
    """)


# Of several changes on one day the last row counts; one on the first day takes the first
# quantity's place.
_GROWTHS = """
CREATE OR REPLACE TABLE book.growths AS
WITH given AS (
  SELECT l.account_service, l.start_day AS day, 0 AS place, l.quantity, l.end_day
  FROM book.lives l
  WHERE l.account_service IN (
    SELECT account_service FROM book.changes WHERE quantity IS NOT NULL
  )
  UNION ALL
  SELECT l.account_service, c.effective, c.row, c.quantity, l.end_day
  FROM book.changes c JOIN book.lives l ON l.account_service = c.account_service
  WHERE c.quantity IS NOT NULL AND c.effective >= l.start_day AND c.effective < l.end_day
    AND NOT EXISTS (SELECT 1 FROM book.faults f WHERE f.entity = 'changes' AND f.row = c.row)
),
steps AS (
  SELECT *, quantity - lag(quantity) OVER (PARTITION BY account_service ORDER BY day, place)
    AS change
  FROM given
)
SELECT account_service, day, CAST(sum(change) AS BIGINT) AS change
FROM steps WHERE change <> 0 GROUP BY account_service, day
"""
