"""Where and when, as tables of the program: prefixes of zones, and time bands."""

from __future__ import annotations

from datetime import date

from runtime.program.expressions import Closed


class ZonePrefix(Closed):
    """A beginning of numbers, in digits, that belongs to a zone."""

    zone: str
    prefix: str


class TimeBand(Closed):
    """A time band: hours of the catalog's or the account's time zone."""

    id: str
    source: int


class TimeBandHours(Closed):
    """Hours of a band: the minutes `[start, end)` of a weekday, or of a date.

    `weekday` is 0 for Monday to 6 for Sunday, and `day` None; or it is None, and `day` the
    date.  What runs over midnight stands in two rows.  An event is in the band where one of
    the band's rows holds the minute it starts in.
    """

    band: str
    weekday: int | None
    day: date | None
    start: int
    end: int
    source: int
