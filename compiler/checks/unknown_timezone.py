"""Report time zones that the IANA list does not have."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.wording import suggestion
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Text
from dsl.syntax.catalog import CatalogDeclaration
from dsl.syntax.feeds import FeedDeclaration
from runtime.program.time_zones import zone_names

CODE = codes.UNKNOWN_TIMEZONE

PAGE = Page(
    what="A time zone is not in the IANA time zone list, which names zones by continent and "
    "city: `America/Toronto`, `Europe/Paris`, or `UTC`.",
    why="The zone decides on which day, and so in which period, usage falls.",
    bad="""\
catalog tiny {
  currencies  USD
  timezone    "America/Torronto"
}
""",
    good="""\
catalog tiny {
  currencies  USD
  timezone    "America/Toronto"
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unknown zone of the catalog and of the feeds."""
    for zone in _zones(resolved):
        if zone.value not in zone_names():
            session.report(
                CODE,
                f"`{zone.value}` is not a time zone",
                Label(zone.span, "no such time zone"),
                help=_city(zone.value)
                or suggestion(zone.value, zone_names())
                or 'write a zone of the IANA list, such as `"America/Toronto"` or `"UTC"`',
            )


def _city(text: str) -> str | None:
    """Ask for the zone of a city that is named without its continent."""
    ending = "/" + text.strip().replace(" ", "_").lower()
    zones = sorted(zone for zone in zone_names() if zone.lower().endswith(ending))
    return f"did you mean `{zones[0]}`?" if zones else None


def _zones(resolved: Resolved) -> Iterator[Text]:
    for catalog in resolved.all(CatalogDeclaration):
        if catalog.timezone is not None:
            yield catalog.timezone
    for feed in resolved.all(FeedDeclaration):
        if feed.time is not None and feed.time.timezone is not None:
            yield feed.time.timezone
