"""The last stage of a billing run: its invoices are made, and in a real run posted.

A dry run makes the same; where its invoices are asked for, those on forms are put into a ledger
in memory, so that they are read as posted ones are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from duckdb import DuckDBPyConnection
from sqlalchemy import Connection

from runtime.bill_book import keep_what_is_known, mark_of
from runtime.bill_documents import needs_documents
from runtime.bill_result import BillRequest
from runtime.bill_run import CurrencySums, Reasons, Run
from runtime.delivery.planned import plans_of
from runtime.invoice.assemble_days import make_usage_days
from runtime.invoice.held import Holding, find_ended
from runtime.invoice.make import Making
from runtime.invoice.maker import Assembly
from runtime.invoice.model import Invoice
from runtime.ledger.frozen import FrozenReader
from runtime.ledger.history import read_invoice
from runtime.ledger.post import (
    Posted,
    PostedNote,
    keep_sequence,
    last_sequence,
    number_of,
    post_drafts,
    post_run,
    sequence_of,
)
from runtime.ledger.post_forms import FormPosting, post_forms
from runtime.ledger.sqlite import empty_ledger
from runtime.payments.journal import Key
from runtime.payments.owed import Owed, OwedReader
from runtime.payments.run import post_payments, use_credit

READ_AT_ONCE = 10_000


def invoice(run: Run) -> Reasons:
    """Make the invoices, and in a real run post them.

    What is held back stays due; its usage is evaluated again by the next run.
    """
    request, connection = run.request, run.connection
    assert run.received is not None
    owed = OwedReader(run.received.journal, request.as_of)
    make_usage_days(connection, request.as_of)
    holding = Holding(request.program, find_ended(connection, request.program, request.as_of))
    assembly = Assembly(
        request.program,
        request.as_of,
        run.previous_as_of,
        partial(_owed, run, owed),
        partial(_posted_invoice, run),
    )
    making = Making(connection, assembly, holding)
    if run.ledger is None:
        _preview(run, making)
    else:
        _post(run, run.ledger, making)
    run.held_back = holding.held
    if run.ledger is not None:
        keep_what_is_known(run, holding.account_services)
    return ()


class _Kept:
    """The invoices of a run for whoever asked for them: told at once, or kept by their places."""

    def __init__(self, request: BillRequest) -> None:
        self._tell = request.each_invoice
        self.is_asked_for = self._tell is not None or request.keeps_invoices
        self._kept: dict[int, Invoice] = {}

    def take(self, place: int, made: Invoice) -> None:
        """Tell of an invoice, or keep it."""
        if self._tell is not None:
            self._tell(made)
        else:
            self._kept[place] = made

    def take_formed(
        self, connection: DuckDBPyConnection, reader: FrozenReader, *, last: int
    ) -> None:
        """Take those on forms, out of the ledger they were put into behind the number `last`."""
        rows = connection.execute("SELECT place FROM numbered ORDER BY place").fetchall()
        for at in range(0, len(rows), READ_AT_ONCE):
            places = [place for (place,) in rows[at : at + READ_AT_ONCE]]
            texts = reader.read([number_of(last + place) for place in places])
            for place, text in zip(places, texts, strict=True):
                self.take(place, Invoice.model_validate_json(text))

    def in_order(self) -> list[Invoice]:
        """Give what was kept, in the order of the numbers."""
        return [self._kept[place] for place in sorted(self._kept)]


def _preview(run: Run, making: Making) -> None:
    """Count what a real run would post, and keep it where that was asked for."""
    kept = _Kept(run.request)
    for place, draft in making.drafts():
        one = Posted(None, draft.facts, len(draft.lines), draft.document(None, None))
        run.count(one)
        if kept.is_asked_for:
            kept.take(place, one.invoice)
        run.request.progress("invoices", run.made, None)
    making.number_formed()
    if _count_formed(run) and kept.is_asked_for:
        with empty_ledger() as ledger:
            _post_formed(run, ledger, making, last=0)
            kept.take_formed(run.connection, FrozenReader(ledger, as_draft=True), last=0)
    run.invoices = kept.in_order()


def _post(run: Run, ledger: Connection, making: Making) -> None:
    request = run.request
    assert run.received is not None
    assert run.usage is not None
    journal = run.received.journal
    post_run(
        ledger,
        request.program,
        run=run.number,
        as_of=request.as_of,
        kept_events=run.usage.rated,
        known=mark_of(run),
    )
    owner = _owner(run)
    last = last_sequence(ledger, owner)
    kept = _Kept(request)
    notes = []
    plans = plans_of(request.program)
    numbered = ((last + place, draft) for place, draft in making.drafts())
    for one in post_drafts(ledger, run=run.number, owner=owner, numbered=numbered, plans=plans):
        run.count(one)
        use_credit(journal, one)
        assert one.number is not None
        if one.facts.kind == "credit_note":
            notes.append(PostedNote(one.number, one.facts.invoicer, one.facts.currency))
        if kept.is_asked_for:
            kept.take(sequence_of(one.number) - last, one.invoice)
        request.progress("invoices", run.made, None)
    making.number_formed()
    if _count_formed(run):
        notes += _post_formed(run, ledger, making, last=last)
        if kept.is_asked_for:
            kept.take_formed(run.connection, FrozenReader(ledger), last=last)
    if run.made:
        run.first = number_of(last + 1)
        keep_sequence(ledger, owner, last + run.made)
    run.invoices = kept.in_order()
    post_payments(ledger, journal, notes, request.as_of)
    request.progress("invoices", run.made, None)


def _post_formed(
    run: Run, ledger: Connection, making: Making, *, last: int
) -> tuple[PostedNote, ...]:
    request, is_posting = run.request, run.ledger is not None
    ((formed,),) = run.connection.execute("SELECT count(*) FROM numbered").fetchall()
    drafted = run.made - formed
    return post_forms(
        ledger,
        run.connection,
        making.forms,
        FormPosting(
            program=request.program,
            run=run.number,
            as_of=request.as_of,
            owner=_owner(run),
            last=last,
            plans=plans_of(request.program) if is_posting else None,
            is_written=not needs_documents(request),
            tell=lambda posted: request.progress("invoices", drafted + posted, None),
        ),
    )


def _count_formed(run: Run) -> int:
    """Count the invoices on forms that are made out; give how many there are."""
    rows = run.connection.execute("""
        SELECT s.currency, any_value(s.minor_units), count(*), CAST(sum(s.lines) AS BIGINT),
               sum(s.net), sum(s.tax)
        FROM numbered AS n JOIN shape_sum AS s ON s.shape = n.shape
        GROUP BY s.currency ORDER BY s.currency
    """).fetchall()
    for currency, minor_units, invoices, lines, net, tax in rows:
        own = run.totals.setdefault(currency, CurrencySums(minor_units))
        own.invoices += invoices
        own.net += int(net)
        own.tax += int(tax)
        run.made += invoices
        run.lines += lines
    return sum(invoices for _, _, invoices, *_ in rows)


def _owed(run: Run, reader: OwedReader, accounts: Iterable[str]) -> Mapping[Key, Owed]:
    """Give what accounts owe before the run's invoices."""
    with run.reading() as ledger:
        return reader.read(ledger, accounts)


def _posted_invoice(run: Run, number: str) -> Invoice | None:
    """Give an invoice of an earlier run."""
    with run.reading() as ledger:
        return read_invoice(ledger, number)


def _owner(run: Run) -> str:
    row = run.connection.execute("SELECT account FROM book.accounts WHERE type = 'owner'")
    (owner,) = row.fetchone() or ("",)
    return str(owner)
