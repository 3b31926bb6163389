"""Tells of account services by themselves which are alike, and gives digests of them.

A kind is all that sets charges but whose they are: terms of sale, days, histories of statuses,
quantities and transitions, owners of prices, days of bills, discounts.  Account services of one
kind are equal in each of these, compared as they stand (runtime.kinds).  A digest is of whose it
is and of what the kind says, so that it is the same in every run.

| table | one row is |
| --- | --- |
| subscription.own_kinds | an account service, with its kind and its digest |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from duckdb import DuckDBPyConnection

from runtime.calendar import first_bill_day_sql
from runtime.kinds import number_rows, number_sets, same_sql
from runtime.tables import OPEN_DAY


@dataclass(frozen=True, slots=True)
class History:
    """Rows of an account service, or of its package, that set charges.

    Attributes:
        owner: the column that says whose a row is.
        columns: SQL for what it says, of `h`, by name.
        source: what follows FROM.
    """

    owner: str
    columns: dict[str, str]
    source: str


def _said(*names: str) -> dict[str, str]:
    return {name: f"h.{name}" for name in names}


# A price given to an account service alone is told by what is given, not by its row in the book.
_GIVEN = """
subscription.price_owners AS h
LEFT JOIN subscription.given_prices AS g
  ON h.level = 'override' AND g.account_service = h.account_service
 AND CAST(g.row AS VARCHAR) = h.owner
