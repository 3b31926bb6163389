"""Report tests that bill backwards, expect before they bill, or expect nothing at all."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import SALE, TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Day
from dsl.syntax.scenarios import Expectation, TestBill, TestDeclaration

CODE = codes.ORDER_IN_TEST

_HEAD = TINY + SALE + "test january {\n  account  acme\n  2026-01-01  acme buys fleet monthly\n"

PAGE = Page(
    what="A test bills a day that is not after the one before, expects something before its "
    "first bill, or expects nothing.",
    why="An expectation is of the bill above it, and bills follow each other in time. "
    "A test that expects nothing cannot fail.",
    bad=_HEAD + "  expect total  5.00 USD\n  bill 2026-02-01\n  expect total  5.00 USD\n}\n",
    good=_HEAD + "  bill 2026-01-01\n  expect total  5.00 USD\n}\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such statement, and each test without an expectation."""
    for test in resolved.all(TestDeclaration):
        _check(test, session)


def _check(test: TestDeclaration, session: Session) -> None:
    last: Day | None = None
    expects = False
    for each in test.statements:
        match each:
            case TestBill(day=day):
                if last is not None and day.value <= last.value:
                    session.report(
                        CODE,
                        f"the test `{test.name.text}` bills {day.value} after {last.value}",
                        Label(day.span, "not after the bill before"),
                        [Label(last.span, "billed here before")],
                        "bills stand in the order of their days",
                    )
                last = day
            case Expectation():
                expects = True
                if last is None:
                    session.report(
                        CODE,
                        "nothing is billed yet",
                        Label(each.span, "of which bill?"),
                        help="add such as `bill 2026-02-01` above it",
                    )
            case _:
                pass
    if not expects:
        session.report(
            CODE,
            f"the test `{test.name.text}` expects nothing",
            Label(test.name.span, "it cannot fail"),
            help="add such as `expect total 5.00 USD` behind a bill",
        )
