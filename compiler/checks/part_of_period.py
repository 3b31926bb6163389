"""Report terms of contracts and discounts that do not last for whole periods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import codes
from compiler.checks.page import COMMITTED, TINY, Page
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.build.literals import MAX_MONTHS
from dsl.diagnostic import Label
from dsl.syntax.base import Number
from dsl.syntax.commercial import ContractDeclaration, DiscountTerms

CODE = codes.PART_OF_PERIOD

PAGE = Page(
    what=f"A contract's term, its renewal, or the stretch or the quantity of its minimum, or "
    f"the periods of a discount are not a whole number of at least 1; months are at most "
    f"{MAX_MONTHS}.",
    why="They are counted in whole months, billing periods and instances.",
    bad=TINY
    + COMMITTED
    + """\
contract one_year {
  term  1.5 months
}
""",
    good=TINY
    + COMMITTED
    + """\
contract one_year {
  term  12 months
}
""",
)


@dataclass(frozen=True, slots=True)
class _Length:
    """A number that must be whole, and what it counts."""

    number: Number
    of: str
    most: int = 10**9


def check(resolved: Resolved, session: Session) -> None:
    """Report each length that is not a positive whole number."""
    for length in _lengths(resolved):
        value = length.number.value
        if value == value.to_integral_value() and 1 <= value <= length.most:
            continue
        session.report(
            CODE,
            f"{value} is not a number of {length.of} that can be counted",
            Label(length.number.span, f"not a whole number from 1 to {length.most:,}"),
            help=f"write a whole number of {length.of}",
        )


def _lengths(resolved: Resolved) -> Iterator[_Length]:
    for contract in resolved.all(ContractDeclaration):
        for months in (contract.term, contract.renews):
            if months is not None:
                yield _Length(months, "months", MAX_MONTHS)
        for minimum in contract.minimums:
            if minimum.quantity is not None:
                yield _Length(minimum.quantity, "instances")
            if minimum.count is not None:
                yield _Length(minimum.count, "months", MAX_MONTHS)
    for terms in resolved.every(DiscountTerms):
        if terms.periods is not None:
            yield _Length(terms.periods, "billing periods", MAX_MONTHS)
