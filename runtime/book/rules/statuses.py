"""Status changes: of one thing that exists, to a status its lifecycle leads to."""

from __future__ import annotations

from runtime.book.rule import Rule
from runtime.book.rules.owners import owner_rules
from runtime.program.model import NEW, Program


def _statuses(program: Program) -> tuple[str, ...]:
    return tuple(each.id for each in program.service_statuses + program.package_statuses)


def _unknown_status(kind: str) -> Rule:
    other = {"service": "package", "package": "service"}[kind]
    return Rule(
        code="unknown_status",
        entity="status_changes",
        names=_statuses,
        sql=f"""
        SELECT c.row, 'status' AS field, c.status AS value,
          'is not a {kind} status of the catalog' AS reason,
          CASE WHEN o.status IS NULL THEN '' ELSE 'it is a {other} status' END AS hint
        FROM book.status_changes c
        LEFT JOIN offer.{other}_statuses o ON o.status = c.status
        WHERE c.status IS NOT NULL
          AND c.account_{kind} IS NOT NULL AND c.account_{other} IS NULL
          AND NOT EXISTS (SELECT 1 FROM offer.{kind}_statuses k WHERE k.status = c.status)
        """,
    )


STATUS_REFERENCE_RULES = (
    *owner_rules(
        "status_changes",
        "status",
        ("account_service", "account_package"),
        "a status is of one of the two",
        "of_both",
    ),
    _unknown_status("service"),
    _unknown_status("package"),
    Rule(
        code="no_lifecycle",
        entity="status_changes",
        needs=("account_services",),
        sql="""
        SELECT c.row, 'account_service' AS field, c.account_service AS value,
          'is a `' || o.service || '`, which has no lifecycle and so no statuses' AS reason,
          '' AS hint
        FROM book.status_changes c
        JOIN book.account_services s ON s.account_service = c.account_service
        JOIN offer.services o ON o.service = s.service
        WHERE o.lifecycle IS NULL
        """,
    ),
)

# Of each history the first wrong step; what follows is its consequence.
_FIRST = "row_number() OVER (PARTITION BY {0} ORDER BY effective, row)"

STATUS_RULES = (
    Rule(
        code="status_before_effective",
        entity="status_changes",
        needs=("account_services", "account_packages"),
        sql="""
        SELECT c.row, 'effective' AS field, CAST(c.effective AS VARCHAR) AS value,
          'is before ' || CAST(l.start_day AS VARCHAR) || ', when `' || l.account_service
            || '` begins' AS reason,
          '' AS hint
        FROM book.status_changes c JOIN book.lives l ON l.account_service = c.account_service
        WHERE c.effective < l.start_day
        """,
    ),
    Rule(
        code="status_before_effective",
        entity="status_changes",
        needs=("account_packages",),
        sql="""
        SELECT c.row, 'effective' AS field, CAST(c.effective AS VARCHAR) AS value,
          'is before ' || CAST(p.effective AS VARCHAR) || ', when `' || p.account_package
            || '` begins' AS reason,
          '' AS hint
        FROM book.status_changes c
        JOIN book.account_packages p ON p.account_package = c.account_package
        WHERE c.effective < p.effective
        """,
    ),
    Rule(
        code="status_after_canceled",
        entity="status_changes",
        needs=("account_services", "account_packages"),
        sql=f"""
        SELECT row, 'status' AS field, status AS value,
          'nothing follows `' || before || '`, which ends it' AS reason, '' AS hint
        FROM (
          SELECT h.*, {_FIRST.format("account_service")} AS wrong FROM book.service_histories h
          JOIN offer.service_statuses b ON b.status = h.before AND b.base = 'canceled'
        ) w WHERE wrong = 1
        """,
    ),
    Rule(
        code="status_after_canceled",
        entity="status_changes",
        needs=("account_packages",),
        sql=f"""
        SELECT row, 'status' AS field, status AS value,
          'nothing follows `' || before || '`, which ends it' AS reason, '' AS hint
        FROM (
          SELECT h.*, {_FIRST.format("account_package")} AS wrong FROM book.package_histories h
          JOIN offer.package_statuses b ON b.status = h.before AND b.base = 'canceled'
        ) w WHERE wrong = 1
        """,
    ),
    Rule(
        code="no_transition",
        entity="status_changes",
        needs=("account_services", "account_packages"),
        sql=f"""
        SELECT w.row, 'status' AS field, w.status AS value,
          CASE w.before WHEN '{NEW}' THEN 'no transition leads to it from the sale'
            ELSE 'no transition leads to it from `' || w.before || '`' END AS reason,
          coalesce('what may follow is ' || t.next_statuses, '') AS hint
        FROM (
          SELECT h.*, {_FIRST.format("account_service")} AS wrong FROM book.service_histories h
          WHERE h.before IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM offer.transitions k WHERE k.lifecycle = h.lifecycle
              AND k.from_status = h.before AND k.to_status = h.status
          )
        ) w
        LEFT JOIN (
          SELECT lifecycle, from_status, string_agg(to_status, ', ' ORDER BY to_status)
            AS next_statuses
          FROM offer.transitions GROUP BY lifecycle, from_status
        ) t ON t.lifecycle = w.lifecycle AND t.from_status = w.before
        WHERE w.wrong = 1
        """,
    ),
    Rule(
        code="no_first_status",
        entity="account_services",
        needs=("account_packages",),
        sql="""
        SELECT l.row, 'account_service' AS field, l.account_service AS value,
          '`' || y.lifecycle || '` begins with one of several statuses, and none is given on '
            || CAST(l.start_day AS VARCHAR) AS reason,
          'add a status change on that day' AS hint
        FROM book.lives l
        JOIN offer.services o ON o.service = l.service
        JOIN offer.lifecycles y ON y.lifecycle = o.lifecycle
        WHERE y.entry_status IS NULL AND NOT EXISTS (
          SELECT 1 FROM book.status_changes c
          WHERE c.account_service = l.account_service
            AND (c.effective = l.start_day OR c.effective IS NULL)
        )
        """,
    ),
)
