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
