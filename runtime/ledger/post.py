"""Posting: a run, its invoices with their numbers, and its lines, all or nothing.

Nothing here commits: the caller does, once, when everything of the run is in.  Numbers are
taken from the series in the same transaction, so a run that does not commit leaves no gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select

from runtime.delivery.planned import Plans
from runtime.invoice.draft import Draft, DraftLine, InvoiceFacts, Printed
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


@dataclass(frozen=True, slots=True)
class Posted:
    """An invoice of a run as it was posted, or in a dry run as it would be (number None)."""

    number: str | None
    facts: InvoiceFacts
    lines: int
    document: str

    @property
    def invoice(self) -> Invoice:
        """The invoice itself, read from its document."""
        return Invoice.model_validate_json(self.document)


def preview_invoices(drafts: Iterable[Draft | Printed]) -> Iterator[Posted]:
    """Give drafts as what posting would make of them, without numbers."""
    for draft in drafts:
        yield Posted(None, draft.facts, len(draft.lines), draft.document(None, None))


def post_invoices(
    ledger: Connection,
    *,
    run: int,
    owner: str,
    drafts: Iterable[Draft | Printed],
    plans: Plans | None = None,
) -> Iterator[Posted]:
    """Post drafts in their order and give each as the numbered invoice it became.

    `plans`: how they are delivered; None: nobody is sent anything.

    Raises LedgerRefused where an amount or a quantity does not fit the ledger, or where its
    numbers are another owner's.
    """
    sequence = first = _last_sequence(ledger, owner)
    line_id = last_line_id(ledger)
    formed: dict[int, Row] = {}
    for group in _groups(drafts):
        invoice_rows: list[Row] = []
        document_rows: list[Row] = []
        delivery_rows: list[Row] = []
        line_rows: list[Row] = []
        posted = []
        for draft in group:
            sequence += 1
            number = f"{SERIES}-{sequence:06d}"
            one = Posted(number, draft.facts, len(draft.lines), draft.document(number, run))
            posted.append(one)
            invoice_rows.append(_invoice_row(one, run, owner, sequence))
            document_rows.append((number, False))
            delivery = None if plans is None else plans.row_of(number, one.facts, one.document)
            if delivery is not None:
                delivery_rows.append(delivery)
            if isinstance(draft, Printed):
                line_rows += _printed_rows(draft, line_id, run, number, formed)
            else:
                line_rows += [
                    _line_row(line, place, run, number)
                    for place, line in enumerate(draft.lines, start=line_id + 1)
                ]
            line_id += len(draft.lines)
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


def _groups(drafts: Iterable[Draft | Printed]) -> Iterator[list[Draft | Printed]]:
    group: list[Draft | Printed] = []
    for draft in drafts:
        group.append(draft)
        if len(group) == INVOICES_AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _invoice_row(posted: Posted, run: int, owner: str, sequence: int) -> Row:
    facts = posted.facts
    what = f"the total of account {facts.invoicer}"
    return (
        posted.number,
        run,
        owner,
        SERIES,
        sequence,
        facts.kind,
        facts.invoicer,
        facts.currency,
        facts.minor_units,
        facts.issue_date.isoformat(),
        facts.due_date.isoformat(),
        _fitting(facts.net, what),
        _fitting(facts.tax, what),
        _fitting(facts.gross, what),
        posted.document,
    )


def _printed_rows(
    draft: Printed, line_id: int, run: int, number: str, formed: dict[int, Row]
) -> Iterator[Row]:
    """Give the rows of lines on forms; `formed` has those of forms that were met before."""
    for place, line in enumerate(draft.lines, start=line_id + 1):
        row = formed.get(line.form)
        if row is None:
            row = formed[line.form] = _line_row(draft.forms[line.form], 0, run, "")
        yield (
            *(place, run, number, line.number, line.account, line.account_package),
            *(line.account_service, *row[_CONTENT], line.corrects, row[_TAX_CLASS]),
            *(_fitting(line.tax, f"account service {line.account_service}"), *row[_REST]),
        )


_PLACES = {column.name: place for place, column in enumerate(lines.columns)}
_CONTENT = slice(_PLACES["kind"], _PLACES["corrects"])
_TAX_CLASS = _PLACES["tax_class"]
_REST = slice(_PLACES["taxes"], None)


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
