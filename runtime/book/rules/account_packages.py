"""Account packages: sold to a customer, in its currency, as the catalog offers them."""

from __future__ import annotations

from runtime.book.rule import Rule, unknown_reference
from runtime.program.model import Program


def _packages(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.packages)


ACCOUNT_PACKAGE_RULES = (
    unknown_reference(
        "unknown_account",
        "account_packages",
        "account",
        "accounts",
        "account",
        "no account has this key",
    ),
    Rule(
        code="account_cannot_buy",
        entity="account_packages",
        needs=("accounts",),
        sql="""
        SELECT p.row, 'account' AS field, p.account AS value,
          CASE a.type WHEN 'owner' THEN 'is the owner, who sells and does not buy'
            ELSE 'is a prospect, who has bought nothing yet' END AS reason,
          CASE a.type WHEN 'owner' THEN '' ELSE 'make it a customer' END AS hint
        FROM book.account_packages p JOIN book.accounts a ON a.account = p.account
        WHERE a.type IN ('owner', 'prospect')
        """,
    ),
    Rule(
        code="unknown_package",
        entity="account_packages",
        names=_packages,
        sql="""
        SELECT p.row, 'package' AS field, p.package AS value,
          'is not a package of the catalog' AS reason, '' AS hint
        FROM book.account_packages p
        WHERE p.package IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM offer.packages o WHERE o.package = p.package)
        """,
    ),
    Rule(
        code="unknown_frequency",
        entity="account_packages",
        sql="""
        SELECT p.row, 'frequency' AS field, p.frequency AS value,
          '`' || p.package || '` is not sold at this frequency' AS reason,
          'it is sold ' || f.sold AS hint
        FROM book.account_packages p
        JOIN (
          SELECT package, string_agg(frequency, ', ' ORDER BY months) AS sold
          FROM offer.frequencies GROUP BY package
        ) f ON f.package = p.package
        WHERE p.frequency IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM offer.frequencies o
          WHERE o.package = p.package AND o.frequency = p.frequency
        )
        """,
    ),
    Rule(
        code="package_currency",
        entity="account_packages",
        needs=("accounts",),
        sql="""
        SELECT p.row, 'package' AS field, p.package AS value,
          'is not sold in ' || a.currency || ', the currency of `' || a.account || '`' AS reason,
          'it is sold in ' || o.sold AS hint
        FROM book.account_packages p
        JOIN book.accounts a ON a.account = p.account
        JOIN offer.currencies c ON c.currency = a.currency
        JOIN (
          SELECT package, string_agg(currency, ', ' ORDER BY currency) AS sold
          FROM offer.package_currencies GROUP BY package
        ) o ON o.package = p.package
        WHERE NOT EXISTS (
          SELECT 1 FROM offer.package_currencies k
          WHERE k.package = p.package AND k.currency = a.currency
        )
        """,
    ),
    Rule(
        code="outside_sale",
        entity="account_packages",
        sql="""
        SELECT p.row, 'effective' AS field, CAST(p.effective AS VARCHAR) AS value,
          CASE WHEN p.effective < o.sold_from
            THEN '`' || p.package || '` is sold from ' || CAST(o.sold_from AS VARCHAR) || ' on'
            ELSE '`' || p.package || '` is no longer sold from '
              || CAST(o.sold_until AS VARCHAR) || ' on' END AS reason,
          '' AS hint
        FROM book.account_packages p JOIN offer.packages o ON o.package = p.package
        WHERE p.effective < o.sold_from OR p.effective >= o.sold_until
        """,
    ),
    Rule(
        code="cancelled_before_effective",
        entity="account_packages",
        sql="""
        SELECT p.row, 'cancelled' AS field, CAST(p.cancelled AS VARCHAR) AS value,
          'is before ' || CAST(p.effective AS VARCHAR) || ', when it begins' AS reason, '' AS hint
        FROM book.account_packages p WHERE p.cancelled < p.effective
        """,
    ),
)
