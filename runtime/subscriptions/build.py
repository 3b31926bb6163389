"""Builds the tables subscription.* from a book, step after step.

| step | leaves | is |
| --- | --- | --- |
| holdings | holdings | the account services and all that a row of the book says of them |
| statuses | service_events, package_events | every change of status, in order |
| | service_states, package_states | what status from what day |
| lives | lives, service_ends, package_ends | the days each is held; a view, and what ends them |
| package timeline | package_timeline | stretches of days of a package in one status |
| timeline | timeline, first_billable | stretches of days in one status, of service and package |
| occurrences | occurrences | the transitions that occurred |
| bill days | bill_days | the bill days of packages whose bill day changes |
| services | account_services | with activation and anchor |
| quantities | quantities | the quantities of those whose quantity changes |
| usage periods | usage_periods | the usage periods |
| price owners | price_owners, given_prices | whose prices hold, beside the catalog's |
| | held_contracts | which contract a package is under |
| rate plans | rate_plans | the rate plans that the book gives |
| discounts | discounts, timed_discounts | which discounts are given |
| known | known | a digest of all of the above, by account service |
| | own_kinds | which account services are equal in it but for whose they are |
| horizons | horizons, gone | up to when each is settled |
| alike | alike | whose charges are another's |
| periods | periods | the billing periods that fell due since |

Only the tables of runtime.tables stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from duckdb import DuckDBPyConnection

from runtime.book.offer import make_offer
from runtime.engine import create_table
from runtime.program.model import Program
from runtime.subscriptions.alike import find_alike
from runtime.subscriptions.bill_days import make_bill_days
from runtime.subscriptions.changed import make_quantities
from runtime.subscriptions.discounts import make_discounts
from runtime.subscriptions.holdings import make_holdings
from runtime.subscriptions.known import (
    Settled,
    charging_contracts,
    make_horizons,
    make_known,
)
from runtime.subscriptions.lives import make_lives
from runtime.subscriptions.occurrences import make_occurrences
from runtime.subscriptions.periods import make_periods, make_usage_periods
from runtime.subscriptions.price_owners import make_price_owners
from runtime.subscriptions.rate_plans import make_rate_plans
from runtime.subscriptions.services import make_account_services
from runtime.subscriptions.statuses import make_statuses
from runtime.subscriptions.timeline import make_package_timeline, make_timeline

STATES = ("service_states", "package_events", "package_states")
EVENTS = ("service_events",)
LIVED = ("holdings", "service_ends", "package_ends", "first_billable")
PASSING = ("contracts", "discount_uses", "timed_discounts")


def build_subscriptions(
    connection: DuckDBPyConnection,
    program: Program,
    as_of: date,
    settled: Settled | None = None,
    *,
    are_alike_found: bool = False,
    is_first: bool | None = None,
    forgets_book: bool = False,
) -> None:
    """Leave subscription.* as runtime.tables says, as known on the as-of date.

    Args:
        connection: holds a sound book, from load_book.
        program: the catalog it was sold from.
        as_of: status changes recorded later are not known; periods are those that have
            begun by then (in advance, usage) or ended by then (in arrears).
        settled: what the last run has settled; None: everything is looked at whole.
        are_alike_found: charges of account services that are alike are computed once, so that
            the periods of but one of them are made.
        is_first: nothing was ever posted; None: where nothing is settled.
        forgets_book: what is as long as the book, and read no more, goes as soon as it may:
            book.status_changes, and the rows of book.account_packages and, where no contract
            needs them, of book.account_services.
    """
    make_offer(connection, program)
    make_holdings(connection, program)
    make_statuses(connection, as_of)
    if forgets_book:
        connection.execute("DROP TABLE book.status_changes")
    make_lives(connection)
    make_timeline(connection)
    make_package_timeline(connection)
    _drop(connection, STATES)
    make_occurrences(connection)
    connection.execute("DROP VIEW subscription.lives")
    _drop(connection, EVENTS)
    make_bill_days(connection)
    make_account_services(connection)
    make_quantities(connection)
    _drop(connection, LIVED)
    make_usage_periods(connection, as_of)
    make_price_owners(connection, program)
    make_rate_plans(connection, program)
    if forgets_book:
        read_no_more = [] if charging_contracts(program) else ["book.account_services"]
        for name in ("book.account_packages", *read_no_more):
            connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM {name} LIMIT 0")
    make_discounts(connection, program)
    make_known(connection, program, as_of)
    make_horizons(connection, program, settled)
    create_table(connection, "subscription.alike")
    if are_alike_found:
        find_alike(connection, program, is_first=settled is None if is_first is None else is_first)
    _drop(connection, ("own_kinds",))
    make_periods(connection, as_of)
    _drop(connection, PASSING)


def _drop(connection: DuckDBPyConnection, names: Iterable[str]) -> None:
    """Drop tables as soon as nobody reads them: what comes next takes their memory."""
    for name in names:
        connection.execute(f"DROP TABLE subscription.{name}")
