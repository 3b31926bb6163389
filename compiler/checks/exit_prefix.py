"""Warn of prefixes that begin with 00, which one dials to reach another country."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.rate_rows import rate_tables
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.tables.destinations import PREFIX_COLUMN as ZONE_PREFIXES
from compiler.tables.form import Column
from compiler.tables.rates import PREFIX_COLUMN as RATE_PREFIXES
from compiler.tables.table import Table
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.zones import Prefix, ZoneTableDeclaration

CODE = codes.EXIT_PREFIX

EXIT = "00"

_CALLS = """\

usage class calls measured in count when destination in britain
"""

PAGE = Page(
    what="A prefix of a zone or of a rate begins with `00`.",
    why="`00` is what one dials to reach another country, and no part of a number: feeds mostly "
    "give numbers in the form of E.164, where it begins none, and the prefix would fit nothing. "
    "Where a feed's numbers do begin with it, an allow comment says so.",
    bad=TINY + "zone britain = prefixes 0044\n" + _CALLS,
    good=TINY + "zone britain = prefixes 44\n" + _CALLS,
)


def check(resolved: Resolved, session: Session) -> None:
    """Warn of each such prefix of the text, and of the first one of each table."""
    for prefix in resolved.every(Prefix):
        if prefix.digits.startswith(EXIT):
            _warn(prefix.digits, Label(prefix.span, "dialled before a number"), (), session)
    for use, table, column in _tables(resolved):
        found = [text for text, value in table[column].distinct.items() if value.startswith(EXIT)]
        if found:
            row = min(table[column].first(text) for text in found)
            more = "" if len(found) == 1 else f", and {len(found) - 1} more begin so"
            first = Label(table.cell(row, column), f"the first of the table{more}")
            digits = table[column].at(row) or ""
            _warn(digits, Label(use, "a prefix of this table"), (first,), session)


def _tables(resolved: Resolved) -> Iterator[tuple[Span, Table, Column[str]]]:
    """Give each table of zones or rates, where the text names it, and its prefixes."""
    for group, table in rate_tables(resolved):
        if group.table is not None:
            yield group.table.file.span, table, RATE_PREFIXES
    for node in resolved.all(ZoneTableDeclaration):
        zones = resolved.tables.of(node.table)
        if zones is not None:
            yield node.table.file.span, zones, ZONE_PREFIXES


def _warn(digits: str, at: Label, also: tuple[Label, ...], session: Session) -> None:
    meant = digits.removeprefix(EXIT)
    session.report(
        CODE,
        f"the prefix `{digits}` begins with `{EXIT}`, and no number of E.164 does",
        at,
        also,
        f"write `{meant}`" if meant else "write the digits that numbers begin with: `44`",
    )
