"""The usage records behind a line, read from the rated usage that billing wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from runtime.explain.model import Explanation, Fact
from runtime.explain.words import measured, shown
from runtime.invoice.format import EACH
from runtime.invoice.model import InvoiceLine
from runtime.invoice.units import in_units_of

FIRST = 20
"""How many records an explanation lists; it counts them all."""


@dataclass(frozen=True, slots=True)
class RatedUsage:
    """The folder of a run's rated usage, `<out>/rated_usage/run=N`: Parquet at any depth."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Record:
    """A piece of a usage record: what of it was rated in one way, its quantity in `unit`."""

    file: str
    row: int
    feed: str
    event_id: str
    instant: str
    component: str
    quantity: Decimal
    unit: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RecordsBehind:
    """How many records made a line, and the first of them in the order of their instants."""

    count: int
    first: tuple[Record, ...]


def records_behind(usage: RatedUsage, line: InvoiceLine, *, first: int = FIRST) -> RecordsBehind:
    """Find the records of a usage line, or those drawn in the tier of a bucket line."""
    import duckdb

    files = sorted(str(path) for path in usage.folder.rglob("*.parquet"))
    if not files:
        return RecordsBehind(0, ())
    values: list[object] = [files, line.account_service, line.period_start]
    if line.kind == "bucket":
        where, values = "bucket = $4 AND tier = $5", [*values, line.bucket, line.tier]
    else:
        where, values = "usage_class = $4", [*values, line.usage_class]
    rated = (
        "FROM read_parquet($1, union_by_name = true)"
        f" WHERE account_service = $2 AND period_start = $3 AND {where}"
    )
    with duckdb.connect() as connection:
        counted = connection.execute(
            f"SELECT count(DISTINCT (feed, event_id)) {rated}", values
        ).fetchone()
        rows = connection.execute(
            'SELECT "file", "row", feed, event_id, CAST("instant" AS VARCHAR), component,'
            f" quantity, unit, unit_steps, CAST(amount AS VARCHAR) {rated}"
            f' ORDER BY "instant", feed, event_id, component LIMIT {first}',
            values,
        ).fetchall()
    return RecordsBehind(
        count=counted[0] if counted else 0,
        first=tuple(
            Record(
                file=file,
                row=row,
                feed=feed,
                event_id=event_id,
                instant=instant,
                component=component,
                quantity=in_units_of(int(quantity), steps or 1),
                unit=unit or EACH,
                amount=Decimal(amount),
            )
            for file, row, feed, event_id, instant, component, quantity, unit, steps, amount in rows
        ),
    )


def explain_records(usage: RatedUsage, line: InvoiceLine, cutoff: date) -> Explanation:
    """Tell how many records made a line and list the first, each with its file and row."""
    behind = records_behind(usage, line)
    listed = f", the first {len(behind.first)}" if len(behind.first) < behind.count else ""
    return Explanation(
        statement=f"From {behind.count} usage records known on {cutoff}{listed}",
        facts=tuple(
            Fact(
                f"{record.file}:{record.row}",
                f"{record.instant}  {record.feed} {record.event_id}  {record.component}"
                f"  {measured(record.quantity, record.unit)}  {shown(record.amount, 2)}",
            )
            for record in behind.first
        ),
    )
