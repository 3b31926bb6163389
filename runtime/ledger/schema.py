"""The ledger's tables.

Amounts are whole minor units in 64 bits, unit prices decimal text, days ISO dates, on either
database the same.  Rows of APPEND_ONLY are never updated or deleted: a correction is a new
row, and triggers hold it.
`documents`, `deliveries` and `number_series` hold no money; they say what is still to be
written and to be sent, and which number comes next.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from runtime.ledger.append_only import append_only
from runtime.ledger.schema_columns import MINOR_MAX, Text, line_content, metadata
from runtime.ledger.schema_forms import (
    FORM_TABLES,
    all_lines,
    corrections,
    form_lines,
    invoice_forms,
    line_forms,
    sections,
    words,
)

__all__ = [
    "APPEND_ONLY",
    "FORM_TABLES",
    "MINOR_MAX",
    "RECEIVABLES",
    "SCHEMA_VERSION",
    "all_lines",
    "corrections",
    "credit_notes",
    "credited_lines",
    "deliveries",
    "documents",
    "entries",
    "form_lines",
    "invoice_forms",
    "invoices",
    "line_forms",
    "lines",
    "lines_by_service",
    "metadata",
    "number_series",
    "payments",
    "runs",
    "schema_version",
    "sections",
    "words",
]

SCHEMA_VERSION = 7

schema_version = Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
)

# One row a run; runs follow each other in time, as their as-of dates do.  `rounding` is the
# program's: a posted stretch can only be split exactly by the rounding it was made with.
# `kept_events`: how many events the run left in the usage store, which is not in here; `known`:
# the mark of the digests it left beside the ledger, by which the next run knows what is settled.
runs = Table(
    "runs",
    metadata,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("as_of", Text, nullable=False),
    Column("catalog", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("rounding", Text, nullable=False),
    Column("kept_events", BigInteger, nullable=False),
    Column("known", Text),
)

# What every later rendering reads: `document` is the frozen invoice as canonical JSON; where
# there is a `form`, it is what the invoice says of its own besides its sections, and
# runtime.ledger.frozen gives the whole.
invoices = Table(
    "invoices",
    metadata,
    Column("number", Text, primary_key=True),
    Column("run", ForeignKey("runs.run"), nullable=False, index=True),
    Column("owner", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("invoicer", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("minor_units", Integer, nullable=False),
    Column("issue_date", Text, nullable=False),
    Column("due_date", Text, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("gross_minor", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("form", ForeignKey("invoice_forms.invoice_form")),
    UniqueConstraint("owner", "series", "sequence"),
)
Index("invoices_by_invoicer", invoices.c.invoicer, invoices.c.currency)

# The lines of invoices that are on no forms, a row a line.  What a line corrects stands in
# `corrections`; the column of that name is of ledgers that are older than those.
lines = Table(
    "lines",
    metadata,
    Column("line_id", BigInteger, primary_key=True, autoincrement=False),
    Column("run", ForeignKey("runs.run"), nullable=False),
    Column("invoice", ForeignKey("invoices.number"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("account_package", Text, nullable=False),
    Column("account_service", Text, nullable=False),
    Column("corrects", ForeignKey("lines.line_id")),
    Column("tax_minor", BigInteger, nullable=False),
    *line_content(),
    UniqueConstraint("invoice", "line"),
)

lines_by_service = Index("lines_by_account_service", lines.c.account_service)

number_series = Table(
    "number_series",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("series", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

# Which invoices' files are written; a run that died after posting leaves rows to write.
documents = Table(
    "documents",
    metadata,
    Column("invoice", ForeignKey("invoices.number"), primary_key=True),
    Column("is_written", Boolean, nullable=False, index=True),
)

# A payment as it was told; `directed`: the invoices it names, as they were written.
payments = Table(
    "payments",
    metadata,
    Column("payment", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("minor_units", Integer, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("received", Text, nullable=False),
    Column("method", Text),
    Column("reference", Text),
    Column("directed", Text),
)
Index("payments_by_account", payments.c.account, payments.c.currency)

# What moved on an account, a row a movement; `kind` is one of runtime.payments.model.KINDS and
# `minor` is above zero.  The credit is a payment or a credit note, `takes_back` the entry that
# is undone, `after_run` the last run before it: no invoice up to that run has shown it.
entries = Table(
    "entries",
    metadata,
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("payment", ForeignKey("payments.payment")),
    Column("credit_note", ForeignKey("invoices.number")),
    Column("invoice", ForeignKey("invoices.number")),
    Column("takes_back", ForeignKey("entries.entry")),
    Column("reference", Text),
    Column("reason", Text),
    Column("after_run", Integer, nullable=False),
)
Index("entries_by_account", entries.c.account, entries.c.currency)

# A credit note that somebody gave: the invoice it names, and how much of each of its lines.
# It is a document of `invoices` like any other; its `run` there is the last one before it.
credit_notes = Table(
    "credit_notes",
    metadata,
    Column("number", ForeignKey("invoices.number"), primary_key=True),
    Column("invoice", ForeignKey("invoices.number"), nullable=False, index=True),
    Column("reason", Text, nullable=False),
)
credited_lines = Table(
    "credited_lines",
    metadata,
    Column("credit_note", ForeignKey("credit_notes.number"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("credited", Integer, nullable=False),
    Column("minor", BigInteger, nullable=False),
)

RECEIVABLES = (payments, entries, credit_notes, credited_lines)
"""What customers paid and were given back; see runtime.payments."""

# The outbox: what is to be delivered to whom, written with the invoice.  `digest` is of all that
# the documents are made of; `suffixes` name the files that go along, parted by spaces.
deliveries = Table(
    "deliveries",
    metadata,
    Column("invoice", ForeignKey("invoices.number"), primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("suffixes", Text, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text),
)

APPEND_ONLY = tuple(
    append_only(table) for table in (runs, invoices, lines, *RECEIVABLES, *FORM_TABLES)
)
