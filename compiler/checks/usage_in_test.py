"""Report usage in a test that no feed of the catalog could have given."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import suggestion
from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import Resolved
from compiler.resolve.places import CARRIER, COUNTRY, DESTINATION
from compiler.resolve.scenarios import cast_of
from compiler.resolve.units import unit_of
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.feeds import FeedDeclaration
from dsl.syntax.scenarios import Dated, TestDeclaration, UsageAttribute, Uses
from dsl.syntax.services import ServiceDeclaration
from dsl.syntax.usage import UsageClassDeclaration

CODE = codes.USAGE_IN_TEST

ID = "id"
"""What usage in a test may say besides the attributes of feeds."""

_METERED = (
    TINY
    + """\
feed sessions {
  format     csv
  id         record
  at         started
  service    imsi
  quantity   bytes in byte
  attribute  kind
}

usage class web measured in data

rate group home {
  web  2.00 USD per GB
}

rate plan standard {
  home
}

service sim {
  type           recurring
  identified by  imsi
  price monthly  5.00 USD
  usage monthly {
    rates  standard
  }
}

package fleet {
  bills    monthly
  service  sim
}

test january {
  account  acme
  2026-01-01  acme buys fleet monthly as f
"""
)
_TAIL = """\
  bill 2026-02-01
  expect line f.sim usage  6.00 USD
}
"""

PAGE = Page(
    what="Usage in a test has an attribute that no feed gives, is measured in what no usage class "
    "is measured in, or is of a service that takes none.",
    why="Such usage cannot come from a file, so that the test would prove nothing.",
    bad=_METERED + "  2026-01-20  usage 3 GB for f.sim knd web\n" + _TAIL,
    good=_METERED + "  2026-01-20  usage 3 GB for f.sim kind web\n" + _TAIL,
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each fault of each usage."""
    known = _attributes(resolved)
    measures = {each.measure.text for each in resolved.all(UsageClassDeclaration)}
    for test in resolved.all(TestDeclaration):
        cast = cast_of(test)
        for each in test.statements:
            if isinstance(each, Dated) and isinstance(each.event, Uses):
                uses = each.event
                _check_attributes(resolved, uses, known, session)
                _check_measure(resolved, uses, measures, session)
                _check_service(resolved, cast.service_of(uses.subject), uses, session)


def _attributes(resolved: Resolved) -> tuple[str, ...]:
    """Give the attributes of all feeds, and what the language itself asks for."""
    feeds = resolved.all(FeedDeclaration)
    given = [each.name.text for feed in feeds for each in feed.attributes]
    given += [each.name.text for feed in feeds for own in feed.events for each in own.attributes]
    return tuple(dict.fromkeys([*given, COUNTRY, CARRIER, DESTINATION, ID]))


def _check_attributes(
    resolved: Resolved, uses: Uses, known: tuple[str, ...], session: Session
) -> None:
    seen: dict[str, UsageAttribute] = {}
    for each in uses.attributes:
        name = each.name.text
        first = seen.setdefault(name, each)
        if first is not each:
            session.report(
                CODE,
                f"the usage has two values of `{name}`",
                Label(each.name.span, "given again here"),
                [Label(first.name.span, "given first here")],
                "take one of the two out",
            )
        elif name not in known and not resolved.is_incomplete(Kind.FEED):
            session.report(
                CODE,
                f"no feed gives an attribute `{name}`",
                Label(each.name.span, "no such attribute"),
                help=suggestion(name, known) or "name an attribute of one of the feeds",
            )


def _check_measure(resolved: Resolved, uses: Uses, measures: set[str], session: Session) -> None:
    unit = unit_of(resolved, uses.quantity.unit)
    if unit is not None and unit.measure not in measures:
        if resolved.is_incomplete(Kind.USAGE_CLASS):
            return
        session.report(
            CODE,
            f"no usage class is measured in {unit.measure}",
            Label(uses.quantity.unit.span, f"a unit of {unit.measure}"),
            help="write a unit of what a usage class is measured in",
        )


def _check_service(resolved: Resolved, service: Name | None, uses: Uses, session: Session) -> None:
    own = None if service is None else EntityId(Kind.SERVICE, service.text)
    entity = None if own is None else resolved.entities.get(own)
    found = None if entity is None else entity.node
    if isinstance(found, ServiceDeclaration) and (found.usage is None or not found.identified_by):
        session.report(
            CODE,
            f"the service `{found.name.text}` takes no usage",
            Label(uses.subject.span, "cannot be used"),
            [Label(found.name.span, "declared here")],
            "give it `identified by` and `usage`, or use another service",
        )
