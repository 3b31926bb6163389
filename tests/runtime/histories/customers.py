"""Customers at random: what becomes true of each, when, and when it becomes known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.runtime.histories.catalog import OFFERS

FIRST = date(2025, 1, 1)
"""The first day that anything happens on."""

DAYS = 300
"""How many days of history there are."""

LATEST = FIRST + timedelta(days=DAYS + 60)
"""The day by which all of it is known."""

Row = dict[str, object]
Rows = dict[str, list[Row]]
TABLES = (
    "accounts",
    "contacts",
    "account_packages",
    "account_services",
    "status_changes",
    "changes",
    "overrides",
)


@dataclass(frozen=True)
class Fact:
    """Something that becomes known on a day: rows to add, or cells of a row to set."""

    known: date
    table: str
    row: Row
    key: str = ""

    def apply(self, rows: Rows) -> None:
        """Make it so."""
        if not self.key:
            rows[self.table].append(dict(self.row))
            return
        for row in rows[self.table]:
            if row[self.table.removesuffix("s")] == self.key:
                row.update(self.row)


@dataclass
class Customer:
    """An account of its own and the facts about it, in the order in which they become known."""

    name: str
    facts: list[Fact] = field(default_factory=list)

    def known(self, day: date) -> Rows:
        """Give the rows of the book that are known on a day."""
        rows: Rows = {table: [] for table in TABLES}
        for fact in sorted(self.facts, key=lambda fact: fact.known):
            if fact.known <= day:
                fact.apply(rows)
        return rows


class Writer:
    """Writes one customer's history."""

    def __init__(self, name: str, chance: Random) -> None:
        self.name, self.chance = name, chance
        self.customer = Customer(name)
        self.packages = 0
        currency, jurisdiction, country = chance.choice(
            (("CAD", "CA-ON", "CA"), ("CAD", "CA-ON", ""), ("JPY", "JP", "JP"), ("KWD", "KW", ""))
        )
        account: Row = {"account": name, "parent": "owner", "name": name, "type": "customer"}
        account |= {"currency": currency, "bill_group": "all", "jurisdiction": jurisdiction}
        account |= {"bill_day": chance.choice(("", "", 1, 15, 29, 31))}
        account |= {"price_book": chance.choice(("", "", "partner"))}
        account |= {"price_plan": chance.choice(("", "", "", "deal"))}
        account |= {"tax_exemption": chance.choice(("", "", "", "charity"))}
        account |= {"timezone": chance.choice(("", "Asia/Tokyo"))}
        self.add(FIRST, "accounts", account)
        contact: Row = {"account": name, "kind": "billing", "name": name, "country": country}
        self.add(FIRST, "contacts", contact)

    def add(self, known: date, table: str, row: Row) -> None:
        self.customer.facts.append(Fact(min(known, LATEST), table, row))

    def set(self, known: date, table: str, key: str, **cells: object) -> None:
        self.customer.facts.append(Fact(min(known, LATEST), table, cells, key))

    def day(self, first: date = FIRST) -> date:
        """Give a day from another one on."""
        left = max((FIRST + timedelta(days=DAYS) - first).days, 1)
        return first + timedelta(days=self.chance.randrange(left))

    def late(self, day: date) -> date:
        """Give when something of a day is known: ahead, at once, or up to three periods late."""
        return max(FIRST, day + timedelta(days=self.chance.choice((-9, 0, 0, 1, 17, 40, 95))))

    def sell(self, sold: date, known: date) -> str:
        """Sell a package with some services, whose statuses change."""
        chance = self.chance
        self.packages += 1
        package = f"{self.name}-{self.packages}"
        row: Row = {"account_package": package, "account": self.name, "effective": sold}
        row |= {"package": chance.choice(OFFERS)["name"]}
        row |= {"frequency": chance.choice(("monthly", "monthly", "quarterly"))}
        row |= {"bill_day": chance.choice(("", "", "", 7, 30))}
        row |= {"contract": chance.choice(("", "spender", "counter"))}
        self.add(known, "account_packages", row)
        names = ["seat", *chance.sample(("line", "line", "desk", "setup"), chance.randrange(1, 5))]
        for number, service in enumerate(names):
            key = f"{package}-{number}"
            start = sold if chance.random() < 0.7 else self.day(sold)
            held: Row = {"account_service": key, "account_package": package, "service": service}
            held |= {"effective": "" if start == sold else start}
            held |= {"quantity": chance.choice(("", 1, 2, 5))}
            # What is sold with the package is known with it; a later one when it is told.
            told = known if start == sold else max(known, self.late(start))
            self.add(told, "account_services", held)
            if service == "line":
                self.walk(key, start, told)
            if chance.random() < 0.3:
                self.resize(key, start, told)
            if service in ("line", "seat") and chance.random() < 0.25:
                self.price(key, start, told)
            if chance.random() < 0.15:
                self.end("account_services", key, start, told)
        return package

    def walk(self, key: str, start: date, known: date) -> None:
        """Walk through the lifecycle; what follows is known no sooner than what was before."""
        status, day = "ordered", start
        first: Row = {"account_service": key, "status": status, "effective": day}
        self.add(known, "status_changes", first)
        for _ in range(self.chance.randrange(6)):
            following = {
                "ordered": ("active", "active", "cancelled"),
                "active": ("paused", "paused", "cancelled"),
                "paused": ("active", "active", "active", "cancelled"),
                "cancelled": (),
            }[status]
            if not following:
                return
            status = self.chance.choice(following)
            day += timedelta(days=self.chance.choice((0, 0, 1, 3, 11, 30, 62)))
            known = max(known, self.late(day))
            row: Row = {"account_service": key, "status": status, "effective": day}
            self.add(known, "status_changes", row)

    def hold(self, package: str, start: date, known: date) -> None:
        """Hold a package back, and open it again or close it."""
        day = start
        for status in self.chance.choice((("held", "open"), ("held", "closed"), ("held",))):
            day = self.day(day)
            known = max(known, self.late(day))
            row: Row = {"account_package": package, "status": status, "effective": day}
            self.add(known, "status_changes", row)

    def resize(self, key: str, start: date, known: date) -> None:
        for _ in range(self.chance.randrange(1, 4)):
            day = self.day(start)
            row: Row = {"account_service": key, "effective": day}
            row |= {"quantity": self.chance.randrange(1, 9)}
            self.add(max(known, self.late(day)), "changes", row)

    def price(self, key: str, start: date, known: date) -> None:
        day = self.day(start)
        row: Row = {"account_service": key, "effective": day, "reason": "Promised"}
        row |= {"until": self.chance.choice(("", day + timedelta(days=45)))}
        row |= {"price": self.chance.choice(("19.125", "0", "33.33"))}
        self.add(max(known, self.late(day)), "overrides", row)

    def discount(self, package: str, start: date, known: date) -> None:
        day = self.day(start)
        row: Row = {"account_package": package, "effective": day, "reason": "Promised"}
        row |= {"discount": self.chance.choice(("launch", "loyal", "trial"))}
        row |= {"until": self.chance.choice(("", day + timedelta(days=50)))}
        self.add(max(known, self.late(day)), "overrides", row)

    def end(self, table: str, key: str, start: date, known: date) -> None:
        """Cancel, perhaps move the day later, perhaps take it back."""
        day = self.day(start)
        known = max(known, self.late(day))
        self.set(known, table, key, cancelled=day)
        if self.chance.random() < 0.4:
            later = known + timedelta(days=self.chance.randrange(60))
            self.set(later, table, key, cancelled=self.chance.choice(("", self.day(start))))

    def move(self, package: str, known: date) -> None:
        """Correct the bill day or the frequency of a package, as if it had ever been so."""
        later = known + timedelta(days=self.chance.randrange(150))
        cells = self.chance.choice(({"bill_day": 12}, {"bill_day": 31}, {"frequency": "quarterly"}))
        self.set(later, "account_packages", package, **cells)

    def agree(self, package: str, start: date, known: date) -> None:
        """Change plan, book or contract from a day on."""
        day = self.day(start)
        rows: tuple[Row, ...] = (
            {"account": self.name, "price_plan": self.chance.choice(("deal", "-"))},
            {"account": self.name, "price_book": self.chance.choice(("partner", "-"))},
            {"account_package": package, "price_book": self.chance.choice(("partner", "-"))},
            {
                "account_package": package,
                "contract": self.chance.choice(("spender", "counter", "-")),
            },
        )
        row = self.chance.choice(rows)
        self.add(max(known, self.late(day)), "changes", {**row, "effective": day})

    def swap(self, package: str, start: date, known: date) -> None:
        """Take another package in a package's place, in the middle of a period."""
        day = self.day(start)
        known = max(known, self.late(day))
        self.set(known, "account_packages", package, cancelled=day)
        self.sell(day, known)


ACTS: tuple[tuple[float, Callable[[Writer, str, date, date], None]], ...] = (
    (0.3, Writer.hold),
    (0.4, Writer.discount),
    (0.5, Writer.agree),
    (0.3, lambda writer, package, _, known: writer.move(package, known)),
    (0.3, Writer.swap),
    (0.35, lambda writer, *of: writer.end("account_packages", *of)),
)


def customer(seed: str) -> Customer:
    """Give the customer of a seed, which is its name as well."""
    chance = Random(seed)
    writer = Writer(seed, chance)
    sold = FIRST + timedelta(days=chance.randrange(70))
    known = writer.late(sold)
    package = writer.sell(sold, known)
    for likely, act in ACTS:
        if chance.random() < likely:
            act(writer, package, sold, known)
    return writer.customer
