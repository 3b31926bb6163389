"""Usage of the connectivity catalog at any size: seeded, skewed, with duplicates in it.

A few gateways have most of the sessions (Zipf), one record in 400 repeats an earlier one,
one in 50 is a probe, and one in 1000 names a gateway that nobody holds.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

from runtime.engine import open_engine

FIRST_INSTANT = "2026-01-01 05:00:00"
MICROSECONDS = 31 * 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Size:
    """How many records, and over how many gateways."""

    events: int
    gateways: int


def write_usage(path: Path, size: Size, seed: int = 1) -> None:
    """Write a month of sessions as Parquet (typed) or CSV (texts), by the path's ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_csv = path.suffix == ".csv"
    started = "strftime(started, '%Y-%m-%dT%H:%M:%S')" if is_csv else "started"
    form = "FORMAT csv, HEADER true" if is_csv else "FORMAT parquet, COMPRESSION snappy"
    with open_engine() as connection:
        connection.execute(f"""
            COPY (
              WITH drawn AS (
                SELECT n, hash(n, {seed}) % 1000003 / 1000003 AS a,
                       hash(n, {seed + 1}) % 1000003 / 1000003 AS b,
                       hash(n, {seed + 2}) % 1000 AS c, hash(n, {seed + 3}) % 20 AS d
                FROM (SELECT CASE WHEN hash(i, {seed}) % 400 = 0 THEN i // 2 ELSE i END AS n
                      FROM range({size.events}) AS r(i))
              ),
              dated AS (
                SELECT *, date_trunc('second', TIMESTAMP '{FIRST_INSTANT}'
                  + to_microseconds((n::HUGEINT * {MICROSECONDS} // {size.events})::BIGINT))
                  AS started
                FROM drawn
              )
              SELECT 'R' || lpad(n::VARCHAR, 12, '0') AS record_id,
                     CASE WHEN c = 999 THEN 'GW-UNKNOWN' ELSE
                       'GW-' || lpad(least(floor(exp(a * ln({size.gateways + 1}))),
                         {size.gateways})::BIGINT::VARCHAR, 7, '0') END AS gateway,
                     {started} AS started,
                     (b * b * b * 50000000)::BIGINT AS bytes_up,
                     (b * b * b * 400000000)::BIGINT AS bytes_down,
                     CASE WHEN c < 20 THEN 'probe' WHEN c < 200 THEN 'backup' ELSE 'web' END
                       AS kind,
                     ['CA', 'CA', 'CA', 'US', 'US', 'MX', 'DE', 'FR', 'JP', 'GB']
                       [1 + (d // 2)::BIGINT] AS country
              FROM dated
            ) TO '{path}' ({form})
        """)


def write_book(folder: Path, gateways: int) -> None:
    """Write a book with one account, package, access and data service for each gateway."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [f"{number:07}" for number in range(1, gateways + 1)]
    accounts = [
        f"A{n},northwind,Customer {n},customer,{currency(n)},business,,,,CA-ON,,,," for n in numbers
    ]
    files = {
        "accounts": (
            "account,parent,name,type,currency,bill_group,bill_day,usage_bill_day,invoicer,"
            "jurisdiction,tax_exemption,tax_id,timezone,locale",
            ["northwind,,Northwind,owner,CAD,,,,,,,,,en_CA", *accounts],
        ),
        "contacts": (
            "account,kind,name,email,street,city,region,postal_code,country",
            [f"A{n},billing,Payables,p@example.com,1 Way,Toronto,ON,M5V 2T6,CA" for n in numbers]
            + ["northwind,billing,Desk,d@example.com,1 Square,Toronto,ON,M5J 1A6,CA"],
        ),
        "account_packages": (
            "account_package,account,package,frequency,effective,cancelled,bill_day",
            [f"S{n},A{n},business_connectivity,monthly,2025-12-01,," for n in numbers],
        ),
        "account_services": (
            "account_service,account_package,service,effective,cancelled,quantity",
            [f"S{n}-{each},S{n},{each},,," for n in numbers for each in ("access", "data")],
        ),
        "identifiers": (
            "account_service,identifier,value,effective,until",
            [f"S{n}-data,gateway,GW-{n},," for n in numbers],
        ),
        "status_changes": (
            "account_service,account_package,status,effective,recorded",
            [
                f"S{n}-{each},,{status},2025-12-01,"
                for n in numbers
                for each in ("access", "data")
                for status in ("ordered", "active")
            ]
            + [f",S{n},{status},2025-12-01," for n in numbers for status in ("pending", "open")],
        ),
    }
    for name, (header, rows) in files.items():
        with (folder / f"{name}.csv").open("w", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header.split(","))
            writer.writerows(row.split(",") for row in rows)


def currency(number: str) -> str:
    """Give the currency of an account: US dollars for every third."""
    return "CAD" if int(number) % 3 else "USD"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--gateways", type=int, default=20_000)
    given = parser.parse_args()
    write_usage(given.path, Size(given.events, given.gateways))


if __name__ == "__main__":
    main()
