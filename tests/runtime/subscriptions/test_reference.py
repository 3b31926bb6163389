"""The set-based build equals the day-by-day reference, over random books."""

import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.book.load import load_book
from runtime.book.model import Account, AccountPackage, AccountService, Contact, StatusChange
from runtime.engine import open_engine
from runtime.program.model import NEW, Package, PackageFrequency, PackageService, Program
from runtime.subscriptions import build_subscriptions
from tests.reference.subscriptions import Book, work_out
from tests.runtime.book.books import write_entity
from tests.runtime.programs import connectivity_program

FREQUENCIES = {"monthly": 1, "quarterly": 3, "yearly": 12}
OFFERS = [
    (timing, alignment, activation)
    for timing in ("advance", "arrears")
    for alignment in ("bill_day", "anniversary")
    for activation in ("sale", "first_billable_status")
]
FIRST, LAST = date(2023, 12, 1), date(2025, 6, 30)
ENGINE = open_engine(threads=1)
TABLES = ("account_services", "timeline", "periods", "usage_periods", "occurrences")


def _program(usage_months: int) -> Program:
    """The connectivity catalog's services, in a package of every way of selling them."""
    base = connectivity_program()
    sold = base.packages[0]
    packages = tuple(
        Package.model_validate(
            {
                **sold.model_dump(),
                "id": f"{timing}_{alignment}_{activation}",
                "timing": timing,
                "proration": "seconds" if timing == "arrears" else "thirty_360",
                "alignment": alignment,
                "activation": activation,
                "sold_from": None,
            }
        )
        for timing, alignment, activation in OFFERS
    )
    return base.model_copy(
        update={
            "packages": packages,
            "package_frequencies": tuple(
                PackageFrequency(package=package.id, name=name, months=months, source=0)
                for package in packages
                for name, months in FREQUENCIES.items()
            ),
            "package_services": tuple(
                PackageService(
                    package=package.id,
                    service=service,
                    minimum=0,
                    maximum=None,
                    default=0,
                    source=0,
                )
                for package in packages
                for service in ("access", "data", "static_ip")
            ),
            "services": tuple(
                each.model_copy(
                    update={"usage_months": usage_months if each.usage_months else None}
                )
                for each in base.services
            ),
        }
    )


PROGRAMS = {months: _program(months) for months in (1, 3)}
BILL_DAYS = st.none() | st.integers(1, 31)
DAYS = st.dates(FIRST, LAST)


def _later(day: date, limit: int = 400) -> st.SearchStrategy[date]:
    return st.dates(day, day + timedelta(days=limit))


@st.composite
def _histories(draw: st.DrawFn, program: Program, key: str, start: date) -> list[StatusChange]:
    """Walk along the lifecycle, often several steps on one day."""
    changes: list[StatusChange] = []
    status, day = NEW, start
    if draw(st.booleans()):
        # The sale gives the first status.
        status, day = "ordered", start + timedelta(days=1)
    for _ in range(draw(st.integers(0, 5))):
        following = [each.to_status for each in program.transitions if each.from_status == status]
        if not following:
            break
        if status != NEW:
            day += timedelta(days=draw(st.sampled_from([0, 0, 1, 5, 17, 40])))
        status = draw(st.sampled_from(following))
        changes.append(_change(draw, day, status, service=key))
    return changes


def _change(
    draw: st.DrawFn, day: date, status: str, service: str | None = None, package: str | None = None
) -> StatusChange:
    recorded = draw(st.none() | st.none() | _later(day, 60))
    return StatusChange(
        account_service=service,
        account_package=package,
        status=status,
        effective=day,
        recorded=recorded,
    )


@st.composite
def _package_histories(draw: st.DrawFn, key: str, start: date) -> list[StatusChange]:
    changes = []
    day = start
    for status in draw(st.lists(st.sampled_from(["pending", "open"]), max_size=3)):
        day += timedelta(days=draw(st.sampled_from([0, 3, 20])))
        changes.append(_change(draw, day, status, package=key))
    if draw(st.integers(0, 5)) == 0:
        changes.append(_change(draw, day + timedelta(days=9), "closed", package=key))
    return changes


