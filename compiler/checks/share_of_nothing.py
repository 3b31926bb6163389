"""Report rates that are a share of the event's amount, where no feed gives one."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import measure_of, terms_of
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.resolve.units import unit_of
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.feeds import FeedDeclaration, FeedEvent
from dsl.syntax.rates import RateGroupDeclaration, RateRow
from dsl.syntax.usage import UsageClassDeclaration

CODE = codes.SHARE_OF_NOTHING

_SALES = """\
usage class sale measured in count

rate group fees {
  sale  2.9% of amount + 0.30 USD per event
}

rate plan standard {
  fees
}

service checkout {
  type           recurring
  identified by  shop
  usage monthly {
    rates  standard
  }
}

feed payments {
  format    jsonl
  id        id
  at        paid
  service   shop
  quantity  1 in count
"""

PAGE = Page(
    what="A rate is a percentage of the event's amount, and no feed whose usage is measured "
    "as its class is gives an amount.",
    why="No such event could be rated.",
    bad=TINY + _SALES + "}\n",
    good=TINY + _SALES + "  amount    gross in USD\n}\n",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such share, with the feeds that could give an amount."""
    feeds = resolved.all(FeedDeclaration)
    if resolved.is_incomplete(Kind.FEED) or not feeds:
        return
    for group in resolved.all(RateGroupDeclaration):
        for row in group.rows:
            _check_row(resolved, row, feeds, session)


def _check_row(
    resolved: Resolved, row: RateRow, feeds: tuple[FeedDeclaration, ...], session: Session
) -> None:
    shares = [term for term in terms_of(row.price) if term.percent is not None]
    usage_class = resolved.find(row.usage_class, UsageClassDeclaration)
    due = None if usage_class is None else measure_of(usage_class)
    if not shares or due is None:
        return
    asked = [feed for feed in feeds if _measures(resolved, feed) & {due, None}]
    if not asked or any(feed.amount is not None for feed in asked):
        return
    session.report(
        CODE,
        f"`{row.usage_class.text}` is rated by a share of its amount, and no feed gives one",
        Label(shares[0].span, "of what?"),
        [Label(feed.name.span, "gives no amount") for feed in asked],
        "add `amount <field> in USD` to the feed",
    )


def _measures(resolved: Resolved, feed: FeedDeclaration) -> set[str | None]:
    parts: tuple[FeedDeclaration | FeedEvent, ...] = feed.events or (feed,)
    units = [
        None if part.quantity is None else unit_of(resolved, part.quantity.unit) for part in parts
    ]
    return {None if unit is None else unit.measure for unit in units}
