"""Catalogs whose prices are more than so much for each, billed from their files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from runtime.explain.line import explain_line
from runtime.explain.text import render_text
from runtime.invoice.html import render_html
from runtime.program.model import Program
from tests.compiler.catalogs import compile_text
from tests.runtime.bill.books import Book, customer, lines, request, run, shown

HEAD = """\
catalog tiny {
  currencies  CAD
  timezone    "America/Toronto"
}

bill group business {
  bill day  1
  terms     net 30 days
}

service status ordered = non_billable
service status active  = billable

lifecycle line {
  order     new -> ordered
  activate  ordered -> active
}

package fleet {
  bills    monthly, yearly
  service  seat optional up to 50
  service  platform optional
  service  setup optional up to 50
}

package late {
  bills    monthly in arrears
  service  platform
}

count seats = service seat in active across account tree

service visit {
  type  fee
}
"""

SETUP = """
service setup {
  type   non_recurring
  price  100.00 CAD flat + 5.00 CAD per block of 4
  price from 2026-03-01 for new sales  120.00 CAD
}
"""

SEAT = """
service seat {
  type       recurring
  lifecycle  line
  price monthly graduated {
    up to 10  5.00 CAD + 20.00 CAD flat
    beyond    4.00 CAD
  } includes 2 less 10%
  price yearly derived from monthly less 5%
  on activate charge visit  2.00 CAD at most 15.00 CAD
}
"""

PLATFORM = """
service platform {
  type  recurring
  price monthly volume by seats {
    up to 10  50.00 CAD + 0.50 CAD each
    beyond    80.00 CAD
  }
  price yearly derived from monthly
}
"""


@cache
def program_of(*services: str) -> Program:
    compilation = compile_text(HEAD + "".join(services))
    assert compilation.program is not None, compilation.diagnostics
    return compilation.program


ALL = (SEAT, PLATFORM, SETUP)


class Sales(Book):
    """A book of sales of this catalog."""

    def add(self, name: str, package: str, start: str, services: Mapping[str, int]) -> Sales:
        frequency = "yearly" if name.startswith("Y") else "monthly"
        self.rows["account_packages"].append(
            {"account_package": name, "account": "A1", "package": package}
            | {"frequency": frequency, "effective": start}
        )
        for service, quantity in services.items():
            own = f"{name}-{service}"
            self.rows["account_services"].append(
                {"account_service": own, "account_package": name}
                | {"service": service, "quantity": quantity}
            )
            if service == "seat":
                self.change(own, "ordered", start).change(own, "active", start)
        return self

    def seats(self, name: str, quantity: int) -> None:
        """Hold another number of seats, and have done so from the start."""
        rows = self.rows["account_services"]
        self.rows["account_services"] = [
            {**row, "quantity": quantity} if row["account_service"] == name else row for row in rows
        ]


def sales() -> Sales:
    return Sales(customer("A1", jurisdiction=""))


@pytest.mark.feature("A11", "A2", "A10", "A8", "D6")
def test_tiers_of_a_recurring_a_one_time_and_a_transition_charge(tmp_path: Path) -> None:
    # 15 seats, 2 included: 13.  10 x 5.00 + 20.00 + 3 x 4.00 = 82.00, less 10% = 73.80.
    # Set up 15: 100.00 + 4 blocks of 4 x 5.00 = 120.00.  Activation 15 x 2.00, at most 15.00.
    program = program_of(*ALL)
    book = sales().add("P1", "fleet", "2026-01-01", {"seat": 15, "setup": 15})
    book.write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-01", program=program))
    assert shown(result, "P1-seat") == [
        ("seat, active", "01-01..02-01", "73.80"),
        ("visit", "01-01..01-02", "15.00"),
    ]
    assert shown(result, "P1-setup") == [("setup", "01-01..01-02", "120.00")]
    line = lines(result, "P1-seat")[0]
    assert line.pricing is not None
    assert (line.pricing.counted, line.pricing.included) == (15, 2)
    assert [(row.kind, row.upper, row.quantity, row.amount) for row in line.pricing.rows] == [
        ("term", 10, 10, Decimal("50")),
        ("term", 10, 1, Decimal("20")),
        ("term", None, 3, Decimal("12")),
        ("less", None, None, Decimal("-8.2")),
    ]
    told = render_text(explain_line(result.invoices[0], line.number))
    assert "counted  15 of the service, 2 of them included" in told
    assert "up to 10: 10 × 5.00 = 50.00" in told
    assert "beyond 10: 3 × 4.00 = 12.00" in told
    assert "less 10%: -8.20" in told
    assert "catalog.ratebook:" in told
    page = render_html(result.invoices[0])
    assert "How tiered prices came about" in page
    assert "beyond 10" in page


@pytest.mark.feature("A11", "D2", "D1")
def test_a_stretch_of_a_tiered_price_is_a_part_of_the_whole_amount(tmp_path: Path) -> None:
    # The whole of 73.80 (see above) from 11 January on: cum(10) = 7380 x 10 / 31 = 2380.6 -> 23.81;
    # 73.80 - 23.81 = 49.99.  A year at 12 x 73.80 x 0.95 = 841.32.
    program = program_of(*ALL)
    book = sales().add("P1", "fleet", "2026-01-11", {"seat": 15})
    book.add("Y1", "fleet", "2026-01-01", {"seat": 15}).write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-11", program=program))
    assert shown(result, "P1-seat")[0] == ("seat, active", "01-11..02-01", "49.99")
    assert shown(result, "Y1-seat")[0] == ("seat, active", "01-01..01-01", "841.32")


@pytest.mark.feature("A11", "A12", "D2", "D9")
def test_a_changed_count_prices_what_was_posted_again(tmp_path: Path) -> None:
    # 8 seats: the platform is 50.00 + 8 x 0.50 = 54.00.  Once 12 seats are known to have been
    # held all along, 54.00 is given back and 80.00 charged for January, and 80.00 for February.
    program = program_of(*ALL)
    book = sales().add("P1", "fleet", "2026-01-01", {"seat": 8, "platform": 1})
    book.write(tmp_path / "book")
    first = run(request(tmp_path, "2026-01-01", program=program))
    assert shown(first, "P1-platform") == [("platform", "01-01..02-01", "54.00")]
    (line,) = lines(first, "P1-platform")
    assert line.pricing is not None
    assert (line.pricing.counted, line.pricing.counted_by) == (8, "seats")
    assert run(request(tmp_path, "2026-01-01", program=program)).lines == 0
    book.seats("P1-seat", 12)
    book.write(tmp_path / "book")
    second = run(request(tmp_path, "2026-02-01", program=program))
    assert shown(second, "P1-platform") == [
        ("platform", "01-01..02-01", "-54.00"),
        ("platform", "01-01..02-01", "80.00"),
        ("platform", "02-01..03-01", "80.00"),
    ]


@pytest.mark.feature("A12", "D1")
def test_the_count_is_of_the_first_day_in_advance_and_of_the_last_in_arrears(
    tmp_path: Path,
) -> None:
    # Seats are held from 15 January.  In advance, January counts its first day, when none was
    # held: the first tier's 50.00.  In arrears it counts the last: 50.00 + 4 x 0.50 = 52.00.
    program = program_of(*ALL)
    book = sales().add("P1", "fleet", "2026-01-01", {"platform": 1})
    book.add("P2", "late", "2026-01-01", {"platform": 1})
    book.add("P3", "fleet", "2026-01-15", {"seat": 4}).write(tmp_path / "book")
    result = run(request(tmp_path, "2026-02-01", program=program))
    assert shown(result, "P1-platform") == [
        ("platform", "01-01..02-01", "50.00"),
        ("platform", "02-01..03-01", "52.00"),
    ]
    assert shown(result, "P2-platform") == [("platform", "01-01..02-01", "52.00")]


DESK = """
package status open   = billable
package status closed = canceled

