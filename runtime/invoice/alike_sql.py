"""The statements behind runtime.invoice.alike.

| table | one row is |
| --- | --- |
| due_invoice | an invoice to be: invoicer, currency, its place |
| elaborate | one that is worded line by line |
| on_form | a line on a form |
| form | a kind of lines that are alike, with one of them |
| line_form, service_form, package_form, tax_form, head_form | a form's pieces |
| form_rate | a tax rate that lines of a form bear |
| balances | what an account owed before |
| head | a kind of invoices whose heads are alike, with one of them |
| span_* | of the invoices at hand: lines, taxes, sections, changes |
"""

from __future__ import annotations

from runtime.invoice.assemble_facts import CHANGES as _STATUS_CHANGES
from runtime.invoice.forms import (
    HEAD_BLANKS,
    LINE_BLANKS,
    TAX_BLANKS,
    account_form,
    amount_sql,
    filled_sql,
    text_sql,
)
from runtime.money import rounded_ratio_sql
from runtime.program.model import Rounding
from runtime.tables import OPEN_DAY

OPEN = OPEN_DAY

LINE_FORM = {
    "form": "INTEGER",
    "minor": "HUGEINT",
    "minor_units": "INTEGER",
    "is_held": "BOOLEAN",
}
FORM_RATE = {
    "form": "INTEGER",
    "place": "INTEGER",
    "rate": "INTEGER",
    "part": "HUGEINT",
    "whole": "HUGEINT",
    "is_held": "BOOLEAN",
    "is_owed": "BOOLEAN",
}

INVOICES = """
CREATE OR REPLACE TEMP TABLE due_invoice AS
SELECT invoicer, currency, row_number() OVER (ORDER BY invoicer, currency) AS invoice
FROM (
  SELECT DISTINCT s.invoicer, d.currency
  FROM charge.due AS d
  JOIN subscription.account_services AS s ON s.account_service = d.account_service
)
"""

ELABORATE = """
CREATE OR REPLACE TEMP TABLE elaborate AS
SELECT DISTINCT i.invoice
FROM charge.due AS d
JOIN subscription.account_services AS s ON s.account_service = d.account_service
JOIN due_invoice AS i ON i.invoicer = s.invoicer AND i.currency = d.currency
LEFT JOIN balances AS b ON b.invoicer = i.invoicer AND b.currency = i.currency AND b.is_told
WHERE b.is_told OR d.kind NOT IN ('recurring', 'discount', 'one_time', 'transition')
   OR d.account_service IN (SELECT account_service FROM rated.pools)
"""

NOT_QUOTED = "SELECT NULL::BIGINT AS ordinal, NULL::UBIGINT AS quote WHERE false"

# How a tiered price came about is part of what words a line; see assemble_pricing.
QUOTED = """
SELECT d.ordinal, hash(q.price, q.counted_by, q.included, q.percent_off, q.counted, q.instances,
                       q.gross, q.reduced, q.bounded, q.source) AS quote
FROM charge.due AS d
JOIN charge.quoted AS q
  ON q.kind = d.kind AND q.account_service = d.account_service AND q.service = d.service
 AND q.status IS NOT DISTINCT FROM d.status AND q.transition IS NOT DISTINCT FROM d.transition
 AND q.day = CASE d.kind WHEN 'recurring' THEN d.full_start ELSE d.period_start END
 AND q.amount = d.unit_price
QUALIFY row_number() OVER (
  PARTITION BY d.ordinal ORDER BY q.price DESC, q.counted DESC, q.instances DESC
) = 1
"""

# Two hashes of 64 bits tell forms apart; each begins with another number.
LINES = """
CREATE OR REPLACE TEMP TABLE on_form AS
SELECT l.ordinal, l.invoice, l.account, l.account_package, l.account_service, l.package,
       l.months, l.sold_service, l.minor, l.currency,
       l.kind = 'recurring' AS is_recurring, l.period_start, l.period_end,
       l.full_start, l.full_end, l.corrects,
       CASE WHEN l.corrects IS NULL THEN 'null'
            ELSE '"' || l.posted_invoice || ':' || l.posted_line || '"' END AS corrected,
       CASE WHEN l.is_exempt THEN coalesce(a.tax_exemption, '') END AS exemption,
       hash(1, exemption, q.quote, w.owners, l.corrects IS NULL, {alike}) AS one,
       hash(2, exemption, q.quote, w.owners, l.corrects IS NULL, {alike}) AS two
FROM ({due}) AS l
ANTI JOIN elaborate AS e ON e.invoice = l.invoice
LEFT JOIN book.accounts AS a ON a.account = l.account
LEFT JOIN ({quoted}) AS q ON q.ordinal = l.ordinal
LEFT JOIN (
  SELECT account_service, sum(hash(level, owner, from_day, until_day)) AS owners
  FROM subscription.price_owners GROUP BY account_service
) AS w ON w.account_service = l.account_service
ORDER BY l.ordinal
"""

