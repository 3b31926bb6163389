"""Buckets that roll over, last for a time, or are shared, billed from a catalog's text."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import pytest

from runtime.bill_result import BillResult
from runtime.explain.line import explain_line
from runtime.explain.records import RatedUsage
from runtime.explain.text import render_text
from runtime.invoice.html import render_html
from runtime.invoice.model import BucketStatement
from runtime.program.model import Program
from tests.compiler.catalogs import compile_text
from tests.runtime.bill.books import (
    Book,
    Row,
    customer,
    lines,
    request,
    run,
    session,
    write_usage,
)

HEAD = """\
catalog tiny {
  currencies  CAD
  timezone    "UTC"
}

bill group business {
  bill day  1
  terms     net 30 days
}

feed sessions {
  format     csv
  id         record_id
  at         started as "%Y-%m-%dT%H:%M:%S" in "UTC"
  service    gateway
  quantity   bytes_up + bytes_down in byte
}

usage class data measured in data

rate group web {
  data  2.00 CAD per GB
}

rate plan metered {
  web
}

base bucket web_data {
  classes  data
  unit     GB
}

package fleet {
  bills    monthly in arrears
  service  sim optional up to 50
  service  pool_fee optional
}

service pool_fee {
  type           recurring
  price monthly  90.00 CAD
}
"""

SIM = """
service sim {
  type           recurring
  identified by  gateway
  price monthly  10.00 CAD
  usage monthly {
    rates  metered
%s  }
}
"""

POOL = """
share plan fleet_pool "Fleet pool" {
  sold as  pool_fee
  bucket pooled of web_data {
    recurring    monthly
    pool         10 GB + 5 GB per sim
    consumed by  sim
    up to 10 GB  0.50 CAD per GB
    beyond       rated
    rolls over   4 GB for 1 period
  }
}
"""


@cache
def program(text: str, *buckets: str) -> Program:
    """Compile the catalog with a service that draws from such buckets of its own."""
    uses = "".join(f"    bucket  {bucket}\n" for bucket in buckets)
    compiled = compile_text(HEAD + SIM % uses + text)
    assert compiled.program is not None, compiled.diagnostics
    return compiled.program


def sold(book: Book, package: str, account: str, start: str, **services: str) -> Book:
    """Sell a package with such account services, by their names."""
    given = {"account_package": package, "account": account, "effective": start}
    book.rows["account_packages"].append(given | {"package": "fleet", "frequency": "monthly"})
    for name, service in services.items():
        row = {"account_service": name, "account_package": package, "service": service}
        book.rows["account_services"].append(row)
        if service == "sim":
            held = {"account_service": name, "identifier": "gateway", "value": f"GW-{name}"}
            book.rows["identifiers"].append(held)
    return book


def charged(result: BillResult, service: str) -> list[tuple[str, str, str]]:
    """Give description, first day and net of a service's usage lines."""
    return [
        (line.description, f"{line.period_start:%m-%d}", str(line.net))
        for line in lines(result, service)
        if line.kind in ("usage", "bucket")
    ]


def statement(result: BillResult, service: str, day: str) -> BucketStatement:
    """Give the one statement of a service's bucket over the period that begins on a day."""
    (found,) = (
        each
        for invoice in result.invoices
        for each in invoice.buckets
        if each.account_service == service and f"{each.period_start:%m-%d}" == day
    )
    return found


def whole(*quantities: Decimal) -> tuple[int, ...]:
    """Give quantities that are whole numbers of their unit."""
    assert all(each == int(each) for each in quantities), quantities
    return tuple(int(each) for each in quantities)


@pytest.fixture
def tree() -> Book:
    """An account with a pool and a SIM, and one below it with another SIM."""
    book = Book(customer("A"), customer("B", parent="A"))
    sold(book, "P1", "A", "2026-01-01", S1="sim", F1="pool_fee")
    return sold(book, "P2", "B", "2026-01-01", S2="sim")


