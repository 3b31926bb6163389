"""Report invoice templates that are not there, or that cannot be read as one."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.billing import BillGroupDeclaration

CODE = codes.UNUSABLE_TEMPLATE

PAGE = Page(
    what="The template that a bill group names is not in the catalog's folder, is not text, or "
    "has a mistake. Its path counts from the file that names it. Without `invoice template`, "
    "invoices have Ratebook's own.",
    why="The invoices of its accounts could not be drawn.",
    bad=TINY
    + """\
bill group fleets {
  bill day  1
  invoice   template "templates/nowhere.html.j2"
}
""",
    good=TINY
    + """\
bill group fleets {
  bill day  1
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each template that is lost, and each that does not parse."""
    for lost in resolved.templates.lost:
        session.report(
            CODE,
            f"the template `{lost.use.value}` cannot be used",
            Label(lost.use.span, lost.reason),
            help=lost.help,
        )
    for group in resolved.all(BillGroupDeclaration):
        found = resolved.templates.of(group.template)
        if group.template is None or found is None:
            continue
        from runtime.invoice.html import template_mistake  # heavy; few catalogs need it

        mistake = template_mistake(found.text)
        if mistake is not None:
            session.report(
                CODE,
                f"the template `{group.template.value}` has a mistake in line {mistake.line}",
                Label(group.template.span, mistake.message),
            )
