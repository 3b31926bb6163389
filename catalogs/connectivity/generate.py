"""Make the book and the usage of the connectivity catalog, the same bytes every time.

    python -m catalogs.connectivity.generate --book catalogs/connectivity/book
    python -m catalogs.connectivity.generate --usage build/usage --records 300_000

What is committed beside this file was made by it (`--check` says whether it still is).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from catalogs.making import Words, mixed, pick, run, write_rows

HERE = Path(__file__).parent
COMMITTED_RECORDS = 6_000
ACCOUNTS = 320
MONTH_START = "2026-01-01T05:00:00"  # midnight of 1 January in Toronto, in UTC
MONTH_SECONDS = 31 * 86_400

FIRST = (
    "Harbour Maple Granite Cedar Prairie Lakeshore Summit Beacon Juniper Aurora Copper "
    "Willow Falcon Orchard Tundra Meridian Birch Riverside Sterling Bluewater"
).split()
SECOND = (
    "Logistics Dental Bakery Foods Engineering Clinics Motors Design Books Brewing "
    "Hardware Legal Optics Pharmacy Press Robotics"
).split()
PLACES = (
    # jurisdiction, city, region, country, postal code, currency, locale
    ("CA-ON", "Toronto", "ON", "CA", "M5V 2T6", "CAD", "en_CA"),
    ("CA-QC", "Montréal", "QC", "CA", "H2Y 1C6", "CAD", "fr_CA"),
    ("CA-BC", "Vancouver", "BC", "CA", "V6B 1A1", "CAD", "en_CA"),
    ("CA-AB", "Calgary", "AB", "CA", "T2P 1J9", "CAD", "en_CA"),
    ("US-NY", "Buffalo", "NY", "US", "14202", "USD", "en_US"),
)
HARBOUR = (
    "Harbour Group Inc.",
    "Harbour Downtown",
    "Harbour Airport",
    "Harbour Montréal",
    "Harbour Warehouse",
)
PAYMENTS = (
    # the whole of January's invoice in two parts; too much; too little; in time
    ("P-2601-01", "A0001", "2026-01-12", "1000.00", "CAD", "wire", "HG 4471", ""),
    ("P-2601-02", "A0001", "2026-01-28", "825.05", "CAD", "wire", "HG 4502", ""),
    ("P-2601-03", "A0006", "2026-01-20", "1200.00", "USD", "check", "No. 1180", ""),
    ("P-2601-04", "A0014", "2026-01-22", "300.00", "CAD", "card", "", ""),
    ("P-2601-05", "A0015", "2026-01-30", "491.73", "CAD", "wire", "", ""),
)
STREETS = ("King Street", "Front Street", "Mill Road", "Station Avenue", "Wharf Lane")


@dataclass(frozen=True, slots=True)
class Site:
    """One account package: who holds it, since when, and the gateway of its data service."""

    account: str
    package: str
    gateway: str


def account_key(number: int) -> str:
    """Give the key of the account in the book."""
    return f"A{number:04d}"


def parent_of(number: int) -> int | None:
    """Accounts 2 to 5 are sites of account 1, accounts 7 to 9 of account 6."""
    return 1 if 2 <= number <= 5 else 6 if 7 <= number <= 9 else None


def place_of(number: int) -> tuple[str, str, str, str, str, str, str]:
    """Give the row of PLACES the account lives in."""
    if number <= 5:
        return PLACES[0] if number != 4 else PLACES[1]  # the group has one site in Quebec
    if number <= 9:
        return PLACES[4]
    return PLACES[(0, 0, 0, 1, 1, 2, 3, 4, 4)[pick(1, number, 9)]]


def name_of(number: int) -> str:
    """Give the account's name, as printed on invoices."""
    if number <= len(HARBOUR):
        return HARBOUR[number - 1]
    form = "Inc." if number % 3 else "Ltd."
    return f"{FIRST[number % len(FIRST)]} {SECOND[number % len(SECOND)]} {form}"


def effective_of(number: int) -> date:
    """Subscriptions start over two months; the Harbour sites in the middle of December."""
    if number <= 5:
        return date(2025, 12, 1) + timedelta(days=(0, 9, 9, 14, 36)[number - 1])
    return date(2025, 12, 1) + timedelta(days=pick(2, number, 58))


