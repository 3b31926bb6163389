"""Posting: a run, its invoices with their numbers, and its lines, all or nothing.

Nothing here commits: the caller does, once, when everything of the run is in.  Numbers are
taken from the series in the same transaction, so a run that does not commit leaves no gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, insert, select

from runtime.delivery.planned import Plans
from runtime.invoice.draft import Draft, DraftLine, InvoiceFacts
from runtime.invoice.model import Invoice
from runtime.ledger.faults import LedgerRefused
from runtime.ledger.history import last_line_id
from runtime.ledger.rows import Row, insert_rows
from runtime.ledger.schema import (
    MINOR_MAX,
    corrections,
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


@dataclass(frozen=True, slots=True)
class PostedNote:
    """A credit note of a run: its number, whose it is, and in which currency."""

    number: str
    account: str
    currency: str


def post_invoices(
    ledger: Connection,
    *,
    run: int,
    owner: str,
    drafts: Iterable[Draft],
    plans: Plans | None = None,
) -> Iterator[Posted]:
    """Post drafts in their order and give each as the numbered invoice it became.

    `plans`: how they are delivered; None: nobody is sent anything.

    Raises LedgerRefused where an amount or a quantity does not fit the ledger, or where its
    numbers are another owner's.
    """
    sequence = first = last_sequence(ledger, owner)
    numbered = enumerate(drafts, start=first + 1)
    for one in post_drafts(ledger, run=run, owner=owner, numbered=numbered, plans=plans):
        sequence += 1
        yield one
    if sequence != first:
        keep_sequence(ledger, owner, sequence)


def post_drafts(
    ledger: Connection,
    *,
    run: int,
    owner: str,
    numbered: Iterable[tuple[int, Draft]],
    plans: Plans | None = None,
) -> Iterator[Posted]:
    """Post drafts as post_invoices does, each with the place in the series that it was given."""
    line_id = last_line_id(ledger)
    for group in _groups(numbered):
        rows = _Rows()
        posted = []
        for sequence, draft in group:
            number = number_of(sequence)
            one = Posted(number, draft.facts, len(draft.lines), draft.document(number, run))
            posted.append(one)
            rows.invoices.append(_invoice_row(one, run, owner, sequence))
            rows.documents.append((number, False))
            delivery = None if plans is None else plans.row_of(number, one.facts, one.document)
            if delivery is not None:
                rows.deliveries.append(delivery)
            for line in draft.lines:
                line_id += 1
                rows.lines.append(_line_row(line, line_id, run, number))
                if line.due.corrects is not None:
                    rows.corrections.append(_correction_row(line, number))
        insert_rows(ledger, invoices, rows.invoices)
        insert_rows(ledger, lines, rows.lines)
        insert_rows(ledger, corrections, rows.corrections)
        insert_rows(ledger, documents, rows.documents)
        insert_rows(ledger, deliveries, rows.deliveries)
        yield from posted


@dataclass(slots=True)
class _Rows:
    """Rows of some invoices, by the ledger's table."""

    invoices: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    corrections: list[Row] = field(default_factory=list)
    documents: list[Row] = field(default_factory=list)
    deliveries: list[Row] = field(default_factory=list)


def number_of(sequence: int) -> str:
    """Give the number of a place in the series."""
    return f"{SERIES}-{sequence:06d}"


def sequence_of(number: str) -> int:
    """Give the place in the series of a number."""
    return int(number.removeprefix(f"{SERIES}-"))


def last_sequence(ledger: Connection, owner: str) -> int:
    """Give the last number of an owner's series; 0 on a new ledger, which then has the series.

    Raises LedgerRefused where the ledger's numbers are another owner's.
    """
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


def keep_sequence(ledger: Connection, owner: str, sequence: int) -> None:
    """Keep the last number that was given."""
    ledger.execute(
        number_series.update()
        .where(number_series.c.owner == owner, number_series.c.series == SERIES)
        .values(last=sequence)
    )


def _groups(numbered: Iterable[tuple[int, Draft]]) -> Iterator[list[tuple[int, Draft]]]:
    group: list[tuple[int, Draft]] = []
    for one in numbered:
        group.append(one)
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
        None,
    )


def _correction_row(line: DraftLine, number: str) -> Row:
    due = line.due
    return number, line.number, due.corrects, due.posted_invoice, due.posted_line


def _line_row(line: DraftLine, line_id: int, run: int, number: str) -> Row:
    due = line.due
    own = (line_id, run, number, line.number, due.account, due.account_package)
    tax = _fitting(line.taxes.minor, _what(line))
    return (*own, due.account_service, None, tax, *content_row(line))


def content_row(line: DraftLine) -> Row:
    """Give what a line charges, in the order of runtime.ledger.schema_columns.line_content.

    Raises LedgerRefused where an amount or a quantity does not fit the ledger.
    """
    due, what = line.due, _what(line)
    return (
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
        due.tax_class,
        rates_to_text(line.taxes.rates),
        line.source and line.source.path,
        line.source and line.source.line,
        line.source and line.source.text,
        due.proration,
        due.discount,
    )


def _what(line: DraftLine) -> str:
    return f"account service {line.due.account_service}, {line.due.service}"


def _fitting(value: int, what: str) -> int:
    if abs(value) > MINOR_MAX:
        raise LedgerRefused(f"{what}: {value} is too large for the ledger's 64 bits")
    return value
