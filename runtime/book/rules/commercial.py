"""Price books and plans, contracts, and what is given to one account alone."""

from __future__ import annotations

from collections.abc import Callable

from runtime.book.rule import Rule
from runtime.book.rules.owners import owner_rules
from runtime.program.model import Program


def _books(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.price_books)


def _plans(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.price_plans)


def _contracts(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.contracts)


def _statuses(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.service_statuses)


def _discounts(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.discounts if "." not in each.id)


def _rate_plans(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.rate_plans)


def named_terms() -> dict[str, tuple[str, Callable[[Program], tuple[str, ...]]]]:
    """Give the columns that name a commercial term: its words, and the catalog's names."""
    return {
        "price_book": ("price book", _books),
        "price_plan": ("price plan", _plans),
        "rate_plan": ("rate plan", _rate_plans),
    }


def named_term(
    entity: str,
    field: str,
    words: str,
    names: Callable[[Program], tuple[str, ...]],
    nothing: str = "",
) -> Rule:
    """Make the rule that a column names a commercial term of the catalog, or says `nothing`."""
    return Rule(
        code=f"unknown_{field}",
        entity=entity,
        names=names,
        sql=f"""
        SELECT r.row, '{field}' AS field, r.{field} AS value,
          'is not a {words} of the catalog' AS reason, '' AS hint
        FROM book.{entity} r
        WHERE r.{field} <> '{nothing}'
          AND NOT EXISTS (SELECT 1 FROM offer.{field}s t WHERE t.{field} = r.{field})
        """,
    )


_TERMS_OF = (
    ("accounts", "price_book"),
    ("accounts", "price_plan"),
    ("accounts", "rate_plan"),
    ("account_packages", "price_book"),
    ("account_services", "rate_plan"),
)

COMMERCIAL_RULES = (
    *(named_term(entity, field, *named_terms()[field]) for entity, field in _TERMS_OF),
    Rule(
        code="unknown_contract",
        entity="account_packages",
        names=_contracts,
        sql="""
        SELECT p.row, 'contract' AS field, p.contract AS value,
          'is not a contract of the package `' || p.package || '`' AS reason,
          coalesce('its contracts are ' || o.held, '') AS hint
        FROM book.account_packages p
        LEFT JOIN (
          SELECT package, string_agg(contract, ', ' ORDER BY contract) AS held
          FROM offer.package_contracts GROUP BY package
        ) o ON o.package = p.package
        WHERE p.contract IS NOT NULL AND p.package IS NOT NULL
          AND EXISTS (SELECT 1 FROM offer.packages k WHERE k.package = p.package)
          AND NOT EXISTS (
            SELECT 1 FROM offer.package_contracts k
            WHERE k.package = p.package AND k.contract = p.contract
          )
        """,
    ),
)

OVERRIDE_RULES = (
    *owner_rules(
        "overrides",
        "override",
        ("account_service", "account_package"),
        "it is given to one of the two",
        "of_both",
    ),
    Rule(
        code="unknown_discount",
        entity="overrides",
        names=_discounts,
        sql="""
        SELECT o.row, 'discount' AS field, o.discount AS value,
          'is not a discount of the catalog' AS reason, '' AS hint
        FROM book.overrides o
        WHERE o.discount IS NOT NULL AND (contains(o.discount, '.')
          OR NOT EXISTS (SELECT 1 FROM offer.discounts d WHERE d.discount = o.discount))
        """,
    ),
    Rule(
        code="override_gives_both",
        entity="overrides",
        sql="""
        SELECT o.row, 'discount' AS field, o.discount AS value,
          'the row gives a price as well' AS reason, 'write a row for each' AS hint
        FROM book.overrides o WHERE o.price IS NOT NULL AND o.discount IS NOT NULL
        """,
    ),
    Rule(
        code="override_gives_nothing",
        entity="overrides",
        sql="""
        SELECT o.row, 'price' AS field, '' AS value,
          'the row gives neither a price nor a discount' AS reason, '' AS hint
        FROM book.overrides o
        WHERE o.price IS NULL AND o.discount IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM book.faults f WHERE f.entity = 'overrides' AND f.row = o.row
              AND f.field IN ('price', 'discount')
          )
        """,
    ),
    Rule(
        code="price_of_package",
        entity="overrides",
        sql="""
        SELECT o.row, 'price' AS field, rtrim(rtrim(CAST(o.price AS VARCHAR), '0'), '.') AS value,
          'a package has no price of its own' AS reason,
          'give it to its account services' AS hint
        FROM book.overrides o
        WHERE o.price IS NOT NULL AND o.account_package IS NOT NULL AND o.account_service IS NULL
        """,
    ),
    Rule(
        code="unknown_status",
        entity="overrides",
        names=_statuses,
        sql="""
        SELECT o.row, 'status' AS field, o.status AS value,
          'is not a service status of the catalog' AS reason, '' AS hint
        FROM book.overrides o
        WHERE o.status IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM offer.service_statuses k WHERE k.status = o.status)
        """,
    ),
    Rule(
        code="price_of_nothing",
        entity="overrides",
        needs=("account_services",),
        sql="""
        SELECT o.row, 'price' AS field, rtrim(rtrim(CAST(o.price AS VARCHAR), '0'), '.') AS value,
          '`' || s.service || '` has no price in the catalog that it could take the place of'
            || coalesce(' in `' || o.status || '`', '') AS reason,
          '' AS hint
        FROM book.overrides o
        JOIN book.account_services s ON s.account_service = o.account_service
        JOIN offer.services k ON k.service = s.service
        LEFT JOIN offer.service_statuses t ON t.status = o.status
        WHERE o.price IS NOT NULL AND (o.status IS NULL OR t.status IS NOT NULL)
          AND NOT EXISTS (
            SELECT 1 FROM offer.priced p
            WHERE p.service = s.service AND (o.status IS NULL OR p.status = o.status)
          )
        """,
    ),
    Rule(
        code="until_before_effective",
        entity="overrides",
        sql="""
        SELECT o.row, 'until' AS field, CAST(o.until AS VARCHAR) AS value,
          'is not after ' || CAST(o.effective AS VARCHAR) || ', when it begins' AS reason,
          '' AS hint
        FROM book.overrides o WHERE o.until <= o.effective
        """,
    ),
    Rule(
        code="override_overlap",
        entity="overrides",
        sql="""
        SELECT o.row, 'effective' AS field, CAST(o.effective AS VARCHAR) AS value,
          'row ' || CAST(min(b.row) AS VARCHAR) || ' gives `' || o.account_service
            || '` another price from ' || CAST(min_by(b.effective, b.row) AS VARCHAR) AS reason,
          'of two prices none is nearer' AS hint
        FROM book.overrides o
        JOIN book.overrides b
          ON b.account_service = o.account_service AND b.row < o.row
         AND b.price IS NOT NULL
         AND (b.status = o.status OR b.status IS NULL OR o.status IS NULL)
         AND b.effective < coalesce(o.until, DATE '9999-12-31')
         AND o.effective < coalesce(b.until, DATE '9999-12-31')
        WHERE o.price IS NOT NULL AND o.account_package IS NULL
        GROUP BY o.row, o.effective, o.account_service
        """,
    ),
)
