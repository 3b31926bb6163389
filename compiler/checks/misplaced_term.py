"""Report amounts that are for something which is not counted where they stand.

A service is priced by the instance and the period, usage by what it measures or by the
event; what a counting rule counts can be priced `each`.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.price_places import Place, price_places
from compiler.facts import example_currency
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.prices import PriceTerm

CODE = codes.MISPLACED_TERM

PAGE = Page(
    what="An amount is for a unit, an event or an amount of usage where there is none, or for "
    "nothing at all where usage is priced.",
    why="`5.00 USD` is the price of one instance of a service for one period. Usage has no "
    "instances: its price says what it is for, `1.20 USD per GB`.",
    bad=TINY
    + """\
service access {
  type           recurring
  price monthly  5.00 USD per event
}
""",
    good=TINY
    + """\
service access {
  type           recurring
  price monthly  5.00 USD
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each term that its place does not allow."""
    currency = example_currency(resolved)
    for place in price_places(resolved):
        terms = [term for sums in place.price.lists for each in sums for term in each.terms]
        for term in terms:
            _check_term(place, term, session)
        bare = [term for term in terms if term.basis.text == "bare"]
        if bare and place.is_usage:
            _report_bare(bare, currency, session)


def _check_term(place: Place, term: PriceTerm, session: Session) -> None:
    basis, price = term.basis.text, place.price
    by_count = price.counted_by is not None
    is_graduated = price.mode is not None and price.mode.text == "graduated"
    if place.is_bucket and basis in {"event", "amount"}:
        session.report(
            CODE,
            f"a tier of a bucket is priced by what is drawn in it, not `{_words(term)}`",
            Label(term.basis.span, "an event may be drawn from several tiers"),
            help="write the unit that the price is for: `2.00 USD per GB`",
        )
    elif place.is_usage:
        return
    elif basis in {"event", "amount", "per"} or (basis == "each" and not by_count):
        session.report(
            CODE,
            f"a service's price is for one instance and one period, not `{_words(term)}`",
            Label(term.basis.span, "nothing of this is counted here"),
            help="write `each` for what the rule counts, or `per block of 10`"
            if by_count
            else "leave it out; usage is priced in a rate group",
        )
    elif basis == "bare" and by_count and is_graduated:
        session.report(
            CODE,
            "a graduated price by a counting rule is for each that is counted",
            Label(term.span, "for one instance of the service"),
            help="write `each` behind it, or use `volume`, where the count only picks the tier",
        )


def _report_bare(bare: Sequence[PriceTerm], code: str, session: Session) -> None:
    """Report the amounts of a rate that are for nothing, all currencies' in one."""
    first, *more = bare
    session.report(
        CODE,
        "the rate has no unit",
        Label(first.span, "for what?"),
        [Label(term.span, "and for what is this?") for term in more],
        f"write `1.20 {code} per GB`, `0.02 {code} each` for what is counted, "
        f"`0.40 {code} per event`, or `5.00 {code} flat`",
    )


def _words(term: PriceTerm) -> str:
    match term.basis.text:
        case "event":
            return "per event"
        case "amount":
            return "of amount"
        case "per" if term.unit is not None:
            return f"per {term.unit.text}"
        case word:
            return word
