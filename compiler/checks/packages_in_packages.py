"""Report counting rules that count packages by the packages they are in."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.counting import CountingRuleDeclaration

CODE = codes.PACKAGES_IN_PACKAGES

_PACKAGE = """\
package status open = billable

service line {
  type  recurring
  price monthly 5.00 USD
}

package fleet {
  bills    monthly
  service  line
}

"""

PAGE = Page(
    what="A counting rule counts packages, and then asks for the status of the package they "
    "are in.",
    why="Packages are in no other package; their own statuses stand behind `in`.",
    bad=TINY + _PACKAGE + "count fleets = package fleet where package in open\n",
    good=TINY + _PACKAGE + "count fleets = package fleet in open\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each `where package in` beside `package`."""
    for rule in resolved.all(CountingRuleDeclaration):
        if rule.counted.text == "package" and rule.package_statuses:
            first, last = rule.package_statuses[0].span, rule.package_statuses[-1].span
            own = ", ".join(name.text for name in rule.package_statuses)
            session.report(
                CODE,
                f"`{rule.name.text}` counts packages, which are in no other package",
                Label(Span(first.path, first.start, last.end), "the status of which package?"),
                [Label(rule.counted.span, "packages are counted here")],
                "take `where package in` out"
                if rule.statuses
                else f"write their own statuses: `package {rule.things[0].text} in {own}`",
            )
