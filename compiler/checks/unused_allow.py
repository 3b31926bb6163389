"""Warn of an allow comment that lets nothing pass."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.suppression import ALLOWABLE, Allow, allows_of
from dsl.diagnostic import Label

CODE = codes.UNUSED_ALLOW

PAGE = Page(
    what="A comment `# allow(slug): reason` stands where no such warning is given: not on its "
    "line, nor in the statement or declaration right below it.",
    why="It would hide a warning that comes later and that nobody has thought about.",
    bad=TINY
    + """\
# allow(unused-declaration): the May price sheet uses it
service type visits = fee

service visit {
  type  visits
}
""",
    good=TINY
    + """\
service type visits = fee

service visit {
  type  visits
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Warn of each; stay silent beside an error, since errors keep warnings back."""
    allows = [allow for allow in allows_of(resolved) if allow.slug in ALLOWABLE]
    if not allows or session.has_errors:
        return
    found = session.diagnostics
    for allow in allows:
        if not any(allow.covers(each) for each in found):
            _report(allow, session)


def _report(allow: Allow, session: Session) -> None:
    where = "right below" if allow.scope is None else "here"
    session.report(
        CODE,
        f"no `{allow.slug}` is left to allow",
        Label(allow.span, f"nothing {where} gets this warning"),
        help="delete the comment"
        if allow.scope is not None
        else "put it on the line above what it is about, or delete it",
    )
