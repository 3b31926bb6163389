"""What an account that is invoiced must have: a billing contact and a way to be taxed."""

from __future__ import annotations

from runtime.book.rule import Rule
from runtime.program.model import Program


def _jurisdictions(program: Program) -> tuple[str, ...]:
    return tuple({each.jurisdiction for each in program.tax_rates} - {"*"})


# One row for each account and tax class that it owes tax of and no rate is given for.
_UNTAXED = """
(SELECT a.row, a.jurisdiction, min(t.tax_class) AS tax_class
 FROM (
   SELECT DISTINCT p.account, o.tax_class
   FROM book.lives l
   JOIN book.account_packages p ON p.account_package = l.account_package
   JOIN offer.services o ON o.service = l.service
   WHERE o.tax_class IS NOT NULL
 ) t
 JOIN book.accounts a ON a.account = t.account
 WHERE a.tax_exemption IS NULL
   AND EXISTS (SELECT 1 FROM offer.tax_rates)
   AND NOT EXISTS (
     SELECT 1 FROM offer.tax_rates r
     WHERE r.jurisdiction IN ('*', coalesce(a.jurisdiction, '*'))
       AND r.tax_class IN ('*', t.tax_class)
   )
 GROUP BY a.row, a.jurisdiction)
"""

INVOICING_RULES = (
    Rule(
        code="missing_billing_contact",
        entity="accounts",
        needs=("contacts", "account_packages"),
        sql="""
        SELECT a.row, 'account' AS field, a.account AS value,
          'is invoiced and has no billing contact' AS reason,
          'add one to the contacts' AS hint
        FROM book.accounts a
        WHERE EXISTS (
            SELECT 1 FROM book.accounts h
            JOIN book.account_packages p ON p.account = h.account
            WHERE coalesce(h.invoicer, h.account) = a.account
              AND h.type NOT IN ('owner', 'prospect')
          )
          AND NOT EXISTS (
            SELECT 1 FROM book.contacts c
            WHERE c.account = a.account AND (c.kind = 'billing' OR c.kind IS NULL)
          )
          AND a.type <> 'owner'
        """,
    ),
    Rule(
        code="missing_jurisdiction",
        entity="accounts",
        needs=("account_packages", "account_services"),
        sql=f"""
        SELECT u.row, 'jurisdiction' AS field, '' AS value,
          'must not be empty: its services of tax class `' || u.tax_class
            || '` are taxed' AS reason,
          'name its jurisdiction, or why it pays no tax in tax_exemption' AS hint
        FROM {_UNTAXED} u WHERE u.jurisdiction IS NULL
        """,
    ),
    Rule(
        code="unknown_jurisdiction",
        entity="accounts",
        needs=("account_packages", "account_services"),
        names=_jurisdictions,
        sql=f"""
        SELECT u.row, 'jurisdiction' AS field, u.jurisdiction AS value,
          'the catalog has no rate of tax class `' || u.tax_class || '` there' AS reason,
          '' AS hint
        FROM {_UNTAXED} u WHERE u.jurisdiction IS NOT NULL
        """,
    ),
)
