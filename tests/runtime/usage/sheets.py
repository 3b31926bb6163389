"""A price sheet as text and some events: what the usage of each class comes to, exactly."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from compiler.compile import compile_sources
from dsl.source import Source
from runtime.program.model import Program
from runtime.program.unbillable import find_unbillable
from runtime.usage.files import match_files
from runtime.usage.rate import rate_usage
from runtime.usage.store import UsageStore
from tests.reference.usage import Holder
from tests.runtime.usage.worlds import JANUARY, open_book

HEAD = """\
catalog sheets {
  currencies  USD
  timezone    "UTC"
}

feed events {
  format     csv
  id         id
  at         at as "%Y-%m-%d %H:%M:%S" in "UTC"
  service    phone
  quantity   quantity in MEASURE_UNIT
  amount     amount in USD
  attribute  kind
  attribute  destination
}

service line {
  type           recurring
  identified by  phone
  usage monthly {
    rates  sheet
  }
}

rate plan sheet {
  rows
  otherwise reject
}
"""
MEASURES = {"count": "count", "time": "s", "data": "byte"}


@dataclass(frozen=True)
class Use:
    """One event of a class."""

    usage_class: str
    quantity: int
    at: str = "2026-01-05 12:00:00"
    amount: str = ""
    destination: str = ""


@dataclass(frozen=True)
class Rated:
    """What came of a run: exact amounts and quantities by class, and the reasons of the rest."""

    amounts: Mapping[str, Fraction]
    quantities: Mapping[str, int]
    rates: Mapping[str, Sequence[str]]
    reasons: Mapping[str, int]
    by_period: Mapping[tuple[str, date], int]
    paid_by_period: Mapping[tuple[str, date], Fraction]


def compiled(measure: str, rows: Mapping[str, str], more: str = "") -> Program:
    """Compile a catalog with a class for each name, and its rows of the one rate group."""
    classes = "".join(
        f'usage class {name} measured in {measure} when kind == "{name}"\n' for name in rows
    )
    group = "rate group rows {\n" + "".join(f"  {row}\n" for row in rows.values()) + "}\n"
    text = HEAD.replace("MEASURE_UNIT", MEASURES[measure]) + classes + more + group
    compilation = compile_sources([Source("sheets.ratebook", text)])
    assert not [each for each in compilation.diagnostics if each.severity == "error"]
    assert compilation.program is not None
    return compilation.program


Period = tuple[date, date]


def rated(
    program: Program,
    uses: Sequence[Use],
    folder: Path,
    *,
    periods: Sequence[Period] = (JANUARY,),
    timezone: str = "UTC",
    lines: int = 1,
) -> Rated:
    """Rate some events of one account service, of `lines` instances, in January 2026."""
    assert find_unbillable(program) == ()
    path = folder / "events.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("id", "at", "phone", "quantity", "amount", "kind", "destination"))
        for number, use in enumerate(uses):
            place = (use.usage_class, use.destination)
            writer.writerow((number, use.at, "1", use.quantity, use.amount, *place))
    holder = Holder(
        account_service="s1",
        service="line",
        currency="USD",
        timezone=timezone,
        start=periods[0][0],
        end=date(9999, 12, 31),
        identifiers=(("phone", "1", periods[0][0], date(9999, 12, 31)),),
        billable=((periods[0][0], date(9999, 12, 31), True),),
        periods=tuple((*each, *each) for each in periods),
        quantity=lines,
    )
    with open_book([holder], threads=1) as connection:
        report = rate_usage(
            connection,
            program,
            files=match_files(program, [str(path)]),
            as_of=periods[-1][1],
            previous_as_of=None,
            store=UsageStore(folder / "store"),
            run=1,
            out=folder / "out",
        )
        cells = connection.execute(
            "SELECT usage_class, quantity, coalesce(factor, quantity), amount, per, events, "
            "event_amount, rate, period_start FROM rated.cells ORDER BY ALL"
        ).fetchall()
    amounts: dict[str, Fraction] = {}
    quantities: dict[str, int] = {}
    rates: dict[str, dict[str, None]] = {}
    by_period: dict[tuple[str, date], int] = {}
    paid: dict[tuple[str, date], Fraction] = {}
    for name, quantity, factor, amount, per, events, event_amount, rate, start in cells:
        by_period[name, start] = by_period.get((name, start), 0) + quantity
        own = Fraction(amount) * factor / per + Fraction(event_amount) * events
        amounts[name] = amounts.get(name, Fraction(0)) + own
        paid[name, start] = paid.get((name, start), Fraction(0)) + own
        quantities[name] = quantities.get(name, 0) + quantity
        rates.setdefault(name, {})[rate] = None
    listed = {name: tuple(each) for name, each in rates.items()}
    return Rated(amounts, quantities, listed, dict(report.reasons), by_period, paid)