count fleets = package fleet in open

package office {
  bills    monthly
  service  desk 1..5
}

service desk {
  type  recurring
  price monthly graduated by fleets {
    beyond  3.00 CAD each
  }
}
"""


@pytest.mark.feature("A12", "A7", "A11")
def test_packages_are_counted_while_they_are_in_the_status_that_is_named(tmp_path: Path) -> None:
    # P1 is open, P2 until it is closed on 20 January, P3 has no status.  January counts its
    # first day: 2 x 3.00 = 6.00; February 1 x 3.00.
    program = program_of(*ALL, DESK)
    book = sales()
    for name in ("P1", "P2", "P3"):
        book.add(name, "fleet", "2026-01-01", {"platform": 1})
    book.add("O1", "office", "2026-01-01", {"desk": 4})
    for name, status, day in (
        ("P1", "open", "2026-01-01"),
        ("P2", "open", "2026-01-01"),
        ("P2", "closed", "2026-01-20"),
    ):
        book.rows["status_changes"].append(
            {"account_package": name, "status": status, "effective": day}
        )
    book.write(tmp_path / "book")
    result = run(request(tmp_path, "2026-02-01", program=program))
    assert shown(result, "O1-desk") == [
        ("desk", "01-01..02-01", "6.00"),
        ("desk", "02-01..03-01", "3.00"),
    ]


VERSIONS = """
service seat {
  type       recurring
  lifecycle  line
  price monthly                                5.00 CAD
  price monthly from 2026-02-01 for new sales  6.00 CAD
  price monthly from 2026-03-01 for renewals   7.00 CAD
  price monthly from 2026-04-01 for all        8.00 CAD
  price yearly  50.00 CAD
}
"""


@pytest.mark.feature("A25")
def test_each_sale_has_the_price_that_its_day_and_its_periods_give_it(tmp_path: Path) -> None:
    # P1, sold in January: 5.00 until March, a renewal, at 7.00, and all at 8.00 from April.
    # P2, sold on 1 March: 6.00 for new sales in March, its first period; then 8.00.
    # P3, sold on 15 February: 17 of 28 days of... its own month at 6.00: cum(14) of 600 over 28
    # days is 3.00, so 3.00; March is its first renewal: 7.00.
    program = program_of(VERSIONS, PLATFORM, SETUP)
    book = sales().add("P1", "fleet", "2026-01-01", {"seat": 1})
    book.add("P2", "fleet", "2026-03-01", {"seat": 1, "setup": 1})
    book.add("P3", "fleet", "2026-02-15", {"seat": 1, "setup": 1})
    book.write(tmp_path / "book")
    result = run(request(tmp_path, "2026-04-01", program=program))
    nets = {
        name: [str(line.net) for line in lines(result, f"{name}-seat") if line.kind == "recurring"]
        for name in ("P1", "P2", "P3")
    }
    assert nets == {
        "P1": ["5.00", "5.00", "7.00", "8.00"],
        "P2": ["6.00", "8.00"],
        "P3": ["3.00", "7.00", "8.00"],
    }
    # One of the set-up is 100.00 + one block of 5.00 before March, 120.00 for sales from it.
    assert [str(line.net) for line in lines(result, "P2-setup")] == ["120.00"]
    assert [str(line.net) for line in lines(result, "P3-setup")] == ["105.00"]


BOUND = """
contract half_year {
  term    6 months
  renews  3 months
}

