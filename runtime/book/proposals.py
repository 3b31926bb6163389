"""Proposes what a value could have meant, where a rule names the choice."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from duckdb import DuckDBPyConnection

from runtime.book.faults import BookFault
from runtime.book.rule import Rule
from runtime.engine import fill_table
from runtime.program.model import Program


def with_proposals(
    connection: DuckDBPyConnection,
    faults: Sequence[BookFault],
    rules: Sequence[Rule],
    program: Program,
) -> list[BookFault]:
    """Add a hint to the faults that have none.

    A name of the catalog is proposed where it is spelt nearly like the value, a key of the
    book where it differs in case or in space around it only.
    """
    proposals: dict[tuple[str, str], str] = {}
    for rule in {rule.code: rule for rule in rules}.values():
        values = sorted({each.value for each in faults if each.code == rule.code})
        if values and rule.names is not None:
            names = sorted(rule.names(program))
            # A name that there is, but not for this, is not what was meant instead of itself.
            for value in (each for each in values if each not in names):
                for near in difflib.get_close_matches(value, names, 1):
                    proposals[rule.code, value] = near
        if values and rule.keys is not None:
            for value, key in _same_but_for_case(connection, values, *rule.keys):
                proposals[rule.code, value] = key
    return [_with_hint(fault, proposals.get((fault.code, fault.value))) for fault in faults]


def _with_hint(fault: BookFault, proposal: str | None) -> BookFault:
    if fault.hint or proposal is None:
        return fault
    return replace(fault, hint=f"did you mean `{proposal}`?")


def _same_but_for_case(
    connection: DuckDBPyConnection, values: Sequence[str], entity: str, key: str
) -> list[tuple[str, str]]:
    fill_table(connection, "book.meant", {"value": "VARCHAR"}, [(value,) for value in values])
    found = connection.execute(
        f"""
        SELECT m.value, min(t.{key}) FROM book.meant m
        JOIN book.{entity} t ON lower(trim(t.{key})) = lower(trim(m.value))
        GROUP BY m.value ORDER BY m.value
        """
    ).fetchall()
    connection.execute("DROP TABLE book.meant")
    return [(value, meant) for value, meant in found]
