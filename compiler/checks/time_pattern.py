"""Report time patterns of feeds that cannot give an instant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.feeds import FeedDeclaration

CODE = codes.TIME_PATTERN

_SERVICE = """\
service line {
  type           recurring
  identified by  phone
}

"""

PAGE = Page(
    what="The pattern behind `as` has a sign that is no part of a time, or lacks the year, the "
    "month, the day or the hour. Its signs are those of strptime: `%Y-%m-%dT%H:%M:%S`.",
    why="No record's time could be read, and all its usage would be rejected.",
    bad=TINY
    + _SERVICE
    + """\
feed calls {
  format    csv
  id        call_id
  at        started as "%d.%m.%Y"
  service   phone
  quantity  seconds in s
}
""",
    good=TINY
    + _SERVICE
    + """\
feed calls {
  format    csv
  id        call_id
  at        started as "%d.%m.%Y %H:%M:%S"
  service   phone
  quantity  seconds in s
}
""",
)

_KNOWN = frozenset("aAbBdfHIjmMpSyYzZ%")
_PARTS = (
    ("the year, `%Y`", "yY"),
    ("the month, `%m`", "mbBj"),
    ("the day, `%d`", "dj"),
    ("the hour, `%H`", "HI"),
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each pattern once, for the first thing that is wrong with it."""
    for feed in resolved.all(FeedDeclaration):
        pattern = None if feed.time is None else feed.time.pattern
        fault = None if pattern is None else next(_faults(pattern.value), None)
        if pattern is not None and fault is not None:
            session.report(
                CODE,
                f"the time pattern of the feed `{feed.name.text}` {fault}",
                Label(pattern.span, "not a pattern of an instant"),
                help='write it as in `"%Y-%m-%dT%H:%M:%S"`',
            )


def _faults(pattern: str) -> Iterator[str]:
    signs = re.findall(r"%(.?)", pattern)
    for sign in signs:
        if sign not in _KNOWN or not sign:
            yield f"has the unknown sign `%{sign}`"
    for part, letters in _PARTS:
        if not set(letters) & set(signs):
            yield f"lacks {part}"
