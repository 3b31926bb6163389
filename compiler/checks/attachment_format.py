"""Report attachments in a format that the report does not have."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_attachment import REPORTS
from compiler.checks.wording import choice
from compiler.resolve.model import Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.billing import BillGroupDeclaration

CODE = codes.ATTACHMENT_FORMAT

PAGE = Page(
    what="A bill group attaches a report in a format that it cannot be written in: an invoice "
    "is `html`, `pdf`, `text`, `json`, `csv` (its lines) or `ubl` (an e-invoice), the detail of "
    "usage `csv`.",
    why="Nothing could be attached.",
    bad=TINY
    + """\
bill group fleets {
  deliver  email, attach usage_detail as pdf
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
    """Report each format that its report does not have."""
    for group in resolved.all(BillGroupDeclaration):
        for attachment in group.attachments:
            report, written_as = attachment.report, attachment.format
            formats = REPORTS.get(report.text)
            if formats is not None and written_as.text not in formats:
                near = nearest(written_as.text, formats)
                session.report(
                    CODE,
                    f"`{report.text}` cannot be attached as `{written_as.text}`",
                    Label(written_as.span, "not a format of this report"),
                    help=f"did you mean `{near}`?" if near else f"write {choice(formats)}",
                )
