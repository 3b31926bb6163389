"""Warn of hours that a time band names twice."""

from __future__ import annotations

from itertools import combinations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.time_bands import overlap
from dsl.diagnostic import Label
from dsl.syntax.zones import TimeBandDeclaration

CODE = codes.BAND_OVERLAP

_UNUSED = "# allow(unused-declaration): prices at night come in spring\n"

PAGE = Page(
    what="Two entries of a time band name the same hours of the same day. Hours that run over "
    "midnight belong to the day they begin on, so what is left of Friday night on a Saturday "
    "is no overlap; nor is a date, whatever its day of the week.",
    why="The second says nothing for these hours, so another day or time was probably meant.",
    bad=TINY + _UNUSED + "time band off_peak = daily 20:00..07:00, friday 18:00..22:00\n",
    good=TINY + _UNUSED + "time band off_peak = daily 20:00..07:00, friday 18:00..20:00\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each two entries that overlap, with the first day and minute that both name."""
    for band in resolved.all(TimeBandDeclaration):
        for first, again in combinations(band.hours, 2):
            witness = overlap(first, again)
            if witness is not None:
                session.report(
                    CODE,
                    f"the time band `{band.name.text}` names {witness} twice",
                    Label(again.span, "named again here"),
                    [Label(first.span, "named first here")],
                    "take the hours out of one of the two",
                )
