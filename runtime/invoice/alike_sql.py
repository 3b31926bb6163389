"""The statements behind runtime.invoice.alike.

| table | one row is |
| --- | --- |
| due_invoice | an invoice to be: invoicer, currency, its place |
| placed_package | a package of charge.due_package, with the place of its invoice |
| elaborate | one that is worded line by line |
| placed | an account service of charge.due_service on forms, with what it says in every line |
| line_quote | of a tiered price of a line, how it came about |
| sold_as, price_owner(s), line_said | what sections and lines say, by a number (runtime.kinds) |
| section_kind | a kind of sections that are alike, with one of them |
| on_form | a line of a kind of sections |
| form | a kind of lines that are alike, with one of them |
| line_form, tax_form | a form's pieces, or its number of words |
| form_rate | a tax rate that lines of a form bear |
| balances | what an account owed before |
| head | a kind of invoices whose heads are alike, with one of them |
| kind_line | a line of a kind of sections, and its form |
| section | an account service of charge.due_service on forms, with its lines' forms |
| shape | an invoice form: a kind of invoices with the same lines, with one of them |
| formed | an invoice on forms, and its form |
| span_* | of the one invoice of each form: lines, taxes |
| shape_line, shape_sum | a line of an invoice form; what the form comes to |
"""

from __future__ import annotations

from runtime.invoice.forms import TAX_BLANKS, amount_sql, filled_sql
from runtime.money import rounded_ratio_sql
from runtime.program.model import Rounding

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

# Ordinals of an invoice follow each other, so that a line's number is its distance from the first;
# and they are in the order of invoicers and currencies.
INVOICES = """
CREATE OR REPLACE TEMP TABLE due_invoice AS
SELECT *, row_number() OVER (ORDER BY first) AS invoice
FROM (
  SELECT invoicer, currency, min(ordinal) AS first
  FROM charge.due_package GROUP BY invoicer, currency
)
"""

PACKAGES = """
CREATE OR REPLACE TEMP TABLE placed_package AS
SELECT p.package, i.invoice, i.first, p.account, p.account_package
FROM charge.due_package AS p
JOIN due_invoice AS i ON i.invoicer = p.invoicer AND i.currency = p.currency
"""

ELABORATE = """
CREATE OR REPLACE TEMP TABLE elaborate AS
SELECT p.invoice
FROM charge.due_service AS d JOIN placed_package AS p ON p.package = d.package
WHERE d.content_group IN (
  SELECT content_group FROM charge.due_content
  WHERE kind NOT IN ('recurring', 'discount', 'one_time', 'transition')
) OR d.account_service IN (SELECT account_service FROM rated.pools)
UNION
SELECT i.invoice
FROM due_invoice AS i JOIN balances AS b ON b.invoicer = i.invoicer AND b.currency = i.currency
WHERE b.is_told
"""

NOT_QUOTED = """
CREATE OR REPLACE TEMP TABLE line_quote AS
SELECT NULL::INTEGER AS content_group, NULL::INTEGER AS number WHERE false
"""

QUOTE = {
    name: f"q.{name}"
    for name in (
        *("price", "counted_by", "included", "percent_off", "counted", "instances", "gross"),
        *("reduced", "bounded", "source"),
    )
}
"""How a tiered price came about, which is part of what words a line; see assemble_pricing."""

QUOTED = f"""
CREATE OR REPLACE TEMP TABLE line_quote AS
SELECT d.content_group, d.number, {", ".join(QUOTE.values())}
FROM charge.due_content AS d
JOIN charge.quoted AS q
  ON q.kind = d.kind AND q.account_service = d.account_service AND q.service = d.service
 AND q.status IS NOT DISTINCT FROM d.status AND q.transition IS NOT DISTINCT FROM d.transition
 AND q.day = CASE d.kind WHEN 'recurring' THEN d.full_start ELSE d.period_start END
 AND q.amount = d.unit_price
QUALIFY row_number() OVER (
  PARTITION BY d.content_group, d.number ORDER BY q.price DESC, q.counted DESC, q.instances DESC
) = 1
"""

# Whose prices hold is part of what words a line; see assemble_choices.
OWNER = {name: f"w.{name}" for name in ("level", "owner", "from_day", "until_day")}
OWNERS = """
SELECT w.account_service, k.number AS member
FROM subscription.price_owners AS w JOIN price_owner AS k ON {same}
"""

