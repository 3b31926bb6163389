"""Make the tables, the book and the usage of the voice catalog, the same bytes every time.

    python -m catalogs.voice.generate --tables catalogs/voice --book catalogs/voice/book
    python -m catalogs.voice.generate --usage build/usage --records 300_000

The prefixes are real: the calling codes of all countries and the prefixes of their mobile
networks, as `phonenumbers` has them.  The prices are not: each is a hash of the country and
the network.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import phonenumbers
from phonenumbers.carrierdata import CARRIER_DATA

from catalogs.making import mixed, pick, run, write_rows

HERE = Path(__file__).parent
COMMITTED_RECORDS = 6_000
RESELLERS = 40
GERMANY = 49
START = datetime(2025, 12, 31, 23, tzinfo=UTC)  # midnight of 1 January in Berlin
MONTH_SECONDS = 31 * 86_400
PREMIUM = ("1900", "1976", "49900", "44909", "43900", "33899")

PLACES = (
    # jurisdiction, city, postal code, country, locale
    ("DE", "Hamburg", "20457", "DE", "de_DE"),
    ("DE", "Leipzig", "04109", "DE", "de_DE"),
    ("AT", "Wien", "1010", "AT", "de_AT"),
    ("FR", "Lyon", "69002", "FR", "fr_FR"),
    ("CH", "Zürich", "8001", "CH", "de_CH"),
)
NAMES = "Alster Brocken Donau Elbe Fulda Havel Isar Lahn Main Neckar Oder Rhein Saale Weser".split()


@dataclass(frozen=True, slots=True)
class Prefix:
    """The first digits of numbers of one country, on one mobile network or on none."""

    digits: str
    country_code: int
    network: str

    @property
    def zone(self) -> str:
        """The destination it belongs to: `mobile_de`, `fixed_de`."""
        region = phonenumbers.region_code_for_country_code(self.country_code).lower()
        known = region if region.isalpha() else f"code_{self.country_code}"
        return f"{'mobile' if self.network else 'fixed'}_{known}"


@cache
def prefixes() -> tuple[Prefix, ...]:
    """Every country's calling code and every mobile prefix, by their digits."""
    codes = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    found = [Prefix(str(code), code, "") for code in codes]
    for digits, names in CARRIER_DATA.items():
        code = next((code for code in codes if digits.startswith(str(code))), None)
        if code is not None and not digits.startswith(PREMIUM):
            found.append(Prefix(digits, code, names.get("en") or next(iter(names.values()))))
    return tuple(sorted(found, key=lambda prefix: prefix.digits))


def price_of(prefix: Prefix, factor: int) -> str:
    """Give a minute's price in EUR: the country's, and the network's on top."""
    country = 40 + pick(1, prefix.country_code, 1_200)
    network = pick(2, sum(map(ord, prefix.network)) + prefix.country_code, 900)
    return f"{(country + (network if prefix.network else 0)) * factor // 100 / 10_000:.4f}"


def steps_of(code: int) -> tuple[str | None, str]:
    """Give a country's minimum and increment: most by the second, some by the minute."""
    return ((None, "1 s"), (None, "1 s"), ("30 s", "6 s"), ("60 s", "60 s"))[pick(3, code, 4)]


def rate_rows(found: Sequence[Prefix], factor: int) -> Iterator[Sequence[object]]:
    """Give the rows of a carrier's rates, Germany aside."""
    for prefix in found:
        if prefix.country_code != GERMANY:
            minimum, increment = steps_of(prefix.country_code)
            price = price_of(prefix, factor)
            yield "call", prefix.digits, "EUR", price, "minute", minimum, increment


def write_tables(folder: Path) -> None:
    """Write the destinations and the rates of both routes."""
    header = "class prefix currency price per minimum increment"
    write_rows(
        folder / "destinations.csv",
        "zone prefix",
        ((prefix.zone, prefix.digits) for prefix in prefixes()),
    )
    write_rows(folder / "argo.csv", header, rate_rows(prefixes(), 100))
    fixed = [prefix for prefix in prefixes() if not prefix.network]
    write_rows(folder / "boreas.csv", header, rate_rows(fixed, 135))


def key_of(number: int) -> str:
    """Give the key of a reseller's account."""
    return f"R{number:03d}"


def start_of(number: int) -> date:
    """Trunks were connected over the months before January 2026, some in it."""
    return date(2025, 9, 1) + timedelta(days=pick(4, number, 140))


