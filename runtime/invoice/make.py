"""All invoices of a run in the order they are numbered, drafted one by one or printed on forms."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge

from duckdb import DuckDBPyConnection

from runtime.invoice.alike import make_forms, printed
from runtime.invoice.assemble import assemble
from runtime.invoice.draft import Draft, Printed
from runtime.invoice.maker import Assembly, Maker


def make_invoices(connection: DuckDBPyConnection, assembly: Assembly) -> Iterator[Draft | Printed]:
    """Make the invoices of charge.due: one for each invoicer and currency, in their order.

    Reads book.*, subscription.*, rated.* and charge.*; see runtime.tables.
    """
    maker = Maker(connection, assembly)
    forms = make_forms(connection, maker)
    placed: tuple[Iterator[tuple[int, Draft | Printed]], ...] = (
        iter(assemble(connection, maker)),
        iter(printed(connection, maker, forms)),
    )
    for _, made in merge(*placed, key=lambda each: each[0]):
        yield made
