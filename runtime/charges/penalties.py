"""What leaving a contract early costs: once, on the day the package is cancelled.

That is before the end of the contract's current term, which each renewal begins anew.  It is
a fixed amount, or a percentage of the recurring charges that would have been made until that
end: the prices, quantities and discounts of the day before, for each billing period or the
part of one that remains, summed up exactly and rounded once.

charge.penalties has what the percentages are of, for the invoice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from duckdb import DuckDBPyConnection

from runtime.calendar import boundary, full_periods
from runtime.charges.minimums import BEARERS
from runtime.charges.proration import part_of
from runtime.engine import fill_table
from runtime.money import PRICE_SCALE, rounded, scaled_price_sql, to_major, to_minor
from runtime.program.commercial import ContractPenalty
from runtime.program.model import Program
from runtime.tables import PRICE_TYPE, TABLES

_CHARGES = {
    "account_service": "VARCHAR",
    "fee_service": "VARCHAR",
    "day": "DATE",
    "amount": PRICE_TYPE,
    "minor": "DECIMAL(38, 0)",
    "currency": "VARCHAR",
    "source": "INTEGER",
}

# What was in force on the day before, one row for all services that share a rhythm.  Of a
# package that is never prorated, a period that a bill day cut was charged beyond the cut.
_IN_FORCE = f"""
WITH left_early AS (
  SELECT DISTINCT account_package, end_day FROM subscription.held_contracts
  WHERE account_package IN (SELECT unnest(CAST($packages AS VARCHAR[])))
),
last_day AS (
  SELECT t.* FROM left_early AS e
  JOIN subscription.account_services AS s ON s.account_package = e.account_package
  JOIN charge.target AS t
    ON t.account_service = s.account_service AND t.currency = s.currency
   AND t.kind IN ('recurring', 'discount')
   AND t.period_start < e.end_day AND e.end_day <= t.period_end
  QUALIFY t.full_start = max(t.full_start) OVER (PARTITION BY t.account_service)
)
SELECT s.account_package, s.months, coalesce(b.bill_day, s.bill_day) AS bill_day,
       coalesce(b.anchor_day, s.anchor_day) AS anchor_day, s.proration,
       l.end_day AS discounted_until,
       sum({scaled_price_sql("t.unit_price")} * CAST(t.quantity AS HUGEINT)) AS scaled
FROM left_early AS e
JOIN subscription.account_services AS s ON s.account_package = e.account_package
LEFT JOIN subscription.bill_days AS b
  ON b.account_package = e.account_package
 AND b.from_day < e.end_day AND e.end_day <= b.until_day
JOIN last_day AS t ON t.account_service = s.account_service
LEFT JOIN charge.discount_ends AS l
  ON l.account_service = t.account_service AND l.discount = t.discount
 AND l.full_start = t.full_start
GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class _Leaver:
    """An account package that is left before the end of its contract's term."""

    account_package: str
    account_service: str
    currency: str
    minor_units: int
    end_day: date
    term_end: date
    penalty: ContractPenalty


@dataclass(frozen=True, slots=True)
class _InForce:
    """A row of _IN_FORCE; the price of a full period, in whole 10^-12.

    `discounted_until`: of a discount, from which day on no period has it; None: it goes on.
    """

    months: int
    bill_day: int
    anchor_day: date
    proration: str
    discounted_until: date | None
    scaled: int


