"""How many of each service an account package holds: within the package's bounds."""

from __future__ import annotations

from runtime.book.rule import Rule
from runtime.tables import OPEN_DAY

# Packages of which every service is sound; a service that is reported could be the one
# that is missing, and so could one whose account package is not known.  Asked of those only
# that hold too few or too many: a large book has few or none.
_SOUND = """
(SELECT p.row, p.account_package, p.package FROM book.account_packages p
 WHERE p.row IN (SELECT row FROM {suspects})
   AND NOT EXISTS (
     SELECT 1 FROM book.account_services s
     WHERE s.account_package = p.account_package
       AND NOT EXISTS (SELECT 1 FROM book.lives l WHERE l.row = s.row)
   )
   AND NOT EXISTS (
     SELECT 1 FROM book.faults f WHERE f.entity = 'account_packages' AND f.row = p.row
   ))
"""

# Packages that hold enough of fewer services than they need.
_WANTING = """
(SELECT p.row FROM book.account_packages p
 JOIN (
   SELECT package, count(*) AS needed FROM offer.package_services
   WHERE minimum > 0 GROUP BY package
 ) n ON n.package = p.package
 LEFT JOIN (
   SELECT h.package_row, count(*) AS met
   FROM book.held h
   JOIN offer.package_services o
     ON o.package = h.package AND o.service = h.service
    AND o.minimum > 0 AND h.held >= o.minimum
   GROUP BY h.package_row
 ) m ON m.package_row = p.row
 WHERE coalesce(m.met, 0) < n.needed)
"""

# Packages that hold too many, were all that they ever held held at once.
_CROWDED = """
(SELECT h.package_row AS row, h.service, o.maximum
 FROM book.held h
 JOIN offer.package_services o ON o.package = h.package AND o.service = h.service
 WHERE h.held > o.maximum)
"""

_STRAYS = """
(SELECT DISTINCT s.service FROM book.account_services s
 JOIN book.faults f ON f.entity = 'account_services' AND f.row = s.row
 WHERE f.field IN ('account_package', ''))
"""

HOLDING_RULES = (
    Rule(
        code="too_few_services",
        entity="account_packages",
        needs=("account_services",),
        sql=f"""
        SELECT p.row, 'account_package' AS field, p.account_package AS value,
          'holds ' || CAST(coalesce(h.held, 0) AS VARCHAR) || ' of `' || o.service
            || '`, `' || p.package || '` needs ' || CAST(o.minimum AS VARCHAR)
            || ' or more' AS reason,
          'add it to the account services' AS hint
        FROM {_SOUND.format(suspects=_WANTING)} p
        JOIN offer.package_services o ON o.package = p.package
        LEFT JOIN book.held h ON h.package_row = p.row AND h.service = o.service
        WHERE coalesce(h.held, 0) < o.minimum
          AND NOT EXISTS (
            SELECT 1 FROM {_STRAYS} y WHERE y.service = o.service OR y.service IS NULL
          )
        """,
    ),
    Rule(
        code="too_many_services",
        entity="account_packages",
        needs=("account_services",),
        sql=f"""
        WITH crowded AS (
          SELECT p.row, p.account_package, p.package, c.service, c.maximum
          FROM {_CROWDED} c
          JOIN {_SOUND.format(suspects=_CROWDED)} p ON p.row = c.row
        ),
        changes AS (
          SELECT account_package, service, day, sum(change) AS change
          FROM (
            SELECT l.account_package, l.service, l.start_day AS day, l.quantity AS change
            FROM book.lives l JOIN crowded c
              ON c.account_package = l.account_package AND c.service = l.service
            UNION ALL
            SELECT l.account_package, l.service, g.day, g.change
            FROM book.growths g JOIN book.lives l ON l.account_service = g.account_service
            JOIN crowded c ON c.account_package = l.account_package AND c.service = l.service
            UNION ALL
            SELECT l.account_package, l.service, l.end_day,
              -l.quantity - coalesce((
                SELECT sum(g.change) FROM book.growths g
                WHERE g.account_service = l.account_service), 0)
            FROM book.lives l JOIN crowded c
              ON c.account_package = l.account_package AND c.service = l.service
            WHERE l.end_day < DATE '{OPEN_DAY}'
          ) e
          GROUP BY account_package, service, day
        ),
        counts AS (
          SELECT c.row, c.account_package, c.package, c.service, c.maximum, e.day,
            sum(e.change) OVER (PARTITION BY c.row, c.service ORDER BY e.day) AS held
          FROM crowded c
          JOIN changes e ON e.account_package = c.account_package AND e.service = c.service
        ),
        first_day AS (
          SELECT *, row_number() OVER (PARTITION BY row, service ORDER BY day) AS place
          FROM counts WHERE held > maximum
        )
        SELECT row, 'account_package' AS field, account_package AS value,
          'holds ' || CAST(held AS VARCHAR) || ' of `' || service || '` on '
            || CAST(day AS VARCHAR) || ', `' || package || '` allows '
            || CAST(maximum AS VARCHAR) AS reason,
          '' AS hint
        FROM first_day WHERE place = 1
        """,
    ),
)
