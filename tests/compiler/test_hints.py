"""What a newcomer's mistake is answered with: once, at the smallest place, with the right hint."""

import pytest

from compiler.compile import compile_sources
from dsl.source import Source

HEAD = """\
catalog tiny {
  currencies  EUR, CHF
  timezone    "UTC"
}

service status ready = non_billable
service status ended = canceled

"""
USAGE = """\
feed sessions {
  format     csv
  id         session_id
  at         started
  service    gateway
  quantity   bytes in byte
  attribute  kind
  attribute  country
  attribute  destination
}

service line {
  type           recurring
  identified by  gateway
  usage monthly {
    rates  standard
  }
}

usage class web measured in data

rate plan standard {
  first
}

"""


def found(text: str) -> list[tuple[str, str, str | None]]:
    """Give the errors of a catalog: code, the text that is pointed at, and the hint."""
    source = Source("case.ratebook", HEAD + text)
    return [
        (each.code, source.words(each.primary.span), each.help)
        for each in compile_sources((source,)).diagnostics
        if each.severity == "error"
    ]


CASES = [
    pytest.param(
        USAGE + "rate group first {\n  web  1.00 EUR per minute, 1.00 CHF per minute\n}\n",
        ("RB302", "minute", "write `per MB`, `per GB` or `per TB`"),
        id="each currency's amount has the same wrong unit",
    ),
    pytest.param(
        USAGE + "rate group first {\n  web  1.00 EUR, 1.00 CHF\n}\n",
        (
            "RB220",
            "1.00 EUR",
            "write `1.20 EUR per GB`, `0.02 EUR each` for what is counted, "
            "`0.40 EUR per event`, or `5.00 EUR flat`",
        ),
        id="each currency's amount is for nothing",
    ),
    pytest.param(
        USAGE
        + """\
rate group first {
  web  1.00 EUR per GB, 1.00 CHF per GB
}

base bucket data {
  classes  web
  unit     minute
}

service mobile {
  type           recurring
  identified by  gateway
  usage monthly {
    rates   standard
    bucket  allowance
  }
}

bucket allowance of data {
  recurring    monthly
  up to 10 GB  included
  up to 20 GB  1.00 EUR per GB, 1.00 CHF per GB
  beyond       rated
}
""",
        (
            "RB302",
            "minute",
            "write `B`, `byte`, `kB`, `MB`, `GB`, `TB` or another, or hold another usage class",
        ),
        id="a base bucket has the wrong unit, its buckets the right one",
    ),
    pytest.param(
        USAGE
        + "usage class calls measured in time\n\n"
        + "rate group first {\n  web  1.00 EUR per GB, 1.00 CHF per GB\n}\n",
        (
            "RB307",
            "standard",
            "add a row `calls  <amount> EUR per minute, <amount> CHF per minute`, "
            "or `otherwise reject` to the plan",
        ),
        id="a rate is missing in the catalog's currencies",
    ),
    pytest.param(
        """\
service pass {
  type   non_recurring
  price  2.00 EUR, 2.00 CHF
  usage monthly {
  }
}
""",
        (
            "RB208",
            "monthly",
            "make its type `recurring`, or give the usage to the service that is used",
        ),
        id="what is sold once has usage",
    ),
    pytest.param(
        "service setup {\n  type   fee\n  price  5.00 EUR, 5.00 CHF\n}\n",
        (
            "RB208",
            "price  5.00 EUR, 5.00 CHF",
            "set its amount where it is charged: `on <transition> charge <service> 5.00 EUR`",
        ),
        id="a fee has a price of its own",
    ),
    pytest.param(
        """\
service status live = billable

lifecycle life {
  start  new -> live
  stop   live -> ended
}

service line {
  type       recurring
  lifecycle  life
  price monthly {
    live   1.00 EUR, 1.00 CHF
    ended  0.00 EUR, 0.00 CHF
  }
}
""",
        ("RB202", "ended", "delete the row"),
        id="a price at the end",
    ),
]


@pytest.mark.feature("E2")
@pytest.mark.parametrize(("text", "answer"), CASES)
def test_a_mistake_is_answered_once_with_what_to_write(
    text: str, answer: tuple[str, str, str]
) -> None:
    assert found(text) == [answer]


def rated(row: str = "web  1.00 EUR per GB, 1.00 CHF per GB", condition: str = "") -> str:
    """Write a catalog of usage with one rate."""
    when = f" when {condition}" if condition else ""
    usage = USAGE.replace("  first\n", "  first\n  otherwise reject\n")
    return f"{usage}rate group first{when} {{\n  {row}\n}}\n"


