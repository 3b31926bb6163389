"""All invoices of a run: those on forms as tables of the engine, the others drafted one by one.

They share one order, by invoicer and currency, in which they are numbered.
"""

from __future__ import annotations

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.invoice.alike import Forms, make_forms
from runtime.invoice.assemble import assemble
from runtime.invoice.draft import Draft
from runtime.invoice.held import Holding
from runtime.invoice.maker import Assembly, Maker

# How many on forms stand before each that is drafted.
_BEFORE = """
SELECT invoice, on_forms FROM (
  SELECT invoice, is_on_form, sum(is_on_form) OVER (ORDER BY invoice) AS on_forms
  FROM (
    SELECT invoice, 1 AS is_on_form FROM kept
    UNION ALL SELECT invoice, 0 FROM elaborate
  )
)
WHERE is_on_form = 0
"""

_NUMBERED = """
CREATE OR REPLACE TEMP TABLE numbered AS
SELECT invoice, invoicer, shape, place FROM (
  SELECT *, row_number() OVER (ORDER BY invoice) AS place
  FROM (
    SELECT invoice, invoicer, shape FROM kept
    UNION ALL SELECT invoice, NULL, NULL FROM drafted
  )
)
WHERE shape IS NOT NULL
"""

# What only those before the rows of the ledger read: these need the memory.
_READ = (
    *("subscription.timeline", "subscription.package_timeline", "subscription.occurrences"),
    *("subscription.horizons", "subscription.alike", "subscription.sold", "subscription.terms"),
    *("charge.due_service", "charge.due_package", "kept"),
)


class Making:
    """The invoices of charge.due: one for each invoicer and currency.

    Reads book.*, subscription.*, rated.* and charge.*; see runtime.tables.
    """

    def __init__(
        self, connection: DuckDBPyConnection, assembly: Assembly, holding: Holding
    ) -> None:
        """Make those on forms, and part those that are held back from them."""
        self._connection = connection
        self._holding = holding
        self._maker = Maker(connection, assembly)
        self.forms: Forms = make_forms(connection, self._maker)
        holding.part_formed(connection)

    def drafts(self) -> Iterator[tuple[int, Draft]]:
        """Give those on no forms, each with its place among all that are made out, from 1."""
        before = dict(self._connection.execute(_BEFORE).fetchall())
        drafted = []
        for invoice, draft in assemble(self._connection, self._maker):
            if not self._holding.holds(draft):
                drafted.append((invoice,))
                yield int(before[invoice]) + len(drafted), draft
        fill_table(self._connection, "drafted", {"invoice": "BIGINT"}, drafted)

    def number_formed(self) -> None:
        """Make `numbered`: those on forms with their places, when all drafts were given.

        Tables that are read no more are gone.
        """
        self._connection.execute(_NUMBERED)
        for table in _READ:
            self._connection.execute(f"DROP TABLE {table}")
