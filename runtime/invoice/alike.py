"""Invoices on forms: of most invoices every line is like another's, and is worded once.

An invoice goes on forms where it has no line whose words hang on more than the line itself:
usage, buckets and what contracts charge are worded one by one (runtime.invoice.assemble).
Lines are alike where all that words them is equal; a line of each kind is worded, and of the
others the engine fills in numbers, keys, amounts and taxes, some thousand invoices at once.
Both ways give the same bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.invoice import alike_sql
from runtime.invoice.assemble import draft_of
from runtime.invoice.assemble_choices import read_owners
from runtime.invoice.assemble_facts import StatusChange, due_sql, read_facts
from runtime.invoice.assemble_lines import Wording, price_source, word_line
from runtime.invoice.assemble_pricing import pricing_of, read_quotes
from runtime.invoice.assemble_statements import word_change
from runtime.invoice.draft import DraftLine, DueLine, InvoiceFacts, Printed, PrintedLine
from runtime.invoice.forms import (
    HEAD_BLANKS,
    LINE_BLANKS,
    PACKAGE_BLANKS,
    SERVICE_BLANKS,
    TAX_BLANKS,
    column_types,
    head_form,
    line_form,
    package_form,
    service_form,
    tax_form,
)
from runtime.invoice.maker import Maker, line_rates, package_titles, tax_line
from runtime.tax import AppliedRate, InvoiceTax, LineTaxes, part_of

INVOICES_AT_ONCE = 10_000

_IDENTITY = frozenset(
    {"ordinal", "account", "invoicer", "account_package", "account_service", "corrects"}
    | {"posted_invoice", "posted_line"}
)
"""What a line says of its own; lines that differ in nothing else are alike."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a run; `lines`: by the form's number, how a line of it was worded."""

    lines: Mapping[int, DraftLine]
    heads: Mapping[int, tuple[str, str]]


