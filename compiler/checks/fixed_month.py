"""Report prorations by months of another length than 30 days."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import PRORATIONS
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.offers import PackageDeclaration

CODE = codes.FIXED_MONTH

LINE = """\
service line {
  type  recurring
  price monthly 5.00 USD
}

"""

PAGE = Page(
    what="A package is prorated by months that all have the same number of days, and the "
    "number is not 30.",
    why="Only months of 30 days are in use; with others, the days of a year would not add up.",
    bad=TINY
    + LINE
    + """\
package business {
  bills     monthly
  prorated  by fixed 31
  service   line
}
""",
    good=TINY
    + LINE
    + """\
package business {
  bills     monthly
  prorated  by fixed 30
  service   line
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such number of days."""
    for package in resolved.all(PackageDeclaration):
        if package.prorated is not None and package.prorated.text not in PRORATIONS:
            session.report(
                CODE,
                f"the package `{package.name.text}` counts months of "
                f"{package.prorated.text.removeprefix('fixed_')} days",
                Label(package.prorated.span, "a fixed month has 30 days"),
                help="write `prorated by fixed 30`, or `by days` for the months' own days",
            )
