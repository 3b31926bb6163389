"""Report declarations that depend on each other in a circle."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.graph import Cycle, cycles, graph_of, has_cycle
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label

CODE = codes.DEPENDENCY_CYCLE

PAGE = Page(
    what="A declaration refers to another, which by way of its own references comes back to "
    "the first: a fee, say, whose own transition charges that fee again.",
    why="Each charge would call for the next without end.",
    bad=TINY
    + """\
service status done = canceled

lifecycle once {
  finish  new -> done
}

service visit {
  type       fee
  lifecycle  once
  on finish charge report 5.00 USD
}

service report {
  type       fee
  lifecycle  once
  on finish charge visit 9.00 USD
}
""",
    good=TINY
    + """\
service status done = canceled

lifecycle once {
  finish  new -> done
}

service visit {
  type       fee
  lifecycle  once
  on finish charge report 5.00 USD
}

service report {
  type  fee
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report every independent cycle, with the place of each of its references."""
    if has_cycle(resolved):
        for cycle in cycles(graph_of(resolved)):
            _report(cycle, session)


def _report(cycle: Cycle, session: Session) -> None:
    first, *others = cycle.references
    way = [f"`{reference.source.name}`" for reference in cycle.references]
    session.report(
        CODE,
        f"the {first.source.kind.words} `{first.source.name}` depends on itself: "
        + " → ".join([*way, way[0]]),
        Label(first.name.span, f"`{first.source.name}` names `{first.name.text}` here"),
        [
            Label(other.name.span, f"`{other.source.name}` names `{other.name.text}` here")
            for other in others
        ],
        "take one of these references out",
    )
