"""Report packages that sell a fee."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import service_base, sold_services
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.offers import PackageDeclaration

CODE = codes.FEE_SOLD

_PACKAGE = """\

package business {
  bills    monthly
  service  setup
}
"""

PAGE = Page(
    what="A package holds a service of type `fee`.",
    why="A fee has no price of its own: it is charged by transitions. Sold in a package it "
    "would bill nothing. What is charged once when it is sold is `non_recurring`.",
    bad=TINY
    + """\
service setup {
  type  fee
}
"""
    + _PACKAGE,
    good=TINY
    + """\
service setup {
  type   non_recurring
  price  50.00 USD
}
"""
    + _PACKAGE,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each fee in a package."""
    for package in resolved.all(PackageDeclaration):
        for item, service in sold_services(resolved, package):
            if service_base(resolved, service) == "fee":
                also = [] if service.type is None else [Label(service.type.span, "its type")]
                session.report(
                    CODE,
                    f"the package `{package.name.text}` sells `{service.name.text}`, "
                    "which is a fee",
                    Label(item.span, "a fee is charged by transitions"),
                    also,
                    "make its type `non_recurring`, or charge it on a transition",
                )
