"""Taxes of one invoice: which rates a line bears, and the tax of each rate, once rounded.

A tax class is taxed by every tax of the program that has a rate for it.  Of one tax the row
nearest to the line counts: its class in its jurisdiction, then its class anywhere, then its
jurisdiction, then `otherwise`; of those rows the last that has started on the line's day.

Prices may hold a tax already.  Of the sum of such lines, what they hold is `sum x rate / (100 +
all rates held)`; the lines' nets are what is left, and the tax is what was held, or nothing for
an account that is exempt, which so pays the price without the tax.

Tax is due on the sum of an invoice's lines of one tax, class, jurisdiction and rate; it is
rounded once there, and shared among the lines by largest remainder, so that what the lines
show adds up to what the invoice owes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from duckdb import DuckDBPyConnection

from runtime.money import rounded
from runtime.program.model import Program, Rounding, TaxRate

OTHERWISE = "*"

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""Made once: a line's taxes are small, and there are many of them."""


@dataclass(frozen=True, slots=True)
class AppliedRate:
    """A rate as a line bears it; `exemption`: why nothing is due.

    `jurisdiction` is the account's, empty where it has none.  `held`: the percentage of this
    tax that the line's price holds, due or not; None: it comes on top.  `held_in_all`: that of
    all taxes the price holds together.
    """

    tax: str
    tax_class: str
    jurisdiction: str
    percent: Decimal
    exemption: str | None
    held: Decimal | None = None
    held_in_all: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineTaxes:
    """The rates a line bears, and its share of the taxes in minor units.

    `held`: its share of what the prices of the invoice hold, None where its own holds none.
    """

    rates: tuple[AppliedRate, ...]
    minor: int
    held: int | None = None

    @property
    def percent(self) -> Decimal | None:
        """All its rates together; None where it is not taxed."""
        return sum((rate.percent for rate in self.rates), Decimal(0)) if self.rates else None


@dataclass(frozen=True, slots=True)
class InvoiceTax:
    """The tax of one rate on the nets of the lines that bear it, in minor units."""

    rate: AppliedRate
    base: int
    minor: int


class TaxRates:
    """The program's tax rates, ready to be looked up."""

    def __init__(self, program: Program) -> None:
        self._taxes = tuple(dict.fromkeys(row.tax for row in program.tax_rates))
        self._rows: dict[tuple[str, str, str], list[TaxRate]] = {}
        for row in program.tax_rates:
            key = (row.tax, row.tax_class, row.jurisdiction)
            self._rows.setdefault(key, []).append(row)
        self._held = frozenset(row.tax for row in program.tax_inclusions)
        self._reasons = {(row.tax, row.id): row.text for row in program.tax_exemptions}

    def find(
        self, tax_class: str, jurisdiction: str | None, day: date, exemption: str | None
    ) -> tuple[AppliedRate, ...]:
        """Give the rates of a class in a jurisdiction on a day; none: the class has no rate.

        With an exemption each rate is zero and carries its reason.  Where the catalog declares
        exemptions it is the name of one, and concerns the taxes that declare it.
        """
        rows = [
            (tax, row)
            for tax in self._taxes
            if (row := self._nearest(tax, tax_class, jurisdiction, day)) is not None
        ]
        held_in_all = sum((row.percent for tax, row in rows if tax in self._held), Decimal(0))
        rates = []
        for tax, row in rows:
            reason = self._reason(tax, exemption)
            rates.append(
                AppliedRate(
                    tax,
                    tax_class,
                    jurisdiction or "",
                    row.percent if reason is None else Decimal(0),
                    reason,
                    row.percent if tax in self._held else None,
                    held_in_all if tax in self._held else Decimal(0),
                )
            )
        return tuple(rates)

    def is_needed_by_exempt(self, tax_class: str) -> bool:
        """Tell whether a class needs a rate although the account is exempt.

        It does where prices hold a tax, which is taken out of them, and where an exemption
        concerns a tax and not all, so that the invoice says which.
        """
        return bool(self._reasons) or any(
            tax in self._held and near in (tax_class, OTHERWISE) for tax, near, _ in self._rows
        )

    def _reason(self, tax: str, exemption: str | None) -> str | None:
        if exemption is None or not self._reasons:
            return exemption
        return self._reasons.get((tax, exemption))

    def source(self, rate: AppliedRate) -> int | None:
        """Give the source of a row that sets this rate, None where none does any more."""
        for tax_class, jurisdiction in _nearest_first(rate.tax_class, rate.jurisdiction):
            for row in self._rows.get((rate.tax, tax_class, jurisdiction), ()):
                if row.percent == rate.percent or rate.exemption is not None:
                    return row.source
        return None

    def _nearest(
        self, tax: str, tax_class: str, jurisdiction: str | None, day: date
    ) -> TaxRate | None:
        for near_class, near_jurisdiction in _nearest_first(tax_class, jurisdiction or OTHERWISE):
            rows = self._rows.get((tax, near_class, near_jurisdiction), ())
            started = [row for row in rows if row.start is None or row.start <= day]
            if started:
                return max(started, key=lambda row: row.start or date.min)
        return None