PLACED = """
CREATE OR REPLACE TEMP TABLE placed AS
SELECT d.ordinal, d.account_service, d.content_group, d.package, p.invoice, p.first, s.sold_as,
       w.number AS owners,
       CASE WHEN s.is_exempt THEN coalesce(a.tax_exemption, '') END AS exemption
FROM charge.due_service AS d
JOIN subscription.sold AS o ON o.account_service = d.account_service
JOIN (
  SELECT s.terms, s.is_exempt, k.number AS sold_as
  FROM subscription.terms AS s JOIN sold_as AS k ON {same}
) AS s ON s.terms = o.terms
JOIN placed_package AS p ON p.package = d.package
ANTI JOIN elaborate AS e ON e.invoice = p.invoice
LEFT JOIN book.accounts AS a ON s.is_exempt AND a.account = p.account
LEFT JOIN price_owners AS w ON w.account_service = d.account_service
"""

# Sections are alike where their account services say the same in each line, and have the same
# lines.
KINDS = """
CREATE OR REPLACE TEMP TABLE section_kind AS
SELECT CAST(row_number() OVER (ORDER BY min(ordinal)) AS INTEGER) AS section_kind, sold_as, owners,
       exemption, content_group, min(ordinal) AS ordinal
FROM placed GROUP BY sold_as, owners, exemption, content_group
"""
SAME_KIND = """
    k.sold_as = p.sold_as AND k.content_group = p.content_group
AND k.owners IS NOT DISTINCT FROM p.owners AND k.exemption IS NOT DISTINCT FROM p.exemption
"""

# What a line says but for what its account service says in each: `d`, a row of due_content, with
# its currency, what it corrects, and its quote.
LINES_FROM = """
charge.due_content AS d
JOIN charge.currencies AS c ON c.currency = d.currency
LEFT JOIN charge.posted_reference AS r ON r.line_id = d.corrects
LEFT JOIN line_quote AS q ON q.content_group = d.content_group AND q.number = d.number
"""

LINES = f"""
CREATE OR REPLACE TEMP TABLE on_form AS
SELECT p.ordinal + d.number - 1 AS ordinal, p.section_kind, d.content_group, d.number,
       p.sold_as, p.owners, p.exemption, k.number AS said
FROM {LINES_FROM}
JOIN section_kind AS p ON p.content_group = d.content_group
JOIN line_said AS k ON {{same}}
"""

FORMS = """
CREATE OR REPLACE TEMP TABLE form AS
SELECT CAST(row_number() OVER (ORDER BY f.ordinal) AS INTEGER) AS form, f.*, p.account_service
FROM (
  SELECT sold_as, owners, exemption, said, min(ordinal) AS ordinal,
         arg_min(content_group, ordinal) AS content_group, arg_min(number, ordinal) AS number
  FROM on_form GROUP BY sold_as, owners, exemption, said
) AS f
JOIN placed AS p ON p.ordinal = f.ordinal - f.number + 1
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

NUMBERED = """
CREATE OR REPLACE TEMP TABLE kind_line AS
SELECT o.section_kind, o.content_group, o.number, f.form
FROM on_form AS o
JOIN form AS f
  ON f.sold_as = o.sold_as AND f.said = o.said AND f.owners IS NOT DISTINCT FROM o.owners
 AND f.exemption IS NOT DISTINCT FROM o.exemption
"""

# `lines`: the forms of a section's lines, one after the other, as a number.
SECTIONS = f"""
CREATE OR REPLACE TEMP TABLE section AS
WITH formed AS (
  SELECT section_kind, list(form ORDER BY number) AS forms FROM kind_line GROUP BY section_kind
),
numbered AS (
  SELECT row_number() OVER () AS lines, forms FROM (SELECT DISTINCT forms FROM formed)
)
SELECT p.ordinal, p.invoice, CAST(p.ordinal - p.first + 1 AS INTEGER) AS line, p.package,
       p.account_service, k.section_kind, l.lines
