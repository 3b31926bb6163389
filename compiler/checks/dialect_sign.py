"""Report separators, quotes and decimal signs that a CSV file cannot have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from compiler import codes
from compiler.checks.dialect_without_csv import SERVICE
from compiler.checks.page import TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Text
from dsl.syntax.feeds import FeedDeclaration

CODE = codes.DIALECT_SIGN

PAGE = Page(
    what="A feed's `separator` is not one character, its `quote` not one or none, its `decimal` "
    "neither a point nor a comma, or separator and quote are the same.",
    why="The fields of a line could not be told apart, or no number could be read.",
    bad=TINY
    + SERVICE
    + """\
feed calls {
  format     csv
  separator  "; "
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
  format     csv
  separator  ";"
  id         call_id
  at         started
  service    phone
  quantity   seconds in s
}
""",
)


class _Fault(NamedTuple):
    text: Text
    words: str
    label: str
    help: str


def check(resolved: Resolved, session: Session) -> None:
    """Report each sign once."""
    for feed in resolved.all(FeedDeclaration):
        for fault in _faults(feed):
            session.report(
                CODE,
                f"the {fault.words} of the feed `{feed.name.text}` cannot be "
                f"`{_shown(fault.text.value)}`",
                Label(fault.text.span, fault.label),
                help=fault.help,
            )


def _faults(feed: FeedDeclaration) -> Iterator[_Fault]:
    separator, quote, decimal = feed.separator, feed.quote, feed.decimal
    one = 'write one character: `separator ";"`, `"|"`, or `"\\t"` for a tab'
    if separator is not None and not _is_sign(separator.value):
        yield _Fault(separator, "separator", _count(separator.value), one)
    if quote is not None and quote.value and not _is_sign(quote.value):
        none = 'write one character, or `quote ""` where no field is quoted'
        yield _Fault(quote, "quote", _count(quote.value), none)
    elif separator is not None and quote is not None and quote.value == separator.value:
        yield _Fault(quote, "quote", "the separator is the same", "write another character")
    if decimal is not None and decimal.value not in {".", ","}:
        yield _Fault(
            decimal,
            "decimal sign",
            "neither a point nor a comma",
            'write `decimal ","`; without the line it is a point',
        )


def _is_sign(value: str) -> bool:
    return len(value) == 1 and value not in "\r\n\0"


def _count(value: str) -> str:
    return "a line's end" if len(value) == 1 else f"{len(value)} characters"


def _shown(value: str) -> str:
    return value.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0")
