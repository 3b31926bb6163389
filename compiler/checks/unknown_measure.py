"""Report usage classes measured in what the language does not measure."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import choice
from compiler.facts import measure_of
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.usage import UsageClassDeclaration
from runtime.program.units import MEASURES, UNITS

CODE = codes.UNKNOWN_MEASURE

PAGE = Page(
    what="A usage class is `measured in` another word than `data`, `time` or `count`.",
    why="The measure decides which units its prices and buckets can have.",
    bad=TINY
    + """\
usage class calls measured in minutes
""",
    good=TINY
    + """\
usage class calls measured in time
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unknown measure; for a unit, suggest what it measures."""
    for usage_class in resolved.all(UsageClassDeclaration):
        if measure_of(usage_class) is not None:
            continue
        word = usage_class.measure.text
        unit = UNITS.get(word) or UNITS.get(word.removesuffix("s"))
        near = unit.measure if unit is not None else nearest(word, MEASURES)
        session.report(
            CODE,
            f"`{usage_class.name.text}` cannot be measured in `{word}`",
            Label(usage_class.measure.span, "not a measure"),
            help=f"did you mean `{near}`?" if near else f"write {choice(MEASURES)}",
        )
