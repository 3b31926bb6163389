"""Discounts and contracts, from the text to the program."""

from decimal import Decimal

import pytest

from compiler.resolve.kinds import EntityId, Kind
from runtime.program import model
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
  bills    monthly
  service  sim 1..100
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