def make_forms(connection: DuckDBPyConnection, maker: Maker) -> Forms:
    """Part the lines into those worded one by one and those on forms, and make the forms.

    Reads charge.due; makes elaborate, due_line and the tables of runtime.invoice.alike_sql.
    """
    names = [field.name for field in fields(DueLine)]
    alike = ", ".join(f"l.{name}" for name in names if name not in _IDENTITY)
    connection.execute(alike_sql.INVOICES)
    _make_balances(connection, maker)
    connection.execute(alike_sql.ELABORATE)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE due_line AS
        SELECT l.* FROM ({due_sql()}) AS l JOIN elaborate AS e ON e.invoice = l.invoice
    """)
    quoted = alike_sql.QUOTED if _is_quoted(connection) else alike_sql.NOT_QUOTED
    connection.execute(alike_sql.LINES.format(due=due_sql(), alike=alike, quoted=quoted))
    connection.execute(alike_sql.FORMS)
    drafted = _word_lines(connection, maker)
    _name_sections(connection, maker.wording)
    return Forms(drafted, _word_heads(connection, maker))


def printed(
    connection: DuckDBPyConnection, maker: Maker, forms: Forms
) -> Iterator[tuple[int, Printed]]:
    """Give the invoices on forms with their places among all, in their order."""
    row = connection.execute("SELECT max(invoice) FROM on_form").fetchone()
    for first in range(1, ((row and row[0]) or 0) + 1, INVOICES_AT_ONCE):
        span = {"first": first, "end": first + INVOICES_AT_ONCE}
        for query in alike_sql.taxes(maker.program.rounding):
            connection.execute(query, span if "$first" in query else None)
        _word_changes(connection, maker)
        yield from _read(connection, forms, maker)


def _read(
    connection: DuckDBPyConnection, forms: Forms, maker: Maker
) -> Iterator[tuple[int, Printed]]:
    lines: dict[int, list[PrintedLine]] = defaultdict(list)
    sections: dict[int, list[str]] = defaultdict(list)
    for invoice, *line, text in connection.execute(alike_sql.READ_LINES).fetchall():
        lines[invoice].append(PrintedLine(*line))
        sections[invoice].append(text)
    for invoice, head, opening, ending, *facts in connection.execute(alike_sql.INVOICE).fetchall():
        before, after = forms.heads[head]
        middle = "".join((opening, *sections.pop(invoice), ending))
        invoicer, currency, minor_units, bill_group, net, tax, email = facts
        yield (
            invoice,
            Printed(
                InvoiceFacts(
                    invoicer=invoicer,
                    currency=currency,
                    minor_units=minor_units,
                    bill_group=bill_group,
                    issue_date=maker.assembly.as_of,
                    due_date=maker.due_date(bill_group),
                    net=net,
                    tax=tax,
                    email=email,
                ),
                (before, middle, after),
                tuple(lines[invoice]),
                forms.lines,
            ),
        )


def _make_balances(connection: DuckDBPyConnection, maker: Maker) -> None:
    """Make balances: what is carried forward, and whether an invoice tells more than that."""
    invoicers = connection.execute("SELECT DISTINCT invoicer FROM due_invoice").fetchall()
    maker.owed = maker.assembly.owed(name for (name,) in invoicers)
    fill_table(
        connection,
        "balances",
        {"invoicer": "VARCHAR", "currency": "VARCHAR", "minor": "BIGINT", "is_told": "BOOLEAN"},
        [(*key, owed.carried, bool(owed.since or owed.credit)) for key, owed in maker.owed.items()],
    )


def _is_quoted(connection: DuckDBPyConnection) -> bool:
    return connection.execute("SELECT 1 FROM charge.quoted LIMIT 1").fetchone() is not None


def _word_lines(connection: DuckDBPyConnection, maker: Maker) -> dict[int, DraftLine]:
    """Word a line of each form, and make line_form and form_rate."""
    names = ", ".join(f"l.{field.name}" for field in fields(DueLine))
    rows = connection.execute(f"""
        SELECT f.form, f.exemption, {names}
        FROM ({due_sql()}) AS l JOIN form AS f ON f.ordinal = l.ordinal ORDER BY f.form
    """).fetchall()
    dues = {form: DueLine(*line) for form, _, *line in rows}
    fill_table(
        connection,
        "batch_service",
        {"account_service": "VARCHAR"},
        [(name,) for name in sorted({due.account_service for due in dues.values()})],
    )
    quotes = read_quotes(connection)
    owners = read_owners(connection)
    rates: dict[AppliedRate, int] = {}
    drafted, texts, shares = {}, [], []
    for form, exemption, *_ in rows:
        due = dues[form]
        applied = line_rates(due, maker.tax_rates, exemption)
        held = 0 if any(rate.held is not None for rate in applied) else None
        line = DraftLine(0, due, LineTaxes(applied, 0, held), price_source(due, maker.wording))
        worded = word_line(
            line,
            (),
            maker.wording,
            pricing_of(due, quotes, maker.wording.sources),
            None,
            maker.choices.of(due, owners),
        )
        drafted[form] = line
        texts.append(
            (form, due.minor, due.minor_units, held is not None, *line_form(worded).pieces)
        )
        for place, rate in enumerate(applied):
            part = part_of(rate)
            number = rates.setdefault(rate, len(rates))
            is_owed = rate.held is None or rate.exemption is None
            shares.append(
                (
                    form,
                    place,
                    number,
                    part.numerator,
                    part.denominator,
                    rate.held is not None,
                    is_owed,
                )
            )
    fill_table(connection, "line_form", alike_sql.LINE_FORM | column_types(LINE_BLANKS), texts)
    fill_table(connection, "form_rate", alike_sql.FORM_RATE, shares)
    _word_taxes(connection, maker, rates)
    return drafted


def _word_taxes(
    connection: DuckDBPyConnection, maker: Maker, rates: Mapping[AppliedRate, int]
) -> None:
    forms = [
        (number, *tax_form(tax_line(InvoiceTax(rate, 0, 0), 0, maker)).pieces)
        for rate, number in rates.items()
    ]
    fill_table(connection, "tax_form", {"rate": "INTEGER"} | column_types(TAX_BLANKS), forms)


def _name_sections(connection: DuckDBPyConnection, wording: Wording) -> None:
    services = connection.execute("SELECT DISTINCT sold_service FROM on_form").fetchall()
    fill_table(
        connection,
        "service_form",
        {"service": "VARCHAR"} | column_types(SERVICE_BLANKS),
        [(name, *service_form(name, wording.title(name)).pieces) for (name,) in services],
    )
    packages = connection.execute("SELECT DISTINCT package, months FROM on_form").fetchall()
    fill_table(
        connection,
        "package_form",
        {"package": "VARCHAR", "months": "INTEGER"} | column_types(PACKAGE_BLANKS),
        [
            (name, months, *package_form(name, *package_titles(wording, name, months)).pieces)
            for name, months in packages
        ],
    )


def _word_heads(connection: DuckDBPyConnection, maker: Maker) -> dict[int, tuple[str, str]]:
    """Make one invoice of each kind that heads differ by, and of it the form; make head_form."""
    connection.execute(alike_sql.HEADS)
    names = ", ".join(f"l.{field.name}" for field in fields(DueLine))
    texts, ends = [], {}
    for head, invoice in connection.execute("SELECT head, invoice FROM head").fetchall():
        rows = connection.execute(
            f"SELECT {names} FROM ({due_sql()}) AS l WHERE l.invoice = ? ORDER BY l.ordinal",
            [invoice],
        ).fetchall()
        lines = tuple(DueLine(*row) for row in rows)
        facts = read_facts(connection, lines)
        maker.owners = read_owners(connection)
        draft = draft_of(lines, facts, maker)
        first, second, *pieces, last = head_form(draft.invoice).pieces
        texts.append((head, second, *pieces))
        ends[head] = (first, last)
    inner = {f"p{place}": "VARCHAR" for place in range(1, len(HEAD_BLANKS))}
    fill_table(connection, "head_form", {"head": "INTEGER"} | inner, texts)
    return ends


def _word_changes(connection: DuckDBPyConnection, maker: Maker) -> None:
    """Make span_change: the changes of status of the invoices at hand, worded one by one."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(alike_sql.CHANGES, {"open": alike_sql.OPEN}).fetchall():
        invoice, account, service, months, currency, start, end, *change = row
        worded = word_change(
            (account, service, months, currency),
            StatusChange(*change),
            (start, end),
            maker.wording,
            maker.prices,
        )
        found[invoice].append(worded.model_dump_json())
    rows = [(invoice, f"[{','.join(texts)}]") for invoice, texts in found.items()]
    fill_table(connection, "span_change", {"invoice": "BIGINT", "changes": "VARCHAR"}, rows)
