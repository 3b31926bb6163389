"""Invoices on forms: of most invoices every line is like another's, and is worded once.

An invoice goes on forms where it has no line whose words hang on more than the line itself:
usage, buckets and what contracts charge are worded one by one (runtime.invoice.assemble).
Lines are alike where all that words them is equal; a line of each kind is worded.  Invoices are
alike where their lines are, one by one; of each kind one is taxed and summed.  What is left is
what each invoice says of its own, which the engine makes for all of them at once; see
runtime.invoice.filled for how it comes together to what runtime.invoice.assemble makes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.invoice import alike_sql, own_sql
from runtime.invoice.assemble import draft_of
from runtime.invoice.assemble_choices import read_owners
from runtime.invoice.assemble_facts import StatusChange, due_columns, due_sql, read_facts
from runtime.invoice.assemble_lines import price_source, word_line
from runtime.invoice.assemble_pricing import pricing_of, read_quotes
from runtime.invoice.assemble_statements import word_change
from runtime.invoice.draft import DraftLine, DueLine
from runtime.invoice.forms import (
    TAX_BLANKS,
    Form,
    account_form,
    change_form,
    column_types,
    head_form,
    line_form,
    package_form,
    service_form,
    tax_form,
)
from runtime.invoice.maker import Maker, line_rates, package_titles, tax_line
from runtime.kinds import number_rows, number_sets, same_sql
from runtime.tax import AppliedRate, InvoiceTax, LineTaxes, part_of

_IDENTITY = frozenset(
    {"ordinal", "account", "invoicer", "account_package", "account_service", "corrects"}
    | {"posted_invoice", "posted_line"}
)
"""What a line says of its own; lines that differ in nothing else are alike."""

_ACCOUNT = account_form()


@dataclass(frozen=True, slots=True)
class LineForm:
    """Lines that are alike: one of them, and the numbers of their and their sections' words."""

    line: DraftLine
    words: int
    service: int
    package: int
    account: int


@dataclass(slots=True)
class Forms:
    """The forms of a run.

    Attributes:
        words: JSON lists of pieces, each once; they are numbered from 1.
        lines: by the form's number.
        sections: the numbers of the words of sections, by service and by package and months.
    """

    words: dict[str, int] = field(default_factory=dict)
    lines: dict[int, LineForm] = field(default_factory=dict)
    sections: dict[tuple[str, int | None], int] = field(default_factory=dict)

    def number(self, form: Form) -> int:
        """Give the number of a form's words."""
        text = json.dumps(form.pieces, ensure_ascii=False, separators=(",", ":"))
        return self.words.setdefault(text, len(self.words) + 1)


def make_forms(connection: DuckDBPyConnection, maker: Maker) -> Forms:
    """Part the lines into those worded one by one and those on forms, and make the forms.

    Reads charge.due; makes elaborate, due_line and the tables of runtime.invoice.alike_sql.
    """
    connection.execute(alike_sql.INVOICES)
    connection.execute(alike_sql.PACKAGES)
    _make_balances(connection, maker)
    connection.execute(alike_sql.ELABORATE)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE due_line AS
        SELECT l.* FROM ({due_sql()}) AS l JOIN elaborate AS e ON e.invoice = l.invoice
    """)
    forms = Forms()
    _tell_lines(connection)
    _word_lines(connection, maker, forms)
    _word_heads(connection, maker, forms)
    _tell_invoices(connection)
    for query in alike_sql.shapes(maker.program.rounding):
        connection.execute(query)
    _word_changes(connection, maker)
    connection.execute(own_sql.IDENTIFIERS)
    return forms


def _tell_lines(connection: DuckDBPyConnection) -> None:
    """Make form, kind_line and section: lines are told by all that words them but `_IDENTITY`.

    What an account service says in each of its lines is taken in once.
    """
    columns = {name: value for name, value in due_columns().items() if name not in _IDENTITY}
    of_service = {name: value for name, value in columns.items() if value.startswith("s.")}
    of_line = {name: value for name, value in columns.items() if name not in of_service}
    of_line |= {"is_new": "d.corrects IS NULL", "is_negative": "d.minor < 0"}
    if _is_quoted(connection):
        connection.execute(alike_sql.QUOTED)
        of_line |= {f"quoted_{name}": value for name, value in alike_sql.QUOTE.items()}
    else:
        connection.execute(alike_sql.NOT_QUOTED)
    number_rows(connection, "sold_as", of_service, "subscription.terms AS s")
    number_rows(connection, "price_owner", alike_sql.OWNER, "subscription.price_owners AS w")
    owners = alike_sql.OWNERS.format(same=same_sql(alike_sql.OWNER, "k"))
    number_sets(connection, "price_owners", ("account_service",), owners)
    number_rows(connection, "line_said", of_line, alike_sql.LINES_FROM)
    for query in (
        alike_sql.PLACED.format(same=same_sql(of_service, "k")),
        alike_sql.KINDS,
        alike_sql.LINES.format(same=same_sql(of_line, "k")),
        *(alike_sql.FORMS, alike_sql.NUMBERED, alike_sql.SECTIONS, *alike_sql.DONE),
    ):
        connection.execute(query)


def _tell_invoices(connection: DuckDBPyConnection) -> None:
    """Make formed and shape: invoices by all of their lines and the sections they stand in."""
    number_rows(connection, "section_place", alike_sql.PLACE, "section AS s")
    sections = alike_sql.IN_PACKAGES.format(same=same_sql(alike_sql.PLACE, "k"))
    for table, owner, members in (
        ("package_sections", ("package",), sections),
        ("account_sections", ("invoice", "account"), alike_sql.IN_ACCOUNTS),
        ("invoice_sections", ("invoice",), alike_sql.IN_INVOICES),
    ):
        number_sets(connection, table, owner, members)
    for query in (alike_sql.FORMED, alike_sql.SHAPES):
        connection.execute(query)
    for table in ("section_place", "package_sections", "account_sections", "invoice_sections"):
        connection.execute(f"DROP TABLE {table}")


def _make_balances(connection: DuckDBPyConnection, maker: Maker) -> None:
    """Make balances: what is carried forward, and whether an invoice tells more than that."""

    def invoicers() -> Iterator[str]:
        # A million names are not asked for where nobody wants them.
        for (name,) in connection.execute("SELECT DISTINCT invoicer FROM due_invoice").fetchall():
            yield name

    maker.owed = maker.assembly.owed(invoicers())
    fill_table(
        connection,
        "balances",
        {"invoicer": "VARCHAR", "currency": "VARCHAR", "minor": "BIGINT", "is_told": "BOOLEAN"},
        [(*key, owed.carried, bool(owed.since or owed.credit)) for key, owed in maker.owed.items()],
    )


def _is_quoted(connection: DuckDBPyConnection) -> bool:
    return connection.execute("SELECT 1 FROM charge.quoted LIMIT 1").fetchone() is not None


def _word_lines(connection: DuckDBPyConnection, maker: Maker, forms: Forms) -> None:
    """Word a line of each form, and make line_form and form_rate."""
    names = ", ".join(f"l.{field.name}" for field in fields(DueLine))
    rows = connection.execute(f"""
        SELECT f.form, f.exemption, {names}
        FROM ({due_sql(alike_sql.DUE_OF_FORMS)}) AS l
        JOIN form AS f ON f.ordinal = l.ordinal ORDER BY f.form
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
    amounts, shares = [], []
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
        forms.lines[form] = _numbered(line, line_form(worded), maker, forms)
        amounts.append((form, due.minor, due.minor_units, held is not None))
        shares += [
            (form, place, rates.setdefault(rate, len(rates)), *_share(rate))
            for place, rate in enumerate(applied)
        ]
    fill_table(connection, "line_form", alike_sql.LINE_FORM, amounts)
    fill_table(connection, "form_rate", alike_sql.FORM_RATE, shares)
    _word_taxes(connection, maker, rates)


