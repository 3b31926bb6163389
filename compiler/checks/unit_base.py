"""Report declared units that are not made of one of the language's."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.feeds import UnitDeclaration
from runtime.program.units import UNITS

CODE = codes.UNIT_BASE

TOKENS = """\
usage class tokens measured in count

rate group token_rates {
  tokens  2.00 USD per million_token
}

rate plan standard {
  token_rates
}

service chat {
  type           recurring
  identified by  key
  usage monthly {
    rates  standard
  }
}

"""

PAGE = Page(
    what="A unit is declared in terms of a word that is no unit of the language's: a misspelt "
    "one, or another unit that the catalog declares.",
    why="A unit's size stands in its own line, so that nobody has to work it out over several; "
    "and two units made of each other would have none.",
    bad=TINY
    + TOKENS
    + """\
unit token         = 1 count
unit million_token = 1_000_000 token
""",
    good=TINY
    + TOKENS
    + """\
unit million_token = 1_000_000 count
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such unit, with the size it would have where that can be told."""
    own = {node.name.text: node for node in resolved.all(UnitDeclaration)}
    for node in resolved.all(UnitDeclaration):
        base = node.size.unit
        if base.text in UNITS or (base.text not in own and resolved.is_incomplete(Kind.UNIT)):
            continue
        other = own.get(base.text)
        near = nearest(base.text, UNITS)
        session.report(
            CODE,
            f"the unit `{node.name.text}` is made of `{base.text}`, which is no unit of the "
            "language's",
            Label(base.span, "no built-in unit" if other is None else "a unit of the catalog's"),
            () if other is None else [Label(other.name.span, f"`{base.text}` is declared here")],
            _help(node, other)
            or (f"did you mean `{near}`?" if near else "write it in `count`, `byte` or `second`"),
        )


def _help(node: UnitDeclaration, other: UnitDeclaration | None) -> str | None:
    """Write the unit in terms of what the other one is made of."""
    if other is None or other.size.unit.text not in UNITS:
        return None
    size = f"{(node.size.amount * other.size.amount).normalize():f}"
    return f"write `unit {node.name.text} = {size} {other.size.unit.text}`"
