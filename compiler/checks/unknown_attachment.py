"""Report attachments that no report is called by."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import choice
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.billing import BillGroupDeclaration

CODE = codes.UNKNOWN_ATTACHMENT

REPORTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "invoice": ("html", "pdf", "text", "json", "csv", "ubl"),
        "usage_detail": ("csv",),
    }
)
"""The reports that can go with an invoice, and the formats each can be written in."""

PAGE = Page(
    what="A bill group attaches a report that there is not. There are `invoice`, the document "
    "itself, and `usage_detail`, each rated piece of usage.",
    why="Nothing could be attached.",
    bad=TINY
    + """\
bill group fleets {
  deliver  email, attach usage_details as csv
}
""",
    good=TINY
    + """\
bill group fleets {
  deliver  email, attach usage_detail as csv
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unknown report."""
    for group in resolved.all(BillGroupDeclaration):
        for attachment in group.attachments:
            name = attachment.report
            if name.text not in REPORTS:
                near = nearest(name.text, REPORTS)
                session.report(
                    CODE,
                    f"the bill group `{group.name.text}` attaches `{name.text}`, "
                    "and there is no such report",
                    Label(name.span, "no such report"),
                    help=f"did you mean `{near}`?" if near else f"write {choice(REPORTS)}",
                )
