"""Report attributes that usage is asked for and that a feed does not give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import suggestion
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.resolve.walk import every
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.expressions import Expression, FieldUse
from dsl.syntax.usage import (
    BaseBucketDeclaration,
    FeedDeclaration,
    RateGroupDeclaration,
    UsageClassDeclaration,
)

CODE = codes.UNKNOWN_ATTRIBUTE

COUNTRY = "country"
"""The attribute that decides whether an event is in a zone."""

FEED = """\
feed calls {
  format     csv
  id         call_id
  at         started
  service    phone
  quantity   seconds in s
  attribute  kind
}

service line {
  type           recurring
  identified by  phone
}

"""

PAGE = Page(
    what="A usage class, a rate group or a base bucket asks for an attribute of the usage "
    "that a feed does not have, or a rate is for a zone and a feed has no `country`.",
    why="A missing attribute makes a condition not hold, and the usage of that feed would "
    "fall through to another class or rate.",
    bad=TINY
    + FEED
    + """\
usage class voice measured in time when knd == "voice"
""",
    good=TINY
    + FEED
    + """\
usage class voice measured in time when kind == "voice"
""",
)


@dataclass(frozen=True, slots=True)
class Use:
    """An attribute that is asked for; `what` says why where the text does not show it."""

    name: str
    span: Span
    what: str = ""


def check(resolved: Resolved, session: Session) -> None:
    """Report each attribute once for each place, with the feeds that lack it."""
    feeds = resolved.all(FeedDeclaration)
    if resolved.is_incomplete(Kind.FEED):
        return
    given = {feed.name.text: _given(feed) for feed in feeds}
    for use in _uses(resolved):
        lacking = [feed for feed in feeds if use.name not in given[feed.name.text]]
        if not lacking:
            continue
        names = [name for feed in lacking for name in given[feed.name.text]]
        lead = "the feed" if len(feeds) == 1 else "every feed must give it; the feed"
        session.report(
            CODE,
            f"no attribute `{use.name}` is given by the feed `{lacking[0].name.text}`{use.what}",
            Label(use.span, "asked for here"),
            [
                Label(feed.name.span, f"{lead} `{feed.name.text}` does not give it")
                for feed in lacking
            ],
            suggestion(use.name, names) or f"add `attribute {use.name}` to the feed",
        )


def _given(feed: FeedDeclaration) -> tuple[str, ...]:
    return tuple(attribute.name.text for attribute in feed.attributes)


def _uses(resolved: Resolved) -> Iterator[Use]:
    for declaration in resolved.declarations:
        match declaration:
            case UsageClassDeclaration():
                yield from _fields(declaration.criterion)
            case BaseBucketDeclaration():
                yield from _fields(declaration.where)
            case RateGroupDeclaration():
                yield from _fields(declaration.criterion)
                for row in declaration.rows:
                    if row.zone is not None:
                        yield Use(COUNTRY, row.zone.span, ", and a zone is decided by it")
            case _:
                continue


def _fields(expression: Expression | None) -> Iterator[Use]:
    for field in every(expression, FieldUse):
        yield Use(field.name.text, field.name.span)
