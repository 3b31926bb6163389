"""Account services: services of their package, active, within its days."""

from __future__ import annotations

from runtime.book.rule import Rule, unknown_reference
from runtime.program.model import Program


def _services(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.services)


# A row whose own effective cell was reported has no day to judge.
# Rules say first what most rows lack, so that these are not looked up for nothing.
_EFFECTIVE = """
(SELECT s.*, coalesce(s.effective, p.effective) AS start_day, p.effective AS package_day,
   p.package
 FROM book.account_services s
 JOIN book.account_packages p ON p.account_package = s.account_package
 WHERE NOT EXISTS (
   SELECT 1 FROM book.faults f
   WHERE f.entity = 'account_services' AND f.row = s.row AND f.field = 'effective'
 ))
"""

ACCOUNT_SERVICE_RULES = (
    unknown_reference(
        "unknown_account_package",
        "account_services",
        "account_package",
        "account_packages",
        "account_package",
        "no account package has this key",
    ),
    Rule(
        code="unknown_service",
        entity="account_services",
        names=_services,
        sql="""
        SELECT s.row, 'service' AS field, s.service AS value,
          'is not a service of the catalog' AS reason, '' AS hint
        FROM book.account_services s
        WHERE s.service IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM offer.services o WHERE o.service = s.service)
        """,
    ),
    Rule(
        code="service_not_in_package",
        entity="account_services",
        needs=("account_packages",),
        sql="""
        SELECT s.row, 'service' AS field, s.service AS value,
          'is not a service of the package `' || p.package || '`' AS reason,
          'its services are ' || o.held AS hint
        FROM book.account_services s
        JOIN book.account_packages p ON p.account_package = s.account_package
        JOIN (
          SELECT package, string_agg(service, ', ' ORDER BY service) AS held
          FROM offer.package_services GROUP BY package
        ) o ON o.package = p.package
        WHERE s.service IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM offer.package_services k
          WHERE k.package = p.package AND k.service = s.service
        )
        """,
    ),
    Rule(
        code="inactive_service",
        entity="account_services",
        needs=("account_packages",),
        sql=f"""
        SELECT s.row, 'service' AS field, s.service AS value,
          CASE WHEN NOT o.is_active THEN 'is not active in the catalog'
            WHEN s.start_day < o.active_from
              THEN 'is active from ' || CAST(o.active_from AS VARCHAR) || ' on only'
            ELSE 'is no longer active from ' || CAST(o.active_until AS VARCHAR) || ' on'
            END AS reason,
          '' AS hint
        FROM {_EFFECTIVE} s JOIN offer.services o ON o.service = s.service
        WHERE (NOT o.is_active OR o.active_from IS NOT NULL OR o.active_until IS NOT NULL)
          AND (NOT o.is_active OR s.start_day < o.active_from OR s.start_day >= o.active_until)
        """,
    ),
    Rule(
        code="service_before_package",
        entity="account_services",
        needs=("account_packages",),
        sql=f"""
        SELECT s.row, 'effective' AS field, CAST(s.effective AS VARCHAR) AS value,
          'is before ' || CAST(s.package_day AS VARCHAR) || ', when the package begins' AS reason,
          '' AS hint
        FROM {_EFFECTIVE} s WHERE s.effective IS NOT NULL AND s.effective < s.package_day
        """,
    ),
    Rule(
        code="cancelled_before_effective",
        entity="account_services",
        needs=("account_packages",),
        sql=f"""
        SELECT s.row, 'cancelled' AS field, CAST(s.cancelled AS VARCHAR) AS value,
          'is before ' || CAST(s.start_day AS VARCHAR) || ', when it begins' AS reason, '' AS hint
        FROM {_EFFECTIVE} s WHERE s.cancelled IS NOT NULL AND s.cancelled < s.start_day
        """,
    ),
)