def share_taxes(
    lines: Sequence[tuple[int, tuple[AppliedRate, ...]]],
    rounding: Rounding,
    before: Mapping[AppliedRate, int] | None = None,
) -> tuple[tuple[InvoiceTax, ...], tuple[LineTaxes, ...]]:
    """Tax an invoice's lines, given in printed order as (amount in minor units, rates).

    A line's amount is its net, and what its price holds.  Returns the taxes in the order their
    rates first appear, and each line's share.

    `before`: the amounts of one rate that were taxed by themselves already, of a whole that
    comes in parts.  The parts' taxes are then differences of rounded sums, and add up to the
    tax of the whole.
    """
    taxed = before or {}
    by_rate: dict[AppliedRate, list[int]] = {}
    for index, (_, rates) in enumerate(lines):
        for rate in rates:
            by_rate.setdefault(rate, []).append(index)
    shares, held = [0] * len(lines), [0] * len(lines)
    due: dict[AppliedRate, int] = {}
    for rate, members in by_rate.items():
        amount = sum(lines[index][0] for index in members)
        earlier = taxed.get(rate, 0)
        minor = rounded((earlier + amount) * part_of(rate), rounding) - rounded(
            earlier * part_of(rate), rounding
        )
        is_owed = rate.held is None or rate.exemption is None
        due[rate] = minor if is_owed else 0
        exact = {index: lines[index][0] * part_of(rate) for index in members}
        for index, share in largest_remainder(minor, exact).items():
            if rate.held is not None:
                held[index] += share
            if is_owed:
                shares[index] += share
    taxes = tuple(
        InvoiceTax(rate, sum(lines[index][0] - held[index] for index in members), due[rate])
        for rate, members in by_rate.items()
    )
    line_taxes = tuple(
        LineTaxes(rates, shares[index], held[index] if _is_any_held(rates) else None)
        for index, (_, rates) in enumerate(lines)
    )
    return taxes, line_taxes


def part_of(rate: AppliedRate) -> Fraction:
    """Give the part of a line's amount that a rate comes to, on top of it or held in it."""
    if rate.held is None:
        return Fraction(rate.percent) / 100
    return Fraction(rate.held) / (100 + Fraction(rate.held_in_all))


def _is_any_held(rates: Sequence[AppliedRate]) -> bool:
    return any(rate.held is not None for rate in rates)


def largest_remainder(whole: int, parts: Mapping[int, Fraction]) -> dict[int, int]:
    """Split a rounded whole among exact parts that add up to it before rounding.

    Each part gets its floor; what is left goes by one to the largest remainders, ties to
    the smallest key.  A whole that is below the floors takes one from the smallest remainders.
    """
    floors = {key: part.numerator // part.denominator for key, part in parts.items()}
    left = whole - sum(floors.values())
    by_remainder = sorted(parts, key=lambda key: (floors[key] - parts[key], key))
    for key in by_remainder[: max(left, 0)]:
        floors[key] += 1
    for key in by_remainder[::-1][: max(-left, 0)]:
        floors[key] -= 1
    return floors


def rates_to_text(rates: Sequence[AppliedRate]) -> str:
    """Write rates for the ledger; `rates_from_text` reads them."""
    rows = [
        [
            *(rate.tax, rate.tax_class, rate.jurisdiction, str(rate.percent), rate.exemption),
            *(() if rate.held is None else (str(rate.held), str(rate.held_in_all))),
        ]
        for rate in rates
    ]
    return _COMPACT.encode(rows)


def rates_from_text(text: str) -> tuple[AppliedRate, ...]:
    """Read the rates a posted line bore."""
    return tuple(
        AppliedRate(tax, tax_class, jurisdiction, Decimal(percent), exemption, *map(Decimal, held))
        for tax, tax_class, jurisdiction, percent, exemption, *held in json.loads(text)
    )


def _nearest_first(tax_class: str, jurisdiction: str) -> tuple[tuple[str, str], ...]:
    return (
        (tax_class, jurisdiction),
        (tax_class, OTHERWISE),
        (OTHERWISE, jurisdiction),
        (OTHERWISE, OTHERWISE),
    )


@dataclass(frozen=True, slots=True)
class MissingTaxRate:
    """A taxed class that no row covers for a due line; `account` holds one such service."""

    account: str
    tax_class: str
    jurisdiction: str | None
    day: date

    def __str__(self) -> str:
        place = f"jurisdiction {self.jurisdiction}" if self.jurisdiction else "no jurisdiction"
        return (
            f"account {self.account}: tax class {self.tax_class} has no rate "
            f"for {place} on {self.day}"
        )


def find_missing_tax_rates(
    connection: DuckDBPyConnection, program: Program
) -> tuple[MissingTaxRate, ...]:
    """Give the classes of charge.due without a rate, each once with the first account.

    Some exempt accounts need one too, see TaxRates.is_needed_by_exempt.
    """
    rates = TaxRates(program)
    rows = connection.execute("""
        SELECT min(s.account), d.tax_class, s.jurisdiction, s.is_exempt, d.day
        FROM (
          SELECT DISTINCT content_group, tax_class,
                 CASE WHEN kind IN ('usage', 'bucket', 'minimum') THEN period_end - 1
                      ELSE period_start END AS day
          FROM charge.due_content WHERE tax_class IS NOT NULL AND NOT is_credit
        ) AS d
        JOIN (
          SELECT g.content_group, t.jurisdiction, t.is_exempt, g.account
          FROM (
            SELECT g.content_group, s.terms, min(s.account) AS account
            FROM charge.due_service AS g
            JOIN subscription.sold AS s ON s.account_service = g.account_service
            GROUP BY g.content_group, s.terms
          ) AS g
          JOIN subscription.terms AS t ON t.terms = g.terms
        ) AS s ON s.content_group = d.content_group
        GROUP BY d.tax_class, s.jurisdiction, s.is_exempt, d.day
        ORDER BY 1, 2, 3, 4, 5
    """).fetchall()
    missing: dict[tuple[str, str | None], MissingTaxRate] = {}
    for account, tax_class, jurisdiction, is_exempt, day in rows:
        if is_exempt and not rates.is_needed_by_exempt(tax_class):
            continue
        if not rates.find(tax_class, jurisdiction, day, None):
            missing.setdefault(
                (tax_class, jurisdiction), MissingTaxRate(account, tax_class, jurisdiction, day)
            )
    return tuple(missing.values())
