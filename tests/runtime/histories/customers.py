"""Customers at random: what becomes true of each, when, and when it becomes known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from tests.runtime.histories.catalog import OFFERS
from tests.runtime.histories.usage import Record, records_of

SERVICES = ("line", "line", "desk", "setup", "meter", "meter", "meter", "board", "pool_fee")
"""What is sold beside a seat.  Instances of some are sold in number."""


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
    "identifiers",
    "status_changes",
    "changes",
    "overrides",
)
RECORDED = {"status_changes", "changes", "overrides"}
"""Whose rows may stand in a book ahead of the day from which they are known."""

KEYS = {"accounts": "account", "identifiers": "value"}


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
            if row[KEYS.get(self.table, self.table.removesuffix("s"))] == self.key:
                row.update(self.row)

    def is_of_something(self, rows: Rows) -> bool:
        """Tell whether what it is about stands in the book."""
        return any(
            row[name] == self.row[name]
            for name in ("account", "account_package", "account_service")
            if self.row.get(name)
            for row in rows[f"{name}s"]
        )


@dataclass
class Customer:
    """Accounts of their own and the facts about them, in the order in which they become known.

    `says_when`: rows are in the book as soon as what they are about is, with the day from which
    a run knows of them.  `records`: what they used, in the order in which it is fed.
    """

    name: str
    says_when: bool = False
    facts: list[Fact] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    def known(self, day: date) -> Rows:
        """Give the rows of the book that are known on a day."""
        rows: Rows = {table: [] for table in TABLES}
        for fact in sorted(self.facts, key=lambda fact: fact.known):
            is_told = self.says_when and fact.table in RECORDED
            if fact.known <= day or (is_told and fact.is_of_something(rows)):
                told = replace(fact, row=fact.row | {"recorded": fact.known}) if is_told else fact
                told.apply(rows)
        return rows


class Writer:
    """Writes one customer's history."""

    def __init__(self, name: str, chance: Random) -> None:
        self.name, self.chance = name, chance
        self.customer = Customer(name, says_when=chance.random() < 0.4)
        self.packages = 0
        self.meters: list[tuple[str, date, date]] = []
        self.accounts: list[str] = []
        place = chance.choice(
            (("CAD", "CA-ON", "CA"), ("CAD", "CA-ON", ""), ("JPY", "JP", "JP"), ("KWD", "KW", ""))
        )
        self.currency = place[0]
        self.open(name, "owner", "", *place)
        if chance.random() < 0.35:
            self.open(f"{name}-below", name, chance.choice(("", name)), *place)

    def open(
        self, name: str, parent: str, invoicer: str, currency: str, jurisdiction: str, country: str
    ) -> None:
        """Open an account."""
        chance = self.chance
        account: Row = {"account": name, "parent": parent, "name": name, "type": "customer"}
        account |= {"currency": currency, "jurisdiction": jurisdiction, "invoicer": invoicer}
        account |= {"bill_group": chance.choice(("all", "all", "small"))}
        account |= {"bill_day": chance.choice(("", "", 1, 15, 29, 31))}
        account |= {"usage_bill_day": chance.choice(("", "", "", 10, 31))}
        account |= {"price_book": chance.choice(("", "", "partner"))}
        account |= {"price_plan": chance.choice(("", "", "", "deal"))}
        account |= {"rate_plan": chance.choice(("", "", "dear"))}
        account |= {"tax_exemption": chance.choice(("", "", "", "charity"))}
        account |= {"timezone": chance.choice(("", "Asia/Tokyo"))}
        self.add(FIRST, "accounts", account)
        contact: Row = {"account": name, "kind": "billing", "name": name, "country": country}
        self.add(FIRST, "contacts", contact)
        self.accounts.append(name)

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
        row: Row = {"account_package": package, "effective": sold}
        row |= {"account": chance.choice(self.accounts)}
        row |= {"package": chance.choice(OFFERS)["name"]}
        row |= {"frequency": chance.choice(("monthly", "monthly", "quarterly"))}
        row |= {"bill_day": chance.choice(("", "", "", 7, 30))}
        row |= {"contract": chance.choice(("", "spender", "counter"))}
        self.add(known, "account_packages", row)
        names = ["seat", "meter", *chance.sample(SERVICES, chance.randrange(1, 8))]
        for number, service in enumerate(names):
            key = f"{package}-{number}"
            start = sold if number == 0 or chance.random() < 0.7 else self.day(sold)
            held: Row = {"account_service": key, "account_package": package, "service": service}
            held |= {"effective": "" if start == sold else start}
            held |= {"quantity": chance.choice(("", 1, 2, 5))}
            # What is sold with the package is known with it; a later one when it is told.
            told = known if start == sold else max(known, self.late(start))
            self.add(told, "account_services", held)
            if service in ("line", "meter"):
                self.walk(key, start, told)
            if service == "meter":
                self.meter(key, start, told)
            if chance.random() < 0.3:
                self.resize(key, start, told)
            if service in ("line", "seat", "meter") and chance.random() < 0.25:
                self.price(key, start, told)
            if chance.random() < 0.15:
                self.end("account_services", key, start, told)
        return package

    def meter(self, key: str, start: date, known: date) -> None:
        """Give a meter its identifier, and some months of usage."""
        row: Row = {"account_service": key, "identifier": "meter", "value": f"M-{key}"}
        self.add(known, "identifiers", row)
        self.meters.append((key, start, known))
        self.customer.records += records_of(
            self.chance, f"M-{key}", self.currency, start, self.chance.choice((40, 130)), LATEST
        )

    def trade(self, *_: object) -> None:
        """Let an identifier go from one meter to another."""
        if len(self.meters) < 2:
            return
        (giver, given, knew), (taker, taken, knows) = self.chance.sample(self.meters, 2)
        day = self.day(max(given, taken))
        known, value = max(knew, knows, self.late(day)), f"M-{giver}"
        self.set(known, "identifiers", value, until=day)
        row: Row = {"account_service": taker, "identifier": "meter", "value": value}
        self.add(known, "identifiers", row | {"effective": day})

    def exempt(self, *_: object) -> None:
        """Correct an account's taxes, as if they had ever been so."""
        cells = self.chance.choice(({"tax_exemption": ""}, {"tax_exemption": "charity"}))
        self.set(self.day(), "accounts", self.chance.choice(self.accounts), **cells)

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
        """Change plan, book, contract or bill day from a day on."""
        day = self.day(start)
        rows: tuple[Row, ...] = (
            {"account": self.name, "price_plan": self.chance.choice(("deal", "-"))},
            {"account": self.name, "price_book": self.chance.choice(("partner", "-"))},
            {"account_package": package, "price_book": self.chance.choice(("partner", "-"))},
            {
                "account_package": package,
                "contract": self.chance.choice(("spender", "counter", "-")),
            },
            {"account": self.name, "bill_day": self.chance.randrange(1, 32)},
            {"account_package": package, "bill_day": self.chance.choice((1, 10, 29, 31))},
            {"account": self.name, "rate_plan": self.chance.choice(("dear", "standard", "-"))},
        )
        row = self.chance.choice(rows)
        self.add(max(known, self.late(day)), "changes", {**row, "effective": day})

    def rate(self, *_: object) -> None:
        """Rate a meter by another plan from a day on."""
        if self.meters:
            key, start, known = self.chance.choice(self.meters)
            day = self.day(start)
            plan = self.chance.choice(("dear", "standard"))
            row: Row = {"account_service": key, "effective": day, "rate_plan": plan}
            self.add(max(known, self.late(day)), "changes", row)

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
    (0.4, Writer.agree),
    (0.3, lambda writer, package, _, known: writer.move(package, known)),
    (0.3, Writer.swap),
    (0.3, Writer.trade),
    (0.2, Writer.rate),
    (0.15, Writer.exempt),
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
