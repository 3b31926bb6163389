"""Which prices are plain: the reference says so of the same ones as the program."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runtime.program.plain import plain_prices
from runtime.program.prices import Price, PriceTerm, PriceTier
from tests.reference.rates import is_plain
from tests.runtime.usage.worlds import EMPTY


@pytest.mark.feature("A12", "A14")
@pytest.mark.parametrize("counted_by", [None, "own"])
def test_a_price_by_a_count_is_not_plain_though_it_has_one_tier(counted_by: str | None) -> None:
    price = Price(
        id=0,
        currency="CAD",
        mode="volume",
        counted_by=counted_by,
        includes=0,
        percent_off=Decimal(0),
        at_most=None,
        at_least=None,
    )
    tier = PriceTier(price=0, ordinal=0, upper=None, even_at_zero=False, source=None)
    term = PriceTerm(
        price=0, tier=0, ordinal=0, basis="share", amount=Decimal("0.000021"), per=1000, unit="B"
    )
    program = EMPTY.model_copy(
        update={"prices": (price,), "price_tiers": (tier,), "price_terms": (term,)}
    )
    assert is_plain(program, 0) == (0 in plain_prices(program)) == (counted_by is None)
