"""Warn of usage classes that an earlier one always takes first."""

from __future__ import annotations

from itertools import combinations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_attribute import FEED
from compiler.facts import measure_of
from compiler.resolve.model import Resolved
from compiler.resolve.shape import shape
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.usage import UsageClassDeclaration

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
    for first, later in combinations(resolved.all(UsageClassDeclaration), 2):
        names = first.name.text, later.name.text
        if measure_of(first) is None or measure_of(first) != measure_of(later):
            continue
        if names[0] == names[1] or names[1] in reported:
            continue
        if first.criterion is None:
            why = "takes all usage of this measure"
        elif later.criterion is not None and shape(first.criterion) == shape(later.criterion):
            why = "has the same condition"
        else:
            continue
        reported.add(names[1])
        session.report(
            CODE,
            f"the usage class `{names[1]}` never gets any usage",
            Label(later.name.span, "tried after the other"),
            [Label(first.name.span, f"`{names[0]}` {why}, and is tried first")],
            "put the more particular class first, or give them different conditions",
        )
