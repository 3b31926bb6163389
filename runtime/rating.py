"""Rating alone: book, usage and date in; rated usage and exceptions out, nothing posted.

The stages are the billing run's own, up to its usage.  What they write is called DRAFT where
a run has its number, so that no bill ever takes it for its own: the ledger is only read and
the usage store is left as it is, and a bill of the same files rates them as if for the first
time.  A draft takes the place of the one before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from duckdb import DuckDBPyConnection

from runtime.bill import check_ledger, check_program, rate_files
from runtime.bill_book import read_book, subscribe
from runtime.bill_folder import WRITE_FAULTS, OutFolder, in_words, require_writable
from runtime.bill_result import BillRefused, BillRequest
from runtime.bill_run import Reasons, Run
from runtime.book.faults import BookReport
from runtime.engine import EngineRefused, open_engine
from runtime.invoice.format import EACH
from runtime.invoice.units import as_decimal, in_units_of
from runtime.ledger.connect import ledger_url, read_ledger
from runtime.ledger.faults import LedgerRefused
from runtime.ledger.history import read_kept_events, read_last_run
from runtime.program.units import steps_by_unit
from runtime.usage.report import UsageReport

_CELLS = """
SELECT usage_class, component, currency, coalesce(unit, '') AS unit, coalesce(amount, 0),
       coalesce(per, 1), coalesce(event_amount, 0), sum(quantity)::HUGEINT,
       sum(coalesce(factor, quantity))::HUGEINT, sum(events)::HUGEINT
FROM rated.cells GROUP BY ALL ORDER BY ALL
"""

DRAFT = "draft"
SUMMARY = "rating.json"


@dataclass(frozen=True, slots=True)
class RatedClass:
    """What was rated of a usage class, in one way and in one unit.

    Attributes:
        component: `rated`, or how a bucket tier took it: `included`, `flat`, `priced`.
        unit: the price sheet's; `quantity` is exact in it.
        amount: the sum of quantity x price / per and of what events cost, not rounded; an
            invoice rounds that of each account service.
    """

    usage_class: str
    component: str
    quantity: Decimal
    unit: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class RatingResult:
    """A rating that ended well; `periods`: the usage periods it rated."""

    as_of: date
    catalog: str
    fingerprint: str
    book: BookReport
    usage: UsageReport
    classes: tuple[RatedClass, ...]
    periods: int


def rate_alone(request: BillRequest) -> RatingResult | BillRefused:
    """Rate a book's usage as a bill by the date would, and post nothing.

    Writes `out`/rated_usage/run=draft, `out`/exceptions/run=draft and `out`/rating.json.
    Usage of runs that the ledger has posted takes part where it would in a bill: records seen
    by them are duplicates, and late usage re-rates its period.  A mistake of the user's, and a
    folder that takes no files, give BillRefused; then nothing of a draft is of use.
    """
    folder = OutFolder(request.out)
    try:
        with closing(_engine(request)) as connection:
            request.progress("ledger", 0, None)
            with read_ledger(request.ledger or ledger_url(folder.ledger)) as ledger:
                run = Run(
                    request,
                    connection,
                    folder,
                    None,
                    read_last_run(ledger),
                    read_kept_events(ledger),
                )
            require_writable(folder)
            return _rate(run)
    except LedgerRefused as refusal:
        return BillRefused("ledger", (str(refusal),))
    except WRITE_FAULTS as fault:
        return BillRefused("files", (in_words(folder, fault),))
    except EngineRefused as refusal:
        return BillRefused("memory", (str(refusal),))


def _engine(request: BillRequest) -> DuckDBPyConnection:
    return open_engine(threads=request.threads, memory_limit=request.memory_limit)


def rate_as_draft(run: Run) -> Reasons:
    """Rate the run's usage under the name of a draft, and keep nothing for later runs."""
    return rate_files(run, out=run.folder.root, keep=False, label=DRAFT)


STAGES = (
    ("program", check_program),
    ("ledger", check_ledger),
    ("book", read_book),
    ("subscriptions", subscribe),
    ("usage", rate_as_draft),
)


def _rate(run: Run) -> RatingResult | BillRefused:
    for name, stage in STAGES:
        run.request.progress(name, 0, None)
        reasons = stage(run)
        if reasons:
            faults = run.book.faults if run.book and stage is read_book else ()
            return BillRefused(name, reasons, faults)
    assert run.book is not None
    assert run.usage is not None
    result = RatingResult(
        as_of=run.request.as_of,
        catalog=run.request.program.catalog,
        fingerprint=run.request.program.fingerprint,
        book=run.book,
        usage=run.usage,
        classes=tuple(_classes(run)),
        periods=run.usage.evaluated,
    )
    _write_summary(run.folder, result)
    return result


def _classes(run: Run) -> Iterator[RatedClass]:
    """Sum up rated.cells, which hold the evaluated periods."""
    steps = steps_by_unit(run.request.program)
    order = {each.id: each.ordinal for each in run.request.program.usage_classes}
    sums: dict[tuple[str, str, str], tuple[int, Fraction, str]] = {}
    for (
        usage_class,
        component,
        currency,
        unit,
        price,
        per,
        of_event,
        *counts,
    ) in run.connection.execute(_CELLS).fetchall():
        quantity, factor, events = counts
        amount = Fraction(price) * factor / per + Fraction(of_event) * events
        key = usage_class, component, currency
        before, so_far, known = sums.get(key, (0, Fraction(0), ""))
        sums[key] = before + int(quantity), so_far + amount, known or unit
    for (usage_class, component, currency), (quantity, amount, unit) in sorted(
        sums.items(), key=lambda each: (order[each[0][0]], each[0])
    ):
        yield RatedClass(
            usage_class=usage_class,
            component=component,
            quantity=in_units_of(quantity, steps.get(unit, 1)),
            unit=unit or EACH,
            amount=as_decimal(amount),
            currency=currency,
        )


def _write_summary(folder: OutFolder, result: RatingResult) -> None:
    """Write the rating in figures, as canonical JSON."""
    body = {
        "as_of": result.as_of.isoformat(),
        "catalog": result.catalog,
        "fingerprint": result.fingerprint,
        "book": dict(result.book.rows),
        "usage": asdict(result.usage),
        "classes": [asdict(each) for each in result.classes],
        "periods": result.periods,
    }
    text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"
    path = folder.root / SUMMARY
    partial = path.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)