@st.composite
def _books(draw: st.DrawFn, program: Program) -> Book:
    owner = Account.model_validate(
        {**dict.fromkeys(Account.model_fields), "account": "own", "name": "Owner",
         "type": "owner", "currency": "CAD"}
    )  # fmt: skip
    accounts = [owner]
    packages: list[AccountPackage] = []
    services: list[AccountService] = []
    changes: list[StatusChange] = []
    for number in range(draw(st.integers(1, 4))):
        account = f"A{number}"
        accounts.append(
            Account.model_validate(
                {
                    **dict.fromkeys(Account.model_fields),
                    "account": account,
                    "parent": "own",
                    "name": account,
                    "type": "customer",
                    "currency": "USD",
                    "bill_group": "business",
                    "bill_day": draw(BILL_DAYS),
                    "usage_bill_day": draw(BILL_DAYS),
                    "invoicer": draw(st.sampled_from([None, "A0"])),
                    "timezone": draw(st.sampled_from([None, "Europe/Berlin"])),
                }
            )
        )
        sold = draw(DAYS)
        package = AccountPackage(
            account_package=f"S{number}",
            account=account,
            package=draw(st.sampled_from([each.id for each in program.packages])),
            frequency=draw(st.sampled_from(list(FREQUENCIES))),
            effective=sold,
            cancelled=draw(st.none() | st.none() | _later(sold)),
            bill_day=draw(BILL_DAYS),
            price_book=None,
            contract=None,
        )
        packages.append(package)
        changes += draw(_package_histories(package.account_package, sold))
        for place, service in enumerate(
            draw(st.lists(st.sampled_from(["access", "data", "static_ip"]), max_size=3))
        ):
            start = draw(st.none() | _later(sold, 50))
            key = f"S{number}-{place}"
            begins = start or sold
            services.append(
                AccountService(
                    account_service=key,
                    account_package=package.account_package,
                    service=service,
                    effective=start,
                    cancelled=draw(st.none() | st.none() | _later(begins)),
                    quantity=draw(st.none() | st.integers(1, 5)),
                    rate_plan=None,
                )
            )
            if service != "static_ip":
                changes += draw(_histories(program, key, begins))
    return Book(accounts, packages, services, changes)


def _write(book: Book, folder: Path) -> None:
    write_entity(folder, "accounts", book.accounts)
    write_entity(folder, "account_packages", book.account_packages)
    write_entity(folder, "account_services", book.account_services)
    write_entity(folder, "status_changes", book.status_changes)
    contacts = [
        Contact.model_validate(
            {**dict.fromkeys(Contact.model_fields), "account": account.account,
             "kind": "billing", "name": "Payables"}
        )
        for account in book.accounts
    ]  # fmt: skip
    write_entity(folder, "contacts", contacts)


@pytest.mark.feature("B4", "B5", "D2")
@settings(max_examples=max(10, settings().max_examples // 3))
@given(data=st.data(), months=st.sampled_from([1, 3]), as_of=st.dates(FIRST, date(2026, 12, 31)))
def test_the_tables_are_those_of_the_reference(
    data: st.DataObject, months: int, as_of: date
) -> None:
    program = PROGRAMS[months]
    book = data.draw(_books(program))
    connection = ENGINE
    with tempfile.TemporaryDirectory() as folder:
        _write(book, Path(folder))
        report = load_book(connection, program, Path(folder))
    assert [fault.text() for fault in report.faults] == []
    build_subscriptions(connection, program, as_of)
    expected = work_out(book, program, as_of)
    for table in TABLES:
        columns = "* EXCLUDE (start_instant, end_instant)" if table == "usage_periods" else "*"
        found = connection.execute(f"SELECT {columns} FROM subscription.{table}").fetchall()
        wanted: Sequence[tuple[object, ...]] = getattr(expected, table)
        assert _sorted(found) == _sorted(wanted), table
    _check_tiling(connection.execute("SELECT * FROM subscription.timeline").fetchall())


def _sorted(rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return sorted(rows, key=repr)


def _check_tiling(timeline: Sequence[tuple[object, ...]]) -> None:
    """Every day of a life is in exactly one stretch."""
    lives: dict[object, list[tuple[date, date]]] = {}
    for row in timeline:
        start, end = row[-2], row[-1]
        assert isinstance(start, date)
        assert isinstance(end, date)
        lives.setdefault(row[0], []).append((start, end))
    for stretches in lives.values():
        for before, after in pairwise(sorted(stretches)):
            assert before[1] == after[0]
