"""Report a catalog declaration beside another."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.catalog import CatalogDeclaration

CODE = codes.SECOND_CATALOG

PAGE = Page(
    what="The folder's files hold more than one `catalog` declaration.",
    why="A folder is one catalog, with one set of currencies and one time zone.",
    bad=TINY
    + """\
catalog other {
  currencies  EUR
  timezone    "Europe/Paris"
}
""",
    good="""\
catalog tiny {
  currencies  USD, EUR
  timezone    "UTC"
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each catalog after the first."""
    first, *others = resolved.all(CatalogDeclaration) or (None,)
    for other in others:
        if first is None or other is None:
            continue
        session.report(
            CODE,
            f"a second catalog, `{other.name.text}`, is declared in this folder",
            Label(other.name.span, "one folder is one catalog"),
            [Label(first.name.span, "the first is declared here")],
            "bring both into one declaration, or move one into a folder of its own",
        )
