"""Invoices a second as HTML and as PDF on one core, and the peak of memory.

    python -m benchmarks.invoices [--seconds 5]

Two invoices of the tests are drawn over and over: a small one (one account, 6 lines, one
bucket) and a consolidated one (3 accounts, 16 lines, 2 buckets, 60 rows of usage).  Rates
are by processor time, the median of three rounds, after one that is not counted.  The peak
is read after each row, so a leak shows as growth from row to row.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable

from runtime.invoice.html import render_html
from runtime.invoice.json_document import to_json
from runtime.invoice.model import Invoice
from runtime.invoice.pdf import render_pdf
from tests.runtime.invoice import samples

ROUNDS = 3
GOALS = {"html": 1_000, "pdf": 40}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=5, help="processor seconds of a round")
    seconds = arguments.parse_args().seconds
    print(f"{'invoice':<14} {'document':<9} {'a second':>9} {'goal':>6} {'peak MB':>8}")
    for name, invoice in (
        ("small", samples.first_month()),
        ("consolidated", samples.consolidated()),
    ):
        for kind, draw in drawings(invoice).items():
            rates = [rate(draw, seconds) for _ in range(ROUNDS + 1)][1:]
            goal = GOALS.get(kind, "")
            median = statistics.median(rates)
            print(f"{name:<14} {kind:<9} {median:>9.1f} {goal:>6} {peak_megabytes():>8.0f}")


def drawings(invoice: Invoice) -> dict[str, Callable[[], object]]:
    """What is measured: a PDF is drawn from HTML that is there already."""
    html = render_html(invoice)
    return {
        "json": lambda: to_json(invoice),
        "html": lambda: render_html(invoice),
        "pdf": lambda: render_pdf(html),
    }


def rate(draw: Callable[[], object], seconds: int) -> float:
    """Draw for so many seconds of a core and return how many a second."""
    begun = time.process_time()
    drawn = 0
    while (elapsed := time.process_time() - begun) < seconds:
        draw()
        drawn += 1
    return drawn / elapsed


def peak_megabytes() -> float:
    """Return the most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