FORMS = """
CREATE OR REPLACE TEMP TABLE form AS
SELECT CAST(row_number() OVER (ORDER BY min(ordinal)) AS INTEGER) AS form, one, two,
       min(ordinal) AS ordinal, any_value(exemption) AS exemption
FROM on_form GROUP BY one, two
"""

HEADS = """
CREATE OR REPLACE TEMP TABLE head AS
SELECT CAST(row_number() OVER (ORDER BY min(i.invoice)) AS INTEGER) AS head,
       a.bill_group, a.locale, i.currency, min(i.invoice) AS invoice
FROM due_invoice AS i
ANTI JOIN elaborate AS e ON e.invoice = i.invoice
JOIN book.accounts AS a ON a.account = i.invoicer
GROUP BY a.bill_group, a.locale, i.currency
"""

_SPAN = """
CREATE OR REPLACE TEMP TABLE span_line AS
SELECT o.*, f.form, row_number() OVER (PARTITION BY o.invoice ORDER BY o.ordinal) AS number
FROM on_form AS o
JOIN form AS f ON f.one = o.one AND f.two = o.two
WHERE o.invoice >= $first AND o.invoice < $end
"""

# Shares of a rounded whole by largest remainder, as runtime.tax.largest_remainder has them.
_SHARES = """
CREATE OR REPLACE TEMP TABLE span_share AS
WITH borne AS (
  SELECT l.invoice, l.number, l.minor, r.rate, r.place, r.part, r.whole, r.is_held, r.is_owed,
         ((l.minor * r.part) % r.whole + r.whole) % r.whole AS rest
  FROM span_line AS l JOIN form_rate AS r ON r.form = l.form
),
split AS (
  SELECT *, (minor * part - rest) // whole AS least,
         sum(minor) OVER rated AS amount,
         sum((minor * part - rest) // whole) OVER rated AS given,
         row_number() OVER (PARTITION BY invoice, rate ORDER BY rest DESC, number) AS turn
  FROM borne
  WINDOW rated AS (PARTITION BY invoice, rate)
),
due AS (SELECT *, {rounded} AS due FROM split)
SELECT invoice, number, minor, rate, place, is_held, is_owed, due,
       CAST(least + CASE WHEN turn <= due - given THEN 1 ELSE 0 END AS HUGEINT) AS share
FROM due
"""

_TAXED = """
CREATE OR REPLACE TEMP TABLE span_taxed AS
WITH shares AS (
  SELECT invoice, number, CAST(sum(CASE WHEN is_owed THEN share ELSE 0 END) AS HUGEINT) AS tax,
         CAST(sum(CASE WHEN is_held THEN share ELSE 0 END) AS HUGEINT) AS held
  FROM span_share GROUP BY invoice, number
)
SELECT l.*, f.minor_units, coalesce(s.tax, 0) AS tax,
       CAST(l.minor - coalesce(s.held, 0) AS HUGEINT) AS net
FROM span_line AS l
JOIN line_form AS f ON f.form = l.form
LEFT JOIN shares AS s ON s.invoice = l.invoice AND s.number = l.number
"""

_TAXES = f"""
CREATE OR REPLACE TEMP TABLE span_tax AS
WITH rated AS (
  SELECT s.invoice, s.rate, min(s.number * 1000 + s.place) AS first,
         max(CASE WHEN s.is_owed THEN s.due ELSE 0 END) AS amount,
         min(CASE WHEN s.is_owed THEN s.due ELSE 0 END) AS least,
         sum(t.net) AS base, any_value(t.minor_units) AS minor_units
  FROM span_share AS s
  JOIN span_taxed AS t ON t.invoice = s.invoice AND t.number = s.number
  GROUP BY s.invoice, s.rate
)
SELECT r.invoice, '[' || string_agg({
    filled_sql(
        "f",
        TAX_BLANKS,
        {
            "base": amount_sql("r.base", "r.minor_units"),
            "amount": amount_sql("r.amount", "r.minor_units"),
        },
    )
}, ',' ORDER BY r.first) || ']' AS taxes
FROM rated AS r JOIN tax_form AS f ON f.rate = r.rate
GROUP BY r.invoice
"""


def taxes(rounding: Rounding) -> tuple[str, ...]:
    """Give the statements that make span_line, its taxes and texts."""
    rounded = rounded_ratio_sql("amount * part", "whole", rounding)
    return (_SPAN, _SHARES.format(rounded=rounded), _TAXED, _TAXES, _SERVICES_AT_HAND)


