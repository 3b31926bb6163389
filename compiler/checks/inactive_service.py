"""Warn of packages that hold a service which is not active."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import sold_services
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.offers import PackageDeclaration

CODE = codes.INACTIVE_SERVICE

_PACKAGE = """\

package business {
  bills    monthly
  service  line
}
"""

PAGE = Page(
    what="A package holds a service that is marked `inactive`.",
    why="An inactive service can be neither sold nor billed, so the package bills less than it "
    "seems to.",
    bad=TINY
    + """\
service line {
  type  recurring
  inactive
  price monthly  5.00 USD
}
"""
    + _PACKAGE,
    good=TINY
    + """\
service line {
  type  recurring
  price monthly  5.00 USD
}
"""
    + _PACKAGE,
)


def check(resolved: Resolved, session: Session) -> None:
    """Warn of each inactive service in a package."""
    for package in resolved.all(PackageDeclaration):
        for item, service in sold_services(resolved, package):
            if service.inactive is not None:
                session.report(
                    CODE,
                    f"the package `{package.name.text}` holds `{service.name.text}`, "
                    "which is inactive",
                    Label(item.span, "neither sold nor billed"),
                    [Label(service.inactive.span, "it is made inactive here")],
                    "take it out of the package, or make it active",
                )