def _numbered(line: DraftLine, words: Form, maker: Maker, forms: Forms) -> LineForm:
    due, wording, numbers = line.due, maker.wording, forms.sections
    service: tuple[str, int | None] = (due.sold_service, None)
    package: tuple[str, int | None] = (due.package, due.months)
    if service not in numbers:
        form = service_form(due.sold_service, wording.title(due.sold_service))
        numbers[service] = forms.number(form)
    if package not in numbers:
        titles = package_titles(wording, due.package, due.months)
        numbers[package] = forms.number(package_form(due.package, *titles))
    account = forms.number(_ACCOUNT)
    return LineForm(line, forms.number(words), numbers[service], numbers[package], account)


def _share(rate: AppliedRate) -> tuple[int, int, bool, bool]:
    """Give what part of a line's amount a rate is, whether it is held in it, and is due."""
    part = part_of(rate)
    is_owed = rate.held is None or rate.exemption is None
    return part.numerator, part.denominator, rate.held is not None, is_owed


def _word_taxes(
    connection: DuckDBPyConnection, maker: Maker, rates: Mapping[AppliedRate, int]
) -> None:
    forms = [
        (number, *tax_form(tax_line(InvoiceTax(rate, 0, 0), 0, maker)).pieces)
        for rate, number in rates.items()
    ]
    fill_table(connection, "tax_form", {"rate": "INTEGER"} | column_types(TAX_BLANKS), forms)


def _word_heads(connection: DuckDBPyConnection, maker: Maker, forms: Forms) -> None:
    """Make one invoice of each kind that heads differ by, and of it the form; make head_form."""
    connection.execute(alike_sql.HEADS)
    names = ", ".join(f"l.{field.name}" for field in fields(DueLine))
    rows = []
    for head, invoice in connection.execute("SELECT head, invoice FROM head").fetchall():
        found = connection.execute(
            f"SELECT {names} FROM ({due_sql(alike_sql.DUE_OF_INVOICE)}) AS l ORDER BY l.ordinal",
            [invoice],
        ).fetchall()
        lines = tuple(DueLine(*row) for row in found)
        facts = read_facts(connection, lines)
        maker.owners = read_owners(connection)
        draft = draft_of(lines, facts, maker)
        rows.append((head, forms.number(head_form(draft.invoice))))
    fill_table(connection, "head_form", {"head": "INTEGER", "words": "INTEGER"}, rows)


def _word_changes(connection: DuckDBPyConnection, maker: Maker) -> None:
    """Make own_changes: the changes of status that invoices tell, worded one by one."""
    connection.execute(own_sql.CHANGED_SERVICES, {"open": own_sql.OPEN})
    found: dict[int, list[str]] = defaultdict(list)
    known: dict[tuple[object, ...], Form] = {}
    for row in connection.execute(own_sql.CHANGES, {"open": own_sql.OPEN}).fetchall():
        invoice, account, service, months, currency, start, end, *change = row
        told = StatusChange(*change)
        kind = (service, months, currency, start, end, *change[1:])
        if kind not in known:
            sold = (account, service, months, currency)
            worded = word_change(sold, told, (start, end), maker.wording, maker.prices)
            known[kind] = change_form(worded)
        found[invoice].append(known[kind].filled(account, told.account_service))
    rows = [(invoice, f"[{','.join(texts)}]") for invoice, texts in found.items()]
    fill_table(connection, "own_changes", {"invoice": "BIGINT", "changes": "VARCHAR"}, rows)