_SERVICES_AT_HAND = """
CREATE OR REPLACE TEMP TABLE batch_service AS SELECT DISTINCT account_service FROM span_line
"""

CHANGES = f"""
WITH frames AS (
  SELECT DISTINCT invoice, account_service, full_start, full_end FROM span_line
  WHERE is_recurring AND full_start IS NOT NULL AND full_end IS NOT NULL
),
firsts AS (
  SELECT invoice, account_service, min(number) AS number, any_value(account) AS account,
         any_value(sold_service) AS service, any_value(months) AS months,
         any_value(currency) AS currency
  FROM span_line GROUP BY invoice, account_service
)
SELECT l.invoice, l.account, l.service, l.months, l.currency, f.full_start, f.full_end, c.*
FROM ({_STATUS_CHANGES}) AS c
JOIN firsts AS l ON l.account_service = c.account_service
JOIN frames AS f
  ON f.invoice = l.invoice AND f.account_service = l.account_service
 AND f.full_start <= c.day AND c.day < f.full_end
ORDER BY l.invoice, l.number, c.day, f.full_start, f.full_end
"""

_HELD_IDENTIFIERS = f"""
SELECT account_service, '[' || string_agg({text_sql("value")}, ',' ORDER BY place) || ']' AS texts
FROM (
  SELECT account_service, value, min(place) AS place
  FROM (
    SELECT i.account_service, i.value, row_number() OVER (
      PARTITION BY i.account_service
      ORDER BY i.identifier, i.effective NULLS FIRST, i.value
    ) AS place
    FROM book.identifiers AS i JOIN batch_service USING (account_service)
  )
  GROUP BY account_service, value
)
GROUP BY account_service
"""

_ACCOUNT = account_form().pieces

_LINE = filled_sql(
    "f",
    LINE_BLANKS,
    {
        "number": "l.number::VARCHAR",
        "corrects": "l.corrected",
        "account": text_sql("l.account"),
        "account_package": text_sql("l.account_package"),
        "account_service": text_sql("l.account_service"),
        "net": amount_sql("l.net", "l.minor_units"),
        "tax": amount_sql("l.tax", "l.minor_units"),
    },
)

# A line brings what opens its sections, where it is their first, and what ends them, where it is
# their last: the lines of an invoice, one behind the other, are its sections.
READ_LINES = f"""
WITH placed AS (
  SELECT *,
         lag(account) OVER printed AS account_before,
         lag(account_package) OVER printed AS package_before,
         lag(account_service) OVER printed AS service_before,
         lead(account) OVER printed AS account_behind,
         lead(account_package) OVER printed AS package_behind,
         lead(account_service) OVER printed AS service_behind,
         sum(net) OVER (PARTITION BY invoice, account) AS account_net,
         sum(net) OVER (PARTITION BY invoice, account_package) AS package_net,
         sum(net) OVER (PARTITION BY invoice, account_service) AS service_net
  FROM span_taxed
  WINDOW printed AS (PARTITION BY invoice ORDER BY number)
),
l AS (
  SELECT *,
         account_before IS DISTINCT FROM account AS opens_account,
         package_before IS DISTINCT FROM account_package AS opens_package,
         service_before IS DISTINCT FROM account_service AS opens_service,
         account_behind IS DISTINCT FROM account AS ends_account,
         package_behind IS DISTINCT FROM account_package AS ends_package,
         service_behind IS DISTINCT FROM account_service AS ends_service
  FROM placed
)
SELECT l.invoice, l.number, l.form, l.account, l.account_package, l.account_service, l.tax,
       l.corrects,
       CASE WHEN opens_account THEN CASE WHEN account_before IS NULL THEN '' ELSE ',' END
         || '{_ACCOUNT[0]}' || {text_sql("l.account")} || '{_ACCOUNT[1]}' || {text_sql("a.name")}
         || '{_ACCOUNT[2]}[' ELSE '' END
       || CASE WHEN opens_package THEN CASE WHEN opens_account THEN '' ELSE ',' END
         || p.p0 || {text_sql("l.account_package")} || p.p1 || '[' ELSE '' END
       || CASE WHEN opens_service THEN CASE WHEN opens_package THEN '' ELSE ',' END
         || s.p0 || {text_sql("l.account_service")} || s.p1 || coalesce(i.texts, '[]')
         || s.p2 || '[' ELSE ',' END
       || {_LINE}
       || CASE WHEN ends_service THEN ']' || s.p3
         || {amount_sql("l.service_net", "l.minor_units")} || s.p4 ELSE '' END
       || CASE WHEN ends_package THEN ']' || p.p2
         || {amount_sql("l.package_net", "l.minor_units")} || p.p3 ELSE '' END
       || CASE WHEN ends_account THEN ']{_ACCOUNT[3]}'
         || {amount_sql("l.account_net", "l.minor_units")} || '{_ACCOUNT[4]}' ELSE '' END
FROM l
JOIN line_form AS f ON f.form = l.form
JOIN service_form AS s ON s.service = l.sold_service
JOIN package_form AS p ON p.package = l.package AND p.months = l.months
JOIN book.accounts AS a ON a.account = l.account
LEFT JOIN ({_HELD_IDENTIFIERS}) AS i ON i.account_service = l.account_service
ORDER BY l.invoice, l.number
"""

