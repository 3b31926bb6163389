"""Report prices for statuses that are not billable."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.facts import status_base
from compiler.price_sets import price_sets
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.services import ServiceStatusDeclaration

CODE = codes.UNBILLABLE_PRICE

LINE = """\
service status ordered   = non_billable
service status active    = billable
service status cancelled = canceled

lifecycle line {
  order      new -> ordered
  activate   ordered -> active
  terminate  ordered, active -> cancelled
}

"""

PAGE = Page(
    what="A price is set for a status whose base is `non_billable` or `canceled`.",
    why="Nothing is charged in such a status, so the price would never be billed.",
    bad=TINY
    + LINE
    + """\
service access {
  type       recurring
  lifecycle  line
  price monthly {
    ordered   5.00 USD
    active   80.00 USD
  }
}
""",
    good=TINY
    + LINE
    + """\
service access {
  type       recurring
  lifecycle  line
  price monthly {
    active   80.00 USD
  }
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each such row, and where the status gets its base."""
    for priced in price_sets(resolved):
        for price in priced.recurring_prices:
            for row in price.by_status:
                status = resolved.find(row.status, ServiceStatusDeclaration)
                base = None if status is None else status_base(status)
                if status is None or base is None or base == "billable":
                    continue
                session.report(
                    CODE,
                    f"{priced.subject} has a price in `{status.name.text}`, which is {base}",
                    Label(row.status.span, "nothing is charged in this status"),
                    [Label(status.base.span, f"`{status.name.text}` is declared {base} here")],
                    "delete the row"
                    if base == "canceled"
                    else "delete the row, or make the status `billable`",
                )
