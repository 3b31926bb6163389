"""Warn of prices by which buying one more costs less in total."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.price_places import Place, price_places
from compiler.checks.price_tiers import steps_of_bound
from compiler.facts import first_amounts, terms_of
from compiler.numbers import is_whole
from compiler.resolve.model import Resolved
from compiler.resolve.units import unit_of
from compiler.session import Session
from compiler.standards import minor_units
from dsl.diagnostic import Label
from dsl.syntax.base import Name
from dsl.syntax.counting import CountingRuleDeclaration
from dsl.syntax.prices import Bound, Price

if TYPE_CHECKING:
    from compiler.catalog.prices import Price as TypedPrice

CODE = codes.PRICE_CLIFF

PAGE = Page(
    what="By a `volume` price, all units get the price of the tier reached; just above a bound "
    "they cost less together than at the bound.",
    why="Customers below the bound pay more than those above it, and will order what they do not "
    "need. Where that is meant, an allow comment says so; otherwise `graduated` gives each unit "
    "the price of its own tier.",
    bad=TINY
    + """\
service seat {
  type  recurring
  price monthly volume {
    up to 10  5.00 USD
    beyond    4.00 USD
  }
}
""",
    good=TINY
    + """\
service seat {
  type  recurring
  price monthly graduated {
    up to 10  5.00 USD
    beyond    4.00 USD
  }
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Warn at each such bound, for the first currency in which it is one.

    Within a tier, and from tier to tier of a graduated price, nothing gets cheaper.
    """
    for place in price_places(resolved):
        price = place.price
        is_volume = price.mode is not None and price.mode.text == "volume"
        if is_volume and _is_sound(resolved, price) and _is_bought(resolved, place):
            for bound, typed, number in _bounds(resolved, place):
                if _warn(place, bound, typed, number, session):
                    break


def _is_sound(resolved: Resolved, price: Price) -> bool:
    """Whether what the price says can be reckoned with; what cannot is reported elsewhere."""
    units = [term.unit for term in terms_of(price)]
    units += [bound.unit for bound in _all_bounds(price)]
    if any(unit is not None and unit_of(resolved, unit) is None for unit in units):
        return False
    if price.counted_by is not None and resolved.bound(price.counted_by) is None:
        return False
    lists = [{money.currency.text for money in first_amounts(sums)} for sums in price.lists]
    is_one = all(currencies == lists[0] for currencies in lists)
    is_known = all(minor_units(code) is not None for currencies in lists for code in currencies)
    is_parted = all(
        len({term.money.currency.text for term in each.terms if term.money is not None}) == 1
        for sums in price.lists
        for each in sums
    )
    return is_one and is_known and is_parted and _ascends(resolved, price)


def _ascends(resolved: Resolved, price: Price) -> bool:
    if not price.tiers or price.tiers[-1].upper is not None:
        return False
    steps = [
        None if tier.upper is None else steps_of_bound(resolved, tier.upper)
        for tier in price.tiers[:-1]
    ]
    bounds = [each[1] for each in steps if each is not None]
    are_whole = all(map(is_whole, bounds))
    return len(bounds) == len(steps) and are_whole and bounds == sorted(set(bounds)) and all(bounds)


def _all_bounds(price: Price) -> Iterator[Bound]:
    yield from (tier.upper for tier in price.tiers if tier.upper is not None)
    if price.includes is not None:
        yield price.includes


def _bounds(resolved: Resolved, place: Place) -> Iterator[tuple[Bound, TypedPrice, int]]:
    """Give each bound with the price of each currency, the bound's tier first."""
    from compiler.catalog.prices_from_resolved import prices_of  # only where there are tiers

    typed = prices_of(resolved, place.price)
    for number, tier in enumerate(place.price.tiers):
        if tier.upper is not None:
            for each in typed:
                yield tier.upper, each, number


def _is_bought(resolved: Resolved, place: Place) -> bool:
    """Whether what is counted is what is paid for, so that one more can be bought.

    Where a rule counts, a bare amount is for the service itself: one more is bought where the
    rule counts that service alone.  Usage at a rate by a rule is not what the rule counts.
    """
    if place.price.counted_by is not None and place.is_usage:
        return False
    if place.price.counted_by is None or place.service is None:
        return True
    bases = {
        term.basis.text for tier in place.price.tiers for each in tier.sums for term in each.terms
    }
    rule = resolved.find(place.price.counted_by, CountingRuleDeclaration)
    counted = () if rule is None else rule.things
    return "bare" not in bases or _is_itself(counted, place.service.name)


def _is_itself(counted: tuple[Name, ...], service: Name) -> bool:
    return [name.text for name in counted] == [service.text]


def _warn(place: Place, bound: Bound, price: TypedPrice, number: int, session: Session) -> bool:
    from compiler.price_totals import total_of  # only where there are tiers

    upper = price.tiers[number].upper
    assert upper is not None
    last = upper + price.includes
    counts_itself = place.price.counted_by is not None

    def total(counted: int) -> Fraction:
        return total_of(price, counted, counted if counts_itself else 1)

    at_bound, above = total(last), total(last + 1)
    if above >= at_bound:
        return False
    has_steps = place.is_usage and place.measure in {"data", "time"}
    quantity = (bound.unit and f"{bound.amount:f} {bound.unit.text}") or str(last)
    more = "one step more" if has_steps else str(last + 1)
    session.report(
        CODE,
        f"buying one more costs less in total: {quantity} cost {_shown(at_bound, price)}, "
        f"{more} {_shown(above, price)}",
        Label(bound.span, "cheaper just above this"),
        [Label(place.price.tiers[number + 1].span, "by the terms of this tier")],
        "use `graduated`, or terms that meet at the bound; where it is meant, write "
        "`# allow(price-cliff): <reason>` above",
    )
    return True


def _shown(amount: Fraction, price: TypedPrice) -> str:
    """Write an amount with the currency's places, and with more where it has more."""
    places = minor_units(price.currency) or 0
    most = 12
    while places < most and amount * 10**places % 1:
        places += 1
    scaled = round(amount * 10**places)
    digits = f"{scaled:0{places + 1}d}"
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"{text} {price.currency}"
