"""Report hours of a time band that no clock shows, and ranges without a minute."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.time_bands import MINUTES_OF_DAY, minute_of
from dsl.diagnostic import Label
from dsl.syntax.zones import Clock, ClockRange, TimeBandDeclaration

CODE = codes.CLOCK_TIME

_UNUSED = "# allow(unused-declaration): prices at night come in spring\n"

PAGE = Page(
    what="A time of a time band is not between 00:00 and 24:00, is 24:00 where the hours "
    "begin, or begins and ends at the same time.",
    why="No usage would ever be in such hours.",
    bad=TINY + _UNUSED + "time band off_peak = weekdays 20:00..24:30, weekends\n",
    good=TINY + _UNUSED + "time band off_peak = weekdays 20:00..24:00, weekends\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each time that is none, and each range without a minute."""
    for band in resolved.all(TimeBandDeclaration):
        for hours in band.hours:
            if hours.hours is not None:
                _check_range(hours.hours, session)


def _check_range(node: ClockRange, session: Session) -> None:
    wrong = [clock for clock in (node.start, node.end) if minute_of(clock) is None]
    for clock in wrong:
        session.report(
            CODE,
            f"`{_shown(clock)}` is no time of day",
            Label(clock.span, "no such time"),
            help="a day goes from 00:00 to 24:00",
        )
    if wrong:
        return
    if minute_of(node.start) == MINUTES_OF_DAY:
        session.report(
            CODE,
            "hours cannot begin at 24:00",
            Label(node.start.span, "the end of the day"),
            help="write 00:00, and name the day after",
        )
    elif minute_of(node.start) == minute_of(node.end):
        session.report(
            CODE,
            f"the hours begin and end at {_shown(node.start)}",
            Label(node.span, "not a minute long"),
            help="write the days without hours for all of them, or `00:00..24:00`",
        )


def _shown(clock: Clock) -> str:
    return f"{clock.hour:02}:{clock.minute:02}"
