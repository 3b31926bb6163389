"""Make all checks: of a large catalog half of them in a second process.

A check reads the resolved catalog and reports; none knows of another, but for the last, which
looks at what all have found.  So the order does not matter, nor where one is made.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler import child
from compiler.checks import CHECKS, unused_allow
from compiler.checks.page import Check
from compiler.resolve.model import COMMON, Resolved
from compiler.session import Session
from dsl.diagnostic import from_plain, to_plain

WORTHWHILE = 2_000
"""So many declarations take longer to check than a process to start."""


def run_checks(resolved: Resolved, session: Session) -> None:
    """Report what any check finds."""
    others: Sequence[Check] = [check for check in CHECKS if check is not unused_allow]
    if len(resolved.declarations) < WORTHWHILE:
        _make(others, resolved, session)
    else:
        _share(others, resolved, session)
    unused_allow.check(resolved, session)


def _share(checks: Sequence[Check], resolved: Resolved, session: Session) -> None:
    """Make every other check here, and the rest in a child, if there is one."""
    resolved.every(COMMON[0])  # what both would look for is found before they part
    theirs = checks[1::2]
    helper = child.start(lambda: _found(theirs, resolved))
    _make(checks[::2], resolved, session)
    found = child.result(helper)
    if isinstance(found, tuple):
        session.add(from_plain(plain) for plain in found)
    else:
        _make(theirs, resolved, session)


def _found(checks: Sequence[Check], resolved: Resolved) -> tuple[object, ...]:
    session = Session()
    _make(checks, resolved, session)
    return tuple(to_plain(found) for found in session.diagnostics)


def _make(checks: Sequence[Check], resolved: Resolved, session: Session) -> None:
    for check in checks:
        check.check(resolved, session)