WORDS = [
    (
        rated("web  1.00 EUR per gigs, 1.00 CHF per GB"),
        ("RB301", "gigs", "did you mean `GB`?"),
    ),
    (
        rated("web  1.00 EUR per mins, 1.00 CHF per GB"),
        ("RB301", "mins", "did you mean `minute`?"),
    ),
    (
        rated("web  7 ct per GB"),
        ("RB107", "ct", "write parts of the currency as decimals: `0.05 EUR`"),
    ),
    (
        rated("web to US  1.00 EUR per GB, 1.00 CHF per GB"),
        ("RB101", "US", "declare `zone us = countries US`; a rate may be `to country US`"),
    ),
    (
        rated("web to country Germany  1.00 EUR per GB, 1.00 CHF per GB"),
        ("RB312", "Germany", "did you mean `DE`?"),
    ),
    (
        rated(condition='night or kind == "web"') + "time band night = weekends\n",
        ("RB306", "night", "a time band stands in a row of a rate group: `during night`"),
    ),
    (
        rated(condition="not home") + "zone home = countries DE\n",
        ("RB306", "home", "ask what is in it: `country in home`"),
    ),
    (
        rated(condition="country in night") + "time band night = weekends\n",
        ("RB102", "night", "a rate is for a time band by `during night`"),
    ),
    (
        rated(condition="kind"),
        ("RB306", "kind", 'compare it: `kind == "voice"`'),
    ),
    (
        rated(condition='roaming == "yes"'),
        (
            "RB304",
            "roaming",
            "write `country`, `destination` or `kind`, or add `attribute roaming` to the feed",
        ),
    ),
    (
        rated("web to home  1.00 EUR per GB, 1.00 CHF per GB").replace("  attribute  country\n", "")
        + "zone home = countries DE\n",
        ("RB304", "home", "add `attribute country` to the feed"),
    ),
    (
        rated(condition="kind == web_type"),
        ("RB304", "web_type", 'a text stands in quotes: `"web_type"`'),
    ),
    (
        "tax vat {\n  telecom  Germany 19%, FR 20%\n}\n",
        ("RB312", "Germany", "did you mean `DE`?"),
    ),
    (
        "tax vat {\n  telecom  UK-ENG 20%, FR 20%\n}\n",
        ("RB312", "UK-ENG", "did you mean `GB`?"),
    ),
    (
        "service setup {\n  type   recuring\n}\n",
        ("RB101", "recuring", "did you mean `recurring`?"),
    ),
    (
        "service setup {\n  type   one_time\n}\n",
        (
            "RB101",
            "one_time",
            "write `recurring`, `non_recurring` or `fee`, or declare `service type one_time = ...`",
        ),
    ),
]


@pytest.mark.feature("E2")
@pytest.mark.parametrize(("text", "answer"), WORDS, ids=[answer[1] for _, answer in WORDS])
def test_a_word_of_other_price_sheets_is_known(text: str, answer: tuple[str, str, str]) -> None:
    assert found(text) == [answer]


def test_a_city_is_the_time_zone_of_its_continent() -> None:
    source = Source("case.ratebook", HEAD.replace("UTC", "new york"))
    only = next(each for each in compile_sources((source,)).diagnostics if each.code == "RB109")
    assert (only.code, only.help) == ("RB109", "did you mean `America/New_York`?")


def test_a_misspelt_column_is_not_missing_as_well() -> None:
    text = HEAD + 'zone table places from "places.csv"\n'
    table = Source("places.csv", "zone,prefixes\nhome,49\n")
    compilation = compile_sources((Source("case.ratebook", text), table))
    errors = [each for each in compilation.diagnostics if each.severity == "error"]
    assert [(each.code, each.help) for each in errors] == [("RB331", "did you mean `prefix`?")]


TABLE = "class,prefix,currency,price,per\n"
TABLES = [
    (TABLE + "web,49,EUR,1,GB\nweb,49,CHF,1.20 CHF,GB\n", ("RB333", "write `1.20` alone")),
    (TABLE + 'web,49,EUR,1,GB\nweb,49,CHF,"1,20",GB\n', ("RB333", "write `1.20`, with a point")),
    (TABLE + "web,49,EUR,1,GB\nweb,49,€,1,GB\n", ("RB333", "write `EUR`")),
    (TABLE + "web,49,EUR,free,GB\n", ("RB333", "write digits, with a point: `0.015`")),
    (TABLE + "web,49,EUR,,GB\n", ("RB333", "fill one of them, or delete the row")),
    (
        TABLE.replace("prefix", "prefixes") + "web,49,EUR,1,GB\nweb,44,EUR,2,GB\n",
        ("RB331", "did you mean `prefix`?"),
    ),
]


@pytest.mark.feature("E2")
@pytest.mark.parametrize(("table", "answer"), TABLES, ids=[answer[1] for _, answer in TABLES])
def test_a_table_of_rates_is_answered_in_its_cell(table: str, answer: tuple[str, str]) -> None:
    text = HEAD.replace("EUR, CHF", "EUR") if "CHF" not in table else HEAD
    text += USAGE.replace("  first\n", "  first\n  otherwise reject\n")
    text += 'rate group first from "rates.csv"\n'
    sources = Source("case.ratebook", text), Source("rates.csv", table)
    errors = [each for each in compile_sources(sources).diagnostics if each.severity == "error"]
    assert [(each.code, each.help) for each in errors] == [answer]
