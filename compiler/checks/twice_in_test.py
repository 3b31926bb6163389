"""Report names that a test gives to two things."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import SALE, TINY, Page
from compiler.resolve.model import Resolved
from compiler.resolve.scenarios import cast_of
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.scenarios import TestDeclaration

CODE = codes.TWICE_IN_TEST

_HEAD = TINY + SALE + "test january {\n  account  acme\n"
_TAIL = "  bill 2026-02-01\n  expect total  10.00 USD\n}\n"

PAGE = Page(
    what="A test has two accounts, two account packages, or two account services of one package "
    "under the same name.",
    why="What it says of the name would be said of either.",
    bad=_HEAD
    + "  2026-01-01  acme buys fleet monthly\n  2026-01-01  acme buys fleet monthly\n"
    + _TAIL,
    good=_HEAD
    + "  2026-01-01  acme buys fleet monthly as one\n"
    + "  2026-01-01  acme buys fleet monthly as other\n"
    + _TAIL,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each second use of a name, and where the first is."""
    for test in resolved.all(TestDeclaration):
        for first, again in cast_of(test).twice:
            session.report(
                CODE,
                f"the test `{test.name.text}` names two things `{again.text}`",
                Label(again.span, "named again here"),
                [Label(first.span, "named first here")],
                "give it a name of its own: `as other`",
            )
