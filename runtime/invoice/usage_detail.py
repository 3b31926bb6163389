"""The usage behind an invoice, whole, as CSV: a row for each rated piece.

Made of a run's rated usage.  An invoice's detail holds every piece of its accounts' usage
periods that the run evaluated, those of a corrected period among them, included usage too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from runtime.invoice.documents import document_name, replace_file
from runtime.invoice.model import Invoice
from runtime.usage import sql

SUFFIX = ".usage.csv"

COLUMNS: tuple[tuple[str, str], ...] = (
    ("account", "text"),
    ("account_service", "text"),
    ("identifier", "text"),
    ("identifier_value", "text"),
    ("day", "plain"),
    ("instant", "plain"),
    ("usage_class", "text"),
    ("quantity", "plain"),
    ("unit", "text"),
    ("unit_steps", "plain"),
    ("component", "text"),
    ("rate_plan", "text"),
    ("rate_group", "text"),
    ("rate", "text"),
    ("bucket", "text"),
    ("tier", "plain"),
    ("unit_price", "number"),
    ("per", "plain"),
    ("event_price", "number"),
    ("amount", "number"),
    ("currency", "text"),
    ("period_start", "plain"),
    ("period_end", "plain"),
    ("file", "text"),
    ("row", "plain"),
    ("piece", "plain"),
)
"""Columns of the rated usage and how they are written.

`quantity` is in the smallest steps, of which a `unit` has `unit_steps`; `amount` is exact.
"""

HEADER = ",".join(name for name, _ in COLUMNS)

# Controls, and what overrides or isolates the direction of writing.
_UNSEEN = r"[\x{0}-\x{1f}\x{7f}-\x{9f}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}]"
_FORMULA = r"^\s*[=+\-@\t\r]"


@dataclass(frozen=True, slots=True)
class UsageDetails:
    """Where the detail is made from, and goes."""

    connection: DuckDBPyConnection
    rated_usage: Path
    folder: Path

    def write(self, invoices: Sequence[Invoice]) -> tuple[Path, ...]:
        """Write the detail of some invoices, a file each, in their order; a header at least.

        Raises OSError where a file cannot be written.
        """
        written = []
        for run in sorted({invoice.run for invoice in invoices if invoice.run is not None}):
            own = [invoice for invoice in invoices if invoice.run == run]
            rows = iter(self._rows(run, own))
            following = next(rows, None)
            for place, invoice in enumerate(own):
                lines = [HEADER]
                while following is not None and following[0] == place:
                    lines.append(following[1])
                    following = next(rows, None)
                path = self.folder / f"{document_name(invoice)}{SUFFIX}"
                path.parent.mkdir(parents=True, exist_ok=True)
                replace_file(path, ("\n".join(lines) + "\n").encode("utf-8"))
                written.append(path)
        return tuple(written)

    def _rows(self, run: int, invoices: Sequence[Invoice]) -> Iterator[tuple[int, str]]:
        """Give each piece as the place of its invoice and a line of CSV, in that order."""
        files = sorted((self.rated_usage / f"run={run}").glob("period=*/*.parquet"))
        if not files:
            return
        accounts = [
            (place, section.account, invoice.usage_cutoff)
            for place, invoice in enumerate(invoices)
            for section in invoice.sections
        ]
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE detailed (place INTEGER, account VARCHAR, until DATE)"
        )
        if accounts:
            self.connection.executemany("INSERT INTO detailed VALUES (?, ?, ?)", accounts)
        cells = " || ',' || ".join(_cell(name, kind) for name, kind in COLUMNS)
        currencies = ", ".join(sql.text(invoice.currency) for invoice in invoices)
        found = self.connection.execute(f"""
            SELECT d.place, {cells} AS line
            FROM read_parquet({sql.paths(files)}, hive_partitioning = false) AS q
            JOIN detailed AS d ON d.account = q.account AND q.period_end <= d.until
            JOIN (SELECT unnest(range({len(invoices)}))::INTEGER AS place,
                         unnest([{currencies}]) AS currency) AS c
              ON c.place = d.place AND (q.currency IS NULL OR c.currency = q.currency)
            ORDER BY d.place, q.account, q.account_service, q.instant, q.file, q.row, q.piece
        """)
        while rows := found.fetchmany(50_000):
            yield from rows


def _cell(name: str, kind: str) -> str:
    column = f"q.{sql.name(name)}"
    if kind == "plain":
        return f"coalesce({column}::VARCHAR, '')"
    if kind == "number":  # a decimal of many places, the last of which say nothing
        return f"coalesce(rtrim(rtrim({column}::VARCHAR, '0'), '.'), '')"
    clean = f"regexp_replace({column}::VARCHAR, {sql.text(_UNSEEN)}, '', 'g')"
    is_formula = f"regexp_matches({clean}, {sql.text(_FORMULA)})"
    held = f"CASE WHEN {is_formula} THEN '''' ELSE '' END || {clean}"
    quoted = f"'\"' || replace({held}, '\"', '\"\"') || '\"'"
    needs = f"regexp_matches({clean}, '[,\"\\n\\r]')"
    return f"coalesce(CASE WHEN {needs} THEN {quoted} ELSE {held} END, '')"
