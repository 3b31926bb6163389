"""What price expressions, versions, derived prices and tables become; and price cliffs."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.compile import compile_sources
from dsl.source import Source
from runtime.program.model import Program
from tests.compiler.catalogs import TINY, compile_text
from tests.reference.prices import Expression, Tier, amount_of


def program_of(text: str, table: str = "") -> Program:
    sources = [Source("catalog.ratebook", TINY + text)]
    compilation = compile_sources([*sources, Source("prices.csv", table)] if table else sources)
    assert compilation.program is not None, compilation.diagnostics
    return compilation.program


@pytest.mark.feature("A2", "A11")
def test_a_derived_price_is_the_other_one_so_many_times_with_its_tiers_and_bounds() -> None:
    program = program_of("""\
service seat {
  type  recurring
  price monthly graduated {
    up to 10  5.00 USD + 1.50 USD flat
    beyond    0.333 USD
  } includes 2 less 10% at most 100.00 USD at least 2.00 USD
  price yearly derived from monthly less 12.5%
}
""")
    monthly, yearly = program.recurring_prices
    assert (monthly.months, yearly.months) == (1, 12)
    prices = {price.id: price for price in program.prices}
    derived = prices[yearly.price]
    # 12 x 0.875 = 10.5 times each amount; what is counted, included and off stays.
    assert (derived.at_most, derived.at_least) == (Decimal("1050"), Decimal("21"))
    assert (derived.includes, derived.percent_off) == (2, Decimal(10))
    terms = [term.amount for term in program.price_terms if term.price == yearly.price]
    assert terms == [Decimal("52.5"), Decimal("15.75"), Decimal("3.4965")]
    tiers = [tier.upper for tier in program.price_tiers if tier.price == yearly.price]
    assert tiers == [10, None]
    lines = {line.id: line for line in program.sources}
    assert lines[yearly.source].text.strip().startswith("price yearly derived")


@pytest.mark.feature("A25", "A9")
def test_a_version_keeps_its_day_and_its_audience_also_where_it_is_derived() -> None:
    program = program_of("""\
service seat {
  type  recurring
  price monthly                                5.00 USD
  price monthly from 2027-01-01 for new sales  6.00 USD
  price yearly derived from monthly
}

service setup {
  type                            non_recurring
  price                           5.00 USD
  price from 2027-03-01 for all   6.00 USD
}
""")
    found = [(row.months, row.start, row.audience) for row in program.recurring_prices]
    assert found == [
        (1, None, "all"),
        (1, date(2027, 1, 1), "new_sales"),
        (12, None, "all"),
        (12, date(2027, 1, 1), "new_sales"),
    ]
    assert [(row.start, row.audience) for row in program.one_time_prices] == [
        (None, "all"),
        (date(2027, 3, 1), "all"),
    ]


@pytest.mark.feature("A9", "E2")
def test_the_prices_of_a_table_are_the_services_and_are_traced_to_its_rows() -> None:
    program = program_of(
        """\
service status active    = billable
service status suspended = billable

lifecycle line {
  order    new -> active
  suspend  active -> suspended
}

service seat {
  type       recurring
  lifecycle  line
}

price table list from "prices.csv"
""",
        "service,frequency,status,currency,amount\nseat,monthly,active,USD,5.00\n"
        'seat,every 2 months,,USD,"9.50"\nseat,monthly,suspended,USD, 1.25 \n',
    )
    prices = {term.price: term.amount for term in program.price_terms}
    found = [
        (row.months, row.status, prices[row.price], program.sources[row.source].line)
        for row in program.recurring_prices
    ]
    assert found == [
        (1, "active", Decimal("5.00"), 2),
        (2, "active", Decimal("9.50"), 3),
        (2, "suspended", Decimal("9.50"), 3),
        (1, "suspended", Decimal("1.25"), 4),
    ]
    assert {program.sources[row.source].path for row in program.recurring_prices} == {"prices.csv"}


AMOUNTS = st.integers(0, 12).map(lambda cents: Decimal(cents) / 2)


@st.composite
def volumes(draw: st.DrawFn) -> Expression:
    bounds = sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=2)))
    tiers = tuple(
        Tier(
            upper,
            each=draw(AMOUNTS),
            block=(draw(st.integers(2, 4)), draw(AMOUNTS)),
            flat=draw(AMOUNTS),
        )
        for upper in [*bounds, None]
    )
    return Expression(
        "volume",
        tiers,
        includes=draw(st.sampled_from([0, 3])) or 0,
        less=draw(st.sampled_from([Decimal(0), Decimal(50), Decimal(100)])),
        at_most=draw(st.one_of(st.none(), st.just(Decimal(30)))),
        at_least=draw(st.one_of(st.none(), st.just(Decimal(10)))),
    )


def written(price: Expression) -> str:
    rows = []
    for tier in price.tiers:
        assert tier.block is not None
        size, paid = tier.block
        bound = "beyond" if tier.upper is None else f"up to {tier.upper}"
        rows.append(
            f"{bound} {tier.each} USD + {paid} USD per block of {size} + {tier.flat} USD flat"
        )
    behind = f" includes {price.includes}" if price.includes else ""
    behind += f" less {price.less}%"
    behind += "" if price.at_most is None else f" at most {price.at_most} USD"
    behind += "" if price.at_least is None else f" at least {price.at_least} USD"
    return f"price monthly volume {{ {'; '.join(rows)} }}{behind}"


@pytest.mark.feature("E2", "A11")
@settings(max_examples=40, deadline=None)
@given(volumes())
def test_a_cliff_is_warned_of_where_one_more_costs_less(price: Expression) -> None:
    compilation = compile_text(f"{TINY}service seat {{\n  type recurring\n  {written(price)}\n}}\n")
    cliffs = [found for found in compilation.diagnostics if found.code == "RB228"]
    assert [found for found in compilation.diagnostics if found.code != "RB228"] == []
    totals = [amount_of(price, count, 1) for count in range(32)]
    dips = [count for count in range(1, 31) if totals[count + 1] < totals[count]]
    assert bool(cliffs) == bool(dips)
    if dips:
        # The first of them is told, with the quantity and both totals.
        assert f"in total: {dips[0]} cost {float(totals[dips[0]]):.2f} USD" in cliffs[0].message
