"""Whose prices hold for an account service: its account's plan, a contract, a region, a book.

| level | owner | is |
| --- | --- | --- |
| override | the row of overrides.csv | a price given to it alone |
| price_plan | the plan | the account's |
| contract | the contract | the account package's, or the only one of its package |
| region | `book.region` | that of the price book which has the account's country |
| price_book | the book | the account package's, or the account's |

The account's country is that of its first billing contact; where that gives none, the one
that its jurisdiction begins with (`CA-ON`).  A contract without renewal holds for its term.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table, fill_table
from runtime.program.model import Program
from runtime.tables import OPEN_DAY

_COUNTRY = """
coalesce(
  (SELECT min_by(c.country, c.row) FROM book.contacts AS c
   WHERE c.account = a.account AND c.kind = 'billing' AND c.country IS NOT NULL),
  nullif(regexp_extract(a.jurisdiction, '^([A-Z][A-Z])(-.*)?$', 1), '')
)
"""

_OPEN = f"DATE '{OPEN_DAY}'"

_HELD_CONTRACTS = f"""
SELECT p.account_package, p.account, p.effective AS from_day,
       CASE WHEN c.renewal_months IS NULL
            THEN CAST(p.effective + to_months(c.term_months) AS DATE)
            ELSE {_OPEN} END AS until_day,
       coalesce(t.end_day, p.effective) AS end_day,
       c.contract, c.term_months, c.renewal_months
FROM book.account_packages AS p
LEFT JOIN (
  SELECT account_package, max(until_day) AS end_day
  FROM subscription.package_timeline GROUP BY account_package
) AS t ON t.account_package = p.account_package
JOIN subscription.contracts AS c
  ON c.contract = coalesce(p.contract, (
    SELECT any_value(k.contract) FROM offer.package_contracts AS k
    WHERE k.package = p.package HAVING count(*) = 1))
"""


def make_price_owners(connection: DuckDBPyConnection, program: Program) -> None:
    """Make subscription.price_owners, held_contracts and given_prices of the book."""
    create_table(connection, "subscription.price_owners")
    fill_table(
        connection,
        "subscription.contracts",
        {"contract": "VARCHAR", "term_months": "INTEGER", "renewal_months": "INTEGER"},
        [(each.id, each.term_months, each.renewal_months) for each in program.contracts],
    )
    create_table(connection, "subscription.held_contracts")
    connection.execute(f"INSERT INTO subscription.held_contracts BY NAME {_HELD_CONTRACTS}")
    _make_given_prices(connection)
    if program.price_plans:
        _insert(
            connection,
            "price_plan",
            "a.price_plan",
            "JOIN book.accounts AS a ON a.account = s.account AND a.price_plan IS NOT NULL",
        )
    if program.price_books:
        booked = """
            JOIN book.account_packages AS p ON p.account_package = s.account_package
            JOIN book.accounts AS a ON a.account = s.account
        """
        _insert(
            connection,
            "price_book",
            "coalesce(p.price_book, a.price_book)",
            f"{booked} AND coalesce(p.price_book, a.price_book) IS NOT NULL",
        )
        _insert(
            connection,
            "region",
            "r.region",
            f"""{booked} JOIN offer.price_book_regions AS r
                  ON r.price_book = coalesce(p.price_book, a.price_book)
                 AND r.country = {_COUNTRY}""",
        )
    if program.contracts:
        _insert(
            connection,
            "contract",
            "h.contract",
            """JOIN subscription.held_contracts AS h
                 ON h.account_package = s.account_package""",
            "h.from_day, h.until_day",
        )


def _make_given_prices(connection: DuckDBPyConnection) -> None:
    """Make subscription.given_prices, and name each as an owner of its days."""
    create_table(connection, "subscription.given_prices")
    connection.execute("""
        INSERT INTO subscription.given_prices
        SELECT o.account_service, o.file, o.row, o.status, o.price, o.reason
        FROM book.overrides AS o WHERE o.price IS NOT NULL
    """)
    connection.execute(f"""
        INSERT INTO subscription.price_owners
        SELECT account_service, 'override', CAST(row AS VARCHAR), effective,
               coalesce(until, {_OPEN})
        FROM book.overrides WHERE price IS NOT NULL
    """)


def _insert(
    connection: DuckDBPyConnection,
    level: str,
    owner: str,
    joins: str,
    days: str = f"DATE '1900-01-01', {_OPEN}",
) -> None:
    connection.execute(f"""
        INSERT INTO subscription.price_owners
        SELECT s.account_service, '{level}', {owner}, {days}
        FROM subscription.account_services AS s {joins}
    """)
