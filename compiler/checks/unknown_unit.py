"""Report units that the language does not know."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name, Quantity
from dsl.syntax.usage import BaseBucketDeclaration, FeedQuantity, UnitPrice
from runtime.program.units import UNITS

CODE = codes.UNKNOWN_UNIT

CALLS = """\
usage class calls measured in time

rate plan standard {
  call_rates
}

service line {
  type           recurring
  identified by  phone
  usage monthly {
    rates  standard
  }
}

"""

PAGE = Page(
    what="A unit is none of the language's. Data is written in `B` or `byte`, `kB`, `MB`, `GB`, "
    "`TB` (powers of 1000), `KiB`, `MiB`, `GiB`, `TiB` (powers of 1024); time in `s` or "
    "`second`, `minute`, `hour`, `day`; counts in `each` or `count`.",
    why="The unit decides how much usage a price is for.",
    bad=TINY
    + CALLS
    + """\
rate group call_rates {
  calls  0.02 USD per minut
}
""",
    good=TINY
    + CALLS
    + """\
rate group call_rates {
  calls  0.02 USD per minute
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unknown unit."""
    for name in _units(resolved):
        if name.text not in UNITS:
            near = nearest(name.text, UNITS)
            session.report(
                CODE,
                f"`{name.text}` is not a unit",
                Label(name.span, "no such unit"),
                help=f"did you mean `{near}`?"
                if near
                else "write a unit of data (`MB`, `GB`, ...), of time (`second`, `minute`, "
                "`hour`, ...) or of a count (`each`)",
            )


def _units(resolved: Resolved) -> Iterator[Name]:
    yield from (quantity.unit for quantity in resolved.every(Quantity))
    yield from (quantity.unit for quantity in resolved.every(FeedQuantity))
    optional = (
        *(price.unit for price in resolved.every(UnitPrice)),
        *(base.unit for base in resolved.all(BaseBucketDeclaration)),
    )
    yield from (unit for unit in optional if unit is not None)
