"""Report fields that a feed reads from files without a header, and that no column is called."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.checks.dialect_without_csv import SERVICE
from compiler.checks.page import TINY, Page
from compiler.checks.wording import suggestion
from compiler.facts import amount_currency
from compiler.resolve.model import Resolved
from compiler.resolve.walk import every
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.expressions import FieldUse
from dsl.syntax.feeds import FeedAttribute, FeedDeclaration

CODE = codes.UNKNOWN_COLUMN

PAGE = Page(
    what="A feed says the `columns` of its files, which have no header line, and reads a field "
    "that is none of them.",
    why="The field would be missing in each record, and a file would be refused.",
    bad=TINY
    + SERVICE
    + """\
feed calls {
  format    csv
  columns   call_id, started, phone, seconds
  id        call_id
  at        started
  service   phone
  quantity  secs in s
}
""",
    good=TINY
    + SERVICE
    + """\
feed calls {
  format    csv
  columns   call_id, started, phone, seconds
  id        call_id
  at        started
  service   phone
  quantity  seconds in s
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each field once, where it stands first."""
    for feed in resolved.all(FeedDeclaration):
        if not feed.columns or all(word.text != "csv" for word in feed.formats):
            continue
        columns = [name.text for name in feed.columns]
        read = {name.text: name for name in reversed([*_fields(feed)])}
        for name in sorted(read.values(), key=lambda each: each.span.start):
            if name.text not in columns:
                session.report(
                    CODE,
                    f"no column of the feed `{feed.name.text}` is called `{name.text}`",
                    Label(name.span, "no such column"),
                    [Label(feed.columns[0].span, "its columns are named here")],
                    suggestion(name.text, columns) or f"add `{name.text}` to the columns",
                )


def _fields(feed: FeedDeclaration) -> Iterator[Name]:
    """Give every name of a field that the feed reads."""
    yield from feed.id
    if feed.time is not None:
        yield feed.time.column
    yield from (use.name for use in every(feed, FieldUse))
    for attribute in every(feed, FeedAttribute):
        if attribute.expression is None:
            yield attribute.name
    if feed.amount is not None and amount_currency(feed.amount) is None:
        yield feed.amount.currency
