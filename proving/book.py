"""The book of a test: what it says of its customers, as rows of the book's files.

Keys are the test's names behind its own, `suspension.acme`, so that tests can share a book.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from dsl.source import Span
from dsl.syntax.base import Day, Name
from dsl.syntax.scenarios import (
    Adds,
    Buys,
    Dated,
    Ends,
    GivenDiscount,
    GivenPrice,
    Happens,
    SoldItem,
    TestAccount,
    Turns,
    Uses,
)
from proving.scenario import Known
from runtime.program.model import Program, Service

OWNER = "owner"
GROUP = "tests"
"""The bill group of accounts where the catalog has none: bill day 1, 30 days."""
GROUP_TERMS = 30

REQUIRED: dict[str, tuple[str, ...]] = {
    "account_packages": ("account_package", "account", "package", "frequency", "effective"),
    "account_services": ("account_service", "account_package", "service"),
}
"""Files that a book has even where nothing was sold, and columns that each of them has."""

Cells = dict[str, object]


@dataclass(slots=True)
class BookRows:
    """Rows by entity, each a mapping of the columns that it fills.

    `places`: of each row, the statement it was made of; None: it is of no test.
    """

    rows: dict[str, list[Cells]] = field(default_factory=dict)
    places: dict[str, list[Span | None]] = field(default_factory=dict)
    stated: Span | None = None

    def add(self, entity: str, **cells: object) -> Cells:
        """Add a row and give it; what is None is an empty cell."""
        row: Cells = {name: value for name, value in cells.items() if value is not None}
        self.rows.setdefault(entity, []).append(row)
        self.places.setdefault(entity, []).append(self.stated)
        return row

    def extend(self, other: BookRows) -> None:
        """Add the rows of another book."""
        for entity, rows in other.rows.items():
            self.rows.setdefault(entity, []).extend(rows)
            self.places.setdefault(entity, []).extend(other.places[entity])

    def place(self, file: str, row: int) -> Span | None:
        """Give the statement that a row of a file was made of."""
        places = self.places.get(file.partition(".")[0], [])
        return places[row - 1] if 0 < row <= len(places) else None

    def write(self, folder: Path) -> None:
        """Write a CSV file for each entity that has rows."""
        folder.mkdir(parents=True, exist_ok=True)
        for entity in dict.fromkeys((*self.rows, *REQUIRED)):
            rows = self.rows.get(entity, [])
            known = (*REQUIRED.get(entity, ()), *(name for row in rows for name in row))
            columns = list(dict.fromkeys(known))
            with (folder / f"{entity}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)


def begin_book(program: Program) -> BookRows:
    """Give a book with the owner in it."""
    book = BookRows()
    book.add(
        "accounts",
        account=OWNER,
        name=program.title,
        type="owner",
        currency=program.currencies[0].code,
    )
    book.add("contacts", account=OWNER, kind="billing", name="Billing")
    return book


def add_test(book: BookRows, program: Program, test: str, known: Iterable[Known]) -> None:
    """Add what a test says to a book."""
    writer = _Writer(book, program, test)
    for each in known:
        book.stated = each.span
        if isinstance(each, TestAccount):
            writer.account(each)
        else:
            writer.happened(each)


@dataclass(slots=True)
class _Writer:
    book: BookRows
    program: Program
    test: str
    packages: dict[str, Cells] = field(default_factory=dict)
    services: dict[str, Cells] = field(default_factory=dict)

    def key(self, name: str) -> str:
        return f"{self.test}.{name}"

    def account(self, node: TestAccount) -> None:
        program = self.program
        groups = [group.id for group in program.bill_groups] or [GROUP]
        self.book.add(
            "accounts",
            account=self.key(node.name.text),
            parent=self.key(node.parent.text) if node.parent else OWNER,
            name=node.name.text,
            type="customer",
            currency=_text(node.currency) or program.currencies[0].code,
            bill_group=_text(node.bill_group) or groups[0],
            bill_day=node.bill_day and node.bill_day.value,
            usage_bill_day=node.usage_bill_day and node.usage_bill_day.value,
            invoicer=self.key(node.invoicer.text) if node.invoicer else None,
            jurisdiction=_text(node.jurisdiction),
            tax_exemption=(
                node.exemption.text
                if isinstance(node.exemption, Name)
                else node.exemption and node.exemption.value
            ),
            timezone=node.timezone and node.timezone.value,
            price_book=_text(node.price_book),
            price_plan=_text(node.price_plan),
        )
        self.book.add(
            "contacts",
            account=self.key(node.name.text),
            kind="billing",
            name=node.name.text,
            country=_text(node.country),
        )

    def happened(self, node: Dated) -> None:
        day, event = node.day, node.event
        match event:
            case Buys():
                self.buys(day, event)
            case Adds():
                for item in event.items:
                    self.item(event.package.text, item, day)
            case Happens() | Turns():
                self.turns(day, event)
            case Ends():
                self.ends(day, event.subject)
            case GivenPrice() | GivenDiscount():
                self.given(day, event)
            case Uses():
                pass
            case _:
                assert_never(event)

    def buys(self, day: Day, node: Buys) -> None:
        alias = (node.alias or node.package).text
        self.packages[alias] = self.book.add(
            "account_packages",
            account_package=self.key(alias),
            account=self.key(node.account.text),
            package=node.package.text,
            frequency=_frequency(self.program, node),
            effective=day.value,
            bill_day=node.bill_day and node.bill_day.value,
            price_book=_text(node.price_book),
            contract=_text(node.contract),
        )
        for item in node.items:
            self.item(alias, item, None)
        named = {item.service.text for item in node.items}
        for sold in self.program.package_services:
            count = max(sold.minimum, sold.default)
            if sold.package == node.package.text and sold.service not in named and count:
                self.service(alias, sold.service, sold.service, count, None)

    def item(self, package: str, item: SoldItem, day: Day | None) -> None:
        name = (item.alias or item.service).text
        count = int(item.quantity.value) if item.quantity else 1
        known_as = item.identifier.value if item.identifier else None
        self.service(package, name, item.service.text, count, known_as, day)

    def service(
        self,
        package: str,
        name: str,
        service: str,
        count: int,
        known_as: str | None,
        day: Day | None = None,
    ) -> None:
        own = f"{package}.{name}"
        self.services[own] = self.book.add(
            "account_services",
            account_service=self.key(own),
            account_package=self.key(package),
            service=service,
            effective=day and day.value,
            quantity=count,
        )
        for number, identifier in enumerate(service_of(self.program, service).identifiers):
            self.book.add(
                "identifiers",
                account_service=self.key(own),
                identifier=identifier,
                value=known_as if known_as and number == 0 else self.key(own),
            )

    def turns(self, day: Day, node: Happens | Turns) -> None:
        subject = node.subject.text
        column = "account_service" if subject in self.services else "account_package"
        status = (
            node.status.text
            if isinstance(node, Turns)
            else self.reached(subject, node.transition.text)
        )
        row: Cells = {column: self.key(subject), "status": status, "effective": day.value}
        self.book.add("status_changes", **row)

    def reached(self, subject: str, transition: str) -> str:
        """Give the status that a transition of an account service's lifecycle leads to."""
        service = service_of(self.program, str(self.services[subject]["service"]))
        return next(
            each.to_status
            for each in self.program.transitions
            if each.lifecycle == service.lifecycle and each.id == transition
        )

    def ends(self, day: Day, subject: Name) -> None:
        held = self.services.get(subject.text) or self.packages[subject.text]
        held["cancelled"] = day.value

    def given(self, day: Day, node: GivenPrice | GivenDiscount) -> None:
        subject = node.subject.text
        column = "account_service" if subject in self.services else "account_package"
        row: Cells = {column: self.key(subject), "effective": day.value, "reason": "test"}
        if node.until:
            row["until"] = node.until.value
        if isinstance(node, GivenDiscount):
            row["discount"] = node.discount.text
        else:
            row["price"] = format(node.price.amount, "f")
            if node.status:
                row["status"] = node.status.text
        self.book.add("overrides", **row)


def service_of(program: Program, service: str) -> Service:
    """Give a service of a program by its name."""
    return next(each for each in program.services if each.id == service)


def _frequency(program: Program, node: Buys) -> str:
    """Name a frequency as the book does; one that is not sold at keeps its months."""
    months = node.frequency.months
    sold = (each for each in program.package_frequencies if each.package == node.package.text)
    return next((each.name for each in sold if each.months == months), f"every {months} months")


def _text(name: Name | None) -> str | None:
    return None if name is None else name.text
