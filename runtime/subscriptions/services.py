"""Gives each account service its activation and the anchor of its periods."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.calendar import first_bill_day_sql
from runtime.kinds import number_rows, same_sql
from runtime.subscriptions.changed import ALWAYS
from runtime.subscriptions.lives import END_DAY, ENDS
from runtime.tables import TABLES


def make_account_services(connection: DuckDBPyConnection) -> None:
    """Make subscription.account_services, a view of subscription.sold and subscription.terms.

    Many are sold on the same terms, which are kept once: `sold` says whose an account service is
    and, by a number, on which of them.

    A package is activated by its sale, or on the first day that any service of the account
    package is billable.  Aligned to the bill day, its periods are anchored on the first
    one from then on; an anniversary package's on the activation day and its day of month.
    The bill day is that of the activation day; later ones are in subscription.bill_days.
    Where an anniversary package is not activated yet, usage runs from the service's day.
    """
    given = {name: f"h.{name}" for name in _GIVEN} | _REACHED
    number_rows(connection, "told_terms", given, _HELD)
    connection.execute(f"""
        CREATE OR REPLACE TABLE subscription.sold AS
        SELECT h.account_service, h.account_package, h.account, h.invoicer,
               CAST(k.number AS INTEGER) AS terms
        FROM {_HELD} JOIN told_terms AS k ON {same_sql(given, "k")}
    """)
    connection.execute(_TERMS)
    connection.execute("DROP TABLE told_terms")
    columns = ", ".join(
        f"{'s' if name in TABLES['subscription.sold'] else 't'}.{name}"
        for name in TABLES["subscription.account_services"]
    )
    connection.execute(f"""
        CREATE OR REPLACE VIEW subscription.account_services AS
        SELECT {columns}
        FROM subscription.sold AS s JOIN subscription.terms AS t ON t.terms = s.terms
    """)


_GIVEN = (
    *("package", "service", "months", "timing", "alignment", "proration", "quantity", "currency"),
    *("minor_units", "timezone", "jurisdiction", "is_exempt", "bill_day", "usage_bill_day"),
    *("sale_day", "start_day"),
)
"""What subscription.holdings says of the terms."""

_REACHED = {
    "end_day": END_DAY,
    "activation_day": "CASE h.activation WHEN 'sale' THEN h.sale_day ELSE b.day END",
    "first_bill_day": "f.bill_day",
}

_HELD = f"""
subscription.holdings AS h {ENDS}
LEFT JOIN subscription.first_billable AS b ON b.package_owner = h.package_owner
LEFT JOIN subscription.bill_days AS f
  ON f.account_package = h.account_package AND f.from_day = {ALWAYS}
"""

_TERMS = f"""
CREATE OR REPLACE TABLE subscription.terms AS
WITH aligned AS (
  SELECT * REPLACE (
    CAST(CASE alignment WHEN 'anniversary' THEN day(activation_day)
      ELSE coalesce(first_bill_day, bill_day) END AS INTEGER) AS bill_day
  )
  FROM told_terms
)
SELECT CAST(number AS INTEGER) AS terms, package, service, months, timing,
  CASE proration WHEN 'seconds' THEN 'seconds ' || timezone ELSE proration END AS proration,
  quantity, currency, minor_units, timezone, jurisdiction, is_exempt,
  sale_day, start_day, end_day, activation_day,
  {first_bill_day_sql("activation_day", "bill_day")} AS anchor_day, bill_day,
  CAST(coalesce(usage_bill_day, bill_day, day(start_day)) AS INTEGER) AS usage_bill_day
FROM aligned
"""
