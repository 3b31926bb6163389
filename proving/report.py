"""What a test run says: a line a test, and of each failure what was expected, billed and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from proving.guards import GuardVerdict
from proving.judge import Failure
from proving.scenario import Scenario
from runtime.explain.line import explain_line
from runtime.explain.text import render_text
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import Invoice, InvoiceLine

BREACHES = 5
"""Prices that break a guard and are told of, one by one."""
EXPLAINED = 3
"""Lines of a failure whose derivation is printed."""
WIDTH = 44


@dataclass(frozen=True, slots=True)
class Verdict:
    """A test and what did not hold of it."""

    scenario: Scenario
    failures: tuple[Failure, ...]


def failure_lines(verdict: Verdict) -> Iterator[str]:
    """Tell of each failure of a test."""
    scenario = verdict.scenario
    yield f"FAILED {scenario.name}: {scenario.title}"
    told: set[int] = set()
    for failure in verdict.failures:
        yield ""
        yield f"  {failure.path}:{failure.line}: {failure.stated}"
        yield from _beside(failure.expected, failure.billed)
        if id(failure.asked_of) not in told:
            told.add(id(failure.asked_of))
            yield from _invoices(failure)
        if failure.is_of_lines:
            yield from _derivations(failure)


def guard_lines(verdict: GuardVerdict) -> Iterator[str]:
    """Tell of each price that breaks a guard, the first ones with their lines."""
    title = f": {verdict.node.title.value}" if verdict.node.title else ""
    yield f"FAILED {verdict.name}{title}"
    yield f"  {verdict.path}:{verdict.line}"
    if not verdict.asked:
        yield "    there is no price that it could be asked for"
    for breach in verdict.breaches[:BREACHES]:
        yield ""
        yield f"  {breach.claim}"
        yield f"    does not hold for {breach.case}"
        yield f"    {breach.left} {breach.currency} against {breach.right} {breach.currency}"
        yield from (f"      {source}" for source in breach.sources)
    left = len(verdict.breaches) - BREACHES
    if left > 0:
        yield ""
        yield f"  ... and {left} more"


def _beside(expected: str, billed: str) -> Iterator[str]:
    """Set what was expected and what was billed side by side; long texts under each other."""
    yield ""
    left, right = expected.splitlines(), billed.splitlines()
    if max(map(len, (*left, *right)), default=0) > WIDTH:
        yield "    expected"
        yield from (f"      {line}" for line in left)
        yield "    billed"
        yield from (f"      {line}" for line in right)
        return
    yield f"    {'expected'.ljust(WIDTH)}  billed"
    for one, other in zip_longest(left, right, fillvalue=""):
        yield f"    {one.ljust(WIDTH)}  {other}".rstrip()


def _invoices(failure: Failure) -> Iterator[str]:
    """List what was billed as a whole, with a mark before the lines in question."""
    billed = failure.asked_of
    if billed is None or not billed.invoices:
        return
    asked = {(id(invoice), line.number) for invoice, line in failure.lines}
    yield ""
    for invoice in billed.invoices:
        totals = invoice.totals
        yield (
            f"    billed to {_own(invoice.bill_to.account)} on {invoice.issue_date}: "
            f"net {totals.net:f}, tax {totals.tax:f}, total {totals.gross:f} {invoice.currency}"
        )
        for line in all_lines(invoice):
            mark = ">" if (id(invoice), line.number) in asked else " "
            yield f"    {mark} {_line(line)}"


def _line(line: InvoiceLine) -> str:
    kind = "credit" if line.is_credit else line.kind.replace("_", " ")
    return (
        f"{_own(line.account_service)} {kind}".ljust(WIDTH - 12)
        + f"{line.net:f}".rjust(12)
        + f"  {line.description}, {line.period_start} to {line.period_end}"
    )


def _own(key: str) -> str:
    """Give a key as the test wrote it."""
    return key.partition(".")[2] or key


def _derivations(failure: Failure) -> Iterator[str]:
    for invoice, line in failure.lines[:EXPLAINED]:
        yield ""
        for text in render_text(explain_line(_told(invoice), line.number)).splitlines():
            yield f"    {text}".rstrip()
    left = len(failure.lines) - EXPLAINED
    if left > 0:
        yield ""
        yield f"    ... and {left} more lines"


def _told(invoice: Invoice) -> Invoice:
    """Call the invoice of a test what a reader knows it by."""
    return invoice.model_copy(update={"number": "line"})
