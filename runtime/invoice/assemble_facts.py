"""What the invoices of a batch need besides their lines, read in a few queries.

A batch is some hundred invoices: facts are read for all of its account services at once,
and forgotten with it, so memory does not grow with the number of accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import TypeVar

from duckdb import DuckDBPyConnection

from runtime.invoice.assemble_commitments import Commitments, read_commitments
from runtime.invoice.assemble_pricing import Quotes, read_quotes
from runtime.invoice.assemble_rated import Cell, PoolPart, PoolTier
from runtime.invoice.draft import DueLine
from runtime.invoice.model import Party, PriceSource
from runtime.tables import OPEN_DAY

BATCH_INVOICES = 500

_LINE_COLUMNS = ", ".join(field.name for field in fields(DueLine))


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account of the book, as an invoice needs it."""

    account: str
    name: str
    bill_group: str | None
    tax_exemption: str | None
    tax_id: str | None
    locale: str | None
    party: Party


FactRow = TypeVar("FactRow", Cell, PoolTier, PoolPart)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A day on which an account service's status, or its package's, became another.

    `old_status`, `new_status`: the service status it bills in before and from that day on,
    None where it bills nothing.
    """

    account_service: str
    day: date
    until_day: date
    from_status: str
    to_status: str
    old_status: str | None
    new_status: str | None


@dataclass(frozen=True, slots=True)
class DayUse:
    """Rated usage of one day, account service and class."""

    account_service: str
    day: date
    usage_class: str
    events: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Due lines in printed order, and the facts about their account services, by name.

    `places`: of each line, its invoice's place among all.
    `usage_lines`: where usage of an account service, full period's start and class was
    posted before, as invoice and line number, for the usage lines that are corrected.
    """

    lines: tuple[DueLine, ...]
    places: tuple[int, ...]
    accounts: dict[str, AccountFacts]
    identifiers: dict[str, tuple[str, ...]]
    cells: dict[tuple[str, date, str], tuple[Cell, ...]]
    pools: dict[str, tuple[PoolTier, ...]]
    shares: dict[tuple[str, date, str], tuple[PoolPart, ...]]
    changes: dict[str, tuple[StatusChange, ...]]
    days: dict[str, tuple[DayUse, ...]]
    usage_lines: dict[tuple[str, date, str], tuple[tuple[str, int], ...]]
    quotes: Quotes
    commitments: Commitments


def read_given_sources(connection: DuckDBPyConnection) -> dict[int, PriceSource]:
    """Give where the prices given to one account service stand, by their source."""
    rows = connection.execute("""
        SELECT -row, file, row, reason FROM subscription.given_prices
    """).fetchall()
    return {
        source: PriceSource(path=file, line=row, text=reason) for source, file, row, reason in rows
    }


def read_batches(connection: DuckDBPyConnection) -> Iterator[Batch]:
    """Read due_line batch by batch, an invoice never split, in printed order."""
    places = connection.execute("SELECT DISTINCT invoice FROM due_line ORDER BY 1").fetchall()
    for at in range(0, len(places), BATCH_INVOICES):
        some = places[at : at + BATCH_INVOICES]
        rows = connection.execute(
            f"SELECT invoice, {_LINE_COLUMNS} FROM due_line WHERE invoice BETWEEN ? AND ? "
            "ORDER BY ordinal",
            [some[0][0], some[-1][0]],
        ).fetchall()
        lines = tuple(DueLine(*row) for _, *row in rows)
        yield read_facts(connection, lines, tuple(row[0] for row in rows))


def read_accounts(connection: DuckDBPyConnection, condition: str) -> dict[str, AccountFacts]:
    """Read the accounts that meet an SQL condition on `a`, with their billing contacts."""
    rows = connection.execute(f"""
        WITH wanted AS (SELECT a.* FROM book.accounts AS a WHERE {condition}),
        contact AS (
          SELECT *, row_number() OVER (PARTITION BY account ORDER BY "row") AS place
          FROM book.contacts
          WHERE kind = 'billing' AND account IN (SELECT account FROM wanted)
        )
        SELECT a.account, a.name, a.bill_group, a.tax_exemption, a.tax_id, a.locale,
               c.name, c.email, c.street, c.city, c.region, c.postal_code, c.country
        FROM wanted AS a
        LEFT JOIN contact AS c ON c.account = a.account AND c.place = 1
        ORDER BY a.account
    """).fetchall()
    facts = {}
    for account, name, bill_group, tax_exemption, tax_id, locale, *contact in rows:
        person, email, street, city, region, postal_code, country = contact
        party = Party(
            account=account,
            name=name,
            contact=person,
            email=email,
            street=street,
            city=city,
            region=region,
            postal_code=postal_code,
            country=country,
            tax_id=tax_id,
        )
        facts[account] = AccountFacts(
            account, name, bill_group, tax_exemption, tax_id, locale, party
        )
    return facts


