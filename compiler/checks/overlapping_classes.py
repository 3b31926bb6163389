"""Warn of usage classes that an earlier one always takes first."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_attribute import FEED
from compiler.facts import measure_of
from compiler.resolve.model import Resolved
from compiler.resolve.shape import shape
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.usage import UsageClassDeclaration
from runtime.program.terms import Measure

CODE = codes.OVERLAPPING_CLASSES

PAGE = Page(
    what="An earlier usage class of the same measure has no condition, or the same one.",
    why="Classes are tried in order (by file, then line) and the first that fits is the "
    "event's, so the later one never gets any usage.",
    bad=TINY
    + FEED
    + """\
usage class calls measured in time
usage class voice measured in time when kind == "voice"
""",
    good=TINY
    + FEED
    + """\
usage class voice measured in time when kind == "voice"
usage class calls measured in time
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Warn of each class that can never be the first to fit."""
    reported: set[str] = set()
    firsts: dict[tuple[Measure, str], dict[str, UsageClassDeclaration]] = {}
    for later in resolved.all(UsageClassDeclaration):
        measure, name = measure_of(later), later.name.text
        if measure is None:
            continue
        condition = ALL if later.criterion is None else shape(later.criterion)
        taking_all, alike = (firsts.setdefault((measure, each), {}) for each in (ALL, condition))
        takers = (taker for taker in (_other(taking_all, name), _other(alike, name)) if taker)
        first = min(takers, key=lambda taker: taker.span, default=None)
        alike.setdefault(name, later)
        if first is not None and name not in reported:
            reported.add(name)
            _report(first, later, session)


ALL = ""
"""The condition of a class that takes all usage of its measure."""


def _other(takers: dict[str, UsageClassDeclaration], name: str) -> UsageClassDeclaration | None:
    """Give the first of another name."""
    return next((taker for own, taker in takers.items() if own != name), None)


def _report(first: UsageClassDeclaration, later: UsageClassDeclaration, session: Session) -> None:
    why = "takes all usage of this measure" if first.criterion is None else "has the same condition"
    session.report(
        CODE,
        f"the usage class `{later.name.text}` never gets any usage",
        Label(later.name.span, "tried after the other"),
        [Label(first.name.span, f"`{first.name.text}` {why}, and is tried first")],
        "put the more particular class first, or give them different conditions",
    )
