"""The statements for what invoices on forms say of their own; see runtime.invoice.alike.

| table | one row is |
| --- | --- |
| batch_service | an account service whose status changed at all |
| own_changes, own_identifiers | what an invoice, or a section, says besides |
| book.contacts | the first billing contact of an account, and no others |
"""

from __future__ import annotations

from runtime.invoice.assemble_facts import CHANGES as _STATUS_CHANGES
from runtime.invoice.forms import text_sql
from runtime.tables import OPEN_DAY

OPEN = OPEN_DAY

# Only of those that changed at all, which are few: stretches tile a life, so that whoever has two
# has one that ends.
CHANGED_SERVICES = """
CREATE OR REPLACE TEMP TABLE batch_service AS
SELECT DISTINCT t.account_service
FROM subscription.timeline AS t
SEMI JOIN section AS s ON s.account_service = t.account_service
WHERE t.until_day < $open
"""

CHANGES = f"""
WITH at_hand AS (
  SELECT s.invoice, s.account_service, a.account, s.line + l.number - 1 AS number,
         a.service AS sold_service, a.months, d.currency, d.kind = 'recurring' AS is_recurring,
         d.full_start, d.full_end
  FROM section AS s
  SEMI JOIN batch_service AS b ON b.account_service = s.account_service
  JOIN subscription.account_services AS a ON a.account_service = s.account_service
  JOIN kind_line AS l ON l.section_kind = s.section_kind
  JOIN charge.due_content AS d ON d.content_group = l.content_group AND d.number = l.number
),
frames AS (
  SELECT DISTINCT invoice, account_service, full_start, full_end FROM at_hand
  WHERE is_recurring AND full_start IS NOT NULL AND full_end IS NOT NULL
),
firsts AS (
  SELECT invoice, account_service, min(number) AS number, any_value(account) AS account,
         any_value(sold_service) AS service, any_value(months) AS months,
         any_value(currency) AS currency
  FROM at_hand GROUP BY invoice, account_service
)
SELECT l.invoice, l.account, l.service, l.months, l.currency, f.full_start, f.full_end, c.*
FROM ({_STATUS_CHANGES}) AS c
JOIN firsts AS l ON l.account_service = c.account_service
JOIN frames AS f
  ON f.invoice = l.invoice AND f.account_service = l.account_service
 AND f.full_start <= c.day AND c.day < f.full_end
ORDER BY l.invoice, l.number, c.day, f.full_start, f.full_end
"""

IDENTIFIERS = f"""
CREATE OR REPLACE TEMP TABLE own_identifiers AS
SELECT account_service, '[' || string_agg({text_sql("value")}, ',' ORDER BY place) || ']' AS texts
FROM (
  SELECT account_service, value, min(place) AS place
  FROM (
    SELECT i.account_service, i.value, row_number() OVER (
      PARTITION BY i.account_service
      ORDER BY i.identifier, i.effective NULLS FIRST, i.value
    ) AS place
    FROM book.identifiers AS i
    SEMI JOIN section AS s ON s.account_service = i.account_service
  )
  GROUP BY account_service, value
)
GROUP BY account_service
"""

_PARTY = (
    *("a.account", "a.name", "c.name", "c.email", "c.street", "c.city", "c.region"),
    *("c.postal_code", "c.country", "a.tax_id"),
)
_PARTY_FIELDS = (
    *("account", "name", "contact", "email", "street", "city", "region", "postal_code"),
    *("country", "tax_id"),
)
# As JSON, in which a control character that no book holds stands for the quotes until those in
# texts are escaped: all fields at once, as there are so many of them.
_QUOTE = "\x01"
_FIELDS = ", ',', ".join(
    f"'{_QUOTE}{name}{_QUOTE}:', coalesce('{_QUOTE}' || {value} || '{_QUOTE}', 'null')"
    for name, value in zip(_PARTY_FIELDS, _PARTY, strict=True)
)
_BILL_TO = rf"""
replace(replace(replace(concat({_FIELDS}), '\', '\\'), '"', '\"'), '{_QUOTE}', '"')
"""

# Nobody else reads the others any more.
BILLING_CONTACTS = """
DELETE FROM book.contacts WHERE "row" NOT IN (
  SELECT min("row") FROM book.contacts WHERE kind = 'billing' GROUP BY account
)
"""

# What invoices on forms say of their own, in the order of runtime.invoice.filled.Own: of those
# with places from `$first` to `$until`, as all at once are a large part of a run's memory.  They
# are in the order of their invoicers, from `$first_name` to `$last_name`.
OWN = f"""
SELECT f.invoice, f.invoicer, c.email,
       concat('{{"bill_to":{{', {_BILL_TO}, '}},"previous_minor":', coalesce(b.minor, 0),
         ',"changes":', coalesce(g.changes, '[]'), '}}') AS document
FROM formed AS f
JOIN book.accounts AS a ON a.account = f.invoicer
LEFT JOIN (
  SELECT * FROM book.contacts WHERE account BETWEEN $first_name AND $last_name
) AS c ON c.account = f.invoicer
LEFT JOIN balances AS b ON b.invoicer = f.invoicer AND b.currency = f.currency
LEFT JOIN own_changes AS g ON g.invoice = f.invoice
WHERE f.invoice BETWEEN $first AND $until AND a.account BETWEEN $first_name AND $last_name
"""
