"""Make the book and the usage of the tokens catalog, the same bytes every time.

    python -m catalogs.tokens.generate --book catalogs/tokens/book --usage catalogs/tokens/usage
    python -m catalogs.tokens.generate --requests trace/code.csv --model code --usage build/usage

With `--requests` the rows of a trace of real requests (TIMESTAMP, ContextTokens,
GeneratedTokens) are given to the catalog's keys instead of made ones: row n to the key of
the model whose number is n modulo the number of its keys.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from catalogs.making import mixed, pick, run, write_rows

HERE = Path(__file__).parent
COMMITTED_RECORDS = 4_000
CUSTOMERS = 24
HEADER = "TIMESTAMP api_key model ContextTokens GeneratedTokens"
START = datetime(2023, 11, 16, 18, tzinfo=UTC)  # the hour in which such a trace was taken
SPAN = 3_600 * 10**6

PLACES = (
    # jurisdiction, city, region, postal code, country, currency, locale
    ("US-CA", "San Jose", "CA", "95113", "US", "USD", "en_US"),
    ("US-NY", "New York", "NY", "10013", "US", "USD", "en_US"),
    ("DE", "Berlin", "", "10969", "DE", "EUR", "de_DE"),
    ("FR", "Paris", "", "75009", "FR", "EUR", "fr_FR"),
)
NAMES = "Quill Ember Tessera Nimbus Cobalt Lattice Harrow Vantage Pollen Drift Sable Onyx".split()


@dataclass(frozen=True, slots=True)
class Key:
    """An API key: whose it is, and which model its requests are for."""

    value: str
    customer: int
    model: str


def keys() -> tuple[Key, ...]:
    """Two keys a customer, one for each model."""
    return tuple(
        Key(f"sk-{number:03d}-{model}", number, model)
        for number in range(1, CUSTOMERS + 1)
        for model in ("code", "chat")
    )


def account_of(number: int) -> str:
    """Give the key of a customer's account."""
    return f"C{number:03d}"


def is_committed(number: int) -> bool:
    """Whether a customer has the package with the yearly commitment."""
    return number % 4 == 0


def write_book(folder: Path) -> None:
    """Write every file of the book."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(1, CUSTOMERS + 1)
    places = {number: PLACES[pick(1, number, len(PLACES))] for number in numbers}
    accounts: list[Sequence[object]] = [
        ("lumen", None, "Lumen AI Inc.", "owner", "USD", None, None, None, "en_US")
    ]
    contacts: list[Sequence[object]] = [
        (
            *("lumen", "billing", "Accounts Receivable", "billing@lumen.example"),
            *("200 Market Street", "San Francisco", "CA", "94105", "US"),
        )
    ]
    for number, (jurisdiction, *address, country, currency, locale) in places.items():
        own = account_of(number)
        exempt = "reverse_charge" if jurisdiction == "FR" else None
        name = f"{NAMES[number % len(NAMES)]} {'Labs' if number % 2 else 'Software'} {number}"
        accounts.append(
            (own, "lumen", name, "customer", currency, "platform", jurisdiction, exempt, locale)
        )
        contacts.append(
            (
                *(own, "billing", "Accounts Payable", f"ap@{own.lower()}.example"),
                *(f"{3 + pick(2, number, 300)} Mill Street", *address, country),
            )
        )
    write_rows(
        folder / "accounts.csv",
        "account parent name type currency bill_group jurisdiction tax_exemption locale",
        accounts,
    )
    write_rows(
        folder / "contacts.csv",
        "account kind name email street city region postal_code country",
        contacts,
    )
    _write_subscriptions(folder)


def _write_subscriptions(folder: Path) -> None:
    """Write what each customer bought in the autumn, its keys and its seats."""
    packages: list[Sequence[object]] = []
    services: list[Sequence[object]] = []
    identifiers: list[Sequence[object]] = []
    for number in range(1, CUSTOMERS + 1):
        sale = f"P{number:03d}"
        start = date(2023, 10, 1) + timedelta(days=pick(3, number, 40))
        bought = "committed" if is_committed(number) else "pay_as_you_go"
        often = "yearly" if bought == "pay_as_you_go" and number % 5 == 0 else "monthly"
        packages.append((sale, account_of(number), bought, often, start))
        services.append((f"{sale}-seat", sale, "seat", (1, 3, 5, 12, 60)[pick(4, number, 5)]))
    for key in keys():
        own = f"P{key.customer:03d}-{key.model}"
        services.append((own, f"P{key.customer:03d}", "api", None))
        identifiers.append((own, "api_key", key.value))
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
    write_rows(folder / "identifiers.csv", "account_service identifier value", identifiers)


def requests(records: int) -> Iterator[Sequence[object]]:
    """Give an hour of requests; chat asks briefly and is answered at length, code the reverse."""
    rows = np.arange(1, records + 1, dtype=np.uint64)
    who, size, answer = (mixed(stream, rows).tolist() for stream in range(10, 13))
    own = keys()
    for number, (chosen, asked, given) in enumerate(zip(who, size, answer, strict=True)):
        instant = START + timedelta(microseconds=(number + 1) * SPAN // (records + 1))
        # A quarter of the requests come from the first four keys.
        key = own[chosen % 4] if chosen % 4 == 3 else own[chosen % len(own)]
        is_code = key.model == "code"
        # The volume of an hour does not depend on the number of records.
        context = (600 if is_code else 60) + asked % (7_000 if is_code else 2_200)
        generated = 4 + given % (60 if is_code else 700)
        scale = max(1, 200_000 // records)
        value = "sk-unknown" if chosen % 503 == 0 else key.value
        yield f"{instant:%Y-%m-%d %H:%M:%S.%f}0", value, key.model, context * scale, generated


def write_usage(folder: Path, records: int) -> None:
    """Write the hour's requests as one file, with two lines that are none at its end."""
    folder.mkdir(parents=True, exist_ok=True)
    broken = [
        ("2023-11-16 18:20:00.0000000", "sk-001-code", "code", "many", 5),
        ("yesterday", "sk-001-code", "code", 10, 5),
    ]
    write_rows(folder / "requests-2023-11-16.csv.gz", HEADER, [*requests(records), *broken])


def write_requests(trace: Path, model: str, folder: Path) -> None:
    """Write a trace's rows with the keys of a model, in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    own = [key.value for key in keys() if key.model == model]
    with trace.open(newline="", encoding="utf-8") as file:
        rows = [
            (row["TIMESTAMP"], own[number % len(own)], model, *list(row.values())[1:3])
            for number, row in enumerate(csv.DictReader(file))
        ]
    write_rows(folder / f"requests-{trace.stem}.csv", HEADER, rows)


def main() -> int:
    """Give the rows of a trace to the keys, or make what is committed."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--requests", type=Path)
    parser.add_argument("--model", choices=("code", "chat"), default="code")
    parser.add_argument("--usage", type=Path)
    asked, _ = parser.parse_known_args()
    if asked.requests and asked.usage:
        write_requests(asked.requests, asked.model, asked.usage)
        return 0
    return run(HERE, __doc__.splitlines()[0], write_book, write_usage, COMMITTED_RECORDS)


if __name__ == "__main__":
    sys.exit(main())