_OF_SERVICE = frozenset(
    {"account", "invoicer", "account_package", "package", "months", "jurisdiction", "is_exempt"}
)
_RENAMED = {
    "sold_service": "s.service",
    "recurring_timing": "s.timing",
    "minor_units": "c.minor_units",
    "posted_invoice": "r.invoice",
    "posted_line": "r.line",
    "posted_taxes": "r.taxes",
    "posted_path": "r.source_path",
    "posted_source_line": "r.source_line",
    "posted_text": "r.source_text",
}


def due_columns() -> dict[str, str]:
    """Give SQL for each field of DueLine, by its name.

    Of a row `d` of charge.due, its account service `s`, its currency `c`, and the reference `r`
    to the line it corrects.
    """
    names = [field.name for field in fields(DueLine)]
    own = {name: f"s.{name}" if name in _OF_SERVICE else f"d.{name}" for name in names}
    return own | _RENAMED


def due_sql(due: str = "charge.due") -> str:
    """Give SQL for the rows of DueLine, with `invoice`, its place in due_invoice.

    `due`: charge.due, or SQL for some of its rows.
    """
    columns = ", ".join(f"{value} AS {name}" for name, value in due_columns().items())
    return f"""
        SELECT {columns}, i.invoice
        FROM {due} AS d
        JOIN subscription.account_services AS s ON s.account_service = d.account_service
        JOIN due_invoice AS i ON i.invoicer = s.invoicer AND i.currency = d.currency
        JOIN charge.currencies AS c ON c.currency = d.currency
        LEFT JOIN charge.posted_reference AS r ON r.line_id = d.corrects
    """


