"""Report names in a test that are none of its accounts, packages or services."""

from __future__ import annotations

from collections.abc import Iterable

from compiler import codes
from compiler.checks.page import SALE, TINY, Page
from compiler.checks.wording import suggestion
from compiler.resolve.model import Resolved
from compiler.resolve.scenarios import POINT, Cast, Owned, cast_of, owned_names
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.scenarios import TestDeclaration

CODE = codes.UNKNOWN_IN_TEST

BUYS = """\
  account  acme
  2026-01-01  acme buys fleet monthly as f
"""

PAGE = Page(
    what="A test speaks of an account, an account package or an account service that it has "
    "not named: `f.sim` is the service `sim` of what was bought `as f`.",
    why="The test cannot be run.",
    bad=TINY + SALE + "test january {\n" + BUYS + "  bill 2026-02-01\n"
    "  expect line g.sim  5.00 USD\n}\n",
    good=TINY + SALE + "test january {\n" + BUYS + "  bill 2026-02-01\n"
    "  expect line f.sim  5.00 USD\n}\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such name."""
    for test in resolved.all(TestDeclaration):
        cast = cast_of(test)
        for owned in owned_names(test):
            known = _known(resolved, cast, owned)
            if known is not None:
                name = owned.name.text
                session.report(
                    CODE,
                    f"the test `{test.name.text}` has no {owned.what} `{name}`",
                    Label(owned.name.span, "not named in this test"),
                    help=suggestion(name, known) or _hint(owned.what, known),
                )


def _known(resolved: Resolved, cast: Cast, owned: Owned) -> tuple[str, ...] | None:
    """Give what could have been meant, where what is written means nothing."""
    name = owned.name.text
    match owned.what:
        case "account":
            return None if name in cast.accounts else tuple(cast.accounts)
        case "account package":
            return None if name in cast.packages else tuple(cast.packages)
        case _:
            return _unknown_instance(resolved, cast, owned.name)


def _unknown_instance(resolved: Resolved, cast: Cast, subject: Name) -> tuple[str, ...] | None:
    package, _, own = subject.text.partition(POINT)
    bought = cast.packages.get(package)
    if subject.text in cast.items:
        return None
    known = [*cast.items]
    if bought is not None:
        node = resolved.find(bought.package, PackageDeclaration)
        if node is None:
            return None
        sold = [item.service.text for item in node.services]
        if own in sold:
            return None
        known += [f"{package}{POINT}{each}" for each in sold]
    return tuple(dict.fromkeys(known))


def _hint(what: str, known: Iterable[str]) -> str:
    listed = ", ".join(f"`{each}`" for each in known)
    return f"it has {listed}" if listed else f"name an {what} above"
