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
Plans, books and contracts that a row of changes.csv gives hold from its day on.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import create_table, fill_table
from runtime.program.model import Program
from runtime.subscriptions.changed import ALWAYS, OPEN, valued_sql

_COUNTRY = """
coalesce(
  (SELECT min_by(c.country, c.row) FROM book.contacts AS c
   WHERE c.account = a.account AND c.kind = 'billing' AND c.country IS NOT NULL),
  nullif(regexp_extract(a.jurisdiction, '^([A-Z][A-Z])(-.*)?$', 1), '')
)
"""

_ONLY_CONTRACT = """
(SELECT any_value(k.contract) FROM offer.package_contracts AS k
 WHERE k.package = p.package HAVING count(*) = 1)
"""

# A contract begins with the package or on the day of a change, and ends with its term, or
# where another takes its place.
_HELD_CONTRACTS = f"""
SELECT p.account_package, p.account, v.from_day,
       least(v.until_day, CASE WHEN c.renewal_months IS NULL
         THEN CAST(v.from_day + to_months(c.term_months) AS DATE) ELSE {OPEN} END) AS until_day,
       coalesce(t.end_day, p.effective) AS end_day,
       c.contract, c.term_months, c.renewal_months
FROM book.account_packages AS p
JOIN (
  SELECT account_package, value, greatest(from_day, p.effective) AS from_day, until_day,
         from_day = {ALWAYS} AS is_first
  FROM {valued_sql("account_package", "contract")} AS v
  JOIN book.account_packages AS p USING (account_package)
) AS v ON v.account_package = p.account_package AND v.from_day < v.until_day
LEFT JOIN (
  SELECT account_package, max(until_day) AS end_day
  FROM subscription.package_timeline GROUP BY account_package
) AS t ON t.account_package = p.account_package
JOIN subscription.contracts AS c
  ON c.contract = CASE WHEN v.is_first THEN coalesce(v.value, {_ONLY_CONTRACT}) ELSE v.value END
"""

# The price book of an account package: its own, else its account's.
_BOOKED = f"""
JOIN {valued_sql("account_package", "price_book")} AS o ON o.account_package = s.account_package
JOIN {valued_sql("account", "price_book")} AS u
  ON u.account = s.account AND u.from_day < o.until_day AND o.from_day < u.until_day
"""
_BOOK = "coalesce(o.value, u.value)"
_BOOK_DAYS = "greatest(o.from_day, u.from_day), least(o.until_day, u.until_day)"


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
        plans = valued_sql("account", "price_plan")
        _insert(
            connection,
            "price_plan",
            "v.value",
            f"JOIN {plans} AS v ON v.account = s.account AND v.value IS NOT NULL",
            "v.from_day, v.until_day",
        )
    if program.price_books:
        _insert(connection, "price_book", _BOOK, f"{_BOOKED} WHERE {_BOOK} IS NOT NULL", _BOOK_DAYS)
        _insert(
            connection,
            "region",
            "r.region",
            f"""{_BOOKED}
                JOIN book.accounts AS a ON a.account = s.account
                JOIN offer.price_book_regions AS r
                  ON r.price_book = {_BOOK} AND r.country = {_COUNTRY}""",
            _BOOK_DAYS,
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
               coalesce(until, {OPEN})
        FROM book.overrides WHERE price IS NOT NULL
    """)


def _insert(
    connection: DuckDBPyConnection,
    level: str,
    owner: str,
    joins: str,
    days: str,
) -> None:
    connection.execute(f"""
        INSERT INTO subscription.price_owners
        SELECT s.account_service, '{level}', {owner}, {days}
        FROM subscription.account_services AS s {joins}
    """)
