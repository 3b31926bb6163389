"""Report bounds, blocks and counts of prices that cannot be counted where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.price_places import Place, price_places
from compiler.checks.wording import choice
from compiler.facts import terms_of
from compiler.numbers import is_whole
from compiler.resolve.model import Resolved
from compiler.resolve.units import unit_of
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.source import Span
from dsl.syntax.base import Name
from dsl.syntax.prices import Bound
from runtime.program.terms import Measure

CODE = codes.PRICE_BOUND

PAGE = Page(
    what="A bound, a block or a number of units in a price is zero, is not whole in what is "
    "counted, or is written in a unit of something else.",
    why="Instances are counted one by one, and usage in bytes, seconds or single units: five "
    "gigabytes of seats are never reached, and half a seat neither.",
    bad=TINY
    + """\
service seat {
  type  recurring
  price monthly graduated {
    up to 5 GB  5.00 USD
    beyond      4.00 USD
  }
}
""",
    good=TINY
    + """\
service seat {
  type  recurring
  price monthly graduated {
    up to 5  5.00 USD
    beyond   4.00 USD
  }
}
""",
)

_STEPS: dict[Measure, str] = {"data": "bytes", "time": "seconds", "count": "units"}
_WRITTEN: dict[Measure, tuple[str, ...]] = {"data": ("MB", "GB"), "time": ("second", "minute")}


def check(resolved: Resolved, session: Session) -> None:
    """Report each such number."""
    for place in price_places(resolved):
        for bound in _bounds(place):
            _check(resolved, place, bound.amount, bound.unit, bound.span, session)
        for term in terms_of(place.price):
            if term.count is None:
                continue
            amount, at = term.count.value, term.count.span
            if term.basis.text == "block":
                _check(resolved, place, amount, term.unit, at, session, is_block=True)
            elif not is_whole(amount) or amount == 0:  # its unit's measure is the check of another
                _report_part(amount, at, "units", session)


def _bounds(place: Place) -> Iterator[Bound]:
    yield from (tier.upper for tier in place.price.tiers if tier.upper is not None)
    if place.price.includes is not None:
        yield place.price.includes


def _check(
    resolved: Resolved,
    place: Place,
    amount: Decimal,
    unit_name: Name | None,
    at: Span,
    session: Session,
    *,
    is_block: bool = False,
) -> None:
    """Check one number; the unit of a block of usage is the check of another."""
    unit = unit_of(resolved, unit_name)
    if unit_name is not None and unit is None:
        return
    by_count = place.price.counted_by is not None and not is_block
    counts_instances = by_count or not place.is_usage
    if counts_instances:
        if unit_name is not None and unit is not None and unit.measure != "count":
            counted = "what a rule counts" if by_count else "a service"
            session.report(
                CODE,
                f"{counted} is counted by its instances, not by the {unit_name.text}",
                Label(unit_name.span, "nothing of this is counted here"),
                help="write the number alone",
            )
            return
    elif not is_block and place.measure is not None and place.row is not None:
        measure = "count" if unit is None else unit.measure
        if measure != place.measure:
            _report_measure(place, place.measure, unit_name, at, session)
            return
    steps = amount * (1 if unit is None else unit.steps)
    if steps == 0 or not is_whole(steps):
        words = "instances" if counts_instances else _STEPS[place.measure or "count"]
        _report_part(steps, at, words, session)


def _report_measure(
    place: Place, due: Measure, unit: Name | None, at: Span, session: Session
) -> None:
    assert place.row is not None
    name = place.row.usage_class
    units = ", in units of a count, or without a unit" if due == "count" else ""
    session.report(
        CODE,
        f"`{name.text}` is measured in {due}, and is counted here in "
        f"{'no unit' if unit is None else unit.text}",
        Label(at if unit is None else unit.span, f"not a unit of {due}"),
        [Label(name.span, f"measured in {due}")],
        f"write it{units}" if units else f"write it in {choice(_WRITTEN[due])}",
    )


def _report_part(steps: Decimal, at: Span, words: str, session: Session) -> None:
    if steps == 0:
        session.report(
            CODE,
            "a price counts by nothing at all",
            Label(at, "zero"),
            help="write a number above zero",
        )
    else:
        session.report(
            CODE,
            f"a number in a price is not a whole number of {words}",
            Label(at, f"{steps.normalize():f} {words}"),
            help="write a whole number",
        )
