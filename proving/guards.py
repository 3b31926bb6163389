"""Ask every price that a guard is for, and give those for which it does not hold."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import assert_never

from compiler.resolve.model import Resolved
from compiler.resolve.walk import every
from compiler.tables import costs
from dsl.printer.guards import claim as printed
from dsl.source import Source
from dsl.syntax.base import Money, Number, Percent
from dsl.syntax.guards import (
    Claim,
    Claimed,
    ClaimedArithmetic,
    ClaimedCost,
    ClaimedPrice,
    GuardDeclaration,
    GuardScope,
)
from proving.prices import CATALOG, Key, Owner, Priced, PriceSheet, price_sheet, quantities
from runtime.program.model import Program
from runtime.program.terms import IN_SERVICE

PLACES = 12

_HOLDS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORKED_OUT: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}

Costs = Mapping[tuple[str, str], Mapping[int, Fraction]]
"""What one of a service costs its seller, by service and currency, for so many months."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A price for which a claim does not hold.

    Attributes:
        case: what is priced, in words.
        left, right: what the sides of the claim come to, in major units.
        sources: the catalog's lines of the prices, `path:line: text`.
    """

    claim: str
    case: str
    left: str
    right: str
    currency: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """A guard, how many prices it was asked for, and those that break it."""

    node: GuardDeclaration
    path: str
    line: int
    asked: int
    breaches: tuple[Breach, ...]

    @property
    def name(self) -> str:
        """By which it is known."""
        return self.node.name.text

    @property
    def has_failed(self) -> bool:
        """Whether a price breaks it, or there is none that it could be asked for."""
        return bool(self.breaches) or not self.asked


def check_guards(
    program: Program, resolved: Resolved, names: frozenset[str] | None = None
) -> tuple[GuardVerdict, ...]:
    """Ask the guards of a catalog; `names`: only these."""
    sheet = price_sheet(program)
    return tuple(
        _verdict(_Asking(program, resolved, sheet, node, _source(resolved, node)))
        for node in resolved.all(GuardDeclaration)
        if names is None or node.name.text in names
    )


def _source(resolved: Resolved, node: GuardDeclaration) -> Source:
    return next(each.source for each in resolved.files if each.source.path == node.span.path)


@dataclass(frozen=True, slots=True)
class _Asking:
    program: Program
    resolved: Resolved
    sheet: PriceSheet
    node: GuardDeclaration
    source: Source


@dataclass(frozen=True, slots=True)
class _Case:
    """What the claim is asked for; months and status fill what a price of it leaves open."""

    owner: Owner
    day: date | None
    service: str
    months: int | None
    status: str | None
    currency: str
    quantity: int = 1

    def key(self, node: ClaimedPrice) -> Key:
        return Key(
            self.service,
            node.frequency.months if node.frequency else self.months,
            node.status.text if node.status else self.status,
            self.currency,
        )


def _verdict(asking: _Asking) -> GuardVerdict:
    asked = 0
    breaches: list[Breach] = []
    known = _costs(asking)
    for claim in asking.node.claims:
        last: tuple[_Case, dict[Key, Priced]] | None = None
        for case in _cases(asking, claim):
            found = _prices(asking, claim, case)
            same_but_day = last is not None and replace(case, day=last[0].day) == last[0]
            if found is None or (last is not None and same_but_day and found == last[1]):
                continue  # no price of the claim has changed on that day
            last = (case, found)
            first: Breach | None = None
            for quantity in quantities(each.price for each in found.values()):
                own = replace(case, quantity=quantity)
                sides = [_value(each, own, found, known) for each in (claim.left, claim.right)]
                if sides[0] is None or sides[1] is None:
                    continue
                asked += 1
                if first is None and not _HOLDS[claim.operator](sides[0], sides[1]):
                    first = _breach(asking, claim, own, found, sides[0], sides[1])
            breaches += [] if first is None else [first]
    line = asking.source.text.count("\n", 0, asking.node.span.start) + 1
    return GuardVerdict(asking.node, asking.source.path, line, asked, tuple(breaches))


def _cases(asking: _Asking, claim: Claim) -> Iterator[_Case]:
    """Give what a claim leaves open, each once."""
    prices = list(every(claim, ClaimedPrice))
    leaves_months = any(each.frequency is None for each in prices)
    leaves_status = any(each.status is None for each in prices)
    stated = {each.currency.text for each in every(claim, Money)}
    seen: set[_Case] = set()
    for key in asking.sheet.asked():
        if not any(_is_meant(asking, scope, key) for scope in asking.node.scopes):
            continue
        if stated and stated != {key.currency}:
            continue
        for owner in asking.sheet.owners():
            for day in asking.sheet.days(owner, key.service):
                case = _Case(
                    owner,
                    day,
                    key.service,
                    key.months if leaves_months else None,
                    key.status if leaves_status else None,
                    key.currency,
                )
                if case not in seen:
                    seen.add(case)
                    yield case


def _is_meant(asking: _Asking, scope: GuardScope, key: Key) -> bool:
    services = {each.text for each in scope.services}
    if services and key.service not in services:
        return False
    if scope.package is not None and not any(
        each.package == scope.package.text and each.service == key.service
        for each in asking.program.package_services
    ):
        return False
    return scope.status is None or any(
        each.service == key.service and each.status == scope.status.text
        for each in asking.sheet.asked()
    )


def _prices(asking: _Asking, claim: Claim, case: _Case) -> dict[Key, Priced] | None:
    """Give the prices a claim speaks of; None where there is no such, or none of the owner's.

    Under an owner that sets none of them the claim is the catalog's, which is asked by itself.
    """
    found: dict[Key, Priced] = {}
    own = asking.sheet.rows.get(case.owner, {})
    for node in every(claim, ClaimedPrice):
        key = case.key(node)
        price = asking.sheet.at(case.owner, key, case.day)
        if price is None:
            return None
        found[key] = price
    return found if case.owner == CATALOG or own.keys() & found.keys() else None


def _value(
    node: Claimed, case: _Case, prices: Mapping[Key, Priced], known: Costs
) -> Fraction | None:
    """Work an operand out, in major units; None where a cost is not known."""
    match node:
        case ClaimedPrice():
            return prices[case.key(node)].price.amount(case.quantity)
        case ClaimedCost():
            return _cost(case, prices, known)
        case Number():
            return Fraction(node.value)
        case Percent():
            return Fraction(node.value) / 100
        case Money():
            return Fraction(node.amount)
        case ClaimedArithmetic():
            left = _value(node.left, case, prices, known)
            right = _value(node.right, case, prices, known)
            if left is None or right is None:
                return None
            return _WORKED_OUT[node.operator](left, right)
        case _:
            assert_never(node)


def _cost(case: _Case, prices: Mapping[Key, Priced], known: Costs) -> Fraction | None:
    """Give what so many cost for the months of the claim's prices; a month's cost is taken N times.

    What is charged once costs what a month costs.
    """
    costs_of = known.get((case.service, case.currency), {})
    months = next((key.months for key in prices), None) or 1
    each = costs_of.get(months)
    if each is None and 1 in costs_of:
        each = costs_of[1] * months
    return None if each is None else each * case.quantity


def _costs(asking: _Asking) -> Costs:
    use = asking.node.costs
    table = None if use is None else asking.resolved.tables.of(use)
    if table is None:
        return {}
    found: dict[tuple[str, str], dict[int, Fraction]] = {}
    columns = (
        table[costs.SERVICE_COLUMN],
        table[costs.CURRENCY_COLUMN],
        table[costs.FREQUENCY_COLUMN],
        table[costs.AMOUNT_COLUMN],
    )
    for service, currency, months, amount in zip(*columns, strict=True):
        if service is not None and currency is not None and amount is not None:
            found.setdefault((service, currency), {})[months or 1] = Fraction(amount)
    return found


def _breach(
    asking: _Asking,
    claim: Claim,
    case: _Case,
    prices: Mapping[Key, Priced],
    left: Fraction,
    right: Fraction,
) -> Breach:
    lines = {each.id: each for each in asking.program.sources}
    told = dict.fromkeys(lines[each.source] for each in prices.values())
    return Breach(
        claim=printed(asking.source, claim),
        case=_words(case),
        left=_shown(left),
        right=_shown(right),
        currency=case.currency,
        sources=tuple(f"{each.path}:{each.line}: {each.text.strip()}" for each in told),
    )


def _shown(amount: Fraction) -> str:
    """Write an amount with the places it has, at least two; a third is cut after twelve."""
    scaled, rest = divmod(abs(amount) * 10**PLACES, 1)
    whole, decimals = divmod(int(scaled), 10**PLACES)
    digits = f"{decimals:0{PLACES}}".rstrip("0").ljust(2, "0")
    return f"{'-' * (amount < 0)}{whole}.{digits}{'...' * bool(rest)}"


def _words(case: _Case) -> str:
    level, owner = case.owner
    parts = [f"the service `{case.service}`"]
    if case.status not in {None, IN_SERVICE}:
        parts.append(f"in `{case.status}`")
    if case.months:
        parts.append(f"every {case.months} months" if case.months > 1 else "monthly")
    if case.quantity != 1:
        parts.append(f"{case.quantity} of them")
    if owner is not None:
        parts.append(f"under the {level.replace('_', ' ')} `{owner}`")
    if case.day is not None:
        parts.append(f"from {case.day} on")
    return ", ".join(parts)
