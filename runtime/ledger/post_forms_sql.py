"""What goes into the ledger's tables of invoices that are on forms, out of the engine's.

Reads the tables of runtime.invoice.alike_sql and own_sql, and `numbered` (runtime.invoice.make).
The columns of each query are those of the ledger's table, in its order; `$last` is the last
number of the series, `$lines` the last line id, and `$forms`, `$line_forms` and `$words` are the
last ids of those.
"""

from __future__ import annotations

from runtime.invoice.own_sql import OWN
from runtime.ledger.post import SERIES

_NUMBER = f"format('{SERIES}-{{:06d}}', $last + n.place)"

INVOICE_FORMS = """
SELECT $forms + s.shape, $words + h.words, s.recurring_start::VARCHAR, s.recurring_end::VARCHAR,
       s.taxes
FROM shape_sum AS s JOIN head_form AS h ON h.head = s.head
ORDER BY s.shape
"""

FORM_LINES = """
SELECT $forms + shape, section, line, $line_forms + form, net, tax
FROM shape_line ORDER BY shape, section, line
"""

# The invoices of a run go in part by part, each with its deliveries and then its sections; a part
# is those whose places among all that are to be lie from `$first` to `$until`, and so do the names
# of their invoicers from `$first_name` to `$last_name`.
PARTS = """
SELECT min(invoice), max(invoice), min(invoicer), max(invoicer)
FROM numbered GROUP BY (place - 1) // $invoices_at_once ORDER BY 1
"""

# The packages of a part's invoices, with the names of their accounts.
_PACKAGES = """
SELECT p.package, p.account, p.account_package, a.name
FROM placed_package AS p JOIN book.accounts AS a ON a.account = p.account
WHERE p.invoice BETWEEN $first AND $until
"""

SECTIONS = f"""
SELECT $lines + s.ordinal, {_NUMBER}, s.line, p.account, p.account_package, s.account_service,
       CASE WHEN p.account <> n.invoicer THEN p.name END, i.texts
FROM section AS s
JOIN numbered AS n ON n.invoice = s.invoice
JOIN ({_PACKAGES}) AS p ON p.package = s.package
LEFT JOIN own_identifiers AS i ON i.account_service = s.account_service
WHERE s.invoice BETWEEN $first AND $until
ORDER BY s.ordinal
"""

_CORRECTED = """
SELECT s.invoice, s.line + l.number - 1 AS number, d.corrects, r.invoice AS posted_invoice,
       r.line AS posted_line
FROM charge.due_content AS d
JOIN kind_line AS l ON l.content_group = d.content_group AND l.number = d.number
JOIN section AS s ON s.section_kind = l.section_kind
LEFT JOIN charge.posted_reference AS r ON r.line_id = d.corrects
WHERE d.corrects IS NOT NULL
"""

CORRECTIONS = f"""
SELECT {_NUMBER}, c.number, c.corrects, c.posted_invoice, c.posted_line
FROM ({_CORRECTED}) AS c
JOIN numbered AS n ON n.invoice = c.invoice
ORDER BY n.place, c.number
"""

# The digests of all that an invoice is made of: of its form, and of what it says of its own.
# What its sections say is joined bit by bit, so that no texts are sorted and strung together:
# half an MD5 of each, which names line and section.
SHAPE_DIGESTS = """
CREATE OR REPLACE TEMP TABLE shape_digest AS
SELECT s.shape, sha256(concat_ws(chr(10), w.digest, s.recurring_start, s.recurring_end, s.taxes,
         l.texts)) AS digest
FROM shape_sum AS s
JOIN head_form AS h ON h.head = s.head
JOIN word_digest AS w ON w.words = h.words
JOIN (
  SELECT l.shape, string_agg(concat_ws(' ', l.section, l.line, d.digest, l.net, l.tax), ','
           ORDER BY l.line) AS texts
  FROM shape_line AS l JOIN line_digest AS d ON d.form = l.form
  GROUP BY l.shape
) AS l ON l.shape = s.shape
"""

_SECTION_DIGESTS = f"""
SELECT invoice, bit_xor(CAST('0x' || left(md5(text), 16) AS UBIGINT)) AS digest
FROM (
  SELECT s.invoice, concat_ws(chr(10), s.line, p.account, p.account_package,
           s.account_service, coalesce(p.name, ''), coalesce(i.texts, '')) AS text
  FROM section AS s
  JOIN ({_PACKAGES}) AS p ON p.package = s.package
  LEFT JOIN own_identifiers AS i ON i.account_service = s.account_service
  WHERE s.invoice BETWEEN $first AND $until
  UNION ALL
  SELECT invoice, concat_ws(chr(10), number, posted_invoice, posted_line) FROM ({_CORRECTED})
  WHERE invoice BETWEEN $first AND $until
)
GROUP BY invoice
"""


def _invoices(delivered: str = "", digests: str = "") -> str:
    return f"""
    SELECT {_NUMBER}, $run, $owner, '{SERIES}', $last + n.place,
           CASE WHEN s.net + s.tax < 0 THEN 'credit_note' ELSE 'invoice' END,
           o.invoicer, s.currency, s.minor_units, $issue_date, coalesce(t.due_date, $issue_date),
           s.net, s.tax, s.net + s.tax, o.document, $forms + s.shape {delivered}
    FROM numbered AS n
    JOIN shape_sum AS s ON s.shape = n.shape
    LEFT JOIN due_date AS t ON t.bill_group = s.bill_group
    JOIN ({OWN}) AS o ON o.invoice = n.invoice
    {digests}
    WHERE n.invoice BETWEEN $first AND $until
    ORDER BY n.place
    """


INVOICES = _invoices()

# And what plans of delivery ask for, behind the columns of the ledger's table.  `recipient` is one
# that nothing is wrong of, as nearly all are; runtime.delivery.planned tells of the others.
INVOICES_DELIVERED = _invoices(
    f""", o.email, s.bill_group, v.channel, v.suffixes,
    CASE WHEN v.channel = 'offline' THEN o.invoicer
         WHEN length(o.email) <= $address_length AND regexp_full_match(o.email, $address)
         THEN o.email END,
    sha256(concat_ws(chr(10), $fingerprint, {_NUMBER}, $run, d.digest, o.document, x.digest))""",
    f"""
    JOIN shape_digest AS d ON d.shape = n.shape
    LEFT JOIN delivery_plan AS v ON v.bill_group = s.bill_group
    JOIN ({_SECTION_DIGESTS}) AS x ON x.invoice = n.invoice""",
)

NOTES = f"""
SELECT {_NUMBER}, n.invoicer, s.currency
FROM numbered AS n JOIN shape_sum AS s ON s.shape = n.shape
WHERE s.net + s.tax < 0
ORDER BY n.place
"""

TOO_LARGE = """
SELECT i.invoicer FROM shape_sum AS s JOIN due_invoice AS i ON i.invoice = s.invoice
WHERE greatest(abs(s.net), abs(s.tax), abs(s.net + s.tax)) > $most
   OR s.shape IN (SELECT shape FROM shape_line WHERE greatest(abs(net), abs(tax)) > $most)
ORDER BY s.shape LIMIT 1
"""
