"""Report shared folders that cannot be taken into the catalog."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label

CODE = codes.UNUSABLE_FOLDER

PAGE = Page(
    what="The catalog uses a shared folder that is not there, holds no `*.ratebook` file, is "
    "part of the catalog, holds a catalog of its own, or is used twice.",
    why="What the folder declares is missing from the catalog. Until it can be read, names "
    "that are not found are not reported: they may be declared in it.",
    bad="""\
catalog tiny {
  currencies  USD
  timezone    "UTC"
  use         "../shared/nowhere"
}
""",
    good=TINY,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each folder where it is named."""
    for lost in resolved.lost_folders:
        session.report(
            CODE,
            f"the folder `{lost.use.value}` cannot be used",
            Label(lost.use.span, lost.reason),
        )
