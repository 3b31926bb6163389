"""Give a program the names that its things have now, so that a renamed thing is no other one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from proving.plan.edit import Edit
from proving.plan.policy import Move
from runtime.program.expressions import Closed
from runtime.program.model import Program

_OWN_TABLE = {"service": "services", "package": "packages"}
_REFERRING: Mapping[str, frozenset[str]] = {
    "service": frozenset({"service", "fee_service", "selling_service"}),
    "package": frozenset({"package"}),
}
"""The columns that name a thing of a kind; `thing` and `target` may name either."""
_EITHER = {"thing": "counts", "target": "kind"}


def moved(program: Program, moves: Sequence[Move]) -> Program:
    """Give a program with the new names in place of the old ones."""
    for move in moves:
        tables = {
            name: tuple(_row(program, name, row, move) for row in getattr(program, name))
            for name in Program.model_fields
            if isinstance(getattr(program, name), tuple)
        }
        program = program.model_copy(update=tables)
    return program


def move_edits(before: Program, moves: Sequence[Move]) -> tuple[Edit, ...]:
    """Give an edit for each thing that has another name now."""
    return tuple(
        Edit(
            verb="renamed",
            level="identity",
            noun=move.kind,
            subject=move.new,
            before=move.old,
            after=move.new,
            entity=f"{move.kind}:{move.new}",
            place="",
        )
        for move in moves
        if any(row.id == move.old for row in getattr(before, _OWN_TABLE[move.kind]))
    )


def _row(program: Program, table: str, row: Closed, move: Move) -> Closed:
    columns = set(_REFERRING[move.kind])
    if table == _OWN_TABLE[move.kind]:
        columns.add("id")
    columns |= {column for column in _EITHER if _names_kind(program, table, row, column, move)}
    change = {
        column: move.new
        for column in columns & type(row).model_fields.keys()
        if getattr(row, column) == move.old
    }
    return row.model_copy(update=change) if change else row


def _names_kind(program: Program, table: str, row: Closed, column: str, move: Move) -> bool:
    if column not in type(row).model_fields:
        return False
    if table == "counted_things":
        rule = getattr(row, "rule", "")
        kinds = {each.id: each.counts for each in program.counting_rules}
        return kinds.get(rule) == move.kind
    return getattr(row, "kind", "") == move.kind
