"""Small books and usage files, written by hand, and runs over them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from runtime.bill import bill
from runtime.bill_folder import OutFolder
from runtime.bill_result import BillRefused, BillRequest, BillResult
from runtime.book.model import ENTITIES, OPTIONAL_FILES
from runtime.invoice.invariants import all_lines, broken_invariants
from runtime.invoice.model import InvoiceLine
from runtime.program.artifact import seal
from runtime.program.model import Program
from tests.ledgers import ledgers
from tests.runtime.programs import GB, connectivity_program

Row = Mapping[str, object]

USAGE_COLUMNS = ("record_id", "started", "gateway", "bytes_up", "bytes_down", "kind", "country")


class Book:
    """Rows of a book to be; `sell` adds what one subscription needs."""

    def __init__(self, *accounts: Row) -> None:
        owner = {"account": "northwind", "name": "Northwind", "type": "owner", "currency": "CAD"}
        self.rows: dict[str, list[Row]] = {name: [] for name in ENTITIES}
        for account in (owner, *accounts):
            self.rows["accounts"].append(account)
            contact = {"account": account["account"], "kind": "billing", "name": "Accounts"}
            self.rows["contacts"].append(contact)

    def sell(
        self, name: str, account: str, start: str, frequency: str = "monthly", **given: object
    ) -> Book:
        """Sell business connectivity: access and data, active from the start."""
        package = {"account_package": name, "account": account, "effective": start}
        self.rows["account_packages"].append(
            package | {"package": "business_connectivity", "frequency": frequency} | given
        )
        for service in ("access", "data"):
            instance = {"account_service": f"{name}-{service}", "account_package": name}
            self.rows["account_services"].append(instance | {"service": service})
            self.change(f"{name}-{service}", "ordered", start)
            self.change(f"{name}-{service}", "active", start)
        self.rows["identifiers"].append(
            {"account_service": f"{name}-data", "identifier": "gateway", "value": f"GW-{name}"}
        )
        return self

    def change(self, account_service: str, status: str, day: str, recorded: str = "") -> Book:
        """Change a status from a day on."""
        self.rows["status_changes"].append(
            {
                "account_service": account_service,
                "status": status,
                "effective": day,
                "recorded": recorded,
            }
        )
        return self

    def write(self, folder: Path) -> Path:
        """Write the book's files; one that a book need not have only where it has rows."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, model in ENTITIES.items():
            path = folder / f"{name}.csv"
            if self.rows[name] or name not in OPTIONAL_FILES:
                write_csv(path, tuple(model.model_fields), self.rows[name])
            else:
                path.unlink(missing_ok=True)
        return folder


def customer(account: str, **given: object) -> Row:
    """Give an account of a customer in Ontario, billed in CAD on the first."""
    row: dict[str, object] = {
        "account": account,
        "parent": "northwind",
        "name": f"Customer {account}",
        "type": "customer",
        "currency": "CAD",
        "bill_group": "business",
        "jurisdiction": "CA-ON",
        "locale": "en_CA",
    }
    return row | given


def session(number: int, gateway: str, day: str, gigabytes: str, **given: object) -> Row:
    """Give a session at noon UTC; web data in Canada unless told otherwise."""
    whole, _, part = gigabytes.partition(".")
    up = int(whole) * GB + int((part or "0").ljust(9, "0"))
    row: dict[str, object] = {
        "record_id": f"r{number}",
        "started": f"{day}T12:00:00",
        "gateway": gateway,
        "bytes_up": up,
        "bytes_down": 0,
        "kind": "web",
        "country": "CA",
    }
    return row | given


def write_usage(path: Path, *sessions: Row) -> str:
    """Write a usage file and give its name as an argument of a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_csv(path, USAGE_COLUMNS, sessions)
    return str(path)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows; a column a row does not name is empty."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def request(
    folder: Path,
    as_of: str,
    *usage: str,
    program: Program | None = None,
    is_dry_run: bool = False,
) -> BillRequest:
    """Ask for a run over the book in `folder`/book into `folder`/out.

    A program that a test has changed is sealed anew: by its fingerprint a run knows that it is
    another one.
    """
    return BillRequest(
        program=seal(program or connectivity_program()),
        book=folder / "book",
        usage=usage,
        as_of=date.fromisoformat(as_of),
        out=folder / "out",
        ledger=ledger_of(folder / "out"),
        is_dry_run=is_dry_run,
        threads=1,
        formats=(),
    )


def ledger_of(out: Path) -> str:
    """Give the URL of the ledger that belongs to the folder of a run."""
    return ledgers().url(OutFolder(out).ledger)


def run(asked: BillRequest) -> BillResult:
    """Bill, and hold every invoice to its invariants."""
    result = bill(asked)
    assert isinstance(result, BillResult), result
    for invoice in result.invoices:
        assert broken_invariants(invoice) == ()
    return result


def refuse(asked: BillRequest) -> BillRefused:
    """Bill what must be refused."""
    result = bill(asked)
    assert isinstance(result, BillRefused), result
    return result


def lines(result: BillResult, service: str | None = None) -> list[InvoiceLine]:
    """Give a run's lines, those of one account service if named."""
    found = [line for invoice in result.invoices for line in all_lines(invoice)]
    return [line for line in found if service in (None, line.account_service)]


def shown(result: BillResult, service: str) -> list[tuple[str, str, str]]:
    """Give description, stretch and net of a service's lines."""
    return [
        (line.description, f"{line.period_start:%m-%d}..{line.period_end:%m-%d}", str(line.net))
        for line in lines(result, service)
    ]
