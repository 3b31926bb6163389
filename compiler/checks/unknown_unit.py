"""Report units that the language does not know."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_name import failed
from compiler.resolve.model import Failure, Resolved
from compiler.resolve.nearest import nearest
from compiler.resolve.units import known_units
from compiler.session import Session
from dsl.diagnostic import Label

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

_MEANT = {
    **dict.fromkeys(("sec", "secs"), "second"),
    **dict.fromkeys(("min", "mins", "mn"), "minute"),
    **dict.fromkeys(("h", "hr", "hrs"), "hour"),
    **dict.fromkeys(("gig", "gigs", "gigabyte", "gigabytes"), "GB"),
    **dict.fromkeys(("meg", "megs", "megabyte", "megabytes"), "MB"),
    **dict.fromkeys(("kilobyte", "kilobytes"), "kB"),
    **dict.fromkeys(("terabyte", "terabytes"), "TB"),
    **dict.fromkeys(("sms", "message", "messages", "unit", "units", "piece", "pieces"), "each"),
}
"""What is written elsewhere for our units."""

PAGE = Page(
    what="A unit is neither the language's nor one that the catalog declares. Data is written "
    "in `B` or `byte`, `kB`, `MB`, `GB`, `TB` (powers of 1000), `KiB`, `MiB`, `GiB`, "
    "`TiB` (powers of 1024); time in `s` or `second`, `minute`, `hour`, `day`; "
    "counts in `each` or `count`. "
    "`unit token = 1 count` declares another.",
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
    for reference in failed(resolved, Failure.UNKNOWN, Failure.WRONG_KIND, are_units=True):
        name = reference.name
        near = _MEANT.get(name.text.lower()) or nearest(name.text, known_units(resolved))
        session.report(
            CODE,
            f"`{name.text}` is not a unit",
            Label(name.span, "no such unit"),
            help=f"did you mean `{near}`?"
            if near
            else "write a unit of data (`MB`, `GB`, ...), of time (`second`, `minute`, "
            f"`hour`, ...) or of a count (`each`), or declare `unit {name.text} = ...`",
        )
