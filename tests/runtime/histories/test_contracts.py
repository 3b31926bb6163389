"""What contracts charge over random histories, against a reckoning of its own.

What was charged besides is taken as the run found it; the tests of recurring charges hold that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from runtime.calendar import boundary
from tests.reference.charges import round_fraction
from tests.reference.contracts import Held, InForce, Promise, charged_for, remaining, term_end
from tests.runtime.histories.catalog import IS_HEAVY
from tests.runtime.histories.customers import DAYS, FIRST, Row, customer
from tests.runtime.histories.runs import Ledger, write_book

CUSTOMERS = 600 if IS_HEAVY else 60
AS_OF = FIRST + timedelta(days=DAYS + 65)
PLACES = {"CAD": 2, "JPY": 0, "KWD": 3}


def money(cad: str, jpy: str, kwd: str) -> dict[str, Fraction]:
    return {"CAD": Fraction(cad), "JPY": Fraction(jpy), "KWD": Fraction(kwd)}


PROMISES = {
    "spender": (
        (1, money("80", "8000", "24"), 0, False),
        (None, money("200", "20000", "60"), 0, True),
    ),
    "counter": (
        (2, money("3.33", "333", "1.001"), 6, False),
        (1, money("2", "200", "0.5"), 4, True),
    ),
}
TERMS: dict[str, tuple[int, int | None]] = {"spender": (3, 2), "counter": (6, None)}
FIXED = money("75", "7500", "22.5")


class Known:
    """What a book says of one account package, row by row."""

    def __init__(self, rows: dict[str, list[Row]], package: Row) -> None:
        self.key = package["account_package"]
        self.start = day_of(package["effective"])
        self.statuses = [
            (day_of(row["effective"]), str(row["status"]))
            for row in rows["status_changes"]
            if row.get("account_package") == self.key
        ]
        ends = [day for day, status in self.statuses if status == "closed"]
        if package.get("cancelled"):
            ends.append(day_of(package["cancelled"]))
        self.end = min(ends, default=None)
        self.seats = [
            row
            for row in rows["account_services"]
            if row["account_package"] == self.key and row["service"] == "seat"
        ]
        self.changes = rows["changes"]
        self.contracts = list(self._contracts(package))

    def _contracts(self, package: Row) -> list[tuple[str, Held]]:
        given = [(self.start, str(package["contract"] or "-"))]
        given += [
            (day_of(row["effective"]), str(row["contract"]))
            for row in self.changes
            if row.get("account_package") == self.key and row.get("contract")
        ]
        last = dict(sorted(given, key=lambda each: each[0]))
        days = sorted(last)
        found = []
        for day, until in zip(days, [*days[1:], None], strict=True):
            name = last[day]
            if name != "-":
                term, renewal = TERMS[name]
                found.append((name, Held(day, until, term, renewal, self.end)))
        return found

    def seats_on(self, day: date) -> int:
        """Give how many seats bill on a day."""
        status = [name for since, name in sorted(self.statuses, key=lambda s: s[0]) if since <= day]
        if (status and status[-1] != "open") or (self.end is not None and day >= self.end):
            return 0
        count = 0
        for row in self.seats:
            start = day_of(row["effective"]) if row.get("effective") else self.start
            end = day_of(row["cancelled"]) if row.get("cancelled") else date.max
            if start <= day < end:
                sizes = {date.min: int(str(row["quantity"] or 1))}
                for change in self.changes:
                    if change.get("account_service") == row["account_service"]:
                        sizes[day_of(change["effective"])] = int(str(change["quantity"]))
                count += sizes[max(since for since in sizes if since <= day)]
        return count


def day_of(cell: object) -> date:
    assert isinstance(cell, date)
    return cell


@pytest.mark.slow
@pytest.mark.property
@pytest.mark.feature("A18", "B4", "D2")
def test_minimums_and_penalties_are_those_of_the_reckoning(tmp_path: Path) -> None:
    customers = [customer(f"K{number}") for number in range(CUSTOMERS)]
    write_book(tmp_path, customers, AS_OF)
    ledger = Ledger(tmp_path / "known")
    ledger.bill(tmp_path, AS_OF)
    spent, found = read_charges(ledger)
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for each in customers:
        rows = each.known(AS_OF)
        for row in rows["account_packages"]:
            known, key = Known(rows, row), str(row["account_package"])
            currency = str(rows["accounts"][0]["currency"])
            for name, held in known.contracts:
                for months, amounts, instances, is_prepaid in PROMISES[name]:
                    promise = Promise(months, amounts[currency], instances, is_prepaid)
                    expected[key, "minimum"] += charged_for(
                        promise, held, AS_OF, PLACES[currency], spent[key], known.seats_on
                    )
            expected[key, "penalty"] += penalty(ledger, known, key, currency, found)
    assert {key: minor for key, minor in expected.items() if minor} == found
    kinds = [kind for _, kind in found]
    assert kinds.count("minimum") > CUSTOMERS // 2
    assert kinds.count("penalty") > CUSTOMERS // 20


def read_charges(
    ledger: Ledger,
) -> tuple[dict[str, list[tuple[date, int]]], dict[tuple[str, str], int]]:
    """Give when each charge of a package counts, and what its contracts came to."""
    rows = ledger.connection.execute("""
        SELECT s.account_package, t.kind, t.minor,
               CASE WHEN t.kind IN ('one_time', 'transition') THEN t.period_start
                    WHEN s.timing = 'advance' THEN p.period_start ELSE p.period_end - 1 END
        FROM charge.target AS t JOIN subscription.account_services AS s USING (account_service)
        LEFT JOIN subscription.periods AS p
          ON p.account_service = t.account_service AND p.full_start = t.full_start
         AND t.kind IN ('recurring', 'discount')
    """).fetchall()
    spent: dict[str, list[tuple[date, int]]] = defaultdict(list)
    found: dict[tuple[str, str], int] = defaultdict(int)
    for package, kind, minor, day in rows:
        if kind in ("minimum", "prepaid", "drawdown"):
            found[package, "minimum"] += int(minor)
        elif kind == "penalty":
            found[package, "penalty"] += int(minor)
        else:
            spent[package].append((day, int(minor)))
    return spent, {key: minor for key, minor in found.items() if minor}


def penalty(
    ledger: Ledger, known: Known, key: str, currency: str, found: dict[tuple[str, str], int]
) -> int:
    """Give what leaving early costs; of what a discount lowered to the end, as it was found."""
    end = known.end
    if end is None or end > AS_OF:
        return 0
    for name, held in known.contracts:
        if not held.start < end <= held.binds_until or end >= term_end(held, end):
            continue
        if name == "counter":
            return round_fraction(FIXED[currency] * 10 ** PLACES[currency], "half_up")
        rows = ledger.connection.execute(
            """
            SELECT t.kind, t.unit_price, t.quantity, s.proration,
                   coalesce(b.anchor_day, s.anchor_day), coalesce(b.bill_day, s.bill_day), s.months
            FROM charge.target AS t JOIN subscription.account_services AS s USING (account_service)
            LEFT JOIN subscription.bill_days AS b
              ON b.account_package = s.account_package AND b.from_day < $2 AND $2 <= b.until_day
            WHERE s.account_package = $1 AND t.kind IN ('recurring', 'discount')
              AND t.period_start < $2 AND $2 <= t.period_end
            -- Of a package that is never prorated, a period that was cut is charged beyond the cut.
            QUALIFY t.full_start = max(t.full_start) OVER (PARTITION BY t.account_service)
            """,
            [key, end],
        ).fetchall()
        if any(kind == "discount" for kind, *_ in rows):
            return found.get((key, "penalty"), 0)
        prices = [
            InForce(Fraction(price) * int(count), str(proration), periods_of(*rhythm))
            for _, price, count, proration, *rhythm in rows
        ]
        exact = remaining(prices, end, term_end(held, end)) * Fraction(35, 100)
        return round_fraction(exact * 10 ** PLACES[currency], "half_up")
    return 0


def periods_of(anchor: date, bill_day: int, months: int) -> Callable[[date], tuple[date, date]]:
    """Give the function of a day that gives the whole period which the day is in."""

    def whole_period(day: date) -> tuple[date, date]:
        number = -2
        while boundary(anchor, bill_day, months, number + 1) <= day:
            number += 1
        ends = (boundary(anchor, bill_day, months, each) for each in (number, number + 1))
        start, end = ends
        return start, end

    return whole_period