@pytest.mark.feature("A17", "C3", "D4")
def test_late_usage_of_one_account_changes_what_a_pool_leaves_to_another(
    tmp_path: Path, tree: Book
) -> None:
    # The pool: 10 GB and 5 GB for each of two SIMs.  12 of S1, then 8 of the 10 of S2; the
    # other 2, and 8 of the second 12 of S1, cost 0.50 a GB; the last 4 GB 2.00 each.
    tree.write(tmp_path / "book")
    fleet = program(POOL)
    january = write_usage(
        tmp_path / "january.csv",
        session(1, "GW-S1", "2026-01-05", "12"),
        session(2, "GW-S2", "2026-01-10", "10"),
        session(3, "GW-S1", "2026-01-20", "12"),
    )
    first = run(request(tmp_path, "2026-02-01", january, program=fleet))
    assert charged(first, "S1") == [("Data", "01-01", "8.00")]
    assert charged(first, "S2") == [("Data", "01-01", "0.00")]
    assert charged(first, "F1") == [
        ("Fleet pool, pooled, up to 10 GB beyond the pool", "01-01", "5.00")
    ]
    pool = statement(first, "F1", "01-01")
    assert whole(pool.included, pool.used, pool.left) == (20, 34, 0)
    shares = [(each.account, *whole(each.contributed, each.used)) for each in pool.shares]
    assert shares == [("A", 15, 12), ("B", 5, 8)]
    # 6 GB of S2 on the 3rd: the second 12 GB of S1 are now 2 at 0.50 and 10 at 2.00.
    late = write_usage(tmp_path / "late.csv", session(4, "GW-S2", "2026-01-03", "6"))
    second = run(request(tmp_path, "2026-02-10", late, program=fleet))
    assert charged(second, "S1") == [("Data", "01-01", "12.00")]
    assert charged(second, "F1") == []
    assert run(request(tmp_path, "2026-02-10", program=fleet)).invoices == ()


@pytest.mark.feature("A17", "D2")
def test_a_service_taken_from_the_tree_gives_its_part_of_the_pool_back(
    tmp_path: Path, tree: Book
) -> None:
    tree.write(tmp_path / "book")
    fleet = program(POOL)
    january = write_usage(
        tmp_path / "january.csv",
        session(1, "GW-S1", "2026-01-05", "12"),
        session(2, "GW-S2", "2026-01-10", "10"),
    )
    first = run(request(tmp_path, "2026-02-01", january, program=fleet))
    assert charged(first, "F1")[0][2] == "1.00"
    # B was never below A: the pool is 15 GB, which S1 has to itself; S2 pays for its 10 GB.
    tree.rows["accounts"][2] = {**tree.rows["accounts"][2], "parent": "northwind"}
    tree.write(tmp_path / "book")
    second = run(request(tmp_path, "2026-02-02", program=fleet))
    assert charged(second, "F1") == [
        ("Fleet pool, pooled, up to 10 GB beyond the pool", "01-01", "-1.00")
    ]
    assert charged(second, "S2") == [("Data", "01-01", "20.00")]
    assert charged(second, "S1") == []


@pytest.mark.feature("A17", "D6")
def test_an_invoice_and_its_explanation_show_a_pool(tmp_path: Path, tree: Book) -> None:
    tree.write(tmp_path / "book")
    usage = write_usage(tmp_path / "usage.csv", session(1, "GW-S2", "2026-01-05", "23"))
    result = run(request(tmp_path, "2026-02-01", usage, program=program(POOL)))
    (line,) = (each for each in lines(result, "F1") if each.kind == "bucket")
    (invoice,) = (each for each in result.invoices if any(one.shares for one in each.buckets))
    page = render_html(invoice)
    assert "Fleet pool, pooled" in page
    assert "Customer B" in page
    rated = RatedUsage(tmp_path / "out" / "rated_usage" / "run=1")
    told = render_text(explain_line(invoice, line.number, rated))
    assert "at the tier's own price =" in told.splitlines()[0]
    # Of the 23 GB the pool gives 20, and its tier the other 3: of a record of S2's.
    assert "From 1 usage record of 1 account service known" in told
    assert "1 record drew 3 GB" in told
    assert "sessions/r1  S2  priced  3 GB" in told
    assert line.source is not None
    assert line.source.text in told
    assert "account B" in told


