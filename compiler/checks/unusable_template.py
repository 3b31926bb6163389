"""Report invoice templates that are not there, or that cannot be read as one."""

from __future__ import annotations

from collections.abc import Mapping

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.codes import Code
from dsl.diagnostic import Label
from dsl.source import Source, Span
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
    report_mistakes(resolved, session, CODE, "unusable")


def report_mistakes(resolved: Resolved, session: Session, code: Code, kind: str) -> None:
    """Report the mistakes of a kind in the templates that are there, at their places."""
    if not resolved.templates.read:
        return
    from compiler.template_check import mistakes_of  # heavy; few catalogs need it
    from runtime.invoice.own_template import OwnTemplate

    sources = {source.path: source for source in resolved.templates.sources}
    for group in resolved.all(BillGroupDeclaration):
        found = resolved.templates.of(group.template)
        if group.template is None or found is None:
            continue
        for mistake in mistakes_of(OwnTemplate(found.path, found.texts)):
            if mistake.kind == kind:
                at = Label(_place(sources, mistake.path, mistake.line, mistake.word), "here")
                named = Label(group.template.span, "the template is named here")
                message = f"{mistake.message[:1].lower()}{mistake.message[1:]}"
                session.report(code, message, at, [named], mistake.help)


def _place(sources: Mapping[str, Source], path: str, line: int, word: str) -> Span:
    """Find a word in a line of a template; the line's text where it is not in it."""
    source = sources[path]
    number = min(max(line, 1), source.line_count)
    start, text = source.line_start(number), source.line(number)
    at = text.find(word) if word else -1
    if at < 0:
        at, word = len(text) - len(text.lstrip()), text.strip()
    return Span(path, start + at, start + at + len(word))
