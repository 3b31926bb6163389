"""Account services that are alike: what one of them is charged, all are.

Of an operator's account services most were sold as many others were: the same thing on the same
day, at the same price, with the same history.  Their charges but for usage are functions of
that, so that they are computed of one and hold for all.  subscription.alike has the others,
each with the one that is computed.

Alike are those of one kind, which are equal in all that sets charges but whose they are; see
runtime.subscriptions.own_kinds.  Where a price is counted over an account, or a discount counts
the periods of a package, what else is in there must be alike as well.

By themselves stay those of whom something is posted that the run compares with; those that have
a price given to them alone, whose line names the row that gives it; those under a contract,
which charges what all of a package comes to; and those counted over a tree of accounts.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.kinds import number_rows, number_sets, same_sql
from runtime.program.model import Program
from runtime.subscriptions.known import BEGINNING

# Members of accounts: services that a rule may count, and stretches of packages; by even numbers
# and odd ones.
_COUNTABLE = """
SELECT account, 2 * kind AS member FROM subscription.own_kinds
WHERE service IN ({counted})
UNION ALL
SELECT h.account, 2 * k.number + 1
FROM subscription.package_timeline AS h JOIN package_row AS k ON {same}
WHERE h.package IN ({counted})
"""

_KINDS = """
CREATE OR REPLACE TEMP TABLE kind_of_service AS
SELECT o.account_service, o.kind, h.after_day, o.in_package, o.in_account
FROM (
  SELECT account_service, account_package, kind, is_counted, NULL::HUGEINT AS in_package,
         NULL::HUGEINT AS in_account
  FROM subscription.own_kinds WHERE NOT by_package AND is_counted IS NOT TRUE
  UNION ALL
  SELECT s.account_service, s.account_package, s.kind, s.is_counted, p.number,
         CASE WHEN s.is_counted THEN a.number END
  FROM (SELECT * FROM subscription.own_kinds WHERE by_package OR is_counted) AS s
  LEFT JOIN kind_of_package AS p ON p.account_package = s.account_package
  LEFT JOIN kind_of_account AS a ON a.account = s.account
) AS o
JOIN {horizons}
ANTI JOIN (
  SELECT account_service FROM subscription.price_owners WHERE level = 'override'
) AS g ON g.account_service = o.account_service
ANTI JOIN subscription.held_contracts AS c ON c.account_package = o.account_package
{apart}
"""

# After a first run an account service is alone where something of it is posted, and where it may
# be looked at whole after all; see runtime.subscriptions.periods.
_NOT_FIRST = f"""
ANTI JOIN (
  SELECT s.account_package
  FROM subscription.discounts AS d
  JOIN subscription.timed_discounts AS k ON k.discount = d.discount
  JOIN subscription.account_services AS s ON s.account_service = d.account_service
) AS d ON d.account_package = o.account_package
WHERE h.after_day > DATE '{BEGINNING}'
"""

# Of a first run nobody is settled up to any day.
_HORIZONS = "subscription.horizons AS h ON h.account_service = o.account_service"
_FIRST_HORIZON = f"(SELECT DATE '{BEGINNING}' AS after_day) AS h ON true"

_ALIKE = """
INSERT INTO subscription.alike
SELECT k.account_service, e.example
FROM kind_of_service AS k
JOIN (
  SELECT kind, after_day, in_package, in_account, min(account_service) AS example
  FROM kind_of_service
  GROUP BY kind, after_day, in_package, in_account HAVING count(*) > 1
) AS e
  ON e.kind = k.kind AND e.after_day = k.after_day
 AND e.in_package IS NOT DISTINCT FROM k.in_package
 AND e.in_account IS NOT DISTINCT FROM k.in_account
WHERE k.account_service <> e.example
"""


def find_alike(connection: DuckDBPyConnection, program: Program, *, is_first: bool) -> None:
    """Fill subscription.alike of own_kinds, horizons and what they are made of.

    `is_first`: nothing was ever posted.  The one that is computed is the first by name.
    """
    apart = "WHERE true" if is_first else _NOT_FIRST
    if any(rule.scope == "account_tree" for rule in program.counting_rules):
        apart += " AND NOT o.is_counted"
    _number_packages_and_accounts(connection, program)
    horizons = _FIRST_HORIZON if is_first else _HORIZONS
    connection.execute(_KINDS.format(apart=apart, horizons=horizons))
    connection.execute(_ALIKE)
    for table in ("kind_of_service", "kind_of_package", "kind_of_account", "package_row"):
        connection.execute(f"DROP TABLE {table}")


def _number_packages_and_accounts(connection: DuckDBPyConnection, program: Program) -> None:
    """Make kind_of_package and kind_of_account: of those in which others' charges hang on it."""
    number_sets(
        connection,
        "kind_of_package",
        ("account_package",),
        """
        SELECT account_package, kind AS member FROM subscription.own_kinds
        WHERE account_package IN (
          SELECT account_package FROM subscription.own_kinds WHERE by_package OR is_counted
        )
        """,
    )
    counted = sorted({row.thing for row in program.counted_things})
    fill_table(connection, "counted_thing", {"thing": "VARCHAR"}, [(each,) for each in counted])
    stretch = {name: f"h.{name}" for name in ("package", "status", "base", "from_day", "until_day")}
    things = "SELECT thing FROM counted_thing"
    number_rows(
        connection,
        "package_row",
        stretch,
        f"subscription.package_timeline AS h WHERE h.package IN ({things})",
    )
    countable = _COUNTABLE.format(counted=things, same=same_sql(stretch, "k"))
    number_sets(connection, "kind_of_account", ("account",), countable)
    connection.execute("DROP TABLE counted_thing")
