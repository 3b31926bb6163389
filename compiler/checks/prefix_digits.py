"""Report prefixes, of zones and of rates, that are not the beginning of a number."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.tables.cells import PREFIX
from compiler.tables.form import Unreadable
from dsl.diagnostic import Label
from dsl.syntax.zones import Prefix

CODE = codes.PREFIX_DIGITS

_CALLS = """\

usage class calls measured in count when destination in premium
"""

PAGE = Page(
    what="A prefix of a zone or of a rate is written as a number with a point or with `_`, or is "
    "longer than the 15 digits that a number has at most.",
    why="A prefix is compared digit by digit with the number called; with another sign in it, "
    "it begins none.",
    bad=TINY + "zone premium = prefixes 1_900, 1976\n" + _CALLS,
    good=TINY + "zone premium = prefixes 1900, 1976\n" + _CALLS,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each prefix that is none."""
    for prefix in resolved.every(Prefix):
        read = PREFIX.read(prefix.digits)
        if isinstance(read, Unreadable):
            session.report(
                CODE,
                f"`{prefix.digits}` {read.reason}",
                Label(prefix.span, "not a prefix"),
                help=read.help,
            )
