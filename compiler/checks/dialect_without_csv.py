"""Report feeds that say how CSV files are written and read none."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.feeds import FeedDeclaration

CODE = codes.DIALECT_WITHOUT_CSV

SERVICE = """\
service line {
  type           recurring
  identified by  phone
}

"""

PAGE = Page(
    what="A feed has a line that is about CSV files (`separator`, `quote`, `decimal`, "
    "`encoding`, `columns`), and its `format` has no `csv`.",
    why="JSON and Parquet files say these things themselves; the line would do nothing.",
    bad=TINY
    + SERVICE
    + """\
feed calls {
  format     parquet
  separator  ";"
  id         call_id
  at         started
  service    phone
  quantity   seconds in s
}
""",
    good=TINY
    + SERVICE
    + """\
feed calls {
  format     csv, parquet
  separator  ";"
  id         call_id
  at         started
  service    phone
  quantity   seconds in s
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such line; a feed without `format` is reported for that alone."""
    for feed in resolved.all(FeedDeclaration):
        if not feed.formats or any(word.text == "csv" for word in feed.formats):
            continue
        for word, span in _lines(feed):
            session.report(
                CODE,
                f"the feed `{feed.name.text}` reads no CSV, and says its `{word}`",
                Label(span, "of CSV files only"),
                [Label(feed.formats[0].span, "its formats are named here")],
                f"add `csv` to the formats, or take the `{word}` line out",
            )


def _lines(feed: FeedDeclaration) -> Iterator[tuple[str, Span]]:
    texts = (
        ("separator", feed.separator),
        ("quote", feed.quote),
        ("decimal", feed.decimal),
        ("encoding", feed.encoding),
    )
    yield from ((word, text.span) for word, text in texts if text is not None)
    if feed.columns:
        yield "columns", feed.columns[0].span
