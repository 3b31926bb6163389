"""Whose price a line is at, and whom else it was asked of: the choice that the run made.

The price that was chosen is a row of the program, found again by its source; what else was
asked are the owners of prices that the account service has on that day, as the choice itself
reads them (see runtime.charges.choice).  Nothing is chosen here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.choice import LEVELS
from runtime.invoice.draft import DueLine
from runtime.invoice.model import AskedLevel, PriceChoice
from runtime.program.model import Program
from runtime.program.prices import OneTimePrice, RecurringPrice, TransitionCharge


@dataclass(frozen=True, slots=True)
class Owner:
    """A level that an account service has besides the catalog: whose prices, on which days."""

    level: str
    owner: str
    from_day: date
    until_day: date


Owners = Mapping[str, tuple[Owner, ...]]
"""By account service."""

Row = RecurringPrice | OneTimePrice | TransitionCharge


def read_owners(connection: DuckDBPyConnection) -> Owners:
    """Read subscription.price_owners of the batch's account services."""
    found: dict[str, list[Owner]] = defaultdict(list)
    for name, *rest in connection.execute("""
        SELECT w.account_service, w.level, w.owner, w.from_day, w.until_day
        FROM subscription.price_owners AS w
        JOIN batch_service AS b ON b.account_service = w.account_service
        ORDER BY ALL
    """).fetchall():
        found[name].append(Owner(*rest))
    return {name: tuple(owners) for name, owners in found.items()}


class Choices:
    """What the program lets a line's price be chosen among."""

    def __init__(self, program: Program) -> None:
        self._rows: dict[tuple[int, str, str | None, str], Row] = {}
        for row in program.recurring_prices:
            self._rows.setdefault((row.source, row.service, row.status, row.currency), row)
        for price in program.one_time_prices:
            self._rows.setdefault((price.source, price.service, None, price.currency), price)
        for fee in program.transition_charges:
            self._rows.setdefault((fee.source, fee.fee_service, None, fee.currency), fee)
        every: list[Row] = [*program.recurring_prices, *program.one_time_prices]
        every += program.transition_charges
        self._is_asked = any(
            each.level != "catalog" or getattr(each, "start", None) is not None for each in every
        )
        self._plans = {each.id: each.rate_plan for each in program.price_plans}
        self._package_plans = {
            (each.package, each.service): each.rate_plan for each in program.package_services
        }
        self._service_plans = {each.id: each.rate_plan for each in program.services}
        self._has_plans = any(self._plans.values()) or any(self._package_plans.values())

    def of(self, due: DueLine, owners: Owners) -> PriceChoice | None:
        """Give the choice of a line's price or rate plan; None where there was none to make.

        A credit is of a price that an earlier run chose.
        """
        if due.is_credit:
            return None
        ours = tuple(each for each in owners.get(due.account_service, ()) if _is_on(each, due))
        if due.kind == "usage":
            return self._rate_plan(due, ours) if self._has_plans else None
        if due.kind not in {"recurring", "one_time", "transition"} or due.source is None:
            return None
        if not self._is_asked and not ours:
            return None
        if due.source < 0:
            return PriceChoice(level="override", owner=str(-due.source))
        status = due.status if due.kind == "recurring" else None
        row = self._rows.get((due.source, due.service, status, due.currency))
        if row is None:
            return None
        asked = tuple(_nearer(row.level, ours))
        if isinstance(row, TransitionCharge):
            return PriceChoice(level=row.level, owner=row.owner, asked=asked)
        return PriceChoice(
            level=row.level,
            owner=row.owner,
            start=row.start,
            audience=row.audience,
            asked=asked,
        )

    def _rate_plan(self, due: DueLine, ours: tuple[Owner, ...]) -> PriceChoice | None:
        """Give where the rate plan of a usage line was found, and where it was asked before."""
        named = [("price_plan", each.owner) for each in ours if each.level == "price_plan"]
        places = [(level, owner, self._plans.get(owner)) for level, owner in named]
        package = self._package_plans.get((due.package, due.sold_service))
        places.append(("package", due.package, package))
        places.append(("service", due.sold_service, self._service_plans.get(due.sold_service)))
        asked: list[AskedLevel] = []
        for level, owner, plan in places:
            if plan is not None:
                return PriceChoice(level=level, owner=owner, asked=tuple(asked))
            asked.append(AskedLevel(level=level, owner=owner))
        return None


def _is_on(owner: Owner, due: DueLine) -> bool:
    """Whether a level holds in the line's period, from before its days on."""
    begins = due.full_start or due.period_start
    return owner.from_day <= due.period_start and begins < owner.until_day


def _nearer(level: str, ours: tuple[Owner, ...]) -> Iterator[AskedLevel]:
    """Name the levels that are nearer than the one that has the price, nearest first."""
    for each in sorted(ours, key=lambda owner: LEVELS.index(owner.level)):
        if LEVELS.index(each.level) < LEVELS.index(level):
            yield AskedLevel(level=each.level, owner=each.owner)
