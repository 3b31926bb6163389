"""What a run must know of the runs before it; and the invoices they posted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from runtime.invoice.model import Invoice
from runtime.ledger.frozen import FrozenReader
from runtime.ledger.schema import documents, form_lines, invoices, lines, runs, sections


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last posted run; `known`: the mark of the digests it left, None where it left none."""

    run: int
    as_of: date
    catalog: str
    fingerprint: str
    rounding: str
    known: str | None


@dataclass(frozen=True, slots=True)
class PostedRun:
    """A posted run, and how many events it left in the usage store."""

    run: int
    as_of: date
    kept_events: int


def read_runs(connection: Connection) -> tuple[PostedRun, ...]:
    """Give all posted runs, the first one first."""
    query = select(runs.c.run, runs.c.as_of, runs.c.kept_events).order_by(runs.c.run)
    return tuple(
        PostedRun(row.run, date.fromisoformat(row.as_of), row.kept_events)
        for row in connection.execute(query)
    )


def read_last_run(connection: Connection) -> LastRun | None:
    """Give the last posted run, None on a new ledger."""
    row = connection.execute(select(runs).order_by(runs.c.run.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return LastRun(
        row.run,
        date.fromisoformat(row.as_of),
        row.catalog,
        row.fingerprint,
        row.rounding,
        row.known,
    )


def read_kept_events(connection: Connection) -> dict[int, int]:
    """Give how many events each posted run left in the usage store, where it left any."""
    query = select(runs.c.run, runs.c.kept_events).where(runs.c.kept_events > 0)
    return {row.run: row.kept_events for row in connection.execute(query.order_by(runs.c.run))}


def read_invoice(connection: Connection, number: str) -> Invoice | None:
    """Give a posted invoice as it was frozen, None where there is no such number."""
    document = next(read_frozen(connection, (number,)), None)
    return None if document is None else Invoice.model_validate_json(document)


def read_invoices(connection: Connection, numbers: Sequence[str]) -> Iterator[Invoice]:
    """Give posted invoices as they were frozen, in the order they were numbered."""
    for document in read_frozen(connection, numbers):
        yield Invoice.model_validate_json(document)


def read_frozen(connection: Connection, numbers: Sequence[str]) -> Iterator[str]:
    """Give posted invoices as the texts they were frozen to, in the order they were numbered."""
    return FrozenReader(connection).read(numbers)


def read_invoice_numbers(connection: Connection, run: int | None = None) -> tuple[str, ...]:
    """Give the numbers of a run's invoices, or of all, in the order they were given."""
    query = select(invoices.c.number).order_by(
        invoices.c.owner, invoices.c.series, invoices.c.sequence
    )
    if run is not None:
        query = query.where(invoices.c.run == run)
    return tuple(connection.execute(query).scalars())


def read_unwritten(connection: Connection) -> tuple[str, ...]:
    """Give the numbers of posted invoices whose files are not written yet."""
    query = select(documents.c.invoice).where(~documents.c.is_written).order_by(documents.c.invoice)
    return tuple(connection.execute(query).scalars())


def mark_all_written(connection: Connection) -> None:
    """Note that there are no files to be written of any invoice."""
    connection.execute(documents.update().where(~documents.c.is_written).values(is_written=True))


def mark_written(connection: Connection, numbers: tuple[str, ...]) -> None:
    """Note that the files of these invoices are written."""
    connection.execute(
        documents.update().where(documents.c.invoice.in_(numbers)).values(is_written=True)
    )


def last_line_id(connection: Connection) -> int:
    """Give the highest line id, 0 where nothing was posted."""
    worded = connection.execute(select(func.max(lines.c.line_id))).scalar() or 0
    last = select(func.max(sections.c.line_id)).scalar_subquery()
    on_forms = connection.execute(
        select(sections.c.line_id + func.max(form_lines.c.line) - sections.c.line)
        .join(invoices, invoices.c.number == sections.c.invoice)
        .join(
            form_lines,
            (form_lines.c.invoice_form == invoices.c.form)
            & (form_lines.c.section == sections.c.line),
        )
        .where(sections.c.line_id == last)
        .group_by(sections.c.line_id, sections.c.line)
    ).scalar()
    return max(worded, on_forms or 0)
