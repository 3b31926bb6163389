"""Rates, from text and from tables, as the program holds them."""

from collections import Counter
from decimal import Decimal

import pytest

from compiler.compile import Compilation, compile_sources
from dsl.source import Source
from runtime.program.model import Program

PRELUDE = """\
catalog tiny {
  currencies  USD, EUR
  timezone    "UTC"
}

feed calls {
  format     csv
  id         call_id
  at         started
  service    phone
  quantity   seconds in s
  attribute  country
  attribute  destination
  attribute  carrier
}

service line {
  type           recurring
  identified by  phone
  usage monthly {
    rates  standard
  }
}

usage class voice measured in time

unit turn = 90 s

zone germany = prefixes 49, 4930

time band night = daily 22:00..06:00

rate plan standard {
  calls
}
"""

TEXT = """
rate group calls {
  voice  1.5 USD per minute + 0.1 USD per event, 1 EUR per minute
  voice to prefix 4930 via "A" during night  1 USD per minute, 1 EUR per minute MINIMUM
  voice to country DE  0 USD per minute, 0 EUR per minute  increment 1 turn
  voice to germany  1 USD per minute, 1 EUR per minute
}
""".replace("MINIMUM", "minimum 1 minute increment 6 s")

TABLE = """\
class,prefix,country,zone,carrier,during,currency,price,per,per_event,minimum,increment
voice,,,,,,USD,1.5,minute,0.1,,
voice,4930,,,A,night,USD,1,minute,,1 minute,6 s
voice,,DE,,,,USD,0,minute,,,1 turn
voice,,DE,,,,EUR,0,minute,,,1 turn
voice,4930,,,A,night,EUR,1,minute,,1 minute,6 s
voice,,,germany,,,USD,1,minute,,,
voice,,,germany,,,EUR,1,minute,,,
voice,,,,,,EUR,1,minute,,,
"""


def compiled(text: str, **tables: str) -> Compilation:
    sources = [Source("case.ratebook", PRELUDE + text)]
    sources += [Source(f"{name}.csv", content) for name, content in tables.items()]
    return compile_sources(sources)


def program_of(compilation: Compilation) -> Program:
    assert compilation.diagnostics == ()
    assert compilation.program is not None
    return compilation.program


def facts(program: Program) -> list[tuple[object, ...]]:
    """Give every rate with its price's terms, without ids and places."""
    terms: dict[int, list[tuple[object, ...]]] = {}
    for term in program.price_terms:
        terms.setdefault(term.price, []).append((term.basis, term.amount, term.per, term.unit))
    return [
        (
            *(rate.id, rate.ordinal, rate.usage_class, rate.zone, rate.country, rate.prefix),
            *(rate.carrier, rate.band, rate.currency, rate.minimum, rate.increment),
            *terms[rate.price],
        )
        for rate in program.rates
    ]


@pytest.mark.feature("A14")
def test_a_row_says_what_usage_it_is_for_and_how_an_event_is_rounded_up() -> None:
    program = program_of(compiled(TEXT))
    dollars = [fact for fact in facts(program) if fact[8] == "USD"]
    share = ("share", Decimal(1), 60, "minute")
    assert dollars == [
        (
            *("calls/voice", 0, "voice", None, None, None, None, None, "USD", 0, 1),
            *(("share", Decimal("1.5"), 60, "minute"), ("event", Decimal("0.1"), 1, "event")),
        ),
        (
            *("calls/voice/4930/via A/during night", 1, "voice", None, None, "4930"),
            *("A", "night", "USD", 60, 6, share),
        ),
        (
            *("calls/voice/country DE", 2, "voice", None, "DE", None, None, None, "USD", 0, 90),
            ("share", Decimal(0), 60, "minute"),
        ),
        ("calls/voice/germany", 3, "voice", "germany", None, None, None, None, "USD", 0, 1, share),
    ]


@pytest.mark.feature("A14")
def test_rows_of_a_table_mean_what_the_same_rows_of_text_do() -> None:
    from_text = program_of(compiled(TEXT))
    from_table = program_of(compiled('\nrate group calls from "rates.csv"\n', rates=TABLE))
    assert sorted(map(repr, facts(from_table))) == sorted(map(repr, facts(from_text)))


@pytest.mark.feature("A14", "C4")
def test_a_rate_of_a_table_comes_from_its_own_line_of_the_file() -> None:
    program = program_of(compiled('\nrate group calls from "rates.csv"\n', rates=TABLE))
    lines = {line.id: line for line in program.sources}
    places = [(lines[rate.source].path, lines[rate.source].line) for rate in program.rates]
    assert sorted(places) == [("rates.csv", line) for line in range(2, 10)]
    written = TABLE.splitlines()
    for rate in program.rates:
        assert lines[rate.source].text == written[lines[rate.source].line - 1]
        assert f",{rate.currency}," in lines[rate.source].text


@pytest.mark.feature("A14")
def test_a_group_of_a_table_may_have_a_condition() -> None:
    text = '\nrate group calls when carrier == "A" from "rates.csv"\n'
    compilation = compiled(text, rates=TABLE)
    # With a condition the group leaves usage without a rate, and the plan does not say so.
    (found,) = (each for each in compilation.diagnostics if each.severity == "error")
    assert found.code == "RB307"
    assert found.primary.message.startswith("an event of `voice` on which no group's condition")


@pytest.mark.feature("A14", "E1")
def test_the_witness_names_a_place_a_carrier_and_a_time_that_no_row_is_for() -> None:
    rows = """
rate group calls {
  voice to country AD             1 USD per minute, 1 EUR per minute
  voice to prefix 0               1 USD per minute, 1 EUR per minute
  voice to country AE via "A"     1 USD per minute, 1 EUR per minute
  voice during night              1 USD per minute, 1 EUR per minute
  voice to germany                1 USD per minute, 1 EUR per minute
}
"""
    (found,) = (each for each in compiled(rows).diagnostics if each.code == "RB307")
    assert found.primary.message == (
        "an event of `voice` in AE to 1 by a carrier that no row names on Monday at 06:00, say, "
        "matches no row"
    )


@pytest.mark.feature("A14", "E1", "E2")
def test_a_table_that_says_all_twice_gets_a_bounded_number_of_reports() -> None:
    text = (
        '\nrate group calls from "rates.csv"\n'
        '\nrate group again from "again.csv"\n'
        "\nrate plan both {\n  calls\n  again\n  otherwise reject\n}\n"
    )
    header = "class,prefix,currency,price,per\n"
    rows = "".join(
        f"voice,{number},{currency},1,minute\n"
        for number in range(1000, 3000)
        for currency in ("USD", "EUR")
    )
    found = compiled(text, rates=header + rows + rows, again=header + rows).diagnostics
    codes = Counter(each.code for each in found)
    assert (codes["RB308"], codes["RB309"]) == (20, 20)
    taken = next(each for each in found if each.code == "RB309")
    assert taken.primary.span.path == "again.csv"
    assert taken.secondary[0].span.path == "rates.csv"
