"""A rating in a few lines: what became of the records, and what was used of each class."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from cli.render.bill_summary import in_columns, usage_lines
from runtime.explain.words import counted

if TYPE_CHECKING:
    from runtime.rating import RatingResult


def summary_lines(result: RatingResult, out: Path) -> Iterator[str]:
    """Give the lines of the summary, columns aligned."""
    from runtime.rating import DRAFT

    yield f"{result.catalog} as of {result.as_of}: rating alone"
    yield ""
    yield from usage_lines(result.usage)
    yield ""
    if result.classes:
        header = ("class", "", "quantity", "unit", "amount", "currency")
        rows = [
            (
                *(each.usage_class, each.component),
                *(_figure(each.quantity), each.unit, _figure(each.amount), each.currency),
            )
            for each in result.classes
        ]
        yield from in_columns([header, *rows], texts=2)
        yield f"  of {counted(result.periods, 'usage period')}, before rounding"
    else:
        yield "  nothing was rated"
    yield ""
    yield "Nothing was posted."
    if result.usage.rated or result.usage.stored:
        yield f"  usage       {out / 'rated_usage'}/run={DRAFT}/"
    if result.usage.read > result.usage.rated:
        yield f"  exceptions  {out / 'exceptions'}/run={DRAFT}/"


def _figure(value: Decimal) -> str:
    return f"{value:,f}"
