"""Make the book and the usage of the fleet catalog, the same bytes every time.

python -m catalogs.fleet.generate --book catalogs/fleet/book --usage catalogs/fleet/usage
python -m catalogs.fleet.generate --usage build/usage --records 300_000
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from catalogs.making import mixed, pick, run, write_rows

HERE = Path(__file__).parent
COMMITTED_RECORDS = 5_000
START = datetime(2026, 1, 1, 5, tzinfo=UTC)  # midnight of 1 January in Toronto
MONTH_SECONDS = 31 * 86_400

PLACES = {
    # jurisdiction: city, region, postal code, country, locale
    "CA-ON": ("Toronto", "ON", "M5V 2T6", "CA", "en_CA"),
    "US-NY": ("Buffalo", "NY", "14202", "US", "en_US"),
    "DE": ("Hamburg", "", "20457", "DE", "de_DE"),
    "FR": ("Lyon", "", "69002", "FR", "fr_FR"),
    "JP": ("Osaka", "", "530-0001", "JP", "ja_JP"),
}


@dataclass(frozen=True, slots=True)
class Customer:
    """An account and what it bought.

    Attributes:
        parent: the account above; empty: the owner.
        sims: how many lines its package starts with; 0: it holds no package.
        package: what it bought; `extras` are the optional services besides.
        contract, price_book, price_plan: its terms; empty: none.
    """

    key: str
    parent: str
    name: str
    currency: str
    jurisdiction: str
    sims: int = 0
    package: str = "fleet_starter"
    frequency: str = "monthly"
    extras: tuple[str, ...] = ()
    contract: str = ""
    price_book: str = ""
    price_plan: str = ""


ACME = "acme_2026"
CUSTOMERS = (
    Customer("acme", "", "Acme Freight Inc.", "USD", "US-NY", 4, price_plan=ACME,
             extras=("alerts", "fleet_pool_fee"), contract="one_year"),
    Customer("acme_east", "acme", "Acme Freight East", "USD", "US-NY", 20, "sim_only",
             price_plan=ACME),
    Customer("acme_west", "acme", "Acme Freight West", "USD", "US-NY", 30, "sim_only",
             price_plan=ACME),
    Customer("acme_depot", "acme_west", "Acme Depot 7", "USD", "US-NY", 6, "sim_only",
             price_plan=ACME),
    Customer("borealis", "", "Borealis Energy Ltd.", "USD", "CA-ON", 12, contract="three_years",
             extras=("fleet_pool_fee",)),
    Customer("cargo", "", "Cargo Nord GmbH", "EUR", "DE", 15, frequency="yearly",
             extras=("alerts",)),
    Customer("delta", "", "Delta Partenaires", "EUR", "FR", 40, price_book="partner",
             contract="one_year", extras=("modem",)),
    Customer("eki", "", "Eki Vending K.K.", "JPY", "JP", 25, price_book="partner",
             extras=("alerts", "fleet_pool_fee")),
    *(
        Customer(f"shop{n:02d}", "", f"Corner Shop {n}", ("USD", "EUR")[n % 2],
                 ("CA-ON", "DE")[n % 2], 1 + n % 4, "sim_only")
        for n in range(1, 21)
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sim:
    """A line: its account service, its identifier, and the day it went into service."""

    account_service: str
    imsi: str
    active: date


def sims() -> Iterator[tuple[Customer, Sim]]:
    """Give every SIM with its holder; in service within ten days of the sale."""
    number = 0
    for customer in CUSTOMERS:
        for own in range(customer.sims):
            number += 1
            active = sale_of(customer) + timedelta(days=1 + pick(1, number, 9))
            line = f"{customer.key}-sim-{own + 1:02d}"
            yield customer, Sim(line, f"30272{number:010d}", active)


def sale_of(customer: Customer) -> date:
    """Give the day of the sale: autumn 2025, the last in the middle of January."""
    place = [each.key for each in CUSTOMERS].index(customer.key)
    return date(2025, 10, 1) + timedelta(days=pick(2, place, 105))


def write_book(folder: Path) -> None:
    """Write every file of the book."""
    folder.mkdir(parents=True, exist_ok=True)
    accounts: list[Sequence[object]] = [
        ("meridian", None, "Meridian Mobile Ltd.", "owner", "USD", *[None] * 5, "en_CA")
    ]
    contacts: list[Sequence[object]] = [
        (
            *("meridian", "billing", "Accounts Receivable", "billing@meridian.example"),
            *("1 Harbour Square", "Toronto", "ON", "M5J 1A6", "CA"),
        )
    ]
    for number, each in enumerate(CUSTOMERS):
        *address, locale = PLACES[each.jurisdiction]
        invoicer = "acme" if each.key.startswith("acme_") else None
        accounts.append(
            (
                *(each.key, each.parent or "meridian", each.name, "customer", each.currency),
                *("fleets", invoicer, each.jurisdiction, each.price_book, each.price_plan, locale),
            )
        )
        contacts.append(
            (
                *(each.key, "billing", "Accounts Payable", f"ap@{each.key}.example"),
                *(f"{1 + pick(3, number, 200)} Station Avenue", *address),
            )
        )
    write_rows(
        folder / "accounts.csv",
        "account parent name type currency bill_group invoicer jurisdiction price_book "
        "price_plan locale",
        accounts,
    )
    write_rows(
        folder / "contacts.csv",
        "account kind name email street city region postal_code country",
        contacts,
    )
    _write_subscriptions(folder)


def _write_subscriptions(folder: Path) -> None:
    packages: list[Sequence[object]] = []
    services: list[Sequence[object]] = []
    for each in CUSTOMERS:
        sale = f"{each.key}-sale"
        packages.append(
            (sale, each.key, each.package, each.frequency, sale_of(each), each.contract)
        )
        if each.package == "fleet_starter":
            services += [
                (f"{each.key}-{name}", sale, name, each.sims if name == "modem" else None)
                for name in ("platform", *each.extras)
            ]
    identifiers: list[Sequence[object]] = []
    # A package that names no status is in none, and a rule that counts those `open` counts it not.
    changes: list[Sequence[object]] = [
        (None, f"{each.key}-sale", "open", sale_of(each), None) for each in CUSTOMERS
    ]
    for number, (customer, sim) in enumerate(sims()):
        services.append((sim.account_service, f"{customer.key}-sale", "sim", None))
        identifiers.append((sim.account_service, "imsi", sim.imsi))
        changes.extend(_changes(number, sim, sale_of(customer)))
    write_rows(
        folder / "account_packages.csv",
        "account_package account package frequency effective contract",
        packages,
    )
    write_rows(
        folder / "account_services.csv",
        "account_service account_package service quantity",
        services,
    )
    write_rows(folder / "identifiers.csv", "account_service identifier value", identifiers)
    write_rows(
        folder / "status_changes.csv",
        "account_service account_package status effective recorded",
        changes,
    )


def _changes(number: int, sim: Sim, sale: date) -> Iterator[Sequence[object]]:
    """Delivered, perhaps tested, active; some suspended, resumed or retired in January."""
    yield sim.account_service, None, "in_stock", sale, None
    if number % 3 == 0 and sim.active > sale + timedelta(days=1):
        yield sim.account_service, None, "test_mode", sale + timedelta(days=1), None
    yield sim.account_service, None, "active", sim.active, None
    change = date(2026, 1, 5 + pick(4, number, 22))
    if change <= sim.active or pick(5, number, 6):
        return
    yield sim.account_service, None, "suspended", change, change
    if number % 2:
        back = change + timedelta(days=3)
        yield sim.account_service, None, ("active" if number % 4 == 1 else "retired"), back, back


def sessions(records: int) -> Iterator[dict[str, object]]:
    """Give January's data sessions: most at home, some roaming, a few in Japan."""
    rows = np.arange(1, records + 1, dtype=np.uint64)
    columns = [mixed(stream, rows).tolist() for stream in range(10, 15)]
    lines = [sim for _, sim in sims()]
    mean = len(lines) * 900_000_000 // records  # 0.9 GB a line and month, however many records
    for number, (who, down, up, where, what) in enumerate(zip(*columns, strict=True)):
        instant = START + timedelta(seconds=(number + 1) * MONTH_SECONDS // (records + 1))
        sim = lines[who % len(lines)]
        country = ("CA", "CA", "US", "US", "US", "MX", "DE", "FR", "JP")[where % 9]
        operator = "MERIDIAN" if country == "CA" else "NORTHSTAR" if country == "US" else "OTHER"
        yield {
            "id": f"d{number + 1:08d}",
            "start": int(instant.timestamp()) * 1_000 + what % 1_000,
            "sim": {"imsi": sim.imsi if what % 401 else "302720000000000"},
            "network": {"country": country, "operator": operator},
            "bytes": {"up": up % (mean // 2), "down": down % mean},
            "state": "TEST" if what % 97 == 0 else "DONE",
        }


def messages(records: int) -> Iterator[Sequence[object]]:
    """Give January's text messages."""
    lines = [sim for _, sim in sims()]
    for number in range(records):
        instant = START + timedelta(seconds=(number + 1) * MONTH_SECONDS // (records + 1))
        sim = lines[pick(20, number, len(lines))]
        country = ("CA", "US", "DE")[pick(21, number, 3)]
        operator = "MERIDIAN" if country == "CA" else "OTHER"
        direction = "mo" if pick(22, number, 3) else "mt"
        yield (
            *(f"m{number + 1:08d}", f"{instant:%Y-%m-%dT%H:%M:%SZ}", sim.imsi),
            *(1 + pick(23, number, 3), direction, country, operator),
        )


def write_usage(folder: Path, records: int) -> None:
    """Write the sessions as JSON lines, packed, and the messages as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row, separators=(",", ":")) for row in sessions(records)]
    lines += [lines[7], '{"id": "d90000001", "start": "soon"}', "{not json"]
    content = "".join(f"{line}\n" for line in lines).encode()
    (folder / "sessions-2026-01.jsonl.gz").write_bytes(gzip.compress(content, mtime=0))
    write_rows(
        folder / "messages-2026-01.csv",
        "message_id sent imsi parts direction country carrier",
        messages(records // 10),
    )


if __name__ == "__main__":
    sys.exit(run(HERE, __doc__.splitlines()[0], write_book, write_usage, COMMITTED_RECORDS))
