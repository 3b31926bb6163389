"""Gives each account service its activation and the anchor of its periods."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.calendar import first_bill_day_sql
from runtime.engine import create_table
from runtime.subscriptions.changed import ALWAYS
from runtime.subscriptions.lives import END_DAY, ENDS


def make_account_services(connection: DuckDBPyConnection) -> None:
    """Make subscription.account_services.

    A package is activated by its sale, or on the first day that any service of the account
    package is billable.  Aligned to the bill day, its periods are anchored on the first
    one from then on; an anniversary package's on the activation day and its day of month.
    The bill day is that of the activation day; later ones are in subscription.bill_days.
    Where an anniversary package is not activated yet, usage runs from the service's day.
    Many share a day and a bill day; the anchor of each such pair is worked out once.
    """
    create_table(connection, "subscription.account_services")
    anchor = first_bill_day_sql("activation_day", "bill_day")
    connection.execute(
        f"""
        INSERT INTO subscription.account_services
        WITH activated AS (
          SELECT h.*, {END_DAY} AS end_day,
            CASE h.activation WHEN 'sale' THEN h.sale_day ELSE b.day END AS activation_day,
            f.bill_day AS first_bill_day
          FROM subscription.holdings h {ENDS}
          LEFT JOIN subscription.first_billable b ON b.package_owner = h.package_owner
          LEFT JOIN subscription.bill_days f
            ON f.account_package = h.account_package AND f.from_day = {ALWAYS}
        ),
        aligned AS NOT MATERIALIZED (
          SELECT * REPLACE (
            CAST(CASE alignment WHEN 'anniversary' THEN day(activation_day)
              ELSE coalesce(first_bill_day, bill_day) END
              AS INTEGER) AS bill_day
          )
          FROM activated
        ),
        anchored AS (
          SELECT activation_day, bill_day, {anchor} AS anchor_day
          FROM (SELECT DISTINCT activation_day, bill_day FROM aligned)
        )
        SELECT account_service, account_package, account, invoicer, package, service, months,
          timing,
          CASE proration WHEN 'seconds' THEN 'seconds ' || timezone ELSE proration END,
          quantity, currency, minor_units, timezone, jurisdiction, is_exempt,
          sale_day, start_day, end_day, s.activation_day, a.anchor_day, s.bill_day,
          CAST(coalesce(usage_bill_day, s.bill_day, day(start_day)) AS INTEGER)
        FROM aligned AS s
        LEFT JOIN anchored AS a
          ON a.activation_day = s.activation_day AND a.bill_day = s.bill_day
        """
    )
