"""The billing run: book, usage and date in; posted invoices out.

STAGES is the run, in order.  Each stage reads the tables of those before it (see
runtime.tables) and leaves its own; a stage that finds a mistake of the user's gives its
reasons, and the run ends there with nothing posted.  A dry run is the same stages over a
ledger that is only read: its invoices are the real run's but for number and run.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection
from sqlalchemy import Connection

from runtime.bill_book import read_book, subscribe
from runtime.bill_documents import write_files
from runtime.bill_folder import (
    WRITE_FAULTS,
    OutFolder,
    in_words,
    require_writable,
)
from runtime.bill_invoices import invoice
from runtime.bill_result import BillRefused, BillRequest, BillResult
from runtime.bill_run import Reasons, Run
from runtime.charges.difference import LedgerDisagrees, find_difference
from runtime.charges.minimums import find_unbearable
from runtime.charges.missing import find_missing_prices
from runtime.charges.target import compute_target
from runtime.charges.usage import AmountOverflow
from runtime.engine import EngineRefused, open_engine, overflow_words
from runtime.ledger.connect import commit_run, ledger_url, read_ledger, wait_for_ledger
from runtime.ledger.faults import CommitUncertain, LedgerRefused
from runtime.ledger.history import (
    read_kept_events,
    read_last_run,
)
from runtime.ledger.posted import load_unsettled
from runtime.payments.credited_again import find_credited_again
from runtime.payments.receive import PaymentsRefused
from runtime.payments.run import receive_from_book
from runtime.program.unbillable import find_unbillable
from runtime.tax import find_missing_tax_rates
from runtime.usage.faults import UsageFault
from runtime.usage.files import match_files
from runtime.usage.rate import rate_usage
from runtime.usage.store import UsageStore, lost_runs


def bill(request: BillRequest) -> BillResult | BillRefused:
    """Bill a book: post what is due by the date and was not posted, and write its files.

    A mistake of the user's, in the book, the usage or the ledger, and a folder or a disk that
    takes no files, give BillRefused; then nothing was posted.  A run that is killed has posted
    all or nothing; the next run bills what is left, and writes the files of invoices that
    still lack them.
    """
    folder = OutFolder(request.out)
    url = request.ledger or ledger_url(folder.ledger)
    try:
        if request.is_dry_run:
            with closing(_engine(request)) as connection:
                with read_ledger(url) as ledger:
                    run = _begin(request, connection, ledger)
                return _run_stages(run)
        with _held(url, request) as ledger, closing(_engine(request)) as connection:
            require_writable(folder)
            run = replace(_begin(request, connection, ledger), ledger=ledger)
            outcome = _run_stages(run)
            if isinstance(outcome, BillRefused):
                return outcome
            commit_run(ledger)
    except CommitUncertain as refusal:
        return BillRefused("ledger", (str(refusal),), is_certain=False)
    except LedgerRefused as refusal:
        return BillRefused("ledger", (str(refusal),))
    except WRITE_FAULTS as fault:
        return BillRefused("files", (in_words(folder, fault),))
    except EngineRefused as refusal:
        return BillRefused("memory", (str(refusal),))
    return write_files(url, folder, request, outcome)


def _held(url: str, request: BillRequest) -> AbstractContextManager[Connection]:
    def tell() -> None:
        request.progress("waiting for the run that holds the ledger", 0, None)

    return wait_for_ledger(url, wait_ms=request.wait_seconds * 1_000, tell=tell)


def _engine(request: BillRequest) -> DuckDBPyConnection:
    return open_engine(threads=request.threads, memory_limit=request.memory_limit)


def _begin(request: BillRequest, connection: DuckDBPyConnection, ledger: Connection) -> Run:
    request.progress("ledger", 0, None)
    return Run(
        request,
        connection,
        OutFolder(request.out),
        None,
        read_last_run(ledger),
        read_kept_events(ledger),
    )


def check_program(run: Run) -> Reasons:
    """Refuse a program that asks for what is not billed yet."""
    return find_unbillable(run.request.program)


def check_ledger(run: Run) -> Reasons:
    """Refuse a ledger that this catalog or this date does not follow on from."""
    program, last = run.request.program, run.last
    if last is None:
        return ()
    if program.catalog != last.catalog:
        return (
            f"the ledger holds runs of catalog {last.catalog}; "
            f"catalog {program.catalog} needs a ledger of its own",
        )
    if run.request.as_of < last.as_of:
        return (
            f"the last posted run is as of {last.as_of}; "
            f"a run as of {run.request.as_of} would bill the past without what was posted since",
        )
    if program.rounding != last.rounding:
        return (
            f"the ledger's amounts are rounded {last.rounding}, the catalog now says "
            f"{program.rounding}: posted periods could not be corrected to the cent",
        )
    return ()


def receive(run: Run) -> Reasons:
    """Record the book's payments that count by the date; their faults end the run."""
    with run.reading() as ledger:
        received = receive_from_book(run.connection, run.request.program, ledger, run.request.as_of)
    if isinstance(received, PaymentsRefused):
        run.faults = received.faults
        return tuple(fault.text() for fault in received.faults)
    run.received = received
    return ()


