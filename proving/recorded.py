"""An invoice as a reviewed file: every figure of it, and nothing that differs from run to run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from proving.run import SEPARATOR
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import Invoice, InvoiceLine

if TYPE_CHECKING:
    from proving.report import Verdict


def record_invoices(
    verdicts: Sequence[Verdict],
) -> tuple[tuple[Verdict, ...], tuple[Path, ...]]:
    """Write the invoices that are not as recorded; give the verdicts without them, and the files.

    What else a test expects still fails.
    """
    written: list[Path] = []
    left = []
    for verdict in verdicts:
        kept = []
        for failure in verdict.failures:
            if failure.recorded is None:
                kept.append(failure)
                continue
            path, text = failure.recorded
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
        left.append(replace(verdict, failures=tuple(kept)))
    return tuple(left), tuple(written)


def recorded_text(invoice: Invoice, test: str) -> str:
    """Give an invoice's text; names are those of the test, the number is left out."""
    return "".join(f"{line}\n" for line in _lines(invoice, f"{test}{SEPARATOR}"))


def _lines(invoice: Invoice, prefix: str) -> Iterator[str]:
    account = invoice.bill_to.account.removeprefix(prefix)
    yield f"{invoice.kind.replace('_', ' ')} for {account}, {invoice.issue_date}"
    rows = [_row(line, prefix) for line in all_lines(invoice)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        *words, amount = [
            cell.rjust(width) if number == len(row) - 1 else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"  {'  '.join(words)}  {amount}"
    for tax in invoice.taxes:
        yield f"tax {tax.percent.normalize():f}% of {tax.base:f}: {tax.amount:f}"
    totals = invoice.totals
    yield f"net {totals.net:f}, tax {totals.tax:f}, total {totals.gross:f} {invoice.currency}"
    yield f"due {invoice.due_date}: {invoice.summary.balance_due:f} {invoice.currency}"


def _row(line: InvoiceLine, prefix: str) -> tuple[str, ...]:
    kind = "credit" if line.is_credit else line.kind.replace("_", " ")
    return (
        line.account_service.removeprefix(prefix),
        kind,
        line.description,
        f"{line.period_start} to {line.period_end}",
        f"{line.quantity:f} {line.unit}",
        f"{line.net:f}",
    )