def write_book(folder: Path) -> None:
    """Write every file of the book."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(1, RESELLERS + 1)
    places = {number: PLACES[pick(5, number, len(PLACES))] for number in numbers}
    owner = ("halden", None, "Halden Voice GmbH", "owner", "EUR", None, None, None, None, "de_DE")
    write_rows(
        folder / "accounts.csv",
        "account parent name type currency bill_group bill_day jurisdiction tax_exemption locale",
        [
            owner,
            *(
                (
                    *(key_of(number), "halden", name_of(number), "customer", "EUR", "resellers"),
                    15 if number % 9 == 0 else None,
                    places[number][0],
                    "reverse_charge" if places[number][0] in ("AT", "FR") else None,
                    places[number][4],
                )
                for number in numbers
            ),
        ],
    )
    write_rows(
        folder / "contacts.csv",
        "account kind name email street city postal_code country",
        [
            (
                *("halden", "billing", "Rechnungswesen", "rechnung@halden.example"),
                *("Am Sandtorkai 1", "Hamburg", "20457", "DE"),
            ),
            *(
                (
                    *(key_of(number), "billing", "Accounts Payable"),
                    f"ap@{key_of(number).lower()}.example",
                    f"Hafenstraße {1 + pick(6, number, 90)}",
                    *places[number][1:4],
                )
                for number in numbers
            ),
        ],
    )
    _write_subscriptions(folder, numbers)


def name_of(number: int) -> str:
    """Give a reseller's name, as printed on invoices."""
    return f"{NAMES[number % len(NAMES)]} Telekom {number}"


def _write_subscriptions(folder: Path, numbers: Sequence[int]) -> None:
    """Write the trunks: connected for testing, accepted, some barred in January and unbarred."""
    packages: list[Sequence[object]] = []
    services: list[Sequence[object]] = []
    identifiers: list[Sequence[object]] = []
    changes: list[Sequence[object]] = []
    for number in numbers:
        sale, own = f"P{number:03d}", start_of(number)
        packages.append((sale, key_of(number), "business_trunk", "monthly", own))
        trunk = f"{sale}-trunk"
        services.append((trunk, sale, "trunk", (5, 10, 12, 30, 60, 120)[pick(7, number, 6)]))
        services.append((f"{sale}-setup", sale, "setup", None))
        if pick(8, number, 2):
            services.append((f"{sale}-numbers", sale, "number_block", 1 + pick(9, number, 25)))
        identifiers.append((trunk, "trunk", f"TRK-{number:03d}", None, None))
        live = own + timedelta(days=pick(10, number, 6))
        changes.append((trunk, "testing", own, None))
        changes.append((trunk, "live", live, None))
        if number % 11 == 0 and live < date(2026, 1, 9):
            changes.append((trunk, "barred", date(2026, 1, 12), date(2026, 1, 12)))
            changes.append((trunk, "live", date(2026, 1, 19), date(2026, 1, 19)))
    write_rows(
        folder / "account_packages.csv",
        "account_package account package frequency effective",
        packages,
    )
    write_rows(
        folder / "account_services.csv",
        "account_service account_package service quantity",
        services,
    )
    write_rows(
        folder / "identifiers.csv", "account_service identifier value effective until", identifiers
    )
    write_rows(folder / "status_changes.csv", "account_service status effective recorded", changes)


def calls(records: int) -> Iterator[Sequence[object]]:
    """Give January's calls in the order they were answered; a few premium, a third national."""
    rows = np.arange(1, records + 1, dtype=np.uint64)
    columns = [mixed(stream, rows).tolist() for stream in range(20, 27)]
    abroad = prefixes()
    home = [prefix for prefix in abroad if prefix.country_code == GERMANY]
    for number, row in enumerate(zip(*columns, strict=True)):
        who, where, kind, length, digits, route, cause = row
        answered = START + timedelta(seconds=(number + 1) * MONTH_SECONDS // (records + 1))
        share = kind % 100
        chosen = home if share < 35 else abroad
        dialled = PREMIUM[where % len(PREMIUM)] if share < 2 else chosen[where % len(chosen)].digits
        yield (
            f"sw{1 + who % 2}",
            f"{number + 1:09d}",
            f"{answered:%d.%m.%Y %H:%M:%S}",
            f"TRK-{1 + who % (RESELLERS + (0 if kind % 997 else 3)):03d}",
            f"4940{10_000_000 + digits % 90_000_000}",
            (dialled + f"{digits:020d}")[: max(11, len(dialled) + 4)],
            0 if cause % 20 == 0 else 1 + length % (40 if length % 3 else 1_900),
            "BOREAS" if route % 6 == 0 else "ARGO",
            "busy" if cause % 20 == 0 else "normal",
        )


def write_usage(folder: Path, records: int) -> None:
    """Write the month's calls, one file for each half; the second packed, some sent twice."""
    folder.mkdir(parents=True, exist_ok=True)
    header = "switch call_id answered trunk caller called seconds route release_cause"
    every = list(calls(records))
    half = len(every) // 2
    write_rows(folder / "calls-2026-01-a.csv", header, every[:half], separator=";")
    again = every[half::400]
    broken = [
        ("sw1", "900000001", "12.01.2026", "TRK-001", "4940", "4930123456", 60, "ARGO", "normal"),
        ("sw1", "900000002", "12.01.2026 10:00:00", "TRK-001", "4940", "44", -1, "ARGO", "normal"),
        ("sw1", "900000003", "12.01.2026 10:00:00", "TRK-001", "4940", "999", 60, "ARGO", "normal"),
    ]
    rows = [*every[half:], *again, *broken]
    write_rows(folder / "calls-2026-01-b.csv.gz", header, rows, separator=";")


if __name__ == "__main__":
    sys.exit(
        run(HERE, __doc__.splitlines()[0], write_book, write_usage, COMMITTED_RECORDS, write_tables)
    )