def rate(run: Run) -> Reasons:
    """Rate this run's usage, and again the stored usage of the periods it touches."""
    is_posting = run.ledger is not None
    return rate_files(run, out=run.folder.root if is_posting else None, keep=is_posting)


def rate_files(run: Run, *, out: Path | None, keep: bool, label: str | None = None) -> Reasons:
    """Rate the run's files; see runtime.usage.rate for where to and under which label."""
    request = run.request
    store = UsageStore(run.folder.usage_store, tuple(run.kept_events))
    lost = lost_runs(store, run.kept_events)
    if lost:
        return tuple(
            f"the usage of posted run {each} is not in {run.folder.usage_store}: "
            "the ledger and its usage store belong together"
            for each in lost
        )
    try:
        run.usage = rate_usage(
            run.connection,
            request.program,
            files=match_files(request.program, request.usage),
            as_of=request.as_of,
            previous_as_of=run.previous_as_of,
            store=store,
            run=run.number,
            out=out,
            keep=keep,
            progress=request.progress,
            label=label,
        )
    except UsageFault as fault:
        return (str(fault),)
    return ()


def read_posted(run: Run) -> Reasons:
    """Read what was posted of those that are looked at whole.

    A dry run does not keep the ledger open while it computes: a run that was posted meanwhile
    ends it.
    """
    if run.ledger is not None:
        load_unsettled(run.connection, run.ledger)
        return ()
    with read_ledger(run.url) as ledger:
        if read_last_run(ledger) != run.last:
            return ("another run was posted while this one was computed; run it again",)
        load_unsettled(run.connection, ledger)
    return ()


def charge(run: Run) -> Reasons:
    """Compute the target; a charge without a price ends the run."""
    try:
        compute_target(run.connection, run.request.program, as_of=run.request.as_of)
    except (duckdb.OutOfRangeException, AmountOverflow) as fault:
        return (f"an amount is too large to be exact: {overflow_words(fault)}",)
    return tuple(
        str(missing)
        for missing in find_missing_prices(run.connection, run.request.program, run.request.as_of)
    ) + find_unbearable(run.connection, run.request.program)


def subtract(run: Run) -> Reasons:
    """Take off what was posted; the target, which is as large as what is due, is not kept."""
    try:
        find_difference(run.connection, run.request.program, as_of=run.request.as_of)
        run.connection.execute("DROP TABLE charge.target")
    except LedgerDisagrees as fault:
        return (str(fault),)
    except duckdb.OutOfRangeException as fault:
        return (f"an amount is too large to be exact: {overflow_words(fault)}",)
    with run.reading() as ledger:
        run.credited_again = find_credited_again(run.connection, ledger)
    return ()


def check_taxes(run: Run) -> Reasons:
    """End the run where a taxed line has no rate."""
    missing = find_missing_tax_rates(run.connection, run.request.program)
    return tuple(str(rate) for rate in missing)


Stage = Callable[[Run], Reasons]

STAGES: tuple[tuple[str, Stage], ...] = (
    ("program", check_program),
    ("ledger", check_ledger),
    ("book", read_book),
    ("payments", receive),
    ("subscriptions", subscribe),
    ("usage", rate),
    ("posted", read_posted),
    ("charges", charge),
    ("difference", subtract),
    ("tax", check_taxes),
    ("invoices", invoice),
)


def _run_stages(run: Run) -> BillResult | BillRefused:
    for name, stage in STAGES:
        run.request.progress(name, 0, None)
        reasons = stage(run)
        if reasons:
            return BillRefused(name, reasons, run.faults)
    assert run.book is not None
    assert run.usage is not None
    assert run.received is not None
    return BillResult(
        run=None if run.ledger is None else run.number,
        as_of=run.request.as_of,
        catalog=run.request.program.catalog,
        fingerprint=run.request.program.fingerprint,
        made=run.made,
        first=run.first,
        invoices=tuple(run.invoices),
        lines=run.lines,
        totals=tuple(own.totals(currency) for currency, own in sorted(run.totals.items())),
        held_back=run.held_back,
        credited_again=run.credited_again,
        payments=len(run.received.journal.payments),
        book=run.book,
        usage=run.usage,
    )