package bound {
  bills     monthly
  service   seat optional up to 100
  contract  half_year
}
"""


@pytest.mark.feature("A25", "A18")
@pytest.mark.parametrize(
    ("start", "changes"),
    [
        # Renewed on 1 July and 1 October: 7.00 from March for renewals holds from July on.
        ("2026-01-01", {"2026-07-01": "7.00"}),
        # Renewed on 15 August: August was begun on the 1st, so September is the first.
        ("2026-02-15", {"2026-09-01": "7.00"}),
        # The term began after the price's day, and it is renewed on 10 October.
        ("2026-04-10", {"2026-11-01": "7.00"}),
    ],
)
def test_a_price_for_renewals_holds_from_the_contracts_renewal(
    tmp_path: Path, start: str, changes: dict[str, str]
) -> None:
    renewed = VERSIONS.replace("  price monthly from 2026-04-01 for all        8.00 CAD\n", "")
    renewed = renewed.replace("  price monthly from 2026-02-01 for new sales  6.00 CAD\n", "")
    program = program_of(renewed, PLATFORM, SETUP, BOUND)
    sales().add("P1", "bound", start, {"seat": 1}).write(tmp_path / "book")
    result = run(request(tmp_path, "2026-12-01", program=program))
    prices = {line.period_start: str(line.unit_price) for line in lines(result, "P1-seat")}
    (day,) = (date.fromisoformat(each) for each in changes)
    assert {price for first, price in prices.items() if first < day} == {"5.00"}
    assert {price for first, price in prices.items() if first >= day} == {"7.00"}


@pytest.mark.feature("A25", "A18")
def test_a_price_after_a_renewal_waits_for_the_next_one(tmp_path: Path) -> None:
    later = VERSIONS.replace("from 2026-03-01 for renewals ", "from 2026-07-02 for renewals ")
    later = later.replace("  price monthly from 2026-04-01 for all        8.00 CAD\n", "")
    program = program_of(later, PLATFORM, SETUP, BOUND)
    sales().add("P1", "bound", "2026-01-01", {"seat": 1}).write(tmp_path / "book")
    result = run(request(tmp_path, "2026-12-01", program=program))
    nets = [str(line.net) for line in lines(result, "P1-seat")]
    assert nets == ["5.00"] * 9 + ["7.00"] * 3  # renewed on 1 July, and on 1 October at 7.00
