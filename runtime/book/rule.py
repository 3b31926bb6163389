"""What a rule of the book is: one query for the rows that break it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runtime.program.model import Program


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule over the whole book.

    Attributes:
        code: its name in reports and documents, the same for ever; several rules may
            share one where they report the same mistake of another column.
        entity: the file it reports.
        sql: a query giving row, field, value, reason and hint of each row that breaks it.
        needs: the files it must be able to read besides; without one it says nothing.
        names: the catalog's names that the value could have meant, for the hint.
        keys: the file and column whose keys it could have meant.
        is_local: what it says of a row hangs on nothing but rows of the same account, of those that
            are invoiced with it, and of who it is invoiced to.
    """

    code: str
    entity: str
    sql: str
    needs: tuple[str, ...] = ()
    names: Callable[[Program], tuple[str, ...]] | None = None
    keys: tuple[str, str] | None = None
    is_local: bool = True


def unknown_reference(
    code: str, entity: str, field: str, target: str, key: str, reason: str
) -> Rule:
    """Make the rule that a column names a row of another file by its key.

    Keys that differ in case or in space around them only are proposed.
    """
    return Rule(
        code=code,
        entity=entity,
        needs=(target,),
        keys=(target, key),
        is_local=False,
        sql=f"""
        SELECT r.row, '{field}' AS field, r.{field} AS value, '{reason}' AS reason, '' AS hint
        FROM book.{entity} r
        WHERE r.{field} IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM book.{target} t WHERE t.{key} = r.{field})
        """,
    )
