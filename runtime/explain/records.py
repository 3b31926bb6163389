"""The usage records behind a line, read from the rated usage that billing wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from runtime.explain.model import Explanation, Fact
from runtime.explain.words import counted, measured, shown
from runtime.invoice.format import EACH
from runtime.invoice.model import InvoiceLine
from runtime.invoice.units import in_units_of
from runtime.usage.exceptions import ID_SIGN
from runtime.usage.reader import ID_SEPARATOR

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
    account_service: str
    component: str
    quantity: Decimal
    unit: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Drawn:
    """What an account service drew from another's pool; quantity in the pool's unit."""

    account_service: str
    records: int
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class RecordsBehind:
    """How many records made a line, and the first of them in the order of their instants.

    `drawn`: of a share plan's line, by whom it was drawn; else empty.
    """

    count: int
    first: tuple[Record, ...]
    drawn: tuple[Drawn, ...] = ()


def records_behind(usage: RatedUsage, line: InvoiceLine, *, first: int = FIRST) -> RecordsBehind:
    """Find the records of a usage line, or those drawn in the tier of a bucket line.

    Those of a share plan are of whoever drew from its pool.
    """
    import duckdb

    files = sorted(str(path) for path in usage.folder.rglob("*.parquet"))
    if not files:
        return RecordsBehind(0, ())
    with duckdb.connect() as connection:
        read = "FROM read_parquet($1, union_by_name = true)"
        columns = {row[0] for row in connection.execute(f"DESCRIBE {read}", [files]).fetchall()}
        where, values = _condition(line, columns)
        rated, given = f"{read} WHERE {where}", [files, *values]
        counted = connection.execute(
            f"SELECT count(DISTINCT (feed, event_id)) {rated}", given
        ).fetchone()
        rows = connection.execute(
            'SELECT "file", "row", feed, event_id, CAST("instant" AS VARCHAR), account_service,'
            f" component, quantity, unit, unit_steps, CAST(amount AS VARCHAR) {rated}"
            f' ORDER BY "instant", feed, event_id, component LIMIT {first}',
            given,
        ).fetchall()
        shared = connection.execute(
            "SELECT account_service, count(DISTINCT (feed, event_id)), sum(quantity),"
            f" any_value(unit), any_value(unit_steps) {rated}"
            " GROUP BY account_service ORDER BY sum(quantity) DESC, account_service",
            given,
        ).fetchall()
    drawn = tuple(
        Drawn(name, count, in_units_of(int(quantity), steps or 1), unit or EACH)
        for name, count, quantity, unit, steps in shared
    )
    return RecordsBehind(
        count=counted[0] if counted else 0,
        first=tuple(_record(row) for row in rows),
        drawn=() if {each.account_service for each in drawn} <= {line.account_service} else drawn,
    )


def _condition(line: InvoiceLine, columns: set[str]) -> tuple[str, list[object]]:
    """Give which rows are a line's; whose bucket it was, earlier versions did not write."""
    values: list[object] = [line.account_service, line.period_start]
    if line.kind != "bucket":
        where = "account_service = $2 AND period_start = $3 AND usage_class = $4"
        return where, [*values, line.usage_class]
    owner = "account_service = $2 AND period_start = $3"
    if "bucket_service" in columns:
        owner = "bucket_service = $2 AND bucket_start = $3"
    return f"{owner} AND bucket = $4 AND tier = $5", [*values, line.bucket, line.tier]


def _record(row: tuple[object, ...]) -> Record:
    file, number, feed, event_id, instant, service, component, quantity, unit, steps, amount = row
    assert isinstance(number, int)
    assert isinstance(quantity, int)
    return Record(
        file=str(file),
        row=number,
        feed=str(feed),
        event_id=str(event_id).replace(ID_SEPARATOR, ID_SIGN),
        instant=str(instant),
        account_service=str(service),
        component=str(component),
        quantity=in_units_of(quantity, steps if isinstance(steps, int) else 1),
        unit=str(unit or EACH),
        amount=Decimal(str(amount)),
    )


def explain_records(usage: RatedUsage, line: InvoiceLine, cutoff: date) -> Explanation:
    """Tell how many records made a line and list the first, each with its file and row."""
    behind = records_behind(usage, line)
    listed = f", the first {len(behind.first)}" if len(behind.first) < behind.count else ""
    whose = f" of {counted(len(behind.drawn), 'account service')}" if behind.drawn else ""
    drawn = [
        Fact(
            each.account_service,
            f"{counted(each.records, 'record')} drew {measured(each.quantity, each.unit)}",
        )
        for each in behind.drawn[:FIRST]
    ]
    return Explanation(
        statement=f"From {counted(behind.count, 'usage record')}{whose} known on {cutoff}{listed}",
        facts=(
            *drawn,
            *(Fact(f"{record.file}:{record.row}", _told(record, line)) for record in behind.first),
        ),
    )


def _told(record: Record, line: InvoiceLine) -> str:
    whose = "" if record.account_service == line.account_service else f"{record.account_service}  "
    return (
        f"{record.instant}  {record.feed}/{record.event_id}  {whose}{record.component}"
        f"  {measured(record.quantity, record.unit)}  {shown(record.amount, 2)}"
    )
