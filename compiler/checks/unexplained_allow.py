"""Report an allow comment that gives no reason."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.suppression import ALLOWABLE, allows_of
from dsl.diagnostic import Label

CODE = codes.UNEXPLAINED_ALLOW

PAGE = Page(
    what="A comment `# allow(slug): reason` lets a warning pass and does not say why.",
    why="Who reviews the catalog next year could not tell whether it is still right.",
    bad=TINY
    + """\
service type visits = fee  # allow(unused-declaration)

service visit {
  type  fee
}
""",
    good=TINY
    + """\
service type visits = fee  # allow(unused-declaration): the May price sheet uses it

service visit {
  type  fee
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each; the warning it names passes all the same, so that this is said alone."""
    for allow in allows_of(resolved):
        if allow.slug in ALLOWABLE and not allow.reason:
            session.report(
                CODE,
                f"no reason is given for allowing `{allow.slug}`",
                Label(allow.span, "say why behind a colon"),
                help=f"write `# allow({allow.slug}): ` and the reason",
            )
