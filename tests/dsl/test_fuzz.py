"""Nothing that stands in a file raises or hangs: damaged catalogs, deep nests, huge numbers."""

import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.diagnostic import Diagnostic
from dsl.parser import decode, parse_source
from dsl.printer import format_source
from dsl.source import Source
from tests.dsl.catalogs import SOURCES

TOKEN = re.compile(r'"[^"\n]*"|[A-Za-z0-9_.]+|\s+|.', re.DOTALL)
EVERYTHING = "\n".join(source.text for source in SOURCES)


def check(text: str) -> tuple[Diagnostic, ...]:
    """Parse and, where that finds nothing, format; every place lies in the text."""
    source = Source("test.ratebook", text)
    file, diagnostics = parse_source(source)
    for found in diagnostics:
        for label in (found.primary, *found.secondary):
            assert 0 <= label.span.start <= label.span.end <= len(text)
        assert found.message
    assert list(diagnostics) == sorted(diagnostics, key=lambda each: each.primary.span)
    assert all(node.span.end <= len(text) for node in file.declarations)
    format_source(source)
    return diagnostics


@pytest.mark.feature("E2")
@pytest.mark.parametrize("seed", range(40))
def test_damaged_catalogs_give_diagnostics(seed: int) -> None:
    chance = random.Random(seed)
    pieces = TOKEN.findall(chance.choice(SOURCES).text)
    for _ in range(25):
        damaged = list(pieces)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(damaged) - 1)
            match chance.randrange(5):
                case 0:
                    del damaged[place]
                case 1:
                    damaged.insert(place, damaged[place])
                case 2:
                    damaged[place], damaged[place + 1] = damaged[place + 1], damaged[place]
                case 3:
                    damaged[place] = chance.choice(pieces)
                case _:
                    damaged.insert(place, chance.choice('{}";,#\\\0\r\n\t é$(=->..'))
        check("".join(damaged))


@pytest.mark.parametrize("seed", range(10))
def test_one_token_lost_is_at_most_one_error_for_each_declaration(seed: int) -> None:
    """A lost brace may cost two: one where it opened, one where it fell out."""
    chance = random.Random(seed)
    source = chance.choice(SOURCES)
    tokens = list(TOKEN.finditer(source.text))
    for _ in range(30):
        lost = chance.choice(tokens)
        text = source.text[: lost.start()] + source.text[lost.end() :]
        assert len(check(text)) <= 2, lost


@given(st.binary(max_size=200))
def test_random_bytes_give_diagnostics(data: bytes) -> None:
    source, diagnostics = decode("test.ratebook", data)
    if not diagnostics:
        check(source.text)


@given(st.text(st.sampled_from('service type price 1.2 CAD {}";#\n=->,.'), max_size=80))
def test_random_words_give_diagnostics(text: str) -> None:
    check(text)


@pytest.mark.feature("E2")
@pytest.mark.parametrize(
    "text",
    [
        "service a {" * 20_000,
        "service a {\n" * 5_000,
        "{" * 100_000,
        "}" * 100_000,
        "}\n" * 20_000,
        "usage class a measured in data when " + "(" * 20_000 + "a == b" + ")" * 20_000,
        "usage class a measured in data when " + "(" * 20_000,
        "usage class a measured in data when " + "not " * 10_000 + "a == b",
        "usage class a measured in data when " + "a == b and " * 5_000 + "a == b",
        "feed f { quantity " + "a + " * 10_000 + "a in byte }",
        "service a { price " + "9" * 1_000_000 + " CAD }",
        "service a { price 0." + "9" * 1_000_000 + " CAD }",
        "service a { price 1e999999999 CAD }",
        "service a { price 1_" + "_" * 100_000 + "1 CAD }",
        "package p { bills every " + "9" * 100_000 + " months }",
        "package p { bills every 99999999999999999999 months }",
        'service a "' + "\\" * 100_000,
        'service a "' + '\\"' * 100_000,
        '"' * 100_000,
        "#" * 100_000,
        "a" * 1_000_000,
        "a" * 1_000_000 + " {",
        "service " + "a" * 1_000_000,
        "zone z = countries " + "CA, " * 20_000 + "CA",
        "zone z = countries " + "CA " * 20_000,
        ";" * 100_000,
        "service a { " + ";" * 100_000 + " }",
        "service a { " + "wrong;" * 20_000 + " }",
        "wrong\n" * 20_000,
        "sevice a {\n}\n" * 3_000,
        "\r" * 100_000,
        "\N{NO-BREAK SPACE}" * 10_000,
        "\n" * 300_000,
        "service status a = b" + " " * 300_000 + "c",
        ("service" + " " * 1_000 + "\n") * 300,
    ],
    ids=lambda text: repr(text[:30]),
)
def test_extremes_take_little_time(text: str) -> None:
    begin = time.process_time()
    check(text)
    assert time.process_time() - begin < 20  # seconds of work; most take under one


def test_time_grows_with_length_and_no_faster() -> None:
    def seconds(copies: int) -> float:
        text = EVERYTHING.replace("catalog", "catalog", 1) * copies
        begin = time.process_time()
        parse_source(Source("test.ratebook", text))
        return time.process_time() - begin

    seconds(1)
    assert seconds(40) < 3 * 4 * max(seconds(10), 0.05)
