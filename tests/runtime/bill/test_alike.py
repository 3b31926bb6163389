"""Charges that are computed of one account service hold for all that are like it.

Of two ledgers over the same books, in one every account service is charged by itself: every
document and every line is equal.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from duckdb import DuckDBPyConnection

from runtime.bill_result import BillRequest
from runtime.charges.printed_order import make_due
from runtime.engine import create_table, open_engine
from runtime.program.model import Program
from runtime.subscriptions import build, own_kinds
from runtime.subscriptions.alike import find_alike
from runtime.tables import TABLES
from tests.runtime.bill.books import Book, customer, ledger_of, request, run, session, write_usage
from tests.runtime.bill.test_commercial import program_of
from tests.runtime.bill.test_incremental import CATALOG, posted
from tests.runtime.charges.tables import Row, account_service, make_stage_tables, put

SOLD = (
    CATALOG.replace("  discount  launch\n", "  discount  launch\n  contract  rolling, year\n", 1)
    + """
contract rolling "Rolling" {
  term     1 month
  renews   1 month
  minimum  20.00 CAD per month charge fee
  service sim monthly  11.00 CAD
}
"""
)
SCOPES = {
    "account": SOLD.replace("across account tree", "across account"),
    "account tree": SOLD,
}
CUSTOMERS = 18
DAYS = ("2026-01-05", "2026-01-20")


def crowd(chance: Random) -> Book:
    """Sell to customers what many others were sold; a few have something of their own.

    Every third is below the one before, whose invoices say what it is charged.
    """
    book = Book(
        *(
            customer(f"A{number}", parent=f"A{number - 1}", invoicer=f"A{number - 1}")
            if number % 3 == 2
            else customer(f"A{number}")
            for number in range(CUSTOMERS)
        )
    )
    for number in range(CUSTOMERS):
        for kind in range(chance.choice((1, 1, 2))):
            name, day = f"P{number}-{kind}", chance.choice(DAYS)
            package = "later" if chance.random() < 0.15 else "fleet"
            row = {"account_package": name, "account": f"A{number}", "effective": day}
            if package == "fleet" and chance.random() < 0.2:
                row["contract"] = "rolling"
            book.rows["account_packages"].append(row | {"package": package, "frequency": "monthly"})
            optional = ("platform", "modem") if package == "fleet" else ()
            for service in ("sim", *(each for each in optional if chance.random() < 0.7)):
                own = {"account_service": f"{name}-{service}", "account_package": name}
                quantity = chance.choice(("", "", 4)) if service == "sim" else ""
                book.rows["account_services"].append(
                    own | {"service": service, "quantity": quantity}
                )
            book.change(f"{name}-sim", "active", day)
    return book


def happen(chance: Random, book: Book, month: int) -> None:
    """Let the same happen to several, and to one alone, in the days before a bill and after."""
    sims = [str(row["account_service"]) for row in book.rows["account_services"]]
    sims = [name for name in sims if name.endswith("-sim")]
    day = str(date(2026, month, 22))
    for name in sims[month::3]:
        book.change(name, "suspended", day)
        if chance.random() < 0.5:
            book.change(name, "active", str(date(2026, month, 25)))
    held = book.rows["account_packages"]
    for row in chance.sample([row for row in held if row["package"] == "later"], 1):
        held[held.index(row)] = {**row, "cancelled": day}
    for name in chance.sample(sims, 4):
        given = {"effective": day, "reason": "Asked for"}
        package = {"account_package": name.removesuffix("-sim")}
        own = {"account_service": name}
        book.rows["overrides"].append(
            given
            | chance.choice(
                (
                    package | {"discount": "loyalty"},
                    own | {"discount": "trial"},
                    own | {"price": "9.00"},
                )
            )
        )


def bill_both(asked: BillRequest, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Bill with and without account services that are alike, and compare; name those found."""
    found: set[str] = set()

    def finding(connection: DuckDBPyConnection, program: Program, *, is_first: bool) -> None:
        find_alike(connection, program, is_first=is_first)
        found.update(name for name, _ in connection.execute("FROM subscription.alike").fetchall())

    alone = asked.out.with_name("alone")
    for way, look in ((asked, finding), (replace(asked, out=alone, ledger=ledger_of(alone)), None)):
        with monkeypatch.context() as patched:
            patched.setattr(build, "find_alike", look or (lambda *_, **__: None))
            run(way)
    assert posted(asked.out) == posted(alone)
    return found


