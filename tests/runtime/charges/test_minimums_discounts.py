"""The figures of discounts, credits and line sums that other billing projects assert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from runtime.charges.amounts import stretch_minor_sql
from runtime.charges.difference import find_difference
from runtime.charges.target import compute_target
from runtime.engine import open_engine
from runtime.money import rounded
from runtime.program.commercial import ContractMinimum, ContractMinimumAmount
from runtime.tables import OPEN_DAY
from runtime.tax import AppliedRate, share_taxes
from tests.reference.discounts import Deal
from tests.runtime.charges.tables import (
    Value,
    account_service,
    make_stage_tables,
    period,
    put,
    stretch,
)
from tests.runtime.charges.test_discounts_property import program_of
from tests.runtime.charges.test_shared_cases import read

START, END = date(2026, 1, 1), date(2026, 2, 1)

KNOWN_DIFFERENCES = {
    "om-max-half-off": "a bound of a price is for one charge, without what was billed before",
    "om-usage-discount-progressive-2": "usage is not discounted: buckets give units for nothing",
    "lago-commit-arrears-yearly": "a minimum is measured from the sale, not by the calendar",
    "lago-coupon-fixed-percent": "percentages come before amounts, in whatever order written",
    "lago-progressive-second-month": "usage is billed by its period, never by a threshold",
    "phpbilling-grow-comp-max": "a discount has no bound of its own",
    "phpbilling-grow-2months-max": "a discount has no bound of its own",
    "phpbilling-grow-points-mixed-max": "a discount has no bound of its own",
    "phpbilling-surcharge": "a discount never raises a price",
    "phpbilling-sequence-3": "percentages come before amounts, in whatever order written",
    "phpbilling-compensation-10.1": "usage is not discounted: buckets give units for nothing",
    "phpbilling-compensation-180": "usage is not discounted: buckets give units for nothing",
    "flexprice-credit_exceeds_original": "a credit is target minus posted, and has no other bound",
    "flexprice-previous_credits_limit": "a credit is target minus posted, and has no other bound",
}

Case = dict[str, Any]


@pytest.mark.feature("A23", "D2", "D3")
def test_the_figures_of_others(shared: Path) -> None:
    cases = read(shared, "minimums_discounts")
    assert set(KNOWN_DIFFERENCES) <= {each["id"] for each in cases}
    assert all(KNOWN_DIFFERENCES.values())
    mine = [each for each in cases if each["id"] not in KNOWN_DIFFERENCES]
    assert len(mine) == 9
    for each in mine:
        assert ADAPTERS[each["kind"]](each["given"]) == each["expect"], each["id"]


@pytest.mark.feature("A23")
def test_a_known_difference_is_what_it_says(shared: Path) -> None:
    cases = {each["id"]: each for each in read(shared, "minimums_discounts")}
    # 30% of 100 is 30, 50% of 70 is 35, then 10: they take off 35 where 30 is expected last.
    given = cases["phpbilling-sequence-3"]["given"]
    deals = [
        Deal("a", "percent", Fraction(30), None),
        Deal("b", "amount", Fraction(10), None),
        Deal("c", "percent", Fraction(50), None),
    ]
    assert taken(Fraction(given["unit_price"]), 1, deals) == [3000, 3500, 1000]


def taken(price: Fraction, quantity: int, deals: Sequence[Deal]) -> list[int]:
    """Give what discounts take off a whole period, in cents, in the order they apply."""
    connection = open_engine(threads=1)
    make_stage_tables(connection)
    held = account_service("S1", "access", quantity=quantity, sale_day=START)
    put(connection, "subscription.account_services", held)
    put(connection, "subscription.timeline", stretch("S1", "active", START, OPEN_DAY))
    put(connection, "subscription.periods", period("S1", START, END))
    for deal in deals:
        row: dict[str, Value] = {"account_service": "S1", "discount": deal.name}
        row |= {"by_package": False, "given": 0, "from_day": START, "until_day": OPEN_DAY}
        put(connection, "subscription.discounts", row)
    compute_target(connection, program_of(price, deals), as_of=START)
    rows = connection.execute("""
        SELECT -t.minor FROM charge.target AS t JOIN charge.discounts AS k USING (discount)
        WHERE t.kind = 'discount' ORDER BY k.rank, k.source
    """).fetchall()
    return [int(minor) for (minor,) in rows]


def timed_discount(given: Case) -> Case:
    """One discount that has grown to a date is so many of its steps, one after the other."""
    (growing,) = given["discounts"]
    since, day = (date.fromisoformat(text) for text in (growing["since"], given["charge_date"]))
    steps = ((day.year - since.year) * 12 + day.month - since.month) // growing["every_months"]
    if "percent" in growing["step"]:
        assert growing["compounding"]
        assert "first" not in growing
        percent = Fraction(growing["step"]["percent"])
        deals = [Deal(f"d{number}", "percent", percent, None) for number in range(steps + 1)]
    else:
        grown = Fraction(growing["first"]["amount"]) + steps * Fraction(growing["step"]["amount"])
        deals = [Deal("d0", "amount", grown, None)]
    price, quantity = Fraction(given["unit_price"]), int(given["quantity"])
    off = Decimal(sum(taken(price, quantity, deals))) / 100
    places = Decimal(1) if off == int(off) else Decimal("0.01")
    return {
        "gross": str(int(price * quantity)),
        "discounts": [str(off.quantize(places))],
    }


def unused_time_credit(given: Case) -> Case:
    """The last days of a period, charged whole and taken back."""
    days = given["days_in_period"]
    first = days - given["unused_days"]
    sql = stretch_minor_sql("p", "1", "2", "half_up")
    row = (
        open_engine(threads=1)
        .execute(
            f"""
        SELECT {sql} FROM (SELECT CAST(? AS DECIMAL(38, 12)) AS p,
          DATE '2026-01-01' + ? AS from_day, DATE '2026-01-01' + ? AS until_day,
          DATE '2026-01-01' AS full_start, DATE '2026-01-01' + ? AS full_end)
        """,
            [given["price"], first, days, days],
        )
        .fetchone()
    )
    assert row is not None
    rate = AppliedRate("vat", "telecom", "", Decimal(given["tax_percent"]), None)
    taxes, _ = share_taxes([(row[0], (rate,))], "half_up")
    tax = sum(each.minor for each in taxes)
    figures = {"credit": row[0], "tax": tax, "total": row[0] + tax}
    return {name: str(Decimal(minor).scaleb(-2)) for name, minor in figures.items()}


def spend_commitment(given: Case) -> Case:
    """Nothing was charged in a month, and a month's minimum is short by all of it."""
    short = committed(given["minimum_spend"], START, None)
    return {"true_up": short, "amount": str(Decimal(short) + Decimal(given["charge"]))}


