"""Report an allow comment for what cannot be allowed."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.suppression import ABOUT_ALLOWS, ALLOWABLE, KNOWN, allows_of
from dsl.diagnostic import Label

CODE = codes.FORBIDDEN_ALLOW

PAGE = Page(
    what="A comment `# allow(slug): reason` names an error, or a warning about such comments. "
    "Only other warnings can be allowed.",
    why="A catalog with an error cannot be billed with, whatever a comment says.",
    bad=TINY
    + """\
# allow(missing-line): has no price yet
service visit {
  type  fee
}
""",
    good=TINY
    + """\
service visit {
  type  fee
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each."""
    for allow in allows_of(resolved):
        if allow.slug in KNOWN and allow.slug not in ALLOWABLE:
            code = KNOWN[allow.slug]
            what = "a warning about comments" if code in ABOUT_ALLOWS else "an error"
            session.report(
                CODE,
                f"`{allow.slug}` cannot be allowed: it is {what}",
                Label(allow.named, f"this is {what}"),
                help="delete the comment, and mend what it was to allow",
            )
