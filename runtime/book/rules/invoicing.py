"""What an account that is invoiced must have: a billing contact and a way to be taxed."""

from __future__ import annotations

from runtime.book.rule import Rule
from runtime.program.model import Program


def _jurisdictions(program: Program) -> tuple[str, ...]:
    return tuple({each.jurisdiction for each in program.tax_rates} - {"*"})


# One row for each account and tax class that it owes tax of and no rate is given for.  Of
# jurisdictions there are few, and of those that lack a rate fewer: accounts there are asked for.
_UNTAXED = """
(WITH untaxed AS (
   SELECT j.jurisdiction, t.tax_class
   FROM (SELECT DISTINCT jurisdiction FROM book.accounts WHERE tax_exemption IS NULL) j
   CROSS JOIN (SELECT DISTINCT tax_class FROM offer.services WHERE tax_class IS NOT NULL) t
   WHERE EXISTS (SELECT 1 FROM offer.tax_rates)
     AND NOT EXISTS (
       SELECT 1 FROM offer.tax_rates r
       WHERE r.jurisdiction IN ('*', coalesce(j.jurisdiction, '*'))
         AND r.tax_class IN ('*', t.tax_class)
     )
 ),
 suspects AS (
   SELECT a.row, a.account, a.jurisdiction, u.tax_class
   FROM book.accounts a
   JOIN untaxed u ON u.jurisdiction IS NOT DISTINCT FROM a.jurisdiction
   WHERE a.tax_exemption IS NULL
 )
 SELECT a.row, a.jurisdiction, min(a.tax_class) AS tax_class
 FROM suspects a
 JOIN book.account_packages p ON p.account = a.account
 JOIN book.lives l ON l.package_row = p.row
 JOIN offer.services o ON o.service = l.service AND o.tax_class = a.tax_class
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
