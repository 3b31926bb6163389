"""Posting: a run, its invoices with their numbers, and its lines, all or nothing.

Nothing here commits: the caller does, once, when everything of the run is in.  Numbers are
taken from the series in the same transaction, so a run that does not commit leaves no gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, insert, select

from runtime.delivery.planned import Plans
from runtime.invoice.draft import Draft, DraftLine
from runtime.invoice.model import Invoice
from runtime.ledger.faults import LedgerRefused
from runtime.ledger.history import last_line_id
from runtime.ledger.rows import Row, insert_rows
from runtime.ledger.schema import (
    MINOR_MAX,
    deliveries,
    documents,
    invoices,
    lines,
    number_series,
    runs,
)
from runtime.program.model import Program
from runtime.tax import rates_to_text

SERIES = "INV"
"""The one series of an owner; credit notes take their numbers from it too."""

INVOICES_AT_ONCE = 1_000


def post_run(
    ledger: Connection,
    program: Program,
    *,
    run: int,
    as_of: date,
    kept_events: int,
    known: str | None = None,
) -> None:
    """Note the run itself.

    `run` is the last run's number plus one, `kept_events` how many events it left in the
    usage store, `known` the mark of the digests it leaves, None where it leaves none.
    """
    ledger.execute(
        insert(runs).values(
            run=run,
            as_of=as_of.isoformat(),
            catalog=program.catalog,
            fingerprint=program.fingerprint,
            rounding=program.rounding,
            kept_events=kept_events,
            known=known,
        )
    )


def post_invoices(
    ledger: Connection,
    *,
    run: int,
    owner: str,
    drafts: Iterable[Draft],
    plans: Plans | None = None,
) -> Iterator[Invoice]:
    """Post drafts in their order and give each as the numbered invoice it became.

    `plans`: how they are delivered; None: nobody is sent anything.

    Raises LedgerRefused where an amount or a quantity does not fit the ledger, or where its
    numbers are another owner's.
    """
    sequence = first = _last_sequence(ledger, owner)
    line_id = last_line_id(ledger)
    for group in _groups(drafts):
        invoice_rows: list[Row] = []
        document_rows: list[Row] = []
        delivery_rows: list[Row] = []
        line_rows: list[Row] = []
        posted = []
        for draft in group:
            sequence += 1
            number = f"{SERIES}-{sequence:06d}"
            invoice = draft.invoice.model_copy(update={"number": number, "run": run})
            posted.append(invoice)
            row = _invoice_row(invoice, run, owner, sequence)
            invoice_rows.append(row)
            document_rows.append((number, False))
            delivery = None if plans is None else plans.row_of(invoice, str(row[-1]))
            if delivery is not None:
                delivery_rows.append(delivery)
            for line in draft.lines:
                line_id += 1
                line_rows.append(_line_row(line, line_id, run, number))
        insert_rows(ledger, invoices, invoice_rows)
        insert_rows(ledger, lines, line_rows)
        insert_rows(ledger, documents, document_rows)
        insert_rows(ledger, deliveries, delivery_rows)
        yield from posted
    if sequence != first:
        _keep_sequence(ledger, owner, sequence)


def _last_sequence(ledger: Connection, owner: str) -> int:
    last = ledger.execute(
        select(number_series.c.last).where(
            number_series.c.owner == owner, number_series.c.series == SERIES
        )
    ).scalar()
    if last is None:
        other = ledger.execute(select(number_series.c.owner)).scalar()
        if other is not None:
            raise LedgerRefused(
                f"the ledger's invoices are {other}'s, and the book's owner is {owner}; "
                "another owner needs a ledger of its own"
            )
        ledger.execute(insert(number_series).values(owner=owner, series=SERIES, last=0))
    return last or 0


def _keep_sequence(ledger: Connection, owner: str, sequence: int) -> None:
    ledger.execute(
        number_series.update()
        .where(number_series.c.owner == owner, number_series.c.series == SERIES)
        .values(last=sequence)
    )


def _groups(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    group: list[Draft] = []
    for draft in drafts:
        group.append(draft)
        if len(group) == INVOICES_AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _invoice_row(invoice: Invoice, run: int, owner: str, sequence: int) -> Row:
    def minor(amount: Decimal) -> int:
        what = f"the total of account {invoice.bill_to.account}"
        return _fitting(int(amount.scaleb(invoice.minor_units)), what)

    return (
        invoice.number,
        run,
        owner,
        SERIES,
        sequence,
        invoice.kind,
        invoice.bill_to.account,
        invoice.currency,
        invoice.minor_units,
        invoice.issue_date.isoformat(),
        invoice.due_date.isoformat(),
        minor(invoice.totals.net),
        minor(invoice.totals.tax),
        minor(invoice.totals.gross),
        invoice.model_dump_json(),
    )


def _line_row(line: DraftLine, line_id: int, run: int, number: str) -> Row:
    due = line.due
    what = f"account service {due.account_service}, {due.service}"
    return (
        line_id,
        run,
        number,
        line.number,
        due.account,
        due.account_package,
        due.account_service,
        due.kind,
        due.service,
        due.status,
        due.transition,
        due.usage_class,
        due.bucket,
        due.tier,
        due.occurrence,
        due.period_start.isoformat(),
        due.period_end.isoformat(),
        due.full_start and due.full_start.isoformat(),
        due.full_end and due.full_end.isoformat(),
        due.days,
        due.full_days,
        _fitting(due.quantity, what),
        None if due.unit_price is None else format(due.unit_price, "f"),
        _fitting(due.minor, what),
        due.currency,
        due.is_credit,
        due.corrects,
        due.tax_class,
        _fitting(line.taxes.minor, what),
        rates_to_text(line.taxes.rates),
        line.source and line.source.path,
        line.source and line.source.line,
        line.source and line.source.text,
        due.proration,
        due.discount,
    )


def _fitting(value: int, what: str) -> int:
    if abs(value) > MINOR_MAX:
        raise LedgerRefused(f"{what}: {value} is too large for the ledger's 64 bits")
    return value
