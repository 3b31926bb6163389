"""Report names that two declarations of one kind bear."""

from __future__ import annotations

from collections import Counter

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label

CODE = codes.DUPLICATE_NAME

MOST_OF_A_TABLE = 20
"""How many names of one table are reported: a table may be there twice."""

PAGE = Page(
    what="Two declarations of the same kind have the same name. All files of the folder are "
    "one scope.",
    why="A reference to the name could mean either, and the two may differ in price.",
    bad=TINY
    + """\
service visit {
  type  fee
}

service visit "Visit on site" {
  type  fee
}
""",
    good=TINY
    + """\
service visit {
  type  fee
}

service site_visit "Visit on site" {
  type  fee
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each later declaration of a name, and point at the first."""
    of_table: Counter[str] = Counter()
    for duplicate in resolved.duplicates:
        path = duplicate.again.span.path
        of_table[path] += path in resolved.tables.paths
        if duplicate.id.kind is Kind.CATALOG or of_table[path] > MOST_OF_A_TABLE:
            continue
        kind, name = duplicate.id.kind.words, duplicate.id.name
        session.report(
            CODE,
            f"the {kind} `{name}` is declared twice",
            Label(duplicate.again.span, "declared again here"),
            [Label(duplicate.first.span, "declared first here")],
            "give it another name, or delete one of the two",
        )
