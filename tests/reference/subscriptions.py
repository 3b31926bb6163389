"""The subscriptions of a book, worked out day after day in plain Python.

Written from the rules, not from the engine: no date arithmetic but "the next day", no
table, one account service at a time.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from runtime.book.model import Account, AccountPackage, AccountService, StatusChange
from runtime.program.model import IN_SERVICE, NEW, Package, Program, Service
from runtime.tables import OPEN_DAY

DAY = timedelta(days=1)
Row = tuple[object, ...]


@dataclass(frozen=True)
class Book:
    accounts: Sequence[Account]
    account_packages: Sequence[AccountPackage]
    account_services: Sequence[AccountService]
    status_changes: Sequence[StatusChange]


@dataclass
class Subscriptions:
    account_services: list[Row] = field(default_factory=list)
    timeline: list[Row] = field(default_factory=list)
    periods: list[Row] = field(default_factory=list)
    usage_periods: list[Row] = field(default_factory=list)
    occurrences: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Event:
    day: date
    status: str
    row: int | None


@dataclass(frozen=True)
class Stretch:
    status: str
    base: str
    package_status: str | None
    package_base: str
    start: date
    end: date

    @property
    def is_billable(self) -> bool:
        return self.base == self.package_base == "billable"


def work_out(book: Book, program: Program, as_of: date) -> Subscriptions:
    """Give the rows of each table, without the instants of the usage periods."""
    out = Subscriptions()
    accounts = {each.account: each for each in book.accounts}
    packages = {each.id: each for each in program.packages}
    services = {each.id: each for each in program.services}
    for held in book.account_packages:
        account, package = accounts[held.account], packages[held.package]
        members = [
            each for each in book.account_services if each.account_package == held.account_package
        ]
        lives = {
            each.account_service: life(book, program, held, each, services[each.service], as_of)
            for each in members
        }
        billable = [
            stretch.start
            for stretches, _ in lives.values()
            for stretch in stretches
            if stretch.is_billable
        ]
        activation = held.effective if package.activation == "sale" else min(billable, default=None)
        for member in members:
            stretches, end = lives[member.account_service]
            _add(out, book, program, held, member, account, package, activation, stretches, end)
            _add_occurrences(out, book, program, held, member, services[member.service], as_of, end)
            _add_periods(
                out,
                program,
                held,
                member,
                account,
                package,
                activation,
                end,
                as_of,
                services[member.service],
            )
    return out


def _proration(package: Package, zone: str) -> str:
    return f"seconds {zone}" if package.proration == "seconds" else package.proration


def service_events(
    book: Book, program: Program, service: Service, key: str, start: date, as_of: date
) -> list[Event]:
    if service.lifecycle is None:
        return [Event(start, IN_SERVICE, None)]
    rows = enumerate(book.status_changes, start=1)
    known = sorted(
        (each.effective, row, each.status)
        for row, each in rows
        if each.account_service == key and (each.recorded is None or each.recorded <= as_of)
    )
    events = [Event(day, status, row) for day, row, status in known]
    if any(event.day == start for event in events):
        return events
    entry = next(
        each.to_status
        for each in program.transitions
        if each.lifecycle == service.lifecycle and each.from_status == NEW
    )
    return [Event(start, entry, None), *events]


def package_events(book: Book, key: str, as_of: date) -> list[Event]:
    rows = enumerate(book.status_changes, start=1)
    known = sorted(
        (each.effective, row, each.status)
        for row, each in rows
        if each.account_package == key and (each.recorded is None or each.recorded <= as_of)
    )
    return [Event(day, status, row) for day, row, status in known]


def status_on(events: list[Event], day: date) -> str | None:
    status = None
    for event in events:
        if event.day <= day:
            status = event.status
    return status


def life(
    book: Book,
    program: Program,
    held: AccountPackage,
    member: AccountService,
    service: Service,
    as_of: date,
) -> tuple[list[Stretch], date]:
    """Give the stretches of the service's life, and its end."""
    start = member.effective or held.effective
    events = service_events(book, program, service, member.account_service, start, as_of)
    package = package_events(book, held.account_package, as_of)
    bases = {each.id: each.base for each in program.service_statuses} | {IN_SERVICE: "billable"}
    package_bases = {each.id: each.base for each in program.package_statuses}
    cancelled = [day for day in (member.cancelled, held.cancelled) if day is not None]
    last = max([start, *cancelled, *(event.day for event in [*events, *package])]) + DAY
    stretches: list[Stretch] = []
    day = start
    while day <= last:
        status, package_status = status_on(events, day), status_on(package, day)
        assert status is not None
        base = bases[status]
        package_base = package_bases[package_status] if package_status else "billable"
        if day in cancelled or "canceled" in (base, package_base):
            return stretches, day
        if any(before <= start for before in cancelled):
            return [], start
        last_one = stretches[-1] if stretches else None
        if last_one and (last_one.status, last_one.package_status) == (status, package_status):
            stretches[-1] = Stretch(
                status, base, package_status, package_base, last_one.start, day + DAY
            )
        else:
            stretches.append(Stretch(status, base, package_status, package_base, day, day + DAY))
        day += DAY
    end = stretches[-1]
    stretches[-1] = Stretch(
        end.status, end.base, end.package_status, end.package_base, end.start, OPEN_DAY
    )
    return stretches, OPEN_DAY


