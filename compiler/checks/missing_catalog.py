"""Report a folder in which no file declares the catalog."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import the_catalog
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span

CODE = codes.MISSING_CATALOG

PAGE = Page(
    what="No file of the folder holds a `catalog` declaration.",
    why="It names the currencies the catalog prices in and the time zone its dates are meant "
    "in; without it no price is complete and no day has a start.",
    bad="""\
bill group business {
  bill day  1
}
""",
    good=TINY
    + """\
bill group business {
  bill day  1
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report the lack at the start of the first file."""
    if the_catalog(resolved) is not None or resolved.is_incomplete(Kind.CATALOG):
        return
    for file in resolved.files[:1]:
        session.report(
            CODE,
            "no file of this folder declares the catalog",
            Label(Span(file.source.path, 0, 0), "it could stand here"),
            help='write `catalog <name> { currencies USD; timezone "America/New_York" }`',
        )