def prorated_commitment(given: Case) -> Case:
    """A month that ends early commits to its days; the last day is counted in."""
    start = date.fromisoformat(given["period_start"])
    last = date.fromisoformat(given["service_end"])
    assert given["service_start"] == given["period_start"]
    return {"commitment": committed(given["commitment"], start, last + timedelta(days=1))}


def committed(amount: str, start: date, end: date | None) -> str:
    """Give what falls short of a monthly minimum of which nothing is used, in major units."""
    connection = open_engine(threads=1)
    make_stage_tables(connection)
    until = end or OPEN_DAY
    held = account_service("S1", "access", sale_day=start, start_day=start, end_day=until)
    put(connection, "subscription.account_services", held)
    connection.execute(
        "CREATE OR REPLACE TABLE book.account_services AS SELECT 'S1' AS account_service, 1 AS row"
    )
    row: dict[str, Value] = {"account_package": "P1", "account": "A1", "contract": "promise"}
    row |= {"from_day": start, "until_day": OPEN_DAY, "end_day": until}
    put(connection, "subscription.held_contracts", row | {"term_months": 12})
    program = program_of(Fraction(0), ())
    minimum = ContractMinimum(
        contract="promise", ordinal=0, months=1, service=None, quantity=0,
        fee_service="activation_fee", is_prepaid=False, source=0,
    )  # fmt: skip
    promised = ContractMinimumAmount(
        contract="promise", ordinal=0, currency="CAD", amount=Decimal(amount)
    )
    program = program.model_copy(
        update={"contract_minimums": (minimum,), "contract_minimum_amounts": (promised,)}
    )
    as_of = end or END
    compute_target(connection, program, as_of=as_of)
    find_difference(connection, program, as_of=as_of)
    rows = connection.execute("SELECT minor FROM charge.due WHERE kind = 'minimum'").fetchall()
    ((minor,),) = rows
    found = Decimal(minor).scaleb(-2)
    return str(found.quantize(Decimal(1)) if found == int(found) and "." not in amount else found)


def rounded_line_sum(given: Case) -> Case:
    """Each line is rounded once; the subtotal is the sum of what is printed."""
    scale, method = given["rounding"]["scale"], given["rounding"]["method"]
    lines = [rounded(Fraction(line["amount"]) * 10**scale, method) for line in given["lines"]]
    return {"subtotal": str(Decimal(sum(lines)).scaleb(-scale))}


def round_amount(given: Case) -> Case:
    scale, method = given["rounding"]["scale"], given["rounding"]["method"]
    return {"amount": str(rounded(Fraction(given["amount"]) * 10**scale, method))}


ADAPTERS: dict[str, Callable[[Case], Case]] = {
    "timed_discount": timed_discount,
    "spend_commitment": spend_commitment,
    "prorated_commitment": prorated_commitment,
    "unused_time_credit": unused_time_credit,
    "rounded_line_sum": rounded_line_sum,
    "round_amount": round_amount,
}
