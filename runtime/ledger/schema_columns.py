"""What several of the ledger's tables are made of; see runtime.ledger.schema."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData
from sqlalchemy import Text as AnyText

MINOR_MAX = 2**63 - 1
"""The largest amount in minor units, and the largest quantity in steps, that is kept."""

Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")
"""Text that is ordered by its bytes, as SQLite does, whatever language a server speaks."""

Id = BigInteger().with_variant(Integer(), "sqlite")
"""A number that is a row's key; in SQLite it is the row's own, and costs no index."""

metadata = MetaData()


def line_content() -> tuple[Column[object], ...]:
    """Give the columns of what a line charges, whoever it is charged to.

    `taxes`: those it bore, as a JSON list of tax, jurisdiction, percent, exemption; `source_*`:
    the words of its price.
    """
    columns: tuple[Column[object], ...] = (
        Column("kind", Text, nullable=False),
        Column("service", Text, nullable=False),
        Column("status", Text),
        Column("transition", Text),
        Column("usage_class", Text),
        Column("bucket", Text),
        Column("tier", Integer),
        Column("occurrence", Integer),
        Column("period_start", Text, nullable=False),
        Column("period_end", Text, nullable=False),
        Column("full_start", Text),
        Column("full_end", Text),
        Column("days", Integer),
        Column("full_days", Integer),
        Column("quantity", BigInteger, nullable=False),
        Column("unit_price", Text),
        Column("minor", BigInteger, nullable=False),
        Column("currency", Text, nullable=False),
        Column("is_credit", Boolean, nullable=False),
        Column("tax_class", Text),
        Column("taxes", Text, nullable=False),
        Column("source_path", Text),
        Column("source_line", Integer),
        Column("source_text", Text),
        Column("proration", Text),
        Column("discount", Text),
    )
    return columns
