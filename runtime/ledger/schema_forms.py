"""The ledger's tables of invoices on forms: what many say alike is kept once.

An invoice on forms is a row of `invoices` with a form, and rows of `sections`: what it says of
its own.  All else is its form's, and runtime.ledger.frozen puts the two together to the bytes
that were frozen.  None of these rows is ever changed, so neither is an invoice.

| table | one row is |
| --- | --- |
| words | JSON, cut where invoices say their own: a line's, a section's, an invoice's |
| line_forms | lines that are alike but for whose they are and how they share a tax |
| invoice_forms | invoices that are alike but for whose they are and what was owed before |
| form_lines | a line of an invoice form |
| sections | an account service on an invoice, with its lines |
| corrections | a line, of whatever invoice, that takes back a posted one |

`all_lines` is a view of all lines of the ledger, on forms and not, each with all its columns.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    event,
)

from runtime.ledger.schema_columns import Id, Text, line_content, metadata

# `pieces`: a JSON list of texts; between two of them stands what an invoice says of its own.
words = Table(
    "words",
    metadata,
    Column("words", Id, primary_key=True, autoincrement=False),
    Column("pieces", Text, nullable=False),
)

line_forms = Table(
    "line_forms",
    metadata,
    Column("line_form", Id, primary_key=True, autoincrement=False),
    Column("run", ForeignKey("runs.run"), nullable=False),
    Column("words", ForeignKey("words.words"), nullable=False),
    Column("service_words", ForeignKey("words.words"), nullable=False),
    Column("package_words", ForeignKey("words.words"), nullable=False),
    Column("account_words", ForeignKey("words.words"), nullable=False),
    *line_content(),
)

# What `recurring_start` and `recurring_end` say is of the whole invoice; `taxes` is JSON.
invoice_forms = Table(
    "invoice_forms",
    metadata,
    Column("invoice_form", Id, primary_key=True, autoincrement=False),
    Column("words", ForeignKey("words.words"), nullable=False),
    Column("recurring_start", Text),
    Column("recurring_end", Text),
    Column("taxes", Text, nullable=False),
)

# `section`: the number of the first line of the account service.  `net_minor` is the line's
# amount without what its price holds of taxes; `tax_minor` its share of the invoice's tax.
form_lines = Table(
    "form_lines",
    metadata,
    Column("invoice_form", ForeignKey("invoice_forms.invoice_form"), primary_key=True),
    Column("section", Integer, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("line_form", ForeignKey("line_forms.line_form"), nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
)

# `line_id` and `line` are those of its first line; the ids of the others follow.  `name`: the
# account's, None where it is the invoicer itself; `identifiers`: a JSON list, None for none.
sections = Table(
    "sections",
    metadata,
    Column("line_id", Id, primary_key=True, autoincrement=False),
    Column("invoice", ForeignKey("invoices.number"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("account_package", Text, nullable=False),
    Column("account_service", Text, nullable=False),
    Column("name", Text),
    Column("identifiers", Text),
    UniqueConstraint("invoice", "line"),
)
Index("sections_by_account_service", sections.c.account_service)

corrections = Table(
    "corrections",
    metadata,
    Column("invoice", ForeignKey("invoices.number"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("corrects", BigInteger, nullable=False),
    Column("corrected_invoice", ForeignKey("invoices.number"), nullable=False, index=True),
    Column("corrected_line", Integer, nullable=False),
)

FORM_TABLES = (words, line_forms, invoice_forms, form_lines, sections, corrections)

_CONTENT = tuple(column.name for column in line_content())

_VIEW = f"""
CREATE VIEW all_lines AS
SELECT l.line_id, l.run, l.invoice, l.line, l.account, l.account_package, l.account_service,
       c.corrects, l.tax_minor, {", ".join(f"l.{name}" for name in _CONTENT)}
FROM lines AS l
LEFT JOIN corrections AS c ON c.invoice = l.invoice AND c.line = l.line
UNION ALL
SELECT s.line_id + f.line - s.line, i.run, s.invoice, f.line, s.account, s.account_package,
       s.account_service, c.corrects, f.tax_minor, {", ".join(f"w.{name}" for name in _CONTENT)}
FROM sections AS s
JOIN invoices AS i ON i.number = s.invoice
JOIN form_lines AS f ON f.invoice_form = i.form AND f.section = s.line
JOIN line_forms AS w ON w.line_form = f.line_form
LEFT JOIN corrections AS c ON c.invoice = s.invoice AND c.line = f.line
"""

all_lines = Table(
    "all_lines",
    MetaData(),
    Column("line_id", BigInteger),
    Column("run", Integer),
    Column("invoice", Text),
    Column("line", Integer),
    Column("account", Text),
    Column("account_package", Text),
    Column("account_service", Text),
    Column("corrects", BigInteger),
    Column("tax_minor", BigInteger),
    *line_content(),
)
"""A view, so it is no table that is made; see _VIEW."""


def make_views(connection: Connection) -> None:
    """Make the view of all lines, where the tables that it is of are there."""
    connection.execute(DDL(_VIEW.strip()))  # type: ignore[no-untyped-call]


@event.listens_for(metadata, "after_create")
def _with_tables(_: MetaData, connection: Connection, tables: list[Table], **__: object) -> None:
    """Make it with a new ledger; an older one gets it by a step of its own."""
    if metadata.tables["schema_version"] in tables:
        make_views(connection)
