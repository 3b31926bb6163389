"""Bill days that change from a day on: the periods still tile a life, by a walk of days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from runtime.book.load import load_book
from runtime.calendar import boundary
from runtime.engine import open_engine
from runtime.subscriptions import build_subscriptions
from tests.runtime.histories.catalog import IS_HEAVY, program
from tests.runtime.histories.customers import Customer, Fact, Row
from tests.runtime.histories.runs import write_book

PACKAGES = 3_000 if IS_HEAVY else 150
ALIGNED = ("offer_0", "offer_3", "offer_5")
AS_OF = date(2028, 3, 31)
DAY = timedelta(days=1)

Period = tuple[date, date, date, date]


class Moved:
    """A package of an account, and its bill days, the last one said for a day first."""

    def __init__(self, name: str, chance: Random) -> None:
        self.start = date(2025, 1, 1) + timedelta(days=chance.randrange(500))
        self.months = chance.choice((1, 3))
        self.of_account: list[tuple[date, int]] = []
        self.of_package: list[tuple[date, int]] = []
        self.given = chance.choice((None, 1, 15, 31)), chance.choice((None, None, 30))
        account: Row = {"account": name, "parent": "owner", "name": name, "type": "customer"}
        account |= {"currency": "CAD", "bill_group": "all", "jurisdiction": "CA-ON"}
        contact: Row = {"account": name, "kind": "billing", "name": name}
        sold: Row = {"account_package": f"{name}-1", "account": name, "effective": self.start}
        sold |= {"package": chance.choice(ALIGNED), "bill_day": self.given[1] or ""}
        sold |= {"frequency": "monthly" if self.months == 1 else "quarterly"}
        seat: Row = {"account_service": name, "account_package": f"{name}-1", "service": "seat"}
        self.is_advance = sold["package"] != "offer_3"
        rows = [
            ("accounts", account | {"bill_day": self.given[0] or ""}),
            *(("contacts", contact), ("account_packages", sold), ("account_services", seat)),
        ]
        for _ in range(chance.randrange(5)):
            row: Row = {"bill_day": chance.choice((1, 2, 14, 15, 29, 30, 31))}
            ahead = chance.choice((0, 1, 5, 20, 40, 200))
            if chance.random() < 0.5:
                row |= {"account": name, "effective": self.start + timedelta(days=ahead - 20)}
                self.of_account.append((row["effective"], row["bill_day"]))  # type: ignore[arg-type]
            else:
                row |= {"account_package": f"{name}-1"}
                row |= {"effective": self.start + timedelta(days=ahead)}
                self.of_package.append((row["effective"], row["bill_day"]))  # type: ignore[arg-type]
            rows.append(("changes", row))
        self.customer = Customer(name, facts=[Fact(date.min, *each) for each in rows])

    def bill_day(self, day: date) -> int:
        """Give the bill day that is said for a day."""

        def last(said: list[tuple[date, int]]) -> int | None:
            known = [(since, place) for place, (since, _) in enumerate(said) if since <= day]
            return said[max(known)[1]][1] if known else None

        of_account, of_package = self.given
        found = (last(self.of_package), of_package, last(self.of_account), of_account, 1)
        return next(each for each in found if each is not None)

    def periods(self) -> list[Period]:
        """Walk from day to day, and begin a period where one ends or a new bill day comes."""
        holds = self.bill_day(self.start)
        anchor = self.start
        while not is_bill_day(anchor, holds):
            anchor += DAY
        number = 0 if anchor == self.start else -1
        begun = self.start
        found: list[Period] = []
        for ahead in range(1, (AS_OF - self.start).days + 200):
            day = self.start + timedelta(days=ahead)
            full_start = boundary(anchor, holds, self.months, number)
            full_end = boundary(anchor, holds, self.months, number + 1)
            said = self.bill_day(day)
            if said != holds and is_bill_day(day, said):
                holds, anchor, number = said, day, 0
            elif day == full_end:
                number += 1
            else:
                continue
            if (begun if self.is_advance else day) <= AS_OF:
                found.append((begun, day, full_start, full_end))
            begun = day
        return found


def is_bill_day(day: date, bill_day: int) -> bool:
    return day.day == min(bill_day, monthrange(day.year, day.month)[1])


@pytest.mark.property
@pytest.mark.feature("A2", "B4", "D1")
def test_periods_are_cut_at_a_new_bill_day_and_follow_from_it(tmp_path: Path) -> None:
    chance = Random("bill days")
    moved = {f"M{number}": Moved(f"M{number}", chance) for number in range(PACKAGES)}
    write_book(tmp_path, [each.customer for each in moved.values()], AS_OF)
    connection = open_engine(threads=1)
    report = load_book(connection, program(), tmp_path, AS_OF)
    assert [fault.text() for fault in report.faults] == []
    build_subscriptions(connection, program(), AS_OF)
    found: dict[str, list[Period]] = {name: [] for name in moved}
    rows = connection.execute("SELECT * FROM subscription.periods ORDER BY ALL").fetchall()
    for name, *period in rows:
        found[name].append((period[0], period[1], period[2], period[3]))
    assert found == {name: each.periods() for name, each in moved.items()}
    cut = [each for each in found.values() if len({full[2].day for full in each[1:]}) > 1]
    assert len(cut) > PACKAGES // 4
