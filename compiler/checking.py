"""Make all checks: of a large catalog some of them in a second process.

A check reads the resolved catalog and reports; none knows of another, but for the last, which
looks at what all have found.  So the order does not matter, nor where one is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compiler import child
from compiler.checks import CHECKS, unused_allow
from compiler.checks.page import Check
from compiler.resolve.model import COMMON, Resolved
from compiler.session import Session
from dsl.diagnostic import Diagnostic, from_plain, to_plain

WORTHWHILE = 2_000
"""So many declarations take longer to check than a process to start."""


def run_checks(resolved: Resolved, session: Session) -> None:
    """Report what any check finds."""
    others: Sequence[Check] = [check for check in CHECKS if check is not unused_allow]
    if len(resolved.declarations) < WORTHWHILE:
        for check in others:
            check.check(resolved, session)
    else:
        _share(others, resolved, session)
    unused_allow.check(resolved, session)


def _share(checks: Sequence[Check], resolved: Resolved, session: Session) -> None:
    """Make the checks here and in a child, if there is one."""
    resolved.every(COMMON[0])  # what both would look for is found before they part
    finish = child.share(
        len(checks), lambda number: _found(checks[number], resolved), _packed, _unpacked
    )
    for each in finish():
        session.add(each)


def _found(check: Check, resolved: Resolved) -> tuple[Diagnostic, ...]:
    session = Session()
    check.check(resolved, session)
    return session.diagnostics


def _packed(found: tuple[Diagnostic, ...]) -> object:
    return tuple(to_plain(each) for each in found)


def _unpacked(_: int, packed: Any) -> tuple[Diagnostic, ...]:  # noqa: ANN401 - as `_packed` made it
    return tuple(from_plain(plain) for plain in packed)
