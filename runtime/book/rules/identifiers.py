"""Identifiers: of the service's own kinds, and held by one account service at a time."""

from __future__ import annotations

from runtime.book.rule import Rule, unknown_reference
from runtime.tables import OPEN_DAY

IDENTIFIER_REFERENCE_RULES = (
    unknown_reference(
        "unknown_account_service",
        "identifiers",
        "account_service",
        "account_services",
        "account_service",
        "no account service has this key",
    ),
    Rule(
        code="unknown_identifier",
        entity="identifiers",
        needs=("account_services",),
        sql="""
        SELECT i.row, 'identifier' AS field, i.identifier AS value,
          '`' || s.service || '` is not identified by it' AS reason,
          CASE WHEN k.names IS NULL THEN 'it has no identifiers'
            ELSE 'it is identified by ' || k.names END AS hint
        FROM book.identifiers i
        JOIN book.account_services s ON s.account_service = i.account_service
        JOIN offer.services o ON o.service = s.service
        LEFT JOIN (
          SELECT service, string_agg(identifier, ', ' ORDER BY identifier) AS names
          FROM offer.service_identifiers GROUP BY service
        ) k ON k.service = s.service
        WHERE i.identifier IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM offer.service_identifiers n
          WHERE n.service = s.service AND n.identifier = i.identifier
        )
        """,
    ),
    Rule(
        code="until_before_effective",
        entity="identifiers",
        sql="""
        SELECT i.row, 'until' AS field, CAST(i.until AS VARCHAR) AS value,
          'is before ' || CAST(i.effective AS VARCHAR) || ', when it is first held' AS reason,
          '' AS hint
        FROM book.identifiers i WHERE i.until < i.effective
        """,
    ),
)

IDENTIFIER_RULES = (
    Rule(
        code="identifier_overlap",
        entity="identifiers",
        is_local=False,
        needs=("account_services", "account_packages"),
        sql=f"""
        WITH held AS (
          SELECT i.row, i.account_service, i.identifier, i.value,
            greatest(coalesce(i.effective, l.start_day), l.start_day) AS from_day,
            least(coalesce(i.until, DATE '{OPEN_DAY}'), l.end_day) AS until_day
          FROM book.identifiers i JOIN book.lives l ON l.account_service = i.account_service
          WHERE i.identifier IS NOT NULL AND i.value IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM book.faults f WHERE f.entity = 'identifiers' AND f.row = i.row
          )
        ),
        marked AS (
          SELECT *, max(until_day) OVER (
            PARTITION BY identifier, value ORDER BY from_day, row
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
          ) AS held_until
          FROM held WHERE from_day < until_day
        )
        SELECT m.row, 'value' AS field, m.value AS value,
          'is held on ' || CAST(m.from_day AS VARCHAR) || ' by `' || min(h.account_service)
            || '` already' AS reason,
          'end that one with until' AS hint
        FROM marked m
        JOIN held h ON h.identifier = m.identifier AND h.value = m.value AND h.row <> m.row
          AND h.from_day <= m.from_day AND h.until_day > m.from_day
        WHERE m.from_day < m.held_until
        GROUP BY m.row, m.value, m.from_day
        """,
    ),
)
