"""What the last run knew of each account service, so that the next looks at what is new.

Beside the ledger a run leaves a digest for each account service: of all that its recurring,
one-time and transition charges are made of, in the book and in the catalog.  Where a digest is
the last run's, all that fell due by that run's date is posted as it should be, and only what
fell due since is computed.  Where it is another, or is not there, the account service is
looked at whole: target minus posted over all its life.

subscription.known has the digests of this run, subscription.horizons the day that each account
service is settled up to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from duckdb import DuckDBPyConnection

from runtime.engine import create_table, fill_table
from runtime.program.contents import price_texts
from runtime.program.model import Program
from runtime.subscriptions.own_kinds import make_own_kinds

BEGINNING = date(1, 1, 1)
"""The horizon of what is looked at whole."""

_ELSEWHERE = frozenset(
    {
        *("format_version", "title", "fingerprint", "sources", "prices", "price_tiers"),
        *("price_terms", "recurring_prices", "one_time_prices", "transition_charges", "feeds"),
        *("usage_classes", "zone_countries", "zone_prefixes", "time_bands", "time_band_hours"),
        *("rate_groups", "rates", "rate_plans", "rate_plan_groups", "buckets", "bucket_tiers"),
        *("bucket_flats", "bucket_prices", "share_plans", "pool_terms", "pool_statuses"),
        *("pool_consumers", "service_buckets", "units", "tax_rates", "tax_inclusions"),
        *("tax_exemptions", "bill_groups", "invoice_templates", "invoice_attachments"),
        *("carry_forwards",),
    }
)
"""The tables of a program that a digest takes service by service, or that set no charge."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a run may rely on of the last posted one.

    Attributes:
        as_of: its date.
        known: SQL for the rows of its subscription.known, of all that are not set aside.
    """

    as_of: date
    known: str


def make_known(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Make subscription.known and own_kinds of the subscription tables.

    What is counted over an account or its tree, and discounts that count the periods of a
    package, make account services hang together: their digests take in one another's.
    A digest is of 64 bits, and another one with another version of the engine; then all is
    looked at whole.
    """
    fill_table(
        connection,
        "subscription.service_terms",
        {"service": "VARCHAR", "says": "VARCHAR", "is_counted": "BOOLEAN"},
        list(_service_terms(program)),
    )
    # The long words of the catalog are taken in once, and not for each account service.
    says = connection.execute("SELECT hash(?)", [_terms(program)]).fetchone()
    assert says is not None
    make_own_kinds(connection, as_of)
    is_tree = any(rule.scope == "account_tree" for rule in program.counting_rules)
    group, groups = "o.account", ""
    if is_tree:
        connection.execute(f"CREATE OR REPLACE TABLE subscription.count_groups AS {_TREE}")
        group = "g.top"
        groups = "LEFT JOIN subscription.count_groups AS g ON g.account = o.account"
    of_owner = "WHEN g.is_owner THEN (SELECT sum(digest) FROM in_group)" if is_tree else ""
    counted = f"CASE WHEN NOT o.is_counted THEN NULL {of_owner} ELSE i.digest END"
    are_packages_counted = any(rule.counts == "package" for rule in program.counting_rules)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE subscription.known AS
        WITH in_package AS (
          SELECT account_package, sum(digest) AS digest FROM subscription.own_kinds
          WHERE account_package IN (
            SELECT account_package FROM subscription.own_kinds WHERE by_package
          )
          GROUP BY account_package
        ),
        countable AS (
          SELECT account, digest FROM subscription.own_kinds
          UNION ALL
          SELECT account, hash(account_package, package, status, base, from_day, until_day)
          FROM subscription.package_timeline WHERE {are_packages_counted}
        ),
        in_group AS (
          SELECT {group} AS top, sum(o.digest) AS digest
          FROM countable AS o {groups}
          WHERE {_is_any_counted(connection)}
          GROUP BY top
        )
        SELECT o.account_service, hash($says, o.digest, NULL::HUGEINT, NULL::HUGEINT) AS digest,
          o.next_day
        FROM subscription.own_kinds AS o
        WHERE NOT o.by_package AND o.is_counted IS NOT TRUE
        UNION ALL
        SELECT o.account_service,
          hash($says, o.digest, CASE WHEN o.by_package THEN p.digest END, {counted}), o.next_day
        FROM (
          SELECT * FROM subscription.own_kinds WHERE by_package OR is_counted
        ) AS o
        LEFT JOIN in_package AS p ON p.account_package = o.account_package
        {groups}
        LEFT JOIN in_group AS i ON i.top = {group}
        """,
        {"says": says[0]},
    )
    for table in ("service_terms", "count_groups"):
        connection.execute(f"DROP TABLE IF EXISTS subscription.{table}")


def _is_any_counted(connection: DuckDBPyConnection) -> bool:
    query = "SELECT 1 FROM subscription.service_terms WHERE is_counted LIMIT 1"
    return connection.execute(query).fetchone() is not None


def make_horizons(
    connection: DuckDBPyConnection, program: Program, settled: Settled | None
) -> None:
    """Make subscription.horizons and subscription.gone from subscription.known.

    A horizon is the last run's date, or BEGINNING.  Packages under a contract that may charge
    what is short of a minimum, or leaving early, are always looked at whole.  `gone` are
    account services that the last run knew and the book lacks.
    """
    create_table(connection, "subscription.horizons")
    create_table(connection, "subscription.gone")
    if settled is None:
        create_table(connection, "subscription.aside")
        connection.execute(f"""
            INSERT INTO subscription.horizons
            SELECT account_service, DATE '{BEGINNING}' FROM subscription.account_services
        """)
        return
    connection.execute(
        f"""
        INSERT INTO subscription.horizons
        SELECT s.account_service,
               CASE WHEN b.digest = k.digest AND h.account_package IS NULL
                    THEN DATE '{settled.as_of}' ELSE DATE '{BEGINNING}' END
        FROM subscription.account_services AS s
        JOIN subscription.known AS k ON k.account_service = s.account_service
        LEFT JOIN {settled.known} AS b ON b.account_service = s.account_service
        LEFT JOIN (
          SELECT DISTINCT account_package FROM subscription.held_contracts
          WHERE list_contains(CAST(? AS VARCHAR[]), contract)
        ) AS h ON h.account_package = s.account_package
        """,
        [sorted(charging_contracts(program))],
    )
    connection.execute(f"""
        INSERT INTO subscription.gone
        SELECT b.account_service FROM {settled.known} AS b
        ANTI JOIN subscription.account_services AS s ON s.account_service = b.account_service
    """)


def is_all_whole(connection: DuckDBPyConnection) -> bool:
    """Tell whether the run relies on nothing that the last one knew."""
    found = connection.execute(
        """
        SELECT 1 FROM subscription.horizons WHERE after_day > ?
        UNION ALL SELECT 1 FROM subscription.aside
        LIMIT 1
        """,
        [BEGINNING],
    ).fetchone()
    return found is None


# The accounts over which things are counted together, a superset: all that is below a child of
# the owner.
_TREE = """
WITH RECURSIVE below AS (
  SELECT account, account AS top, parent IS NULL AS is_owner
  FROM book.accounts
  WHERE parent IS NULL OR parent IN (SELECT account FROM book.accounts WHERE parent IS NULL)
  UNION ALL
  SELECT a.account, b.top, false
  FROM book.accounts AS a JOIN below AS b ON a.parent = b.account AND NOT b.is_owner
)
SELECT * FROM below
"""


def _service_terms(program: Program) -> Iterator[tuple[str, str, bool]]:
    """Give what the catalog says of each service's own charges, and whether a rule counts."""
    texts = price_texts(program)
    counted = {price.id for price in program.prices if price.counted_by is not None}
    bases = {each.id: each.base for each in program.services}
    said: dict[str, list[str]] = {each.id: [] for each in program.services}
    is_counted: set[str] = set()
    for table in (program.recurring_prices, program.one_time_prices, program.transition_charges):
        for row in table:
            text = row.model_dump_json(exclude={"price", "source"})
            said.setdefault(row.service, []).append(f"{text} {texts[row.price]}")
            if row.price in counted:
                is_counted.add(row.service)
    for service, texts_of_it in said.items():
        yield (
            service,
            " ".join([bases.get(service, ""), *sorted(texts_of_it)]),
            service in is_counted,
        )


def _terms(program: Program) -> str:
    """Give all else that the catalog says and that may set a charge; not where it says it."""
    said = program.model_dump(mode="json", exclude={*_ELSEWHERE, "services"})
    for table in said.values():
        for row in table if isinstance(table, list) else ():
            for name in ("source", "title"):
                row.pop(name, None)
    return json.dumps(said, sort_keys=True)


def charging_contracts(program: Program) -> set[str]:
    """Give the contracts that may charge what is short of a minimum, or leaving early."""
    return {each.contract for each in program.contract_minimums} | {
        each.contract for each in program.contract_penalties
    }
