"""The account services with what the book and the catalog say of each, in one row."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.program.model import Program


def make_holdings(connection: DuckDBPyConnection, program: Program) -> None:
    """Make subscription.holdings.

    The invoicer is one step away: the account's `invoicer`, else itself; that one's own
    invoicer is not asked.  The bill day is the account package's, else the account's, else
    its bill group's.
    """
    connection.execute(
        """
        CREATE OR REPLACE TABLE subscription.holdings AS
        SELECT s.row AS owner, p.row AS package_owner,
          s.account_service, s.account_package, p.account,
          coalesce(a.invoicer, a.account) AS invoicer,
          p.package, s.service, o.lifecycle,
          f.months, k.timing, k.alignment, k.activation, k.proration,
          coalesce(s.quantity, 1) AS quantity,
          a.currency, c.minor_units,
          coalesce(a.timezone, ?) AS timezone,
          a.jurisdiction,
          a.tax_exemption IS NOT NULL AS is_exempt,
          coalesce(p.bill_day, a.bill_day, g.bill_day) AS bill_day,
          p.bill_day AS own_bill_day,
          a.usage_bill_day,
          p.effective AS sale_day,
          coalesce(s.effective, p.effective) AS start_day,
          s.cancelled AS service_cancelled,
          p.cancelled AS package_cancelled
        FROM book.account_services s
        JOIN book.account_packages p ON p.account_package = s.account_package
        JOIN book.accounts a ON a.account = p.account
        JOIN offer.packages k ON k.package = p.package
        JOIN offer.frequencies f ON f.package = p.package AND f.frequency = p.frequency
        JOIN offer.services o ON o.service = s.service
        JOIN offer.currencies c ON c.currency = a.currency
        LEFT JOIN offer.bill_groups g ON g.bill_group = a.bill_group
        """,
        [program.timezone],
    )