def is_bill_day(day: date, bill_day: int) -> bool:
    return day.day == min(bill_day, calendar.monthrange(day.year, day.month)[1])


def bill_day_from(day: date, bill_day: int) -> date:
    while not is_bill_day(day, bill_day):
        day += DAY
    return day


def walk(day: date, bill_day: int, count: int, step: timedelta) -> date:
    """Give the count-th bill day after (or before) a day."""
    while count:
        day += step
        count -= is_bill_day(day, bill_day)
    return day


def whole_periods(anchor: date, bill_day: int, months: int, until: date) -> list[tuple[date, date]]:
    """Give the whole periods that begin by a day, the one before the anchor first."""
    start = walk(anchor, bill_day, months, -DAY)
    end = anchor
    found = []
    while start <= until:
        found.append((start, end))
        start, end = end, walk(end, bill_day, months, DAY)
    return found


def bill_day_of(
    program: Program,
    held: AccountPackage,
    account: Account,
    package: Package,
    activation: date | None,
) -> int | None:
    if package.alignment == "anniversary":
        return activation.day if activation else None
    group = next(each.bill_day for each in program.bill_groups if each.id == account.bill_group)
    return held.bill_day or account.bill_day or group


def _add(
    out: Subscriptions,
    book: Book,
    program: Program,
    held: AccountPackage,
    member: AccountService,
    account: Account,
    package: Package,
    activation: date | None,
    stretches: list[Stretch],
    end: date,
) -> None:
    start = member.effective or held.effective
    bill_day = bill_day_of(program, held, account, package, activation)
    anchor = None if activation is None or bill_day is None else bill_day_from(activation, bill_day)
    months = next(
        each.months
        for each in program.package_frequencies
        if (each.package, each.name) == (held.package, held.frequency)
    )
    minor = next(each.minor_units for each in program.currencies if each.code == account.currency)
    out.account_services.append(
        (
            member.account_service,
            held.account_package,
            account.account,
            account.invoicer or account.account,
            package.id,
            member.service,
            months,
            package.timing,
            _proration(package, account.timezone or program.timezone),
            member.quantity or 1,
            account.currency,
            minor,
            account.timezone or program.timezone,
            account.jurisdiction,
            account.tax_exemption is not None,
            held.effective,
            start,
            end,
            activation,
            anchor,
            bill_day,
            account.usage_bill_day or bill_day or start.day,
        )
    )
    for each in stretches:
        out.timeline.append(
            (
                member.account_service,
                each.status,
                each.base,
                each.package_status,
                each.package_base,
                each.is_billable,
                each.start,
                each.end,
            )
        )


def _add_occurrences(
    out: Subscriptions,
    book: Book,
    program: Program,
    held: AccountPackage,
    member: AccountService,
    service: Service,
    as_of: date,
    end: date,
) -> None:
    start = member.effective or held.effective
    before = NEW
    seen: dict[tuple[str, date], int] = {}
    for event in service_events(book, program, service, member.account_service, start, as_of):
        for each in program.transitions:
            step = (each.lifecycle, each.from_status, each.to_status)
            if step == (service.lifecycle, before, event.status) and event.day <= end:
                count = seen.get((each.id, event.day), 0)
                seen[each.id, event.day] = count + 1
                out.occurrences.append(
                    (
                        member.account_service,
                        each.id,
                        before,
                        event.status,
                        event.day,
                        count,
                        event.row,
                    )
                )
        before = event.status


def _add_periods(
    out: Subscriptions,
    program: Program,
    held: AccountPackage,
    member: AccountService,
    account: Account,
    package: Package,
    activation: date | None,
    end: date,
    as_of: date,
    service: Service,
) -> None:
    start = member.effective or held.effective
    bill_day = bill_day_of(program, held, account, package, activation)
    if activation is not None and bill_day is not None:
        months = next(
            each.months
            for each in program.package_frequencies
            if (each.package, each.name) == (held.package, held.frequency)
        )
        anchor = bill_day_from(activation, bill_day)
        for full in whole_periods(anchor, bill_day, months, as_of):
            first, last = max(full[0], start, activation), min(full[1], end)
            billed_on = first if package.timing == "advance" else last
            if first < last and billed_on <= as_of:
                out.periods.append((member.account_service, first, last, *full))
    if service.usage_months is None:
        return
    usage_day = account.usage_bill_day or bill_day or start.day
    anchor = bill_day_from(start, usage_day)
    for full in whole_periods(anchor, usage_day, service.usage_months, as_of):
        first, last = max(full[0], start), min(full[1], end)
        if first < last and first <= as_of:
            out.usage_periods.append((member.account_service, first, last, *full))
