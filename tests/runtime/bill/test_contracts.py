"""What contracts commit to, billed: shortfalls of spend and of quantity."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runtime.bill_result import BillResult
from runtime.explain.line import explain_line
from runtime.explain.text import render_text
from runtime.program.commercial import (
    Contract,
    ContractMinimum,
    ContractMinimumAmount,
    PackageContract,
)
from runtime.program.model import Program
from tests.runtime.bill.books import (
    Book,
    customer,
    lines,
    refuse,
    request,
    run,
    session,
    write_usage,
)
from tests.runtime.bill.test_commercial import CATALOG, program_of
from tests.runtime.programs import connectivity_program

FEES = """\
service shortfall {
  type  fee
}

service early_exit {
  type  fee
}
"""

PACKAGE = """\
package phones {
  bills     monthly
  service   sim 1..100
  service   setup optional up to 1
  contract  promise
}
"""


def under(*terms: str) -> str:
    """Give a catalog whose package is sold under a contract of these terms."""
    inside = "".join(f"  {term}\n" for term in terms)
    return CATALOG + FEES + "contract promise {\n" + inside + "}\n" + PACKAGE


def sold(quantity: int = 2, start: str = "2026-01-01", **given: object) -> Book:
    """Sell the package with SIMs at 12.00 a month."""
    book = Book(customer(account="A", jurisdiction=""))
    row = {"account_package": "P", "account": "A", "effective": start, "package": "phones"}
    book.rows["account_packages"].append(row | {"frequency": "monthly"} | given)
    sim = {"account_service": "P-sim", "account_package": "P", "service": "sim"}
    book.rows["account_services"].append(sim | {"quantity": quantity})
    return book


def billed(folder: Path, text: str, book: Book, as_of: str) -> list[tuple[str, str, str]]:
    """Bill and give service, stretch and net of what contracts charge."""
    book.write(folder / "book")
    found = lines(run(request(folder, as_of, program=program_of(text))))
    return [
        (line.service, f"{line.period_start}..{line.period_end}", str(line.net))
        for line in found
        if line.service in ("shortfall", "early_exit")
    ]


SPEND = under("term  12 months", "minimum  100.00 CAD, 90.00 USD per month charge shortfall")


@pytest.mark.feature("A18")
def test_what_a_month_falls_short_of_its_spend_is_charged_when_it_has_ended(
    tmp_path: Path,
) -> None:
    book = sold()
    assert billed(tmp_path, SPEND, book, "2026-01-31") == []
    # 2 x 12.00 are spent of 100.00.
    january = ("shortfall", "2026-01-01..2026-02-01", "76.00")
    assert billed(tmp_path, SPEND, book, "2026-02-01") == [january]
    assert billed(tmp_path, SPEND, book, "2026-02-01") == []
    assert billed(tmp_path, SPEND, book, "2026-02-28") == []


@pytest.mark.feature("A18")
def test_a_spend_that_is_reached_or_beyond_is_charged_nothing(tmp_path: Path) -> None:
    assert billed(tmp_path / "a", SPEND, sold(9), "2026-03-01") == []  # 9 x 12.00 = 108.00
    exact = SPEND.replace("100.00 CAD", "24.00 CAD")
    assert billed(tmp_path / "b", exact, sold(), "2026-03-01") == []


@pytest.mark.feature("A18")
def test_stretches_run_from_the_day_of_the_sale_and_a_charge_counts_on_its_periods_first_day(
    tmp_path: Path,
) -> None:
    # The part of January is 24.00 x 17/31 = 13.16 and counts on the 15th; February, on its
    # first, is in the same stretch: 100.00 - 13.16 - 24.00 = 62.84.  March counts in the next.
    assert billed(tmp_path, SPEND, sold(start="2026-01-15"), "2026-03-15") == [
        ("shortfall", "2026-01-15..2026-02-15", "62.84"),
        ("shortfall", "2026-02-15..2026-03-15", "76.00"),
    ]


@pytest.mark.feature("A18")
def test_a_stretch_from_the_last_day_of_a_month_returns_to_that_day(tmp_path: Path) -> None:
    found = billed(tmp_path, SPEND, sold(start="2026-01-31"), "2026-04-30")
    assert [days for _, days, _ in found] == [
        "2026-01-31..2026-02-28",
        "2026-02-28..2026-03-31",
        "2026-03-31..2026-04-30",
    ]


@pytest.mark.feature("A18")
def test_in_arrears_a_charge_counts_on_its_periods_last_day(tmp_path: Path) -> None:
    text = SPEND.replace("bills     monthly", "bills     monthly in arrears")
    # Only the part of January has ended by 15 February: 100.00 - 13.16.
    found = billed(tmp_path, text, sold(start="2026-01-15"), "2026-03-15")
    assert [net for _, _, net in found] == ["86.84", "76.00"]


@pytest.mark.feature("A18")
def test_one_time_charges_and_discounts_are_part_of_the_spend(tmp_path: Path) -> None:
    text = SPEND.replace("contract  promise", "contract  promise\n  discount  launch")
    text += "discount launch = 10% off\n"
    book = sold()
    setup = {"account_service": "P-setup", "account_package": "P", "service": "setup"}
    book.rows["account_services"].append(setup)
    # 24.00 - 2.40 + 50.00 = 71.60 in January, 21.60 in February.
    found = billed(tmp_path, text, book, "2026-03-01")
    assert [net for _, _, net in found] == ["28.40", "78.40"]


@pytest.mark.feature("A18")
def test_a_cancellation_inside_a_stretch_commits_to_its_part_by_days(tmp_path: Path) -> None:
    book = sold(cancelled="2026-02-15")
    # 14 of 28 days: 50.00 committed, 2 x 12.00 x 14/28 = 12.00 used.
    assert billed(tmp_path, SPEND, book, "2026-04-01") == [
        ("shortfall", "2026-01-01..2026-02-01", "76.00"),
        ("shortfall", "2026-02-01..2026-02-15", "38.00"),
    ]


@pytest.mark.feature("A18", "D2")
def test_a_cancellation_that_becomes_known_later_credits_what_was_charged(tmp_path: Path) -> None:
    billed(tmp_path, SPEND, sold(), "2026-03-01")
    book = sold(cancelled="2026-02-15")
    # 76.00 of February is taken back, and 50.00 - 12.00 charged.
    assert billed(tmp_path, SPEND, book, "2026-03-02") == [
        ("shortfall", "2026-02-01..2026-03-01", "-76.00"),
        ("shortfall", "2026-02-01..2026-02-15", "38.00"),
    ]
    assert billed(tmp_path, SPEND, book, "2026-04-01") == []


@pytest.mark.feature("A18")
def test_stretches_of_several_months_and_of_terms(tmp_path: Path) -> None:
    text = under(
        "term    6 months",
        "renews  3 months",
        "minimum  100.00 CAD, 90.00 USD per 2 months charge shortfall",
        "minimum  200.00 CAD, 90.00 USD per term charge shortfall",
    )
    # Two months are 48.00 of 100.00; the term 6 x 24.00 = 144.00, its renewal 72.00 of 200.00.
    assert billed(tmp_path, text, sold(), "2026-10-01") == [
        ("shortfall", "2026-01-01..2026-03-01", "52.00"),
        ("shortfall", "2026-01-01..2026-07-01", "56.00"),
        ("shortfall", "2026-03-01..2026-05-01", "52.00"),
        ("shortfall", "2026-05-01..2026-07-01", "52.00"),
        ("shortfall", "2026-07-01..2026-09-01", "52.00"),
        ("shortfall", "2026-07-01..2026-10-01", "128.00"),
    ]


@pytest.mark.feature("A18")
def test_a_contract_that_does_not_renew_commits_to_nothing_after_its_term(tmp_path: Path) -> None:
    text = SPEND.replace("term  12 months", "term  2 months")
    found = billed(tmp_path, text, sold(), "2026-06-01")
    assert [days for _, days, _ in found] == ["2026-01-01..2026-02-01", "2026-02-01..2026-03-01"]


QUANTITY = under(
    "term  12 months", "minimum  5 sim at 3.00 CAD, 2.50 USD each per month charge shortfall"
)


@pytest.mark.feature("A18")
def test_each_instance_short_on_the_last_day_of_a_stretch_costs_its_amount(tmp_path: Path) -> None:
    book = sold()
    more = {"account_service": "P-more", "account_package": "P", "service": "sim"}
    book.rows["account_services"].append(more | {"effective": "2026-02-28"})
    # Of 5, 2 in January: 3 x 3.00; 3 on the last day of February: 2 x 3.00.
    assert billed(tmp_path, QUANTITY, book, "2026-03-01") == [
        ("shortfall", "2026-01-01..2026-02-01", "9.00"),
        ("shortfall", "2026-02-01..2026-03-01", "6.00"),
    ]
    assert billed(tmp_path, QUANTITY, book, "2026-03-31") == []


@pytest.mark.feature("A18")
def test_of_a_stretch_cut_short_each_instance_costs_its_part_by_days(tmp_path: Path) -> None:
    # 3.00 x 9/28 = 0.964285714286 for each of 3.
    found = billed(tmp_path, QUANTITY, sold(cancelled="2026-02-10"), "2026-03-01")
    assert [net for _, _, net in found] == ["9.00", "2.89"]


@pytest.mark.feature("A18", "D6")
def test_a_shortfall_says_what_was_committed_to_and_what_of_it_was_used(tmp_path: Path) -> None:
    sold().write(tmp_path / "a" / "book")
    result = run(request(tmp_path / "a", "2026-02-01", program=program_of(SPEND)))
    (line,) = [each for each in lines(result) if each.kind == "minimum"]
    assert line.description == "shortfall, 100.00 CAD committed, 24.00 used"
    told = render_text(explain_line(result.invoices[0], line.number))
    assert "100.00 CAD committed − 24.00 CAD used = 76.00 CAD short" in told
    sold().write(tmp_path / "b" / "book")
    result = run(request(tmp_path / "b", "2026-02-01", program=program_of(QUANTITY)))
    (line,) = [each for each in lines(result) if each.kind == "minimum"]
    assert line.description == "shortfall, 5 sim committed, 2 used"
    assert (str(line.quantity), str(line.unit_price)) == ("3", "3.00")
    told = render_text(explain_line(result.invoices[0], line.number))
    assert "5 sim committed − 2 sim used = 3 sim short" in told


@pytest.mark.feature("A18")
def test_a_package_without_services_cannot_be_under_a_minimum(tmp_path: Path) -> None:
    book = sold()
    row = {"account_package": "Q", "account": "A", "effective": "2026-01-01"}
    book.rows["account_packages"].append(row | {"package": "phones", "frequency": "monthly"})
    book.write(tmp_path / "book")
    program = program_of(SPEND.replace("sim 1..100", "sim optional up to 100"))
    refused = refuse(request(tmp_path, "2026-02-01", program=program))
    assert "account package Q" in refused.reasons[0]


def connectivity(committed: str) -> Program:
    """Connectivity, whose every sale commits to a spend a month for a year."""
    minimum = {"contract": "promise", "ordinal": 0, "months": 1, "service": None, "quantity": 0}
    minimum |= {"fee_service": "activation_fee", "is_prepaid": False, "source": 0}
    amount = {"contract": "promise", "ordinal": 0, "currency": "CAD", "amount": Decimal(committed)}
    contract = Contract(id="promise", title="", term_months=12, renewal_months=None, source=0)
    sold = PackageContract(package="business_connectivity", contract="promise", source=0)
    return connectivity_program().model_copy(
        update={
            "contracts": (contract,),
            "contract_minimums": (ContractMinimum.model_validate(minimum),),
            "contract_minimum_amounts": (ContractMinimumAmount.model_validate(amount),),
            "package_contracts": (sold,),
        }
    )


@pytest.mark.feature("A18", "D9")
def test_late_usage_lowers_a_shortfall_that_was_posted(tmp_path: Path) -> None:
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    program = connectivity("300.00")
    usage = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-05", "70"))
    first = run(request(tmp_path, "2026-02-01", usage, program=program))
    # January: 80.00 + 10.00 + 75.00 for activation; 10 GB more than included and flat at 1.20
    # and the flat 9.00: 186.00 of 300.00.
    assert shortfalls(first) == ["114.00"]
    # Four GB more are 4.80.
    late = write_usage(tmp_path / "late.csv", session(2, "GW-P1", "2026-01-06", "4"))
    second = run(request(tmp_path, "2026-02-02", late, program=program))
    assert shortfalls(second) == ["-114.00", "109.20"]
    (credit, _) = (line for line in lines(second) if line.kind == "minimum")
    assert credit.corrects is not None
    assert run(request(tmp_path, "2026-02-03", program=program)).invoices == ()
    # The usage of January was not rated again; February is 90.00 of 300.00.
    assert shortfalls(run(request(tmp_path, "2026-03-01", program=program))) == ["210.00"]


@pytest.mark.feature("A18", "D9")
def test_posted_usage_counts_on_the_last_day_its_period_turns_out_to_have(tmp_path: Path) -> None:
    # 5 GB abroad cost the same whether the usage period is 10 January to 9 February or ends with
    # the service on 25 January, so no line says so; but it is spent in January now.
    book = Book(customer("A1", usage_bill_day=10)).sell("P1", "A1", "2026-01-01")
    book.write(tmp_path / "book")
    program = connectivity("300.00")
    abroad = session(1, "GW-P1", "2026-01-15", "5", country="FR")
    usage = write_usage(tmp_path / "january.csv", abroad)
    first = run(request(tmp_path, "2026-03-01", usage, program=program))
    (spent,) = (line.net for line in lines(first) if line.kind == "usage")
    assert shortfalls(first) == ["135.00", str(Decimal("210.00") - spent)]
    book.change("P1-data", "cancelled", "2026-01-25").write(tmp_path / "book")
    second = run(request(tmp_path, "2026-03-01", program=program))
    assert {line.kind for line in lines(second)} == {"recurring", "minimum"}
    # 24 of the 31 days of 10.00 are 7.74 in January, and none of it in February.
    january, february = Decimal("137.26") - spent, Decimal("220.00")
    charged = [net for net in shortfalls(second) if not net.startswith("-")]
    assert charged == [str(january), str(february)]


def shortfalls(result: BillResult) -> list[str]:
    """Give the nets of what contracts charge for their minimums."""
    return [str(line.net) for line in lines(result) if line.kind == "minimum"]


HALF = under(
    "term  12 months",
    "renews  6 months",
    "leaving early  costs 50% of remaining charges charge early_exit",
)


@pytest.mark.feature("A18")
def test_leaving_early_costs_a_part_of_what_would_have_been_charged(tmp_path: Path) -> None:
    # 24.00 a month: 22 of 31 days of October, November and December are
    # 17.032258... + 48.00; half of it is 32.516129..., rounded once.
    book = sold(cancelled="2026-10-10")
    assert billed(tmp_path, HALF, book, "2026-10-09") == []
    exit_fee = ("early_exit", "2026-10-10..2026-10-11", "32.52")
    assert billed(tmp_path, HALF, book, "2026-10-10") == [exit_fee]
    assert billed(tmp_path, HALF, book, "2026-12-01") == []


@pytest.mark.feature("A18", "D6")
def test_a_penalty_says_what_it_is_a_part_of(tmp_path: Path) -> None:
    sold(cancelled="2026-10-10").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-10-10", program=program_of(HALF)))
    (line,) = [each for each in lines(result) if each.kind == "penalty"]
    assert line.description == "early_exit, 50% of 65.03 CAD remaining until 2026-12-31"
    told = render_text(explain_line(result.invoices[0], line.number))
    assert "Leaving early costs 50% of 65.03 CAD" in told


@pytest.mark.feature("A18")
@pytest.mark.parametrize(
    ("cancelled", "net"),
    [
        ("2027-01-01", None),  # the end of the term
        ("2027-06-01", "12.00"),  # half of June, in the first renewal
        ("2027-07-01", None),
        ("2027-12-16", "6.19"),  # half of 24.00 x 16/31 = 12.387...
        ("2026-01-01", None),  # never held
    ],
)
def test_a_renewal_is_a_term_of_its_own(tmp_path: Path, cancelled: str, net: str | None) -> None:
    found = billed(tmp_path, HALF, sold(cancelled=cancelled), "2028-02-01")
    assert [each for _, _, each in found] == ([] if net is None else [net])


@pytest.mark.feature("A18")
def test_nothing_is_left_early_after_a_contract_that_does_not_renew(tmp_path: Path) -> None:
    text = HALF.replace("  renews  6 months\n", "")
    assert billed(tmp_path, text, sold(cancelled="2027-02-10"), "2027-03-01") == []


FIXED = under("term  12 months", "leaving early  costs 75.00 CAD, 60.00 USD charge early_exit")


@pytest.mark.feature("A18", "D2")
def test_a_fixed_penalty_is_charged_once_and_taken_back_with_the_cancellation(
    tmp_path: Path,
) -> None:
    exit_fee = ("early_exit", "2026-03-10..2026-03-11", "75.00")
    assert billed(tmp_path, FIXED, sold(cancelled="2026-03-10"), "2026-03-31") == [exit_fee]
    assert billed(tmp_path, FIXED, sold(cancelled="2026-03-15"), "2026-03-31") == []
    assert billed(tmp_path, FIXED, sold(), "2026-03-31") == [
        ("early_exit", "2026-03-10..2026-03-11", "-75.00")
    ]


@pytest.mark.feature("A18")
def test_of_remaining_charges_a_discount_is_taken_off_for_the_periods_it_has_left(
    tmp_path: Path,
) -> None:
    text = HALF.replace("contract  promise", "contract  promise\n  discount  launch")
    text += "discount launch = 10% off for 11 periods\n"
    # October to December are 72.00, less 2.40 in October and in November: half of 67.20.
    found = billed(tmp_path / "a", text, sold(cancelled="2026-10-01"), "2026-10-01")
    assert [net for _, _, net in found] == ["33.60"]
    # For ever, it is half of 64.80.
    text = text.replace(" for 11 periods", "")
    found = billed(tmp_path / "b", text, sold(cancelled="2026-10-01"), "2026-10-01")
    assert [net for _, _, net in found] == ["32.40"]


@pytest.mark.feature("A18", "A23")
def test_of_remaining_charges_a_discount_that_is_given_again_counts_from_then(
    tmp_path: Path,
) -> None:
    text = HALF + "discount launch = 5% off for 2 periods\n"
    book = sold(cancelled="2026-11-15")
    for day, until in (("2026-01-01", "2026-02-01"), ("2026-11-01", "")):
        row = {"account_service": "P-sim", "discount": "launch", "effective": day}
        book.rows["overrides"].append(row | {"until": until, "reason": "Asked for"})
    # 24.00 x 16/30 of November and 24.00 of December, less 0.64 and 1.20: half of 34.96.
    found = billed(tmp_path, text, book, "2026-12-01")
    assert [net for _, _, net in found] == ["17.48"]


@pytest.mark.feature("A18")
def test_of_periods_that_are_charged_whole_the_one_begun_does_not_remain(tmp_path: Path) -> None:
    text = HALF.replace("bills     monthly", "bills     monthly\n  prorated  never")
    # November and December: half of 48.00.
    found = billed(tmp_path, text, sold(cancelled="2026-10-10"), "2026-10-31")
    assert [net for _, _, net in found] == ["24.00"]
