"""Rows that are given to one thing of the book: it exists, and there is just one."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.book.rule import Rule, unknown_reference


def owner_rules(
    entity: str, prefix: str, owners: Sequence[str], hint: str, several: str
) -> tuple[Rule, ...]:
    """Make the rules that a row names just one of its owners, and one that there is.

    Args:
        entity: the file of the rows.
        prefix: begins the codes, as `status` of `status_of_both`.
        owners: the columns, of which one is not empty; each is the key of the file `<owner>s`.
        hint: says that there may be one only.
        several: what the code of a row with more than one ends with, `of_both`.
    """
    words = {owner: f"an {owner.replace('_', ' ')}" for owner in owners}
    named = " + ".join(f"CAST(r.{owner} IS NOT NULL AS INTEGER)" for owner in owners)
    # The last column that names one is reported, and the one before it named.
    last = _last(owners, [f"'{owner}'" for owner in owners])
    before = _last(owners, [f"'{words[owner]}'" for owner in owners], skip=1)
    key = _last(owners, [f"r.{owner}" for owner in owners])
    listed = ", ".join(f"'{owner}'" for owner in owners)
    neither = " nor ".join((", ".join(list(words.values())[:-1]), words[owners[-1]]))
    return (
        Rule(
            code=f"{prefix}_{several}",
            entity=entity,
            sql=f"""
            SELECT r.row, {last} AS field, {key} AS value,
              'the row names ' || {before} || ' as well' AS reason, '{hint}' AS hint
            FROM book.{entity} r WHERE {named} > 1
            """,
        ),
        Rule(
            code=f"{prefix}_of_neither",
            entity=entity,
            sql=f"""
            SELECT r.row, '{owners[0]}' AS field, '' AS value,
              'the row names neither {neither}' AS reason, '' AS hint
            FROM book.{entity} r
            WHERE {named} = 0 AND NOT EXISTS (
              SELECT 1 FROM book.faults f WHERE f.entity = '{entity}' AND f.row = r.row
                AND f.field IN ({listed})
            )
            """,
        ),
        *(
            unknown_reference(
                f"unknown_{owner}",
                entity,
                owner,
                f"{owner}s",
                owner,
                f"no {owner.replace('_', ' ')} has this key",
            )
            for owner in owners
        ),
    )


def _last(owners: Sequence[str], values: Sequence[str], skip: int = 0) -> str:
    """Give SQL for the value of the last owner that a row names, or of one before it."""
    held = ", ".join(
        f"CASE WHEN r.{owner} IS NOT NULL THEN {value} END"
        for owner, value in zip(owners, values, strict=True)
    )
    return f"list_filter([{held}], lambda one: one IS NOT NULL)[-{1 + skip}]"
