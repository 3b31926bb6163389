"""Sets accounts aside of which nothing is due and nothing has changed.

The last run left digests of the book, and of each account service the first day on which something
of it may fall due.  Where the book says the same of an account as it did, and none of its days
has come, a run finds nothing to post for it.  Such accounts go out of the tables book.* before
anything is made of them; what the last run knew of them is what this one knows.

Accounts that are invoiced to one account stay together.  All are looked at where what a program
charges may reach over the accounts of a tree, and where usage is billed, which has its own way to
tell what is new.

| table | one row is |
| --- | --- |
| subscription.before | what the last run knew of those that are looked at |
| subscription.aside | what it knew of all others |
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from duckdb import DuckDBPyConnection

from runtime.book.digests import OWNERS, bucket_sql, changed_sql, recorded_sql
from runtime.engine import create_table
from runtime.program.model import Program
from runtime.subscriptions.kept import Kept
from runtime.subscriptions.known import Settled, charging_contracts

MOST = 2
"""Nothing is set aside where less than one account in so many would be."""

_LEVELS = ("account", "account_package", "account_service")
_PASSING = ("touched", "sold", "looked_at", *(f"changed_{level}" for level in _LEVELS))

# Accounts of which something has changed or is due.
_TOUCHED = """
CREATE OR REPLACE TEMP TABLE touched AS
WITH due AS (
  SELECT account_service FROM {known} WHERE digest IS NULL OR next_day <= $as_of
),
touched_service AS (
  SELECT s.account_package FROM book.account_services AS s
  WHERE {service} OR s.account_service IN (SELECT account_service FROM due)
),
touched_package AS (
  SELECT p.account FROM book.account_packages AS p
  WHERE {package} OR list_contains($charging, p.package)
     OR p.account_package IN (SELECT account_package FROM touched_service)
)
SELECT a.account, coalesce(a.invoicer, a.account) AS invoicer
FROM book.accounts AS a
WHERE {account} OR a.account IN (SELECT account FROM touched_package)
"""

# All that are invoiced to whom one of them is.
_SOLD = """
CREATE OR REPLACE TEMP TABLE sold AS
SELECT a.account, coalesce(a.invoicer, a.account) AS invoicer
FROM book.accounts AS a
WHERE coalesce(a.invoicer, a.account) IN (
  SELECT invoicer FROM touched UNION SELECT account FROM touched
)
"""

# And who they are invoiced to, who is above any of these, the owner, and who has paid.
_LOOKED_AT = """
CREATE OR REPLACE TEMP TABLE looked_at AS
WITH RECURSIVE above AS (
  SELECT a.account, a.parent FROM book.accounts AS a
  WHERE a.account IN (SELECT account FROM sold UNION SELECT invoicer FROM sold)
     OR a.type = 'owner' OR a.account IN (SELECT account FROM book.payments)
  UNION
  SELECT p.account, p.parent FROM above AS b JOIN book.accounts AS p ON p.account = b.parent
)
SELECT account FROM above
"""

_NARROWED = {
    "accounts": "account IN (SELECT account FROM looked_at)",
    "contacts": "account IN (SELECT account FROM looked_at)",
    "account_packages": "account IN (SELECT account FROM sold)",
    "account_services": """
        account_package IN (SELECT account_package FROM book.account_packages)
    """,
    "identifiers": "account_service IN (SELECT account_service FROM book.account_services)",
}
"""Which rows of a file stay, in the order in which they are left out."""

_OF_EITHER = {
    "account": "SELECT account FROM looked_at",
    "account_package": "SELECT account_package FROM book.account_packages",
    "account_service": "SELECT account_service FROM book.account_services",
}


def settle(
    connection: DuckDBPyConnection,
    program: Program,
    kept: Kept,
    as_of: date,
    files: Mapping[str, str] | None,
) -> Settled:
    """Leave out of book.* the accounts of which nothing is due and nothing has changed.

    Args:
        connection: holds a sound book and book.digests of it.
        program: that of the last run, which `kept` is of.
        kept: what it left.
        as_of: the date of this run.
        files: digests of the files of the book; None: all are to be looked at.

    Where most are, all are.  Gives what may be relied on of those that are looked at.
    """
    create_table(connection, "subscription.aside")
    if (
        files is not None
        and kept.digests is not None
        and _is_set_aside(connection, program, kept, as_of, files)
    ):
        return Settled(kept.last.as_of, "subscription.before")
    return Settled(kept.last.as_of, kept.known)


def _is_set_aside(
    connection: DuckDBPyConnection,
    program: Program,
    kept: Kept,
    as_of: date,
    files: Mapping[str, str],
) -> bool:
    assert kept.digests is not None
    others = [entity for entity in OWNERS if files.get(entity) != kept.files.get(entity)]
    for level in _LEVELS:
        entities = [entity for entity in others if level in OWNERS[entity]]
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE changed_{level} AS {changed_sql(entities, kept.digests)}"
        )
    days = (f"DATE '{kept.last.as_of}'", f"DATE '{as_of}'")
    changed = {
        level: f"({bucket_sql(key)} IN (SELECT bucket FROM changed_{level}) "
        f"OR {key} IN ({recorded_sql(level, *days)}))"
        for level, key in zip(
            _LEVELS, ("a.account", "p.account_package", "s.account_service"), strict=True
        )
    }
    connection.execute(
        _TOUCHED.format(
            known=kept.known,
            account=changed["account"],
            package=changed["account_package"],
            service=changed["account_service"],
        ),
        {"as_of": as_of, "charging": sorted(_charging_packages(program))},
    )
    connection.execute(_SOLD)
    is_set_aside = _count(connection, "sold") * MOST <= _count(connection, "book.accounts")
    if is_set_aside:
        connection.execute(_LOOKED_AT)
        _part_known(connection, kept, is_any_gone="account_services" in others)
        _narrow(connection)
    for name in _PASSING:
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    return is_set_aside


def _part_known(connection: DuckDBPyConnection, kept: Kept, *, is_any_gone: bool) -> None:
    """Make subscription.before and subscription.aside; who left the book is looked at."""
    gone = f"""
        UNION
        SELECT b.account_service FROM {kept.known} AS b
        ANTI JOIN book.account_services AS s ON s.account_service = b.account_service
    """
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE looked_at_service AS
        SELECT s.account_service
        FROM book.account_services AS s
        JOIN book.account_packages AS p ON p.account_package = s.account_package
        WHERE p.account IN (SELECT account FROM sold)
        {gone if is_any_gone else ""}
    """)
    for name, join in (("before", "SEMI"), ("aside", "ANTI")):
        connection.execute(f"""
            CREATE OR REPLACE TABLE subscription.{name} AS
            SELECT k.* FROM {kept.known} AS k
            {join} JOIN looked_at_service AS s ON s.account_service = k.account_service
        """)
    connection.execute("DROP TABLE looked_at_service")


def _narrow(connection: DuckDBPyConnection) -> None:
    rows = dict(_NARROWED)
    for entity in ("status_changes", "changes", "overrides"):
        rows[entity] = " OR ".join(f"{key} IN ({_OF_EITHER[key]})" for key in OWNERS[entity])
    for entity, stays in rows.items():
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE narrowed AS SELECT * FROM book.{entity} WHERE {stays}"
        )
        connection.execute(f"CREATE OR REPLACE TABLE book.{entity} AS SELECT * FROM narrowed")
    connection.execute("DROP TABLE narrowed")


def reaches_over_accounts(program: Program) -> bool:
    """Tell whether what an account is charged may hang on accounts that are invoiced elsewhere."""
    is_tree = any(rule.scope == "account_tree" for rule in program.counting_rules)
    return is_tree or bool(program.share_plans)


def _charging_packages(program: Program) -> set[str]:
    """Give the packages under whose contracts something may be charged on any day."""
    charging = charging_contracts(program)
    return {each.package for each in program.package_contracts if each.contract in charging}


def _count(connection: DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(count)