@pytest.mark.feature("A16", "A17", "C3", "D9")
@pytest.mark.parametrize("seed", range(4))
def test_usage_that_comes_in_any_order_adds_up_to_what_one_run_bills(
    tmp_path: Path, tree: Book, seed: int
) -> None:
    # B is billed from the 15th on, so that its usage periods lie across two of the pool's.
    chance = Random(seed)
    tree.rows["accounts"][2] = {**tree.rows["accounts"][2], "usage_bill_day": 15}
    for folder in ("late", "once"):
        tree.write(tmp_path / folder / "book")
    fleet = program(POOL + ROLLS, "allowance")
    runs = ("2026-02-03", "2026-03-16", "2026-04-20")
    parts: list[list[Row]] = [[], [], []]
    for number in range(24):
        day = f"2026-{chance.randint(1, 3):02}-{chance.randint(1, 28):02}"
        known = [part for part, as_of in zip(parts, runs, strict=True) if day < as_of]
        gateway, used = chance.choice(("GW-S1", "GW-S2")), str(chance.randint(1, 12))
        chance.choice(known).append(session(number, gateway, day, used))
    files = [write_usage(tmp_path / f"{n}.csv", *part) for n, part in enumerate(parts)]
    late = [
        run(request(tmp_path / "late", day, usage, program=fleet))
        for day, usage in zip(runs, files, strict=True)
    ]
    once = run(request(tmp_path / "once", runs[-1], *files, program=fleet))
    assert totals(*late) == totals(once)


def totals(*results: BillResult) -> dict[tuple[str, str, str], Decimal]:
    """Give what each account service's usage and buckets come to, period by period."""
    found: dict[tuple[str, str, str], Decimal] = {}
    for result in results:
        for line in lines(result):
            if line.kind in ("usage", "bucket"):
                key = (line.account_service, line.bucket or "", f"{line.period_start:%m-%d}")
                found[key] = found.get(key, Decimal(0)) + line.net
    return {key: net for key, net in found.items() if net}


ROLLS = """
bucket allowance of web_data {
  recurring    monthly
  up to 10 GB  included
  beyond       rated
  rolls over   4 GB for 1 period
}
"""


@pytest.mark.feature("A16", "C3")
def test_late_usage_rates_the_period_anew_that_its_rest_rolled_over_into(tmp_path: Path) -> None:
    book = sold(Book(customer("A")), "P1", "A", "2026-01-01", S1="sim")
    book.write(tmp_path / "book")
    rolls = program(ROLLS, "allowance")
    usage = write_usage(
        tmp_path / "usage.csv",
        session(1, "GW-S1", "2026-01-05", "3"),
        session(2, "GW-S1", "2026-02-05", "16"),
    )
    first = run(request(tmp_path, "2026-03-01", usage, program=rolls))
    # 7 GB are left of January, 4 of them roll over; 16 - 4 - 10 = 2 GB at 2.00.
    assert charged(first, "S1") == [("Data", "01-01", "0.00"), ("Data", "02-01", "4.00")]
    february = statement(first, "S1", "02-01")
    assert whole(february.included, february.rolled_over) == (14, 4)
    assert whole(february.used, february.left) == (16, 0)
    # 5 GB more in January leave 2 GB of it: 16 - 2 - 10 = 4 GB.
    late = write_usage(tmp_path / "late.csv", session(3, "GW-S1", "2026-01-25", "5"))
    second = run(request(tmp_path, "2026-03-02", late, program=rolls))
    assert charged(second, "S1") == [("Data", "01-01", "0.00"), ("Data", "02-01", "4.00")]
    assert run(request(tmp_path, "2026-03-02", program=rolls)).invoices == ()


ONCE = """
bucket welcome of web_data {
  one time    for 2 months
  up to 5 GB  included
  up to 8 GB  3.00 CAD flat
  beyond      0.333 CAD per GB
}
"""


