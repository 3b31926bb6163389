"""Report declared units that hold nothing, or more steps than are counted."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unit_base import TOKENS
from compiler.resolve.model import Resolved
from compiler.resolve.units import MAX_STEPS
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.feeds import UnitDeclaration
from runtime.program.units import UNITS

CODE = codes.UNIT_SIZE

PAGE = Page(
    what="A unit is declared as zero of another, or as 2^63 bytes, seconds or counts and more.",
    why="Usage is divided by the unit's size, and counted in whole steps up to 2^63.",
    bad=TINY
    + TOKENS
    + """\
unit million_token = 0 count
""",
    good=TINY
    + TOKENS
    + """\
unit million_token = 1_000_000 count
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such unit."""
    for node in resolved.all(UnitDeclaration):
        base = UNITS.get(node.size.unit.text)
        if base is None or 0 < node.size.amount * base.steps <= MAX_STEPS:
            continue
        is_zero = node.size.amount == 0
        session.report(
            CODE,
            f"the unit `{node.name.text}` {'holds nothing' if is_zero else 'holds too much'}",
            Label(node.size.span, "zero" if is_zero else "2^63 steps or more"),
            help="write how many of the other unit it holds",
        )