def write_accounts(folder: Path) -> None:
    """Write accounts.csv and contacts.csv."""
    accounts: list[Sequence[object]] = [
        (
            "northwind",
            None,
            "Northwind Connectivity Ltd.",
            "owner",
            "CAD",
            None,
            None,
            None,
            None,
            None,
            None,
            "BN 70000 0001 RT",
            None,
            "en_CA",
        )
    ]
    contacts: list[Sequence[object]] = [
        (
            "northwind",
            "billing",
            "Accounts Receivable",
            "billing@northwind.example",
            "1 Harbour Square",
            "Toronto",
            "ON",
            "M5J 1A6",
            "CA",
        )
    ]
    for number in range(1, ACCOUNTS + 1):
        key, parent = account_key(number), parent_of(number)
        jurisdiction, city, region, country, postal_code, currency, locale = place_of(number)
        above = account_key(parent) if parent else "northwind"
        bill_day = None if number <= 9 or pick(3, number, 4) else (5, 15, 28, 31)[number % 4]
        exemption = "Exempt: registered charity, certificate 4471" if number == 42 else None
        accounts.append(
            (
                key,
                above,
                name_of(number),
                "customer",
                currency,
                "business",
                bill_day,
                None,
                account_key(parent) if parent else None,
                jurisdiction,
                exemption,
                None,
                None,
                "en_CA" if number <= 5 else locale,
            )
        )
        contacts.append(
            (
                key,
                "billing",
                "Accounts Payable",
                f"payables@{key.lower()}.example",
                f"{10 + pick(4, number, 900)} {STREETS[number % len(STREETS)]}",
                city,
                region,
                postal_code,
                country,
            )
        )
    write_rows(
        folder / "accounts.csv",
        "account parent name type currency bill_group bill_day usage_bill_day invoicer "
        "jurisdiction tax_exemption tax_id timezone locale",
        accounts,
    )
    write_rows(
        folder / "contacts.csv",
        "account kind name email street city region postal_code country",
        contacts,
    )


def status_changes(number: int, service: str, start: date) -> Iterable[Sequence[object]]:
    """Ordered on the first day, active within a few; some suspended, resumed, terminated."""
    active = start + timedelta(days=pick(5, number, 4))
    yield service, None, "ordered", start, None
    yield service, None, "active", active, None
    fate = 0 if number == 2 else pick(6, number, 12)
    change = date(2026, 1, 16) if number == 2 else date(2026, 1, 6 + pick(7, number, 20))
    if change <= active or number in (1, 3, 4, 5):
        return
    if fate in (0, 1):
        yield service, None, "suspended", change, change
    if fate == 1:
        yield service, None, "active", change + timedelta(days=4), change + timedelta(days=4)
    if fate == 2:
        yield service, None, "cancelled", change, change


def write_subscriptions(folder: Path) -> None:
    """Write the files of what the accounts bought, and how it fared."""
    packages: list[Sequence[object]] = []
    services: list[Sequence[object]] = []
    identifiers: list[Sequence[object]] = []
    changes: list[Sequence[object]] = []
    for site in sites():
        number = int(site.account[1:])
        start = effective_of(number)
        frequency = "yearly" if number in (5, 8) or pick(8, number, 8) == 0 else "monthly"
        packages.append(
            (site.package, site.account, "business_connectivity", frequency, start, None, None)
        )
        lines = 3 if number == 1 else 1 + (pick(9, number, 5) == 0)
        access, data = f"{site.package}-access", f"{site.package}-data"
        services.append((access, site.package, "access", None, None, lines))
        services.append((data, site.package, "data", None, None, None))
        if number in (1, 2) or pick(10, number, 4) == 0:
            services.append(
                (f"{site.package}-ip", site.package, "static_ip", None, None, 1 + number % 2)
            )
        if number == 11:  # its gateway was replaced by a spare one in the middle of January
            identifiers.append((data, "gateway", site.gateway, None, date(2026, 1, 12)))
            identifiers.append((data, "gateway", "GW-SPARE", date(2026, 1, 12), None))
        else:
            identifiers.append((data, "gateway", site.gateway, None, None))
        changes.extend(status_changes(number, access, start))
        changes.extend(status_changes(number, data, start))
    changes.append((None, "S0020", "pending", effective_of(20), None))
    changes.append((None, "S0020", "open", date(2026, 1, 20), date(2026, 1, 19)))
    write_rows(
        folder / "account_packages.csv",
        "account_package account package frequency effective cancelled bill_day",
        packages,
    )
    write_rows(
        folder / "account_services.csv",
        "account_service account_package service effective cancelled quantity",
        services,
    )
    write_rows(
        folder / "identifiers.csv", "account_service identifier value effective until", identifiers
    )
    write_rows(
        folder / "status_changes.csv",
        "account_service account_package status effective recorded",
        changes,
    )


def sites() -> list[Site]:
    """One site an account, but none for the parent A0006, which only pays."""
    return [
        Site(account_key(n), f"S{n:04d}", f"GW-{n:05d}") for n in range(1, ACCOUNTS + 1) if n != 6
    ]