FROM placed AS p
JOIN section_kind AS k ON {SAME_KIND}
JOIN formed AS f ON f.section_kind = k.section_kind
JOIN numbered AS l ON l.forms = f.forms
"""

DONE = (
    *("DROP TABLE on_form", "DROP TABLE placed"),
    *("DROP TABLE section_kind", "DROP TABLE sold_as", "DROP TABLE price_owners"),
    *("DROP TABLE line_said", "DROP TABLE price_owner", "DROP TABLE line_quote"),
)

# Some lines of charge.due, as runtime.invoice.assemble_facts.due_sql takes them: one of each
# form, or those of the invoice whose place is asked for.
_ALL = "d.* EXCLUDE (content_group, number, holder, is_own, account_service)"
DUE_OF_FORMS = f"""(
  SELECT f.ordinal, f.account_service, {_ALL}
  FROM form AS f
  JOIN charge.due_content AS d ON d.content_group = f.content_group AND d.number = f.number
)"""
DUE_OF_INVOICE = f"""(
  SELECT s.ordinal + l.number - 1 AS ordinal, s.account_service, {_ALL}
  FROM section AS s
  JOIN kind_line AS l ON l.section_kind = s.section_kind
  JOIN charge.due_content AS d ON d.content_group = l.content_group AND d.number = l.number
  WHERE s.invoice = ?
)"""

# Invoices are alike where their heads are, and their lines, one by one, with the sections they
# stand in: each section is told by where it begins and its lines, each package by its sections,
# each account by its packages, and the invoice by its accounts.
PLACE = {"line": "s.line", "lines": "s.lines"}
IN_PACKAGES = """
SELECT s.package, k.number AS member FROM section AS s JOIN section_place AS k ON {same}
"""
IN_ACCOUNTS = """
SELECT p.invoice, p.account, k.number AS member
FROM package_sections AS k JOIN placed_package AS p ON p.package = k.package
"""
IN_INVOICES = "SELECT invoice, number AS member FROM account_sections"

FORMED = """
CREATE OR REPLACE TEMP TABLE formed AS
SELECT s.invoice, i.invoicer, i.currency, h.head, s.number AS sections
FROM invoice_sections AS s
JOIN due_invoice AS i ON i.invoice = s.invoice
JOIN book.accounts AS a ON a.account = i.invoicer
JOIN head AS h
  ON h.bill_group IS NOT DISTINCT FROM a.bill_group AND h.locale IS NOT DISTINCT FROM a.locale
 AND h.currency = i.currency
"""

SHAPES = """
CREATE OR REPLACE TEMP TABLE shape AS
SELECT CAST(row_number() OVER (ORDER BY min(invoice)) AS INTEGER) AS shape, head, sections,
       min(invoice) AS invoice
FROM formed GROUP BY head, sections
"""

_SPAN = """
CREATE OR REPLACE TEMP TABLE span_line AS
SELECT s.shape, s.invoice, t.line AS section, t.line + l.number - 1 AS number, l.form, d.minor,
       d.currency, d.kind = 'recurring' AS is_recurring, d.period_start, d.period_end
FROM shape AS s
JOIN section AS t ON t.invoice = s.invoice
JOIN kind_line AS l ON l.section_kind = t.section_kind
JOIN charge.due_content AS d ON d.content_group = l.content_group AND d.number = l.number
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


SHAPE_LINES = """
CREATE OR REPLACE TEMP TABLE shape_line AS
SELECT shape, section, number AS line, form, net, tax FROM span_taxed
"""

SHAPE_SUMS = """
CREATE OR REPLACE TEMP TABLE shape_sum AS
SELECT t.shape, any_value(h.head) AS head, coalesce(any_value(h.bill_group), '') AS bill_group,
       any_value(t.currency) AS currency, any_value(t.minor_units) AS minor_units,
       count(*) AS lines, CAST(sum(t.net) AS HUGEINT) AS net, CAST(sum(t.tax) AS HUGEINT) AS tax,
       min(CASE WHEN is_recurring THEN period_start END) AS recurring_start,
       max(CASE WHEN is_recurring THEN period_end END) AS recurring_end,
       coalesce(any_value(x.taxes), '[]') AS taxes, any_value(t.invoice) AS invoice
FROM span_taxed AS t
JOIN shape AS s ON s.shape = t.shape
JOIN head AS h ON h.head = s.head
LEFT JOIN span_tax AS x ON x.invoice = t.invoice
GROUP BY t.shape
"""


def shapes(rounding: Rounding) -> tuple[str, ...]:
    """Give the statements for the lines of invoice forms: their lines, taxes and sums."""
    rounded = rounded_ratio_sql("amount * part", "whole", rounding)
    shares = _SHARES.format(rounded=rounded)
    return (_SPAN, shares, _TAXED, _TAXES, SHAPE_LINES, SHAPE_SUMS)