@pytest.mark.feature("D1", "D3", "A12", "A20")
@pytest.mark.parametrize(
    ("scope", "seed", "runs"),
    [
        *(("account", 0, 2), ("account tree", 0, 1)),
        *(pytest.param(scope, 1, 2, marks=pytest.mark.slow) for scope in SCOPES),
    ],
)
def test_what_is_charged_as_another_is_charged_as_by_itself(
    scope: str, seed: int, runs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(f"alike {seed}")
    book, sold = crowd(chance), program_of(SCOPES[scope])
    found = []
    for month in ("2026-02-01", "2026-03-01")[:runs]:
        book.write(tmp_path / "book")
        asked = request(tmp_path, month, program=sold)
        found.append(bill_both(replace(asked, formats=()), monkeypatch))
        happen(chance, book, len(found))
    assert len(found[0]) > CUSTOMERS // 3
    contracts = {
        row["account_package"]
        for row in book.rows["account_packages"]
        if row.get("contract") or row["package"] == "later"
    }
    assert contracts
    assert not any(name.rsplit("-", 1)[0] in contracts for name in found[0])
    assert any(name.endswith("platform") for name in found[0]) == (scope == "account")


@pytest.mark.feature("D1")
def test_nobody_is_alike_by_digests_that_are_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a first run, that is; whether anything changed since the last one is told by digests."""
    crowd(Random("weak")).write(tmp_path / "book")
    asked = request(tmp_path, "2026-02-01", program=program_of(SCOPES["account"]))
    asked = replace(asked, formats=())
    weak = asked.out.with_name("weak")
    run(asked)
    none = "CREATE TEMP TABLE kind_digest AS SELECT kind, 0::UBIGINT AS digest FROM own_kind"
    monkeypatch.setattr(own_kinds, "_kind_digests", lambda: none)
    run(replace(asked, out=weak, ledger=ledger_of(weak)))
    assert posted(asked.out) == posted(weak)


@pytest.mark.feature("D1", "C3")
def test_those_with_usage_are_charged_what_they_share_and_what_is_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Book(*(customer(f"A{number}") for number in range(5)))
    for number in range(5):
        book.sell(f"P{number}", f"A{number}", "2026-01-01")
    book.write(tmp_path / "book")
    used = [session(number, f"GW-P{number}", "2026-01-09", "60") for number in (0, 3)]
    usage = write_usage(tmp_path / "usage" / "sessions.csv", *used)
    asked = replace(request(tmp_path, "2026-02-01", usage), formats=())
    assert len(bill_both(asked, monkeypatch)) == 8


@pytest.mark.feature("D1")
def test_lines_of_ones_own_stand_among_shared_ones_in_their_places() -> None:
    with open_engine(threads=1) as connection:
        make_stage_tables(connection)
        services = ("S1", "S2", "S3", "S4")
        put(
            connection,
            "subscription.account_services",
            *(account_service(name, "sim") for name in services),
        )
        put(
            connection,
            "subscription.alike",
            *({"account_service": name, "example": "S1"} for name in services[1:]),
        )
        create_table(connection, "charge.target")
        connection.execute("ALTER TABLE charge.target RENAME TO difference")
        connection.execute("""
            ALTER TABLE charge.difference ADD COLUMN is_credit BOOLEAN DEFAULT false;
            ALTER TABLE charge.difference ADD COLUMN corrects BIGINT;
            CREATE TABLE charge.discounts AS SELECT '' AS discount, 0 AS rank;
            CREATE TABLE charge.package_services AS
            SELECT '' AS package, '' AS service, 1 AS ordinal;
            CREATE TABLE charge.usage_classes AS SELECT '' AS usage_class, 1 AS ordinal;
            CREATE TABLE charge.buckets AS SELECT '' AS bucket, 1 AS ordinal;
        """)
        row: Row = {"currency": "CAD", "is_credit": False, "period_start": date(2026, 1, 1)}
        put(
            connection,
            "charge.difference",
            *(
                {**row, "account_service": name, "kind": kind, "service": kind}
                for name, kind in (
                    *(("S1", "transition"), ("S1", "recurring"), ("S1", "usage")),
                    *(("S3", "usage"), ("S3", "minimum")),
                )
            ),
        )
        make_due(connection)
        found = connection.execute(
            "SELECT ordinal, account_service, kind FROM charge.due ORDER BY ordinal"
        ).fetchall()
        columns = [name for name, *_ in connection.execute("DESCRIBE charge.due").fetchall()]
    assert [(name, kind) for _, name, kind in found] == [
        *(("S1", "recurring"), ("S1", "transition"), ("S1", "usage")),
        *(("S2", "recurring"), ("S2", "transition")),
        *(("S3", "recurring"), ("S3", "transition"), ("S3", "usage"), ("S3", "minimum")),
        *(("S4", "recurring"), ("S4", "transition")),
    ]
    assert [ordinal for ordinal, *_ in found] == list(range(1, len(found) + 1))
    assert columns == list(TABLES["charge.due"])
