"""Account services that are alike: what one of them is charged, all are.

Of an operator's account services most were sold as many others were: the same thing on the same
day, at the same price, with the same history.  Their charges but for usage are functions of
that, so that they are computed of one and hold for all.  subscription.alike has the others,
each with the one that is computed.

Alike are those of one digest, of all that sets charges but whose they are; see
runtime.subscriptions.known.  Where a price is counted over an account, or a discount counts the
periods of a package, what else is in there must be alike as well.

By themselves stay those of whom something is posted that the run compares with; those that have
a price given to them alone, whose line names the row that gives it; those under a contract,
which charges what all of a package comes to; and those counted over a tree of accounts.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from runtime.program.model import Program
from runtime.subscriptions.known import BEGINNING

_KINDS = """
CREATE OR REPLACE TEMP TABLE kind_of_service AS
WITH in_package AS (
  SELECT account_package, sum(hash(1, one)) AS one, sum(hash(2, two)) AS two
  FROM subscription.own_digests
  WHERE account_package IN (
    SELECT account_package FROM subscription.own_digests WHERE by_package OR is_counted
  )
  GROUP BY account_package
),
countable AS (
  SELECT account, hash(1, one) AS one, hash(2, two) AS two FROM subscription.own_digests
  WHERE service IN (SELECT unnest($counted))
  UNION ALL
  SELECT account, hash(1, package, status, base, from_day, until_day),
         hash(2, package, status, base, from_day, until_day)
  FROM subscription.package_timeline WHERE package IN (SELECT unnest($counted))
),
in_account AS (
  SELECT account, sum(one) AS one, sum(two) AS two FROM countable GROUP BY account
)
SELECT o.account_service,
       hash(1, o.one, h.after_day, CASE WHEN o.by_package OR o.is_counted THEN p.one END,
            CASE WHEN o.is_counted THEN a.one END) AS one,
       hash(2, o.two, h.after_day, CASE WHEN o.by_package OR o.is_counted THEN p.two END,
            CASE WHEN o.is_counted THEN a.two END) AS two
FROM subscription.own_digests AS o
JOIN subscription.horizons AS h ON h.account_service = o.account_service
LEFT JOIN in_package AS p ON p.account_package = o.account_package
LEFT JOIN in_account AS a ON a.account = o.account
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

_ALIKE = """
INSERT INTO subscription.alike
SELECT k.account_service, e.example
FROM kind_of_service AS k
JOIN (
  SELECT one, two, min(account_service) AS example FROM kind_of_service
  GROUP BY one, two HAVING count(*) > 1
) AS e ON e.one = k.one AND e.two = k.two
WHERE k.account_service <> e.example
"""


def find_alike(connection: DuckDBPyConnection, program: Program, *, is_first: bool) -> None:
    """Fill subscription.alike of own_digests, horizons and what they are made of.

    `is_first`: nothing was ever posted.  The one that is computed is the first by name.
    """
    counted = sorted({row.thing for row in program.counted_things})
    apart = "WHERE true" if is_first else _NOT_FIRST
    if any(rule.scope == "account_tree" for rule in program.counting_rules):
        apart += " AND NOT o.is_counted"
    connection.execute(_KINDS.format(apart=apart), {"counted": counted or [""]})
    connection.execute(_ALIKE)
    connection.execute("DROP TABLE kind_of_service")