"""
_OWNER = {"owner": "CASE h.level WHEN 'override' THEN NULL ELSE h.owner END"}

HISTORIES = {
    "lived": History(
        "account_service",
        _said("status", "base", "package_status", "package_base", "billable")
        | _said("from_day", "until_day"),
        "subscription.timeline AS h",
    ),
    "held": History(
        "account_service",
        _said("quantity", "from_day", "until_day"),
        "subscription.quantities AS h",
    ),
    "occurred": History(
        "account_service",
        _said("transition", "day", "occurrence"),
        "subscription.occurrences AS h",
    ),
    "owned": History(
        "account_service",
        _said("level", "from_day", "until_day")
        | _OWNER
        | {"status": "g.status", "price": "g.price"},
        _GIVEN,
    ),
    "moved": History(
        "account_package",
        _said("bill_day", "anchor_day", "from_day", "until_day"),
        "subscription.bill_days AS h",
    ),
    "lowered": History(
        "account_service",
        _said("discount", "by_package", "from_day", "until_day"),
        "subscription.discounts AS h",
    ),
}

TERMS = (
    *("package", "service", "months", "timing", "proration", "quantity", "currency"),
    *("minor_units", "timezone", "sale_day", "start_day", "end_day", "activation_day"),
    *("anchor_day", "bill_day", "usage_bill_day"),
)
"""What subscription.account_services says of an account service but whose it is, and taxes."""


def make_own_kinds(connection: DuckDBPyConnection, as_of: date) -> None:
    """Make subscription.own_kinds of the other subscription tables and service_terms.

    `next_day` is the first day behind `as_of` on which something may fall due, as far as is known
    now; OPEN_DAY: none.
    """
    for name, history in HISTORIES.items():
        _number_histories(connection, name, history)
    terms = {name: f"t.{name}" for name in TERMS}
    number_rows(connection, "own_terms", terms, "subscription.terms AS t")
    joins = " ".join(
        f"LEFT JOIN {name}_history AS {name} ON {name}.{each.owner} = s.{each.owner}"
        for name, each in HISTORIES.items()
    )
    numbers = ", ".join(f"{name}.number AS {name}" for name in HISTORIES)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE told_service AS
        SELECT s.account_service, s.account_package, s.account, k.service, k.number AS terms,
               {numbers}
        FROM subscription.sold AS s
        JOIN (
          SELECT t.terms, t.service, k.number
          FROM subscription.terms AS t JOIN own_terms AS k ON {same_sql(terms, "k")}
        ) AS k ON k.terms = s.terms
        {joins}
    """)
    told = {name: f"t.{name}" for name in ("terms", *HISTORIES)}
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE own_kind AS
        SELECT row_number() OVER () AS kind, *
        FROM (
          SELECT {", ".join(told.values())}, any_value(account_service) AS account_service,
                 any_value(account_package) AS account_package
          FROM told_service AS t GROUP BY ALL
        )
    """)
    connection.execute(_kind_digests())
    connection.execute(_kind_days(as_of))
    connection.execute(f"""
        CREATE OR REPLACE TABLE subscription.own_kinds AS
        SELECT t.account_service, t.account_package, t.account, t.service, c.is_counted,
               d.account_service IS NOT NULL AS by_package, k.kind,
               hash(t.account_service, t.account_package, t.account, g.digest) AS digest,
               n.next_day
        FROM told_service AS t
        JOIN own_kind AS k ON {same_sql(told, "k")}
        JOIN kind_digest AS g ON g.kind = k.kind
        JOIN kind_day AS n ON n.kind = k.kind
        LEFT JOIN subscription.service_terms AS c ON c.service = t.service
        LEFT JOIN (
          SELECT DISTINCT account_service FROM subscription.discounts WHERE by_package
        ) AS d ON d.account_service = t.account_service
    """)
    passing = ("own_terms", "told_service", "own_kind", "kind_digest", "kind_day")
    for table in (*passing, *(f"{name}_history" for name in HISTORIES)):
        connection.execute(f"DROP TABLE {table}")


def _kind_digests() -> str:
    """Give the statement that makes kind_digest: of all that one of a kind is made of.

    All of a kind are equal in it.  Rows of a history add up in any order.
    """
    names = ", ".join(f"s.{name}" for name in TERMS)
    digests = ", ".join(f"{name}.digest" for name in HISTORIES)
    joins = " ".join(
        f"""
        LEFT JOIN (
          SELECT h.{each.owner}, sum(hash({", ".join(each.columns.values())})) AS digest
          FROM {each.source}
          WHERE h.{each.owner} IN (SELECT {each.owner} FROM own_kind)
          GROUP BY h.{each.owner}
        ) AS {name} ON {name}.{each.owner} = s.{each.owner}
        """
        for name, each in HISTORIES.items()
    )
    return f"""
        CREATE OR REPLACE TEMP TABLE kind_digest AS
        SELECT k.kind, hash({names}, {digests}, t.says) AS digest
        FROM own_kind AS k
        JOIN subscription.account_services AS s ON s.account_service = k.account_service
        LEFT JOIN (
          SELECT service, hash(says) AS says FROM subscription.service_terms
        ) AS t ON t.service = s.service
        {joins}
    """


def _kind_days(as_of: date) -> str:
    """Give the statement that makes kind_day: when something of a kind may fall due next.

    That is a day on which it is sold, activated or ends, on which a transition occurs or another
    bill day takes hold, or its next bill day: no later than a period begins or ends, of which
    there may be but one in several months.
    """
    after = f"DATE '{as_of}'"
    next_one = first_bill_day_sql(f"({after} + 1)", "{0}")
    bill_day = f"CASE WHEN s.end_day > {after} THEN {next_one} END"
    return f"""
        CREATE OR REPLACE TEMP TABLE kind_day AS
        WITH days AS (
          SELECT k.kind, unnest([
            s.sale_day, s.start_day, s.activation_day, s.end_day, {bill_day.format("s.bill_day")}
          ]) AS day
          FROM own_kind AS k
          JOIN subscription.account_services AS s ON s.account_service = k.account_service
          UNION ALL
          SELECT k.kind, o.day
          FROM own_kind AS k
          JOIN subscription.occurrences AS o ON o.account_service = k.account_service
          UNION ALL
          SELECT k.kind, unnest([b.from_day, b.until_day, {bill_day.format("b.bill_day")}])
          FROM own_kind AS k
          JOIN subscription.account_services AS s ON s.account_service = k.account_service
          JOIN subscription.bill_days AS b ON b.account_package = s.account_package
        )
        SELECT k.kind, coalesce(min(d.day), DATE '{OPEN_DAY}') AS next_day
        FROM own_kind AS k LEFT JOIN days AS d ON d.kind = k.kind AND d.day > {after}
        GROUP BY k.kind
    """


def _number_histories(connection: DuckDBPyConnection, name: str, history: History) -> None:
    """Make a table of those who have such a history, each with its number."""
    rows = f"{name}_row"
    number_rows(connection, rows, history.columns, history.source)
    number_sets(
        connection,
        f"{name}_history",
        (history.owner,),
        f"""
        SELECT h.{history.owner}, k.number AS member
        FROM {history.source} JOIN {rows} AS k ON {same_sql(history.columns, "k")}
        """,
    )
    connection.execute(f"DROP TABLE {rows}")
