"""What changes from a day on: of one thing, which has such a thing, to what there is."""

from __future__ import annotations

from runtime.book.rule import Rule
from runtime.book.rules.commercial import named_term, named_terms
from runtime.book.rules.owners import owner_rules
from runtime.program.model import Program

NOTHING = "-"
"""A cell that takes away what there was."""

OWNERS_OF: dict[str, tuple[str, ...]] = {
    "quantity": ("account_service",),
    "bill_day": ("account", "account_package"),
    "price_book": ("account", "account_package"),
    "price_plan": ("account",),
    "rate_plan": ("account", "account_service"),
    "contract": ("account_package",),
}
"""What changes, and what of the book may have it."""

_OWNERS = ("account", "account_package", "account_service")


def _others(field: str) -> Rule:
    """Make the rule that only what has such a thing changes in it."""
    wrong = [owner for owner in _OWNERS if owner not in OWNERS_OF[field]]
    given = ", ".join(f"c.{owner}" for owner in wrong)
    kind = " ".join(f"WHEN c.{owner} IS NOT NULL THEN '{owner}'" for owner in wrong)
    held = " or ".join(f"an {owner.replace('_', ' ')}" for owner in OWNERS_OF[field])
    return Rule(
        code="change_of_other",
        entity="changes",
        sql=f"""
        SELECT c.row, '{field}' AS field, CAST(c.{field} AS VARCHAR) AS value,
          'an ' || replace(CASE {kind} END, '_', ' ') || ' has no {field.replace("_", " ")}'
            AS reason,
          'it is given to {held}' AS hint
        FROM book.changes c
        WHERE c.{field} IS NOT NULL AND coalesce({given}) IS NOT NULL
          AND coalesce({", ".join(f"c.{owner}" for owner in OWNERS_OF[field])}) IS NULL
        """,
    )


def _contracts(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.contracts)


CHANGE_RULES = (
    *owner_rules("changes", "change", _OWNERS, "it is of one of them", "of_several"),
    *(_others(field) for field in OWNERS_OF),
    Rule(
        code="change_of_nothing",
        entity="changes",
        sql=f"""
        SELECT c.row, '' AS field, '' AS value, 'nothing changes by this row' AS reason,
          'it changes {", ".join(OWNERS_OF).replace("_", " ")}' AS hint
        FROM book.changes c
        WHERE {" AND ".join(f"c.{field} IS NULL" for field in OWNERS_OF)} AND NOT EXISTS (
          SELECT 1 FROM book.faults f WHERE f.entity = 'changes' AND f.row = c.row
        )
        """,
    ),
    *(
        named_term("changes", field, words, names, NOTHING)
        for field, (words, names) in named_terms().items()
    ),
    Rule(
        code="unknown_contract",
        entity="changes",
        needs=("account_packages",),
        names=_contracts,
        sql=f"""
        SELECT c.row, 'contract' AS field, c.contract AS value,
          'is not a contract of the package `' || p.package || '`' AS reason,
          coalesce('its contracts are ' || o.held, '') AS hint
        FROM book.changes c
        JOIN book.account_packages p ON p.account_package = c.account_package
        JOIN offer.packages k ON k.package = p.package
        LEFT JOIN (
          SELECT package, string_agg(contract, ', ' ORDER BY contract) AS held
          FROM offer.package_contracts GROUP BY package
        ) o ON o.package = p.package
        WHERE c.contract <> '{NOTHING}' AND NOT EXISTS (
          SELECT 1 FROM offer.package_contracts h
          WHERE h.package = p.package AND h.contract = c.contract
        )
        """,
    ),
    Rule(
        code="change_before_effective",
        entity="changes",
        needs=("account_packages",),
        sql="""
        SELECT c.row, 'effective' AS field, CAST(c.effective AS VARCHAR) AS value,
          'is before ' || CAST(p.effective AS VARCHAR) || ', when `' || p.account_package
            || '` begins' AS reason,
          '' AS hint
        FROM book.changes c
        JOIN book.account_packages p ON p.account_package = c.account_package
        WHERE c.effective < p.effective
        """,
    ),
    Rule(
        code="change_before_effective",
        entity="changes",
        needs=("account_services", "account_packages"),
        sql="""
        SELECT c.row, 'effective' AS field, CAST(c.effective AS VARCHAR) AS value,
          'is before ' || CAST(coalesce(s.effective, p.effective) AS VARCHAR) || ', when `'
            || s.account_service || '` begins' AS reason,
          '' AS hint
        FROM book.changes c
        JOIN book.account_services s ON s.account_service = c.account_service
        JOIN book.account_packages p ON p.account_package = s.account_package
        WHERE c.effective < coalesce(s.effective, p.effective)
        """,
    ),
)
