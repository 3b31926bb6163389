"""What the lines of histories are taxed by, worked out from the book and the catalog's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from runtime.tax import AppliedRate
from tests.runtime.histories.billed import Billed, Line
from tests.runtime.histories.customers import Customer, Row

RATES: dict[str, dict[str, dict[str, tuple[tuple[date, str], ...]]]] = {
    "telecom": {
        "vat": {"CA-ON": ((date.min, "13"),), "JP": ((date.min, "10"),), "KW": ((date.min, "0"),)},
        "city": {"CA-ON": ((date.min, "1.25"),)},
    },
    "fees": {
        "vat": {
            "CA-ON": ((date.min, "5"), (date(2025, 6, 15), "6.5")),
            "JP": ((date.min, "8"),),
            "KW": ((date.min, "0"),),
        },
    },
    "content": {
        "levy": {"CA-ON": ((date.min, "7"),), "JP": ((date.min, "9"),), "KW": ((date.min, "5"),)}
    },
}
"""Of each class and tax, the percentages in a jurisdiction and since when."""

BY_LAST_DAY = ("usage", "bucket", "minimum")
STEADY = ("telecom", "content")
"""Classes whose rates never change."""

Rate = tuple[str, Decimal]


def wrongly_taxed(billed: Billed) -> list[Line]:
    """Give the posted lines that bear other rates than they should.

    A credit bears those of the line it corrects, any other line those of its own day, of the
    account as it was known to its run.
    """
    posted = billed.lines()
    by_id = {line.line_id: line for line in posted}
    owners = {str(row["account"]): each for each in billed.customers for row in _accounts(each)}

    @cache
    def account(name: str, number: int) -> Row:
        rows = owners[name].known(billed.known_on[number - 1])["accounts"]
        return next(row for row in rows if row["account"] == name)

    def is_right(line: Line) -> bool:
        if line.is_credit and line.corrects is not None:
            return line.taxes == by_id[line.corrects].taxes
        day = line.last_day if line.kind in BY_LAST_DAY else line.first_day
        return _shown(line.taxes) == _expected(line, account(line.account, line.run), day)

    return [line for line in posted if not is_right(line)]


def _accounts(customer: Customer) -> Iterable[Row]:
    return (fact.row for fact in customer.facts if fact.table == "accounts" and not fact.key)


def _shown(taxes: Sequence[AppliedRate]) -> list[Rate]:
    return sorted((rate.tax, rate.percent) for rate in taxes)


def _expected(line: Line, account: Row, day: date) -> list[Rate]:
    found = []
    for tax, jurisdictions in RATES.get(line.tax_class or "", {}).items():
        since = jurisdictions.get(str(account["jurisdiction"]), ())
        percents = [percent for first, percent in since if first <= day]
        is_exempt = tax == "vat" and account["tax_exemption"] == "charity"
        found += [(tax, Decimal(0 if is_exempt else percents[-1]))] if percents else []
    return sorted(found)


def unlike_taxes(one: Billed, other: Billed) -> dict[tuple[str, str], tuple[int, int]]:
    """Give by invoicer and class the taxes of two ledgers that more than rounding parts.

    Each invoice rounds the tax of each rate once, by half a minor unit at most.  Of classes
    and accounts whose rates were another at some time, it depends on when a line was posted
    what it is taxed by; they are left out.
    """
    is_corrected = {
        each.name
        for each in one.customers
        if any(fact.table == "accounts" and fact.key for fact in each.facts)
    }
    found, expected = (_tax_sums(each.lines()) for each in (one, other))
    return {
        key: (found[key][0], expected[key][0])
        for key in found.keys() | expected.keys()
        if key[0].removesuffix("-below") not in is_corrected
        and 2 * abs(found[key][0] - expected[key][0]) > found[key][1] + expected[key][1]
    }


def _tax_sums(lines: Iterable[Line]) -> dict[tuple[str, str], tuple[int, int]]:
    """Give by invoicer and class the tax, and how often it was rounded."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    rounded: dict[tuple[str, str], set[tuple[str, AppliedRate]]] = defaultdict(set)
    for line in lines:
        if line.tax_class in STEADY:
            sums[line.invoicer, line.tax_class] += line.tax_minor
            rounded[line.invoicer, line.tax_class] |= {(line.invoice, rate) for rate in line.taxes}
    return defaultdict(lambda: (0, 0), {key: (sums[key], len(rounded[key])) for key in sums})
