"""Report versions of a price that leave open what holds, or could never hold."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import codes
from compiler.checks.page import Page
from compiler.checks.wording import amounts, listed, quoted
from compiler.facts import (
    PriceCell,
    billable_statuses,
    catalog_currencies,
    frequency_words,
    price_cells,
    version_key,
    version_words,
)
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.services import PriceVersion, ServiceDeclaration

CODE = codes.PRICE_VERSION

PAGE = Page(
    what="A price from a date on is not given for all that the price before it is given for, has "
    "no price before it, or is for renewals of what is charged once.",
    why="Where the later price lacks a currency or a status, the earlier one would go on to hold "
    "for some customers and not for others, and nothing in the text says so.",
    bad="""\
catalog tiny {
  currencies  USD, EUR
  timezone    "UTC"
}

service access {
  type  recurring
  price monthly                               5.00 USD, 4.50 EUR
  price monthly from 2027-01-01 for new sales  6.00 USD
}
""",
    good="""\
catalog tiny {
  currencies  USD, EUR
  timezone    "UTC"
}

service access {
  type  recurring
  price monthly                               5.00 USD, 4.50 EUR
  price monthly from 2027-01-01 for new sales  6.00 USD, 5.50 EUR
}
""",
)

Held = dict[str, dict[str, None]]
"""The currencies of a version, by status."""


def check(resolved: Resolved, session: Session) -> None:
    """Report each such version once."""
    for service in resolved.all(ServiceDeclaration):
        _check_recurring(resolved, service, session)
        for price in service.one_time_prices:
            if price.version is not None and price.version.audience.text == "renewals":
                session.report(
                    CODE,
                    f"the price of `{service.name.text}` is charged once, and never renewed",
                    Label(price.version.audience.span, "nothing is renewed here"),
                    help="write `for new sales` or `for all`",
                )


def _check_recurring(resolved: Resolved, service: ServiceDeclaration, session: Session) -> None:
    if all(price.version is None for price in service.recurring_prices):
        return
    statuses = billable_statuses(resolved, service)
    if statuses is None or resolved.has_lost_prices:
        return
    cells = [cell for cell in price_cells(resolved, service) if cell.price.derived is None]
    for months in dict.fromkeys(cell.months for cell in cells):
        own = [cell for cell in cells if cell.months == months]
        base = _held((cell for cell in own if cell.version is None), statuses)
        versions: dict[tuple[str, str], PriceVersion] = {}
        for cell in own:
            if cell.version is not None:
                versions.setdefault(version_key(cell.version), cell.version)
        for key, version in versions.items():
            held = _held((cell for cell in own if version_key(cell.version) == key), statuses)
            what = (
                f"the {frequency_words(months)} price of `{service.name.text}`"
                f"{version_words(version)}"
            )
            _check_version(what, version, held, base, catalog_currencies(resolved), session)


def _held(cells: Iterator[PriceCell], statuses: tuple[str, ...]) -> Held:
    found: Held = {}
    for cell in cells:
        for status in statuses if cell.row is None else (cell.row.status.text,):
            found.setdefault(status, {})[cell.money.currency.text] = None
    return found


def _check_version(
    what: str,
    version: PriceVersion,
    held: Held,
    base: Held,
    currencies: tuple[str, ...],
    session: Session,
) -> None:
    if not base:
        session.report(
            CODE,
            f"{what} has no price before it",
            Label(version.span, "and until then?"),
            help="write the price that holds until then, or leave `from` out",
        )
        return
    lacking = [status for status in base if status not in held]
    if lacking:
        session.report(
            CODE,
            f"{what} is not given for {quoted(lacking)}",
            Label(version.span, f"given for {quoted(held)} only"),
            help=f"add `{lacking[0]}  {amounts(base[lacking[0]])}`; "
            "a price that stays is written again",
        )
        return
    for status, given in held.items():
        missing = [code for code in base.get(status, {}) if code not in given]
        if missing and set(given) <= set(currencies):
            session.report(
                CODE,
                f"{what} is not given in {listed(missing)}",
                Label(version.span, f"given in {listed(given)} only"),
                help=f"add `, {amounts(missing)}`",
            )
            return