_PARTY = (
    *("a.account", "a.name", "c.name", "c.email", "c.street", "c.city", "c.region"),
    *("c.postal_code", "c.country", "a.tax_id"),
)
_PARTY_FIELDS = (
    *("account", "name", "contact", "email", "street", "city", "region", "postal_code"),
    *("country", "tax_id"),
)
_BILL_TO = " || ',' || ".join(
    f"""'"{name}":' || {text_sql(value)}"""
    for name, value in zip(_PARTY_FIELDS, _PARTY, strict=True)
)

_DAY = """coalesce('"' || s.{0}::VARCHAR || '"', 'null')"""


def _inner_head() -> str:
    """Give SQL for a head from behind its number to before its run, which come with posting.

    It is two texts: before and behind the sections, which are joined of lines.
    """
    amount = {
        "totals.net": "s.net",
        "totals.tax": "s.tax",
        "totals.gross": "s.gross",
        "totals.due": "s.gross",
        "summary.previous_balance": "s.previous",
        "summary.carried_forward": "s.previous",
        "summary.this_invoice": "s.gross",
        "summary.balance_due": "s.previous + s.gross",
    }
    values = {name: amount_sql(minor, "s.minor_units") for name, minor in amount.items()} | {
        "kind": """CASE WHEN s.gross < 0 THEN '"credit_note"' ELSE '"invoice"' END""",
        "bill_to": f"'{{' || {_BILL_TO} || '}}'",
        "recurring_start": _DAY.format("recurring_start"),
        "recurring_end": _DAY.format("recurring_end"),
        "sections": "'[', ']'",
        "taxes": "coalesce(t.taxes, '[]')",
        "changes": "coalesce(g.changes, '[]')",
    }
    first, *names, last = HEAD_BLANKS
    assert (first, last) == ("number", "run")
    parts = ["f.p1"]
    for place, name in enumerate(names, start=2):
        parts += [values[name], f"f.p{place}"]
    return " || ".join(parts).replace("'[', ']'", "'[' AS opening, ']'")


INVOICE = f"""
WITH spans AS (
  SELECT invoice, min(CASE WHEN is_recurring THEN period_start END) AS recurring_start,
         max(CASE WHEN is_recurring THEN period_end END) AS recurring_end
  FROM span_line GROUP BY invoice
),
summed AS (
  SELECT invoice, any_value(minor_units) AS minor_units, sum(net) AS net, sum(tax) AS tax,
         sum(net) + sum(tax) AS gross
  FROM span_taxed GROUP BY invoice
),
stood AS (
  SELECT m.*, p.recurring_start, p.recurring_end, i.invoicer, i.currency,
         CAST(coalesce(b.minor, 0) AS HUGEINT) AS previous
  FROM summed AS m
  JOIN due_invoice AS i ON i.invoice = m.invoice
  JOIN spans AS p ON p.invoice = m.invoice
  LEFT JOIN balances AS b ON b.invoicer = i.invoicer AND b.currency = i.currency
),
contact AS (
  SELECT c.* FROM book.contacts AS c
  WHERE c.kind = 'billing' AND c.account IN (SELECT invoicer FROM stood)
  QUALIFY row_number() OVER (PARTITION BY c.account ORDER BY c.row) = 1
)
SELECT s.invoice, h.head, {_inner_head()} AS ending,
       s.invoicer, s.currency, s.minor_units, coalesce(a.bill_group, ''), s.net, s.tax, c.email
FROM stood AS s
JOIN book.accounts AS a ON a.account = s.invoicer
JOIN head AS h
  ON h.bill_group IS NOT DISTINCT FROM a.bill_group AND h.locale IS NOT DISTINCT FROM a.locale
 AND h.currency = s.currency
JOIN head_form AS f ON f.head = h.head
LEFT JOIN contact AS c ON c.account = s.invoicer
LEFT JOIN span_tax AS t ON t.invoice = s.invoice
LEFT JOIN span_change AS g ON g.invoice = s.invoice
ORDER BY s.invoice
"""
