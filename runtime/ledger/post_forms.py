"""Posting invoices that are on forms: rows that the engine makes, and the ledger takes as they are.

Nothing here is done an invoice at a time but for whom it is delivered to.  Rows are made while
those before them are written; see runtime.ledger.ahead.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import starmap
from typing import TYPE_CHECKING, Any

from duckdb import DuckDBPyConnection
from sqlalchemy import Column, Connection, Table, func, select

from runtime.delivery.planned import ADDRESS, ADDRESS_LENGTH, Plans
from runtime.engine import fill_table
from runtime.invoice.alike import Forms
from runtime.invoice.own_sql import BILLING_CONTACTS
from runtime.ledger import post_forms_sql as sql
from runtime.ledger.append_only import only_plain_inserts
from runtime.ledger.faults import LedgerRefused
from runtime.ledger.history import last_line_id
from runtime.ledger.post import SERIES, PostedNote, content_row
from runtime.ledger.rows import Columns, Row, insert_columns, insert_rows
from runtime.ledger.schema import (
    MINOR_MAX,
    corrections,
    deliveries,
    documents,
    form_lines,
    invoice_forms,
    invoices,
    line_forms,
    sections,
    words,
)
from runtime.parallel.ahead import made_ahead
from runtime.program.model import Program

if TYPE_CHECKING:
    import pyarrow as pa

INVOICES_AT_ONCE = 50_000
"""So many, with their sections, are made by one question of the engine."""

ROWS_AT_ONCE = 10_000
PARTS_AHEAD = 16
"""How many times so many rows may wait to be written: about what one question gives, so that
something is there to be written while the next is answered."""

Made = tuple[Table, Columns]

_LARGE = (form_lines, invoices, sections)

_PARAMETER = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True, slots=True)
class FormPosting:
    """What is the same of all invoices of a run.

    Attributes:
        last: the last number of the series before the run's.
        plans: how they are delivered; None: nobody is sent anything.
        is_written: no documents are to be written.
        tell: told how many are posted so far.
    """

    program: Program
    run: int
    as_of: date
    owner: str
    last: int
    plans: Plans | None = None
    is_written: bool = False
    tell: Callable[[int], None] = lambda _: None


def post_forms(
    ledger: Connection, connection: DuckDBPyConnection, forms: Forms, posting: FormPosting
) -> tuple[PostedNote, ...]:
    """Post the invoices of `numbered`; give the credit notes among them.

    Raises LedgerRefused where an amount or a quantity does not fit the ledger.
    """
    if not connection.execute("SELECT 1 FROM numbered LIMIT 1").fetchone():
        return ()
    _refuse_too_large(connection)
    last_words, last_lines = _last(ledger, words.c.words), _last(ledger, line_forms.c.line_form)
    given: dict[str, object] = {
        "last": posting.last,
        "run": posting.run,
        "owner": posting.owner,
        "issue_date": posting.as_of.isoformat(),
        "lines": last_line_id(ledger),
        "forms": _last(ledger, invoice_forms.c.invoice_form),
        "line_forms": last_lines,
        "words": last_words,
    }
    insert_rows(ledger, words, [(last_words + at, text) for text, at in forms.words.items()])
    insert_rows(ledger, line_forms, list(_line_forms(forms, posting.run, last_words, last_lines)))
    posted: Counter[str] = Counter()
    made = _made(connection, forms, posting, given)
    with (
        only_plain_inserts(ledger, _LARGE),
        made_ahead(made, most=PARTS_AHEAD, stop=connection.interrupt) as parts,
    ):
        for table, columns in parts:
            insert_columns(ledger, table, columns)
            posted[table.name] += columns.rows
            posting.tell(posted[invoices.name])
    wanted = _wanted(connection)
    assert (posted[invoices.name], posted[sections.name]) == wanted, f"{posted} of {wanted}"
    notes = connection.execute(sql.NOTES, _named(sql.NOTES, given)).fetchall()
    return tuple(PostedNote(*row) for row in notes)


def _made(
    connection: DuckDBPyConnection,
    forms: Forms,
    posting: FormPosting,
    given: Mapping[str, object],
) -> Iterator[Made]:
    """Make the rows, each after those it refers to; nobody else may use the engine meanwhile."""
    connection.execute(BILLING_CONTACTS)
    _make_due_dates(connection, posting)
    if posting.plans is not None:
        _make_digests(connection, forms)
        _make_plans(connection, posting.plans)
        address = {"address": ADDRESS, "address_length": ADDRESS_LENGTH}
        given = {**given, **address, "fingerprint": posting.plans.fingerprint}
    for table, query in ((invoice_forms, sql.INVOICE_FORMS), (form_lines, sql.FORM_LINES)):
        for columns in _columns(connection, query, given):
            yield table, columns
    of_parts = {"invoices_at_once": INVOICES_AT_ONCE}
    bounds = ("first", "until", "first_name", "last_name")
    for row in connection.execute(sql.PARTS, of_parts).fetchall():
        part = {**given, **dict(zip(bounds, row, strict=True))}
        yield from _invoices(connection, posting, part)
        for columns in _columns(connection, sql.SECTIONS, part):
            yield sections, columns
    for columns in _columns(connection, sql.CORRECTIONS, given):
        yield corrections, columns


def _invoices(
    connection: DuckDBPyConnection, posting: FormPosting, part: Mapping[str, object]
) -> Iterator[Made]:
    """Make the rows of a part's invoices, each some followed by those of what is to be sent.

    That is whether their documents are still to be written, and their deliveries.
    """
    plans = posting.plans
    query = sql.INVOICES if plans is None else sql.INVOICES_DELIVERED
    width, account = len(invoices.columns), list(invoices.c.keys()).index("invoicer")
    # What a run's invoices have in common is said once.
    shared = {"run": part["run"], "owner": part["owner"], "series": SERIES}
    shared["issue_date"] = part["issue_date"]
    names = invoices.c.keys()
    for columns in _columns(connection, query, part):
        own = [
            shared.get(name, values)
            for name, values in zip(names, columns.values[:width], strict=True)
        ]
        yield invoices, Columns(columns.rows, own)
        yield documents, Columns(columns.rows, [columns.values[0], posting.is_written])
        if plans is not None:
            asked = [columns.values[0], columns.values[account], *columns.values[width:]]
            yield deliveries, _deliveries(plans, Columns(columns.rows, asked))


def _deliveries(plans: Plans, asked: Columns) -> Columns:
    """Make the rows of the outbox of what INVOICES_DELIVERED asks.

    Where something is wrong of a recipient, or nobody is to have some of them, row by row.
    """
    numbers, accounts, emails, groups, channels, suffixes, recipients, digests = asked.lists()
    if None not in recipients:
        plain = [numbers, recipients, digests, channels, suffixes, "waiting", 0, None]
        return Columns(asked.rows, plain)
    each = zip(numbers, accounts, emails, groups, digests, strict=True)
    rows = [row for row in starmap(plans.row_with, each) if row is not None]
    return Columns(len(rows), [list(values) for values in zip(*rows, strict=True)])


def _wanted(connection: DuckDBPyConnection) -> tuple[int, int]:
    """Give how many invoices and sections there are to post: a number without its row is a gap."""
    ((numbered,),) = connection.execute("SELECT count(*) FROM numbered").fetchall()
    ((of_them,),) = connection.execute(
        "SELECT count(*) FROM section AS s SEMI JOIN numbered AS n ON n.invoice = s.invoice"
    ).fetchall()
    return int(numbered), int(of_them)


def _last(ledger: Connection, column: Column[int]) -> int:
    return ledger.execute(select(func.max(column))).scalar() or 0


def _line_forms(forms: Forms, run: int, last_words: int, last_lines: int) -> Iterator[Row]:
    for at, form in forms.lines.items():
        own = (form.words, form.service, form.package, form.account)
        numbers = (last_words + each for each in own)
        yield (last_lines + at, run, *numbers, *content_row(form.line))


def _make_due_dates(connection: DuckDBPyConnection, posting: FormPosting) -> None:
    """Make due_date: of each bill group, and of accounts that are in none."""
    terms = {group.id: group.terms_days for group in posting.program.bill_groups}
    rows = [
        (group, (posting.as_of + timedelta(days=days)).isoformat())
        for group, days in ({"": 0} | terms).items()
    ]
    fill_table(connection, "due_date", {"bill_group": "VARCHAR", "due_date": "VARCHAR"}, rows)


def _make_plans(connection: DuckDBPyConnection, plans: Plans) -> None:
    """Make delivery_plan: how each bill group delivers."""
    rows = [
        (group, plan.channel, " ".join(plan.suffixes)) for group, plan in plans.by_group.items()
    ]
    columns = {"bill_group": "VARCHAR", "channel": "VARCHAR", "suffixes": "VARCHAR"}
    fill_table(connection, "delivery_plan", columns, rows)


def _make_digests(connection: DuckDBPyConnection, forms: Forms) -> None:
    """Make shape_digest: of all that an invoice form is made of."""
    texts = {at: text for text, at in forms.words.items()}
    digests = {at: hashlib.sha256(text.encode()).hexdigest() for at, text in texts.items()}
    word_columns = {"words": "INTEGER", "digest": "VARCHAR"}
    fill_table(connection, "word_digest", word_columns, list(digests.items()))
    rows = [
        (at, "".join(digests[each] for each in (of.words, of.service, of.package, of.account)))
        for at, of in forms.lines.items()
    ]
    fill_table(connection, "line_digest", {"form": "INTEGER", "digest": "VARCHAR"}, rows)
    connection.execute(sql.SHAPE_DIGESTS)


def _columns(
    connection: DuckDBPyConnection, query: str, given: Mapping[str, object]
) -> Iterator[Columns]:
    """Give the rows of a query, some thousands at once, by their columns."""
    found = connection.sql(query, params=_named(query, given))
    for batch in found.to_arrow_reader(ROWS_AT_ONCE):
        yield Columns(batch.num_rows, [_values(column) for column in batch.columns])


def _values(column: pa.Array[Any]) -> list[object] | None:
    """Give an Arrow column as Python's values: texts, booleans and whole numbers of 64 bits.

    Numbers beside NULLs go one by one, as they would become binary floats together; of NULLs
    alone it is one.
    """
    import pyarrow as pa

    if column.null_count == len(column):
        return None
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.int64())
    if column.null_count and not pa.types.is_string(column.type):
        return list(column.to_pylist())
    return list(column.to_numpy(zero_copy_only=False).tolist())


def _named(query: str, given: Mapping[str, object]) -> dict[str, object]:
    """Give the parameters that a query names: the engine takes no others."""
    named = set(_PARAMETER.findall(query))
    return {name: value for name, value in given.items() if name in named}


def _refuse_too_large(connection: DuckDBPyConnection) -> None:
    row = connection.execute(sql.TOO_LARGE, {"most": MINOR_MAX}).fetchone()
    if row is not None:
        raise LedgerRefused(f"an amount of account {row[0]} is too large for the ledger's 64 bits")
