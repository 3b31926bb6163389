"""Accounts and contacts: one owner, parents and invoicers that exist, known currencies."""

from __future__ import annotations

from runtime.book.rule import Rule, unknown_reference
from runtime.program.model import Program


def _currencies(program: Program) -> tuple[str, ...]:
    return tuple(each.code for each in program.currencies)


def _exemptions(program: Program) -> tuple[str, ...]:
    return tuple({each.id for each in program.tax_exemptions})


def _bill_groups(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.bill_groups)


ACCOUNT_RULES = (
    unknown_reference(
        "unknown_account", "accounts", "parent", "accounts", "account", "no account has this key"
    ),
    unknown_reference(
        "unknown_account", "accounts", "invoicer", "accounts", "account", "no account has this key"
    ),
    unknown_reference(
        "unknown_account", "contacts", "account", "accounts", "account", "no account has this key"
    ),
    Rule(
        code="missing_parent",
        entity="accounts",
        sql="""
        SELECT a.row, 'parent' AS field, '' AS value,
          'a ' || a.type || ' must have an account above it' AS reason,
          'only the owner, who sells, has none' AS hint
        FROM book.accounts a WHERE a.parent IS NULL AND a.type <> 'owner'
        """,
    ),
    Rule(
        code="owner_with_parent",
        entity="accounts",
        sql="""
        SELECT a.row, 'parent' AS field, a.parent AS value,
          'the owner has no account above it' AS reason, '' AS hint
        FROM book.accounts a WHERE a.parent IS NOT NULL AND a.type = 'owner'
        """,
    ),
    Rule(
        code="second_owner",
        entity="accounts",
        is_local=False,
        sql="""
        SELECT a.row, 'type' AS field, a.type AS value,
          'a book has one owner, and `' || f.account || '` is it' AS reason, '' AS hint
        FROM book.accounts a
        JOIN (
          SELECT account, row FROM book.accounts
          WHERE type = 'owner' AND parent IS NULL ORDER BY row LIMIT 1
        ) f ON f.row < a.row
        WHERE a.type = 'owner' AND a.parent IS NULL
        """,
    ),
    Rule(
        code="no_owner",
        entity="accounts",
        is_local=False,
        sql="""
        SELECT 0 AS row, '' AS field, '' AS value,
          'no account is the owner, who sells' AS reason,
          'give one account the type owner and no parent' AS hint
        WHERE NOT EXISTS (SELECT 1 FROM book.accounts WHERE type = 'owner')
          AND NOT EXISTS (
            SELECT 1 FROM book.faults WHERE entity = 'accounts'
              AND code IN ('missing_parent', 'bad_choice', 'malformed_row', 'not_utf8')
          )
        """,
    ),
    Rule(
        code="unknown_currency",
        entity="accounts",
        names=_currencies,
        sql="""
        SELECT a.row, 'currency' AS field, a.currency AS value,
          'is not a currency of the catalog' AS reason, '' AS hint
        FROM book.accounts a
        WHERE a.currency IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM offer.currencies c WHERE c.currency = a.currency)
        """,
    ),
    Rule(
        code="unknown_bill_group",
        entity="accounts",
        names=_bill_groups,
        sql="""
        SELECT a.row, 'bill_group' AS field, a.bill_group AS value,
          'is not a bill group of the catalog' AS reason, '' AS hint
        FROM book.accounts a
        WHERE a.bill_group IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM offer.bill_groups g WHERE g.bill_group = a.bill_group)
        """,
    ),
    Rule(
        code="unknown_exemption",
        entity="accounts",
        names=_exemptions,
        sql="""
        SELECT a.row, 'tax_exemption' AS field, a.tax_exemption AS value,
          'is not an exemption of the catalog' AS reason, '' AS hint
        FROM book.accounts a
        WHERE a.tax_exemption IS NOT NULL
          AND EXISTS (SELECT 1 FROM offer.tax_exemptions)
          AND NOT EXISTS (
            SELECT 1 FROM offer.tax_exemptions e WHERE e.exemption = a.tax_exemption
          )
        """,
    ),
    Rule(
        code="missing_bill_group",
        entity="accounts",
        sql="""
        SELECT a.row, 'bill_group' AS field, '' AS value,
          'must not be empty, but for the owner' AS reason, '' AS hint
        FROM book.accounts a WHERE a.bill_group IS NULL AND a.type <> 'owner'
        """,
    ),
    Rule(
        code="invoicer_is_owner",
        entity="accounts",
        is_local=False,
        sql="""
        SELECT a.row, 'invoicer' AS field, a.invoicer AS value,
          'the owner sends the invoices and cannot receive one' AS reason,
          'name an account under the owner' AS hint
        FROM book.accounts a JOIN book.accounts i ON i.account = a.invoicer
        WHERE i.type = 'owner' AND a.type <> 'owner'
        """,
    ),
    Rule(
        code="invoicer_currency",
        entity="accounts",
        is_local=False,
        sql="""
        SELECT a.row, 'invoicer' AS field, a.invoicer AS value,
          'is billed in ' || i.currency || ', this account in ' || a.currency AS reason,
          'an invoice has one currency' AS hint
        FROM book.accounts a
        JOIN book.accounts i ON i.account = a.invoicer
        JOIN offer.currencies ac ON ac.currency = a.currency
        JOIN offer.currencies ic ON ic.currency = i.currency
        WHERE i.currency <> a.currency
        """,
    ),
)