@pytest.mark.feature("A16", "D4")
def test_a_one_time_bucket_is_drawn_over_its_periods_and_charges_each_thing_once(
    tmp_path: Path,
) -> None:
    book = sold(Book(customer("A")), "P1", "A", "2026-01-15", S1="sim")
    book.write(tmp_path / "book")
    usage = write_usage(
        tmp_path / "usage.csv",
        session(1, "GW-S1", "2026-01-20", "4"),  # included
        session(2, "GW-S1", "2026-02-05", "3"),  # 1 included, 2 enter the flat tier
        session(3, "GW-S1", "2026-02-20", "2"),  # 1 in the flat tier, 1 beyond: 0.333
        session(4, "GW-S1", "2026-03-10", "2"),  # 3 beyond in all: 0.999, less 0.33
        session(5, "GW-S1", "2026-03-20", "1"),  # the bucket ended on 15 March: 2.00
    )
    result = run(request(tmp_path, "2026-04-01", usage, program=program(ONCE, "welcome")))
    assert charged(result, "S1") == [
        ("Data", "01-15", "0.00"),
        ("Data", "02-01", "0.00"),
        ("Data", "03-01", "2.00"),
        ("Welcome, up to 8 GB", "02-01", "3.00"),
        ("Welcome, beyond", "02-01", "0.33"),
        ("Welcome, beyond", "03-01", "0.67"),
    ]
    february = statement(result, "S1", "02-01")
    assert whole(february.included, february.used_before, february.used) == (5, 4, 5)
    assert whole(february.left) == (0,)


ORDERED = """
bucket later of web_data {
  recurring   monthly
  priority    2
  up to 3 GB  included
  beyond      rated + 5.00 CAD flat
}

bucket sooner of web_data {
  recurring   monthly whole
  priority    1
  up to 2 GB  included
  up to 4 GB  graduated {
    up to 1 GB  1.00 CAD per GB
    beyond      0.50 CAD per GB
  } at most 1.20 CAD
  beyond      rated
}
"""


@pytest.mark.feature("A16", "A11")
def test_buckets_are_drawn_by_priority_and_a_tier_has_a_price_and_a_flat_amount(
    tmp_path: Path,
) -> None:
    # Sold on the 16th: 16 of 31 days of 3 GB are 1.548387097 GB, and `sooner` is whole.  Of
    # 7 GB 2 are included, 2 cost 1.00 + 0.50, at most 1.20; 1.548387097 are included, and
    # 1.451612903 at 2.00 are 2.903225806.
    book = sold(Book(customer("A")), "P1", "A", "2026-01-16", S1="sim")
    book.write(tmp_path / "book")
    usage = write_usage(tmp_path / "usage.csv", session(1, "GW-S1", "2026-01-20", "7"))
    drawn = program(ORDERED, "later", "sooner")
    result = run(request(tmp_path, "2026-02-01", usage, program=drawn))
    assert charged(result, "S1") == [
        ("Data", "01-16", "2.90"),
        ("Later, beyond", "01-16", "5.00"),
        ("Sooner, up to 4 GB", "01-16", "1.20"),
    ]
    left = [each.left for invoice in result.invoices for each in invoice.buckets]
    assert left == [Decimal(0), Decimal(0)]


COUNTED = """
count sims = service sim across account tree

bucket counted of web_data {
  recurring  monthly
  beyond     volume by sims {
    up to 10  1.00 CAD per GB
    beyond    0.50 CAD per GB
  }
}
"""


@pytest.mark.feature("A12", "A16", "A17")
def test_a_tier_of_a_bucket_goes_by_a_count_of_the_tree(tmp_path: Path) -> None:
    # Eleven SIMs on two accounts: 3 GB at 0.50.
    book = Book(customer("A"), customer("B", parent="A"))
    sold(book, "P1", "A", "2026-01-01", S1="sim")
    sold(book, "P2", "B", "2026-01-01", **{f"T{number}": "sim" for number in range(10)})
    book.write(tmp_path / "book")
    usage = write_usage(tmp_path / "usage.csv", session(1, "GW-S1", "2026-01-05", "3"))
    result = run(request(tmp_path, "2026-02-01", usage, program=program(COUNTED, "counted")))
    assert [each[2] for each in charged(result, "S1")] == ["0.00", "1.50"]
