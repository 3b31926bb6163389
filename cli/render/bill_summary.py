"""A billing run in a few lines: what became of the records, what was invoiced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.explain.words import counted

if TYPE_CHECKING:
    from runtime.bill_result import BillResult
    from runtime.usage.report import UsageReport


def summary_lines(result: BillResult, out: Path) -> Iterator[str]:
    """Give the lines of the summary, columns aligned."""
    kind = "dry run" if result.run is None else f"run {result.run}"
    yield f"{result.catalog} as of {result.as_of}: {kind}"
    yield ""
    yield from usage_lines(result.usage)
    if result.payments:
        yield f"  {'payments':<14} {result.payments:>{len(f'{result.usage.read:,}')},} recorded"
    yield ""
    yield from _invoices(result)
    yield ""
    if result.run is None:
        yield "Nothing was posted."
    else:
        yield from _places(result, out)


def usage_lines(usage: UsageReport) -> Iterator[str]:
    """Give the accounting identity, and under each part the reasons behind it."""
    from runtime.usage.dispositions import MEANINGS, Reason

    width = len(f"{usage.read:,}")
    yield f"  {'records read':<14} {usage.read:>{width},}"
    for disposition, count in (
        ("rated", usage.rated),
        ("duplicate", usage.duplicate),
        ("skipped", usage.skipped),
        ("rejected", usage.rejected),
    ):
        sign = "=" if disposition == "rated" else "+"
        reasons = [
            f"{times:,} {reason.lower().replace('_', ' ')}"
            for reason, times in usage.reasons
            if MEANINGS[Reason[reason]].disposition == disposition and reason.lower() != disposition
        ]
        told = f"  ({', '.join(reasons)})" if reasons else ""
        yield f"  {sign} {disposition:<12} {count:>{width},}{told}"
    if usage.waiting:
        yield f"  {usage.waiting:,} of the rated wait for the end of their usage period"


def _invoices(result: BillResult) -> Iterator[str]:
    if result.held_back:
        word = "invoice waits" if result.held_back == 1 else "invoices wait"
        yield f"  {result.held_back:,} {word}: over nothing, or too little to be made out yet"
    if not result.made:
        if not result.held_back:
            yield "  nothing is due: no invoices"
        return
    header = ("currency", "invoices", "net", "tax", "total")
    rows = [
        (each.currency, f"{each.invoices:,}", *map(_money, (each.net, each.tax, each.gross)))
        for each in result.totals
    ]
    yield from in_columns([header, *rows], texts=1)
    yield f"  {counted(result.lines, 'line')}"


def in_columns(rows: Sequence[Sequence[str]], *, texts: int) -> Iterator[str]:
    """Give rows as lines, the first so many columns to the left and the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (
            cell.ljust(width) if column < texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"  {'  '.join(cells)}".rstrip()


def _money(amount: Decimal) -> str:
    return f"{amount:,f}"


def _places(result: BillResult, out: Path) -> Iterator[str]:
    run = f"run={result.run}"
    if result.documents:
        yield f"  invoices    {out / 'invoices'}/  ({counted(result.documents, 'file')})"
    if result.usage.read:
        yield f"  usage       {out / 'rated_usage' / run}/"
    if result.usage.read > result.usage.rated:
        yield f"  exceptions  {out / 'exceptions' / run}/"
    if result.made:
        yield f"  deliver     ratebook deliver --out {out}"
        first = result.first
        yield f"  explain     ratebook explain {first}:1 --out {out}"
