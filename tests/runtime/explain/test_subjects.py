"""What can be asked: an account's month, a usage record, a line of the catalog, whose price."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest

from runtime.explain.json_document import SCHEMA, render_json
from runtime.explain.model import Explanation, Fact
from runtime.explain.page import render_page
from runtime.explain.subjects import NothingThere, Posted
from runtime.explain.text import render_text
from runtime.ledger.connect import ledger_url, read_ledger
from tests.compiler.catalogs import compile_text
from tests.runtime.bill.books import Book, customer, request, run, session, write_usage
from tests.runtime.bill.test_buckets import HEAD, POOL, SIM

PLAN = """
price plan deal "The deal" {
  reason  "Agreed by the desk"
  service sim monthly  8.00 CAD
}

price book partner "Partners" {
  service sim monthly  9.00 CAD
}
"""
CATALOG = HEAD + SIM % "" + POOL + PLAN


def line_of(words: str) -> int:
    return next(n for n, text in enumerate(CATALOG.splitlines(), start=1) if words in text)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pool of 15 GB that A's SIM draws to its end, and a record that nobody holds."""
    folder = tmp_path_factory.mktemp("subjects")
    compiled = compile_text(CATALOG)
    assert compiled.program is not None, compiled.diagnostics
    plan = {"price_plan": "deal", "price_book": "partner"}
    book = Book(customer("A", jurisdiction="", **plan), customer("B", jurisdiction=""))
    for account, package in (("A", "P1"), ("B", "P2")):
        book.rows["account_packages"].append(
            {"account_package": package, "account": account, "package": "fleet"}
            | {"frequency": "monthly", "effective": "2026-01-01"}
        )
        book.rows["account_services"].append(
            {"account_service": f"S-{account}", "account_package": package, "service": "sim"}
        )
        book.rows["identifiers"].append(
            {"account_service": f"S-{account}", "identifier": "gateway", "value": f"GW-{account}"}
        )
    book.rows["account_services"].append(
        {"account_service": "F-A", "account_package": "P1", "service": "pool_fee"}
    )
    book.write(folder / "book")
    usage = write_usage(
        folder / "usage.csv",
        session(1, "GW-A", "2026-01-05", "12"),
        session(2, "GW-A", "2026-01-10", "17"),
        session(3, "GW-B", "2026-01-10", "3"),
        session(4, "GW-9", "2026-01-10", "3"),
        session(1, "GW-A", "2026-01-05", "11"),
    )
    run(request(folder, "2026-02-01", usage, program=compiled.program))
    return folder / "out"


@pytest.fixture
def posted(out: Path) -> Iterator[Posted]:
    with read_ledger(ledger_url(out / "ledger.db")) as ledger:
        yield Posted(ledger, out)


@pytest.mark.feature("C4", "D6")
def test_a_record_is_followed_to_its_pool_its_rate_and_its_lines(posted: Posted) -> None:
    # 15 GB of the pool: 12 of r1, 3 of r2; 10 GB at 0.50 and 4 GB at 2.00 of r2.
    told = render_text(posted.usage("sessions/r2"))
    assert told.startswith("sessions/r2 is rated by run 1, in 3 pieces\n")
    assert "held by S-A of the account A" in told
    assert "3 GB included in a bucket" in told
    assert "10 GB at the price of a bucket's tier" in told
    assert "4 GB rated: 4 × 2.00 per GB = 8.00 CAD" in told
    assert "pool of  F-A" in told
    assert f"catalog.ratebook:{line_of('data  2.00 CAD')}: data  2.00 CAD per GB" in told
    assert "It is part of 2 posted lines" in told
    assert re.search(r"INV-\d+:\d+  Data, .* = 8.00 CAD", told)
    assert re.search(r"INV-\d+:\d+  Fleet pool, .* = 5.00 CAD", told)