def read_facts(
    connection: DuckDBPyConnection, lines: tuple[DueLine, ...], places: tuple[int, ...] = ()
) -> Batch:
    """Read what the invoices of some lines need; `places`: of the invoices, a line each."""
    connection.execute("CREATE OR REPLACE TEMP TABLE batch_service (account_service VARCHAR)")
    connection.execute(
        "INSERT INTO batch_service SELECT unnest(?)",
        [sorted({line.account_service for line in lines})],
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE batch_account (account VARCHAR)")
    connection.execute(
        "INSERT INTO batch_account SELECT unnest(?)",
        [sorted({name for line in lines for name in (line.account, line.invoicer)})],
    )
    cells = defaultdict(list)
    for cell in _read_rows(connection, _CELLS, Cell):
        cells[cell.account_service, cell.full_start, cell.usage_class].append(cell)
    pools = defaultdict(list)
    for tier in _read_rows(connection, "rated.pools", PoolTier):
        pools[tier.account_service].append(tier)
    shares = defaultdict(list)
    for part in _read_rows(connection, _SHARES, PoolPart):
        shares[part.account_service, part.period_start, part.bucket].append(part)
    changes = defaultdict(list)
    for change in _read_changes(connection):
        changes[change.account_service].append(change)
    days = defaultdict(list)
    for use in _read_days(connection):
        days[use.account_service].append(use)
    return Batch(
        lines=lines,
        places=places,
        accounts=read_accounts(connection, "a.account IN (SELECT account FROM batch_account)"),
        identifiers=_read_identifiers(connection),
        cells={key: tuple(parts) for key, parts in cells.items()},
        pools={name: tuple(sorted(tiers, key=_pool_order)) for name, tiers in pools.items()},
        shares={
            key: tuple(sorted(parts, key=lambda part: part.account))
            for key, parts in shares.items()
        },
        changes={name: tuple(parts) for name, parts in changes.items()},
        days={name: tuple(uses) for name, uses in days.items()},
        usage_lines=_read_usage_lines(connection),
        quotes=read_quotes(connection),
        commitments=read_commitments(connection),
    )


def _read_rows(connection: DuckDBPyConnection, table: str, of: type[FactRow]) -> Iterator[FactRow]:
    names = ", ".join(f"t.{field.name}" for field in fields(of))
    rows = connection.execute(
        f"SELECT {names} FROM {table} AS t JOIN batch_service USING (account_service)"
    ).fetchall()
    return (of(*row) for row in rows)


def _read_changes(connection: DuckDBPyConnection) -> Iterator[StatusChange]:
    rows = connection.execute(CHANGES, {"open": OPEN_DAY}).fetchall()
    return (StatusChange(*row) for row in rows)


def _read_days(connection: DuckDBPyConnection) -> Iterator[DayUse]:
    rows = connection.execute("""
        SELECT t.account_service, t.day, t.usage_class, t.events, t.quantity
        FROM charge.usage_days AS t
        JOIN batch_service AS b ON b.account_service = t.account_service
        LEFT JOIN charge.usage_classes AS c ON c.usage_class = t.usage_class
        ORDER BY t.account_service, t.day, c.ordinal, t.usage_class
    """).fetchall()
    return (DayUse(*row) for row in rows)


def _read_usage_lines(
    connection: DuckDBPyConnection,
) -> dict[tuple[str, date, str], tuple[tuple[str, int], ...]]:
    posted = defaultdict(list)
    for name, start, usage_class, invoice, line in connection.execute("""
        SELECT p.account_service, p.full_start, p.usage_class, r.invoice, r.line
        FROM charge.posted AS p
        JOIN batch_service AS b ON b.account_service = p.account_service
        JOIN charge.posted_reference AS r ON r.line_id = p.line_id
        WHERE p.kind = 'usage' AND EXISTS (
          SELECT 1 FROM due_line AS d
          WHERE d.kind = 'usage' AND d.account_service = p.account_service
            AND d.full_start = p.full_start AND d.usage_class = p.usage_class
        )
        ORDER BY p.line_id
    """).fetchall():
        posted[name, start, usage_class].append((invoice, line))
    return {key: tuple(places) for key, places in posted.items()}


def _read_identifiers(connection: DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """Read the values of the identifiers each account service holds or held, each once."""
    values: dict[str, dict[str, None]] = defaultdict(dict)
    for name, value in connection.execute("""
        SELECT i.account_service, i.value
        FROM book.identifiers AS i
        JOIN batch_service USING (account_service)
        ORDER BY i.account_service, i.identifier, i.effective NULLS FIRST, i.value
    """).fetchall():
        values[name][value] = None
    return {name: tuple(held) for name, held in values.items()}


def _pool_order(tier: PoolTier) -> tuple[date, str, int]:
    return (tier.period_start, tier.bucket, -1 if tier.tier is None else tier.tier)


_SHARES = """(
  SELECT s.*, a.name AS account_name
  FROM rated.pool_shares AS s JOIN book.accounts AS a ON a.account = s.account
)"""

_CELLS = """(
  SELECT c.*, u.full_start
  FROM rated.cells AS c
  JOIN subscription.usage_periods AS u
    ON u.account_service = c.account_service AND u.period_start = c.period_start
)"""

# A change of the service's own status is told by its statuses, else by the package's.  The
# end of a service is a change too, to the status on the canceled base if one says so.
CHANGES = """
WITH stretches AS (
  SELECT t.account_service, t.from_day, t.until_day, t.status, t.package_status, t.billable,
         lag(t.status) OVER timeline AS old_status,
         lag(t.package_status) OVER timeline AS old_package_status,
         lag(t.billable) OVER timeline AS was_billable
  FROM subscription.timeline AS t
  JOIN batch_service USING (account_service)
  WINDOW timeline AS (PARTITION BY t.account_service ORDER BY t.from_day)
),
ends AS (
  SELECT o.account_service, o.day, max(o.to_status) AS to_status
  FROM subscription.occurrences AS o
  JOIN subscription.account_services AS s
    ON s.account_service = o.account_service AND s.end_day = o.day
  JOIN batch_service AS b ON b.account_service = o.account_service
  GROUP BY o.account_service, o.day
)
SELECT account_service, from_day AS day, until_day,
       CASE WHEN status <> old_status THEN old_status ELSE old_package_status END AS from_status,
       CASE WHEN status <> old_status THEN status ELSE package_status END AS to_status,
       CASE WHEN was_billable THEN old_status END AS old_status,
       CASE WHEN billable THEN status END AS new_status
FROM stretches
WHERE status <> old_status OR package_status <> old_package_status
UNION ALL
SELECT t.account_service, t.until_day, $open, t.status, coalesce(e.to_status, 'cancelled'),
       CASE WHEN t.billable THEN t.status END, NULL
FROM stretches AS t
JOIN subscription.account_services AS s
  ON s.account_service = t.account_service AND s.end_day = t.until_day
LEFT JOIN ends AS e ON e.account_service = t.account_service AND e.day = t.until_day
WHERE t.until_day < $open
ORDER BY 1, 2
"""