def charge_penalties(connection: DuckDBPyConnection, program: Program, as_of: date) -> None:
    """Add a charge to charge.target for each package left early by `as_of`.

    Reads the recurring charges and discounts of charge.target.
    """
    columns = TABLES["charge.penalties"]
    if not program.contract_penalties:
        fill_table(connection, "charge.penalties", columns, [])
        return
    leavers = list(_leavers(connection, program, as_of))
    fixed = {(each.contract, each.currency): each for each in program.contract_penalty_amounts}
    in_force = _in_force(connection, [each.account_package for each in leavers])
    charges, facts = [], []
    for each in leavers:
        own = each.penalty
        if own.percent:
            prices = in_force.get(each.account_package, [])
            remaining = sum((_remaining(each, price) for price in prices), Fraction(0))
            minor = rounded(
                remaining * Fraction(own.percent) / 100 * 10**each.minor_units, program.rounding
            )
            left = to_minor(remaining, each.minor_units, program.rounding)
            facts.append((each.account_service, own.percent, Decimal(left), each.term_end))
        else:
            amount = fixed[own.contract, each.currency].amount
            minor = to_minor(amount, each.minor_units, program.rounding)
        if minor:
            price = to_major(minor, each.minor_units)
            charges.append(
                (
                    *(each.account_service, own.fee_service, each.end_day),
                    *(price, Decimal(minor), each.currency, own.source),
                )
            )
    fill_table(connection, "charge.penalties", columns, facts)
    fill_table(connection, "charge.penalty_charges", _CHARGES, charges)
    connection.execute("""
        INSERT INTO charge.target BY NAME
        SELECT 'penalty' AS kind, c.account_service, c.fee_service AS service,
               c.day AS period_start, c.day + 1 AS period_end, 1 AS quantity,
               c.amount AS unit_price, CAST(c.minor AS HUGEINT) AS minor, c.currency, c.source,
               k.tax_class
        FROM charge.penalty_charges AS c
        LEFT JOIN charge.services AS k ON k.service = c.fee_service
    """)


def _leavers(connection: DuckDBPyConnection, program: Program, as_of: date) -> Iterator[_Leaver]:
    penalties = {each.contract: each for each in program.contract_penalties}
    rows = connection.execute(
        f"""
        SELECT h.account_package, h.contract, h.from_day, h.end_day, h.term_months,
               h.renewal_months, b.account_service, b.currency, b.minor_units
        FROM subscription.held_contracts AS h
        JOIN ({BEARERS}) AS b ON b.account_package = h.account_package
        WHERE h.from_day < h.end_day AND h.end_day <= h.until_day AND h.end_day <= ?
        ORDER BY 1
        """,
        [as_of],
    ).fetchall()
    for package, contract, start, end, term, renewal, bearer, currency, minor_units in rows:
        term_end = _term_end(start, end, term, renewal)
        if contract in penalties and end < term_end:
            yield _Leaver(
                package, bearer, currency, minor_units, end, term_end, penalties[contract]
            )


def _term_end(start: date, day: date, term: int, renewal: int | None) -> date:
    """Give the end of the term that a day is in, or is the end of; of the last one at most."""
    months = term
    while (end := boundary(start, start.day, months, 1)) < day and renewal is not None:
        months += renewal
    return end


def _in_force(connection: DuckDBPyConnection, packages: list[str]) -> dict[str, list[_InForce]]:
    found: dict[str, list[_InForce]] = defaultdict(list)
    if packages:
        for package, *row in connection.execute(_IN_FORCE, {"packages": packages}).fetchall():
            found[package].append(_InForce(*row))
    return found


def _remaining(leaver: _Leaver, price: _InForce) -> Fraction:
    """Give what a price would have come to from the package's end to the term's."""
    return Fraction(price.scaled, PRICE_SCALE) * sum(_parts(leaver, price), Fraction(0))


def _parts(leaver: _Leaver, price: _InForce) -> Iterator[Fraction]:
    """Give the part of each billing period that remains, as the package counts parts."""
    end = leaver.end_day
    stop = price.discounted_until or leaver.term_end
    before = (price.anchor_day.year - end.year) * 12 + price.anchor_day.month - end.month
    first = -(before // price.months) - 2
    for start, until in full_periods(price.anchor_day, price.bill_day, price.months, first):
        if start >= leaver.term_end or (start >= end and start >= stop):
            return
        if until <= end:
            continue
        if price.proration == "never":
            yield Fraction(start >= end)
            continue
        stretch = max(start, end), min(until, leaver.term_end)
        begun, gone, whole = part_of(price.proration, (start, until), stretch)
        yield Fraction(gone - begun, whole)