def write_book(folder: Path) -> None:
    """Write every file of the book."""
    folder.mkdir(parents=True, exist_ok=True)
    write_accounts(folder)
    write_subscriptions(folder)
    write_rows(
        folder / "payments.csv",
        "payment account received amount currency method reference invoices",
        PAYMENTS,
    )


def sessions(records: int) -> pa.Table:
    """Sessions of January in the order they closed; a quarter of them from 32 busy sites."""
    rows = np.arange(1, records + 1, dtype=np.uint64)
    seconds = (rows * np.uint64(MONTH_SECONDS)) // np.uint64(records + 1)
    started = np.datetime64(MONTH_START, "s") + seconds.astype("timedelta64[s]")
    # The month's volume does not depend on the number of records: 50 GB a site or so.
    mean = np.uint64(len(sites()) * 50_000_000_000 // records)
    down = mean // np.uint64(2) + mixed(15, rows) % mean
    up = down // (np.uint64(5) + mixed(16, rows) % np.uint64(9))
    kinds = np.array(["web", "web", "web", "web", "web", "backup", "backup", "probe"])
    kind = np.where(mixed(17, rows) % np.uint64(100) == 0, 7, mixed(17, rows) % np.uint64(7))
    countries = np.array(["CA"] * 14 + ["US"] * 4 + ["FR", "DE"])
    ids = np.char.mod("S%09d", rows)
    return pa.table(
        {
            "record_id": ids,
            "gateway": gateways_of(rows, seconds),
            "started": pa.array(np.datetime_as_string(started, unit="s")),
            "bytes_up": pa.array(up, pa.int64()),
            "bytes_down": pa.array(down, pa.int64()),
            "kind": kinds[kind.astype(np.int64)],
            "country": countries[(mixed(18, rows) % np.uint64(len(countries))).astype(np.int64)],
        }
    )


def gateways_of(rows: Words, seconds: Words) -> npt.NDArray[np.str_]:
    """Give each session a gateway whose line had started by then, but for a few in a hundred."""
    found = sorted(sites(), key=lambda site: (effective_of(int(site.account[1:])), site.gateway))
    gateways = np.array([site.gateway for site in found] + ["GW-SPARE", "GW-UNKNOWN"])
    active = np.array([effective_of(int(site.account[1:])) for site in found], "datetime64[D]")
    day = np.datetime64(MONTH_START, "s") + seconds.astype("timedelta64[s]")
    started = np.searchsorted(active + np.timedelta64(4, "D"), day, side="right").astype(np.uint64)
    chosen = mixed(13, rows) % started
    chosen = np.where(mixed(11, rows) % np.uint64(4) == 0, mixed(12, rows) % np.uint64(32), chosen)
    early = mixed(14, rows) % np.uint64(1000)
    chosen = np.where(early < 5, mixed(13, rows) % np.uint64(len(gateways)), chosen)
    return gateways[chosen.astype(np.int64)]


def with_duplicates(table: pa.Table) -> pa.Table:
    """Send one record in four hundred a second time, right after the others of its file."""
    return pa.concat_tables([table, table.take(list(range(7, table.num_rows, 400)))])


BROKEN_ROWS = (
    "S900000001,GW-00003,2026-01-09T10:15:00,18000000\n"  # the line stops early
    "S900000002,GW-00003,9 January 2026,18000000,25000000,web,CA\n"  # not the feed's time
    "S900000003,GW-00003,2026-01-09T10:15:00,-5,0,web,CA\n"  # a negative quantity
    "S900000004,GW-00003,2026-01-09T10:15:00,10,10,fax,CA\n"  # no class
    "S000000009,GW-00003,2026-01-09T10:15:00,10,10,web,CA\n"  # an id seen, other content
)


def write_usage(folder: Path, records: int) -> None:
    """Write the first half of the month as CSV, the second as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    table = sessions(records)
    half = records // 2
    first = with_duplicates(table.slice(0, half))
    path = folder / "sessions-2026-01-a.csv"
    pa.csv.write_csv(first, path, pa.csv.WriteOptions(quoting_style="none"))
    with path.open("a", encoding="utf-8") as file:
        file.write(BROKEN_ROWS)
    second = pa.concat_tables([with_duplicates(table.slice(half)), table.slice(half - 3, 3)])
    pa.parquet.write_table(
        second, folder / "sessions-2026-01-b.parquet", compression="zstd", row_group_size=131_072
    )


if __name__ == "__main__":
    sys.exit(run(HERE, __doc__.splitlines()[0], write_book, write_usage, COMMITTED_RECORDS))