@pytest.mark.feature("C2", "C4", "D6")
def test_a_record_that_came_twice_and_one_that_was_rejected_are_told(posted: Posted) -> None:
    told = render_text(posted.usage("sessions/r1"))
    assert told.startswith("sessions/r1 was read 2 times: rated by run 1, duplicate by run 1\n")
    assert "quantity 11000000000 here, 12000000000 there" in told
    rejected = render_text(posted.usage("usage.csv:4"))
    assert "sessions/r4 is rejected" in rejected
    assert "UNKNOWN_SERVICE: no account service held the identifier" in rejected
    assert "to do" in rejected


@pytest.mark.feature("A22", "D6")
def test_a_line_names_whose_price_it_is_and_who_else_was_asked(posted: Posted) -> None:
    told = render_text(posted.account("A", "2026-01"))
    assert told.startswith("A, 2026-01-01 to 2026-01-31: 4 lines, 111.00 CAD net\n")  # 8+90+5+8
    assert "The price is that of the price plan deal" in told
    assert "The price is that of the catalog" in told
    # The pool's fee is priced by the catalog alone; plan and book were asked in vain.
    assert "asked    the price plan deal: has none" in told
    assert "asked    the price book partner: has none" in told
    assert "override, price plan, contract, region, price book, catalog" in told
    assert f"catalog.ratebook:{line_of('sim monthly  8.00')}: " in told


@pytest.mark.feature("D6")
def test_a_line_of_the_catalog_names_what_it_made(posted: Posted) -> None:
    at = line_of("data  2.00 CAD")
    told = render_text(posted.catalog_line("catalogs/tiny/catalog.ratebook", at))
    # 4 GB of A's and B's 3 GB go by the rate: B is not below A, and has no pool.
    assert told.splitlines()[:3] == [
        f"catalog.ratebook:{at} priced 2 lines of invoices",
        f"  catalog.ratebook:{at}: data  2.00 CAD per GB",
        "  of usage, exactly  14 CAD on 2 lines",
    ]
    tier = render_text(posted.catalog_line("catalog.ratebook", line_of("0.50 CAD per GB")))
    assert re.search(r"net +5.00 CAD on 1 line\n", tier)
    with pytest.raises(NothingThere, match="no posted line was priced by catalog"):
        posted.catalog_line("catalog.ratebook", 1)


@pytest.mark.feature("D6")
def test_what_is_not_there_is_named(posted: Posted) -> None:
    asked: tuple[tuple[Callable[[], Explanation], str], ...] = (
        (lambda: posted.invoice("INV-9", None), "no invoice `INV-9`"),
        (lambda: posted.invoice("INV-000001", 99), "so no line 99"),
        (lambda: posted.account("Z", "2026-01"), "for an account `Z`"),
        (lambda: posted.account("A", "2031-12"), "has a day in 2031-12"),
        (lambda: posted.usage("sessions/zz"), "usage:FEED/ID"),
    )
    for ask, words in asked:
        with pytest.raises(NothingThere, match=re.escape(words)):
            ask()


@pytest.mark.feature("D6")
def test_json_is_of_its_schema_and_says_what_the_text_says(posted: Posted) -> None:
    explained = posted.account("A", "2026-01")
    document = json.loads(render_json("A 2026-01", explained))
    jsonschema.validate(document, SCHEMA)
    assert statements(document["explanation"]) == told_by(explained)


def statements(node: dict[str, object]) -> list[object]:
    parts = node["parts"]
    assert isinstance(parts, list)
    return [node["statement"], *(each for part in parts for each in statements(part))]


def told_by(explanation: Explanation) -> list[object]:
    return [
        explanation.statement,
        *(each for part in explanation.children for each in told_by(part)),
    ]


@pytest.mark.feature("D6")
def test_a_page_asks_for_nothing_and_escapes_what_it_is_given(posted: Posted) -> None:
    page = render_page("A 2026-01", posted.account("A", "2026-01"))
    assert "&lt;" not in page.partition("<body>")[2]
    assert page.count("<details") == page.count("</details>") > 0
    for outside in ("<script", "http:", "https:", "src=", "@import", "url("):
        assert outside not in page
    hostile = Explanation("<script>alert(1)</script>", (Fact("name", "a\u202eb"),))
    drawn = render_page("x", hostile)
    assert "<script>" not in drawn
    assert "\u202e" not in drawn
