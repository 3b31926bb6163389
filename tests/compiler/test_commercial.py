"""Discounts, contracts, price books and price plans, from the text to the program."""

from decimal import Decimal

import pytest

from compiler.compile import compile_sources
from compiler.resolve.kinds import EntityId, Kind
from dsl.source import Source
from runtime.program import model
from runtime.program.plain import plain_prices
from tests.compiler.catalogs import compile_text

PREAMBLE = """\
catalog tiny {
  currencies  USD, EUR
  timezone    "UTC"
}

service sim {
  type  recurring
  price monthly 5.00 USD, 4.50 EUR
}

service shortfall {
  type  fee
}

package fleet {
  bills     monthly
  service   sim 1..100
}

"""


def program_of(text: str) -> model.Program:
    compilation = compile_text(PREAMBLE + text)
    assert compilation.program is not None, compilation.diagnostics
    return compilation.program


@pytest.mark.feature("A23")
def test_a_discount_is_a_percentage_or_amounts_or_prices_for_so_many_periods() -> None:
    program = program_of(
        'discount launch "Launch" = 10% off for 6 periods\n'
        "discount loyal = 2.00 USD off, 1.80 EUR off\n"
        "discount trial = at 0.00 USD, 0.00 EUR for 1 period\n"
    )
    assert [
        (row.id, row.title, row.kind, row.percent, row.periods) for row in program.discounts
    ] == [
        ("launch", "Launch", "percent", Decimal(10), 6),
        ("loyal", "loyal", "amount", Decimal(0), None),
        ("trial", "trial", "override", Decimal(0), 1),
    ]
    assert [(row.discount, row.currency, row.amount) for row in program.discount_amounts] == [
        ("loyal", "USD", Decimal("2.00")),
        ("loyal", "EUR", Decimal("1.80")),
        ("trial", "USD", Decimal("0.00")),
        ("trial", "EUR", Decimal("0.00")),
    ]


CONTRACT = """\
contract one_year "One year" {
  term           12 months
  renews         6 months
  minimum        500.00 USD, 460.00 EUR per 3 months charge shortfall prepaid
  minimum        100 sim at 5.00 USD, 4.50 EUR each per term charge shortfall
  leaving early  costs 50% of remaining charges charge shortfall
}
"""


@pytest.mark.feature("A18")
def test_a_contract_has_a_term_minimums_and_a_penalty() -> None:
    program = program_of(CONTRACT)
    (contract,) = program.contracts
    assert (contract.title, contract.term_months, contract.renewal_months) == ("One year", 12, 6)
    spend, quantity = program.contract_minimums
    assert (spend.months, spend.service, spend.quantity, spend.is_prepaid) == (3, None, 0, True)
    assert (quantity.months, quantity.service, quantity.quantity) == (None, "sim", 100)
    assert [
        (row.ordinal, row.currency, row.amount) for row in program.contract_minimum_amounts
    ] == [
        (0, "USD", Decimal("500.00")),
        (0, "EUR", Decimal("460.00")),
        (1, "USD", Decimal("5.00")),
        (1, "EUR", Decimal("4.50")),
    ]
    (penalty,) = program.contract_penalties
    assert (penalty.percent, penalty.fee_service) == (Decimal(50), "shortfall")
    assert program.contract_penalty_amounts == ()


@pytest.mark.feature("A18", "E5")
def test_a_contract_depends_on_what_it_counts_and_what_charges() -> None:
    resolved = compile_text(PREAMBLE + CONTRACT).resolved
    own = EntityId(Kind.CONTRACT, "one_year")
    edges = {(each.role, each.target) for each in resolved.references if each.source == own}
    assert edges == {
        ("commits to", EntityId(Kind.SERVICE, "sim")),
        ("charges", EntityId(Kind.SERVICE, "shortfall")),
    }


SETS = """\
price book partner "Partner prices" {
  service sim monthly  4.00 USD
  region emea for countries FR, DE {
    service sim monthly  3.50 EUR
    prices from "emea.csv"
  }
}

price plan acme "Acme negotiated" {
  reason  "Approved by the deal desk"
  service sim monthly  3.00 USD
  service sim    10% off for 6 periods
  package fleet  at 1.00 USD, 0.90 EUR
}

contract one_year {
  term  12 months
  service sim monthly  4.20 USD
}
"""
EMEA = "service,frequency,currency,amount\nsim,monthly,USD,3.90\n"


@pytest.mark.feature("A18", "A19", "A22")
def test_prices_of_contracts_books_regions_and_plans_stand_beside_the_catalogs() -> None:
    compilation = compile_sources(
        [Source("catalog.ratebook", PREAMBLE + SETS), Source("emea.csv", EMEA)]
    )
    program = compilation.program
    assert program is not None, compilation.diagnostics
    plain = plain_prices(program)
    assert [
        (row.level, row.owner, row.currency, plain[row.price].amount)
        for row in program.recurring_prices
    ] == [
        ("catalog", None, "USD", Decimal("5.00")),
        ("catalog", None, "EUR", Decimal("4.50")),
        ("contract", "one_year", "USD", Decimal("4.20")),
        ("price_book", "partner", "USD", Decimal("4.00")),
        ("region", "partner.emea", "EUR", Decimal("3.50")),
        ("region", "partner.emea", "USD", Decimal("3.90")),
        ("price_plan", "acme", "USD", Decimal("3.00")),
    ]
    assert [(row.book, row.region, row.country) for row in program.price_book_regions] == [
        ("partner", "partner.emea", "DE"),
        ("partner", "partner.emea", "FR"),
    ]
    lines = {line.id: (line.path, line.line) for line in program.sources}
    in_table = program.recurring_prices[5]
    assert lines[in_table.source] == ("emea.csv", 2)


@pytest.mark.feature("A22")
def test_a_price_plan_keeps_its_reason_and_discounts_services_and_packages() -> None:
    compilation = compile_sources(
        [Source("catalog.ratebook", PREAMBLE + SETS), Source("emea.csv", EMEA)]
    )
    program = compilation.program
    assert program is not None, compilation.diagnostics
    (plan,) = program.price_plans
    assert (plan.title, plan.reason, plan.rate_plan) == (
        "Acme negotiated",
        "Approved by the deal desk",
        None,
    )
    assert [(row.owner, row.kind, row.target, row.discount) for row in program.discount_uses] == [
        ("acme", "service", "sim", "acme.1"),
        ("acme", "package", "fleet", "acme.2"),
    ]
    kinds = {row.id: (row.kind, row.percent, row.periods) for row in program.discounts}
    assert kinds == {
        "acme.1": ("percent", Decimal(10), 6),
        "acme.2": ("override", Decimal(0), None),
    }


@pytest.mark.feature("A19", "A22", "E5")
def test_sets_of_prices_depend_on_what_they_price() -> None:
    resolved = compile_sources(
        [Source("catalog.ratebook", PREAMBLE + SETS), Source("emea.csv", EMEA)]
    ).resolved
    edges = {
        (str(each.source), each.role, str(each.target))
        for each in resolved.references
        if each.source.kind in {Kind.PRICE_BOOK, Kind.PRICE_PLAN}
    }
    assert edges == {
        ("price_book:partner", "prices", "service:sim"),
        ("price_plan:acme", "prices", "service:sim"),
        ("price_plan:acme", "discounts", "service:sim"),
        ("price_plan:acme", "discounts", "package:fleet"),
    }
