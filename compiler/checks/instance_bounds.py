"""Report services in a package whose default lies outside their bounds."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.instances import instances
from compiler.numbers import is_whole
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Number
from dsl.syntax.offers import PackageDeclaration, PackageService

CODE = codes.INSTANCE_BOUNDS

_SERVICE = """\
service line {
  type  recurring
  price monthly 5.00 USD
}

"""

PAGE = Page(
    what="A package holds from `minimum..maximum` of a service and starts with `default`; the "
    "three must be whole numbers in that order, with the default between.",
    why="A sale starts with the default and must be a sale that the package allows.",
    bad=TINY
    + _SERVICE
    + """\
package business {
  bills    monthly
  service  line 2..50 default 1
}
""",
    good=TINY
    + _SERVICE
    + """\
package business {
  bills    monthly
  service  line 1..50 default 2
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each service whose numbers do not fit together."""
    for package in resolved.all(PackageDeclaration):
        for item in package.services:
            if not _report_parts(item, session):
                _check_order(item, session)


def _report_parts(item: PackageService, session: Session) -> bool:
    """Report numbers of instances that are not whole; tell whether there are any."""
    parts = [
        number
        for number in (item.minimum, item.maximum, item.default)
        if number is not None and not is_whole(number.value)
    ]
    for number in parts:
        session.report(
            CODE,
            f"a package cannot hold {number.value} of `{item.service.text}`",
            Label(number.span, "not a whole number"),
            help="write a whole number",
        )
    return bool(parts)


def _check_order(item: PackageService, session: Session) -> None:
    own = instances(item)
    name = item.service.text
    if own.maximum is not None and (own.maximum < own.minimum or own.maximum < 1):
        fault = f"at least {own.minimum} and at most {own.maximum}" if own.maximum else "at most 0"
        session.report(
            CODE,
            f"a package holds {fault} of `{name}`",
            _at(item.maximum, item),
            [] if item.minimum is None else [Label(item.minimum.span, "the minimum")],
            "write the smaller number first: `1..50`",
        )
    elif own.default < own.minimum or (own.maximum is not None and own.default > own.maximum):
        bound = item.minimum if own.default < own.minimum else item.maximum
        until = "" if own.maximum is None else f"..{own.maximum}"
        session.report(
            CODE,
            f"a package starts with {own.default} of `{name}` and holds {own.minimum}{until}",
            _at(item.default, item),
            [] if bound is None else [Label(bound.span, "the bound it breaks")],
            f"write a default within {own.minimum}{until}",
        )


def _at(number: Number | None, item: PackageService) -> Label:
    return Label(item.span if number is None else number.span, "does not fit the others")
