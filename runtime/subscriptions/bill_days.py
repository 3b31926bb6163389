"""Bill days that change from a day on, package by package.

Of an account package what its own rows say counts, then its account's, then the bill group's.
A new bill day takes hold on the first such day on or after the day of the change: the period
that runs then is cut there, and periods follow from it.  One that another takes the place of
before never does.  An anniversary package has its day of its own.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.calendar import first_bill_day_sql
from runtime.engine import create_table
from runtime.subscriptions.changed import ALWAYS, OPEN

# The packages that a row concerns, with what holds where no row says otherwise.
_MOVED = """
SELECT DISTINCT h.account_package, h.account, h.own_bill_day, h.bill_day,
       CASE h.activation WHEN 'sale' THEN h.sale_day ELSE b.day END AS activation_day
FROM subscription.holdings AS h
LEFT JOIN subscription.first_billable AS b ON b.package_owner = h.package_owner
WHERE h.alignment = 'bill_day' AND activation_day IS NOT NULL AND (
  h.account_package IN (SELECT account_package FROM moving WHERE account_package IS NOT NULL)
  OR h.account IN (SELECT account FROM moving WHERE account IS NOT NULL)
)
"""

# What a row of either level says last by a day.
_LAST = """
(SELECT max_by(c.bill_day, (c.effective, c.row)) FROM moving AS c
 WHERE c.{level} = m.{level} AND c.effective <= d.day)
"""


def make_bill_days(connection: DuckDBPyConnection) -> None:
    """Make subscription.bill_days, of the account packages whose bill day a change concerns."""
    create_table(connection, "subscription.bill_days")
    found = "SELECT 1 FROM book.changes WHERE bill_day IS NOT NULL LIMIT 1"
    if connection.execute(found).fetchone() is None:
        return
    of_package, of_account = (_LAST.format(level=level) for level in ("account_package", "account"))
    connection.execute(f"""
        INSERT INTO subscription.bill_days
        WITH moving AS (SELECT * FROM book.changes WHERE bill_day IS NOT NULL),
        moved AS ({_MOVED}),
        days AS (
          SELECT account_package, activation_day AS day FROM moved
          UNION
          SELECT m.account_package, c.effective
          FROM moved AS m JOIN moving AS c ON c.account_package = m.account_package
          WHERE c.effective > m.activation_day
          UNION
          SELECT m.account_package, c.effective
          FROM moved AS m JOIN moving AS c ON c.account = m.account
          WHERE c.effective > m.activation_day
        ),
        said AS (
          SELECT d.account_package, d.day, d.day = m.activation_day AS is_first,
                 coalesce({of_package}, m.own_bill_day, {of_account}, m.bill_day) AS bill_day
          FROM days AS d JOIN moved AS m ON m.account_package = d.account_package
        ),
        new AS (
          SELECT *, {first_bill_day_sql("day", "bill_day")} AS anchor_day
          FROM said
          WINDOW of_one AS (PARTITION BY account_package ORDER BY day)
          QUALIFY is_first OR bill_day <> lag(bill_day) OVER of_one
        ),
        held AS (
          SELECT * FROM new
          WINDOW of_one AS (PARTITION BY account_package ORDER BY day)
          QUALIFY is_first OR anchor_day < coalesce(lead(day) OVER of_one, {OPEN})
        ),
        told AS (
          SELECT * FROM held
          WINDOW of_one AS (PARTITION BY account_package ORDER BY day)
          QUALIFY is_first OR bill_day <> lag(bill_day) OVER of_one
        )
        SELECT account_package, bill_day, anchor_day,
               CASE WHEN is_first THEN {ALWAYS} ELSE anchor_day END,
               coalesce(lead(anchor_day) OVER of_one, {OPEN})
        FROM told
        WINDOW of_one AS (PARTITION BY account_package ORDER BY day)
    """)
