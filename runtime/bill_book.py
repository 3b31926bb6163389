"""The stages of a billing run that read the book: all of it, and then what of it may be billed.

What is billed is what has changed since the last run, or is due; see runtime.subscriptions.aside.
"""

from __future__ import annotations

from runtime.bill_run import Reasons, Run
from runtime.book.digests import Watched, make_digests
from runtime.book.faults import BookReport
from runtime.book.files import find_files
from runtime.book.load import hide_recorded_later, load_book, load_changed
from runtime.book.model import ENTITIES
from runtime.engine import create_table
from runtime.subscriptions.aside import reaches_over_accounts, settle
from runtime.subscriptions.build import build_subscriptions
from runtime.subscriptions.kept import (
    Kept,
    PostedMark,
    keep_book,
    keep_known,
    known_mark,
    read_kept,
)
from runtime.subscriptions.known import Settled
from runtime.usage.idle import is_due_at_zero
from runtime.usage.known import forget_known


def read_book(run: Run) -> Reasons:
    """Load the book; its faults end the run.

    Where it may, it sets aside whom the run need not look at.
    """
    request, connection, last = run.request, run.connection, run.last
    if last is not None:
        mark = PostedMark(last.as_of, last.run, run.folder.known, last.known, last.fingerprint)
        run.kept = read_kept(connection, mark)
    kept = run.kept
    may_set_aside = kept is not None and kept.digests is not None and _may_set_aside(run)
    is_watched = run.ledger is not None or may_set_aside
    watched = Watched(find_files(request.book)[0].values() if is_watched else ())
    report = _load_changed(run, kept, watched) if kept is not None and may_set_aside else None
    if report is None:
        run.settled = None if kept is None else Settled(kept.last.as_of, kept.known)
        create_table(connection, "subscription.aside")
        report = load_book(connection, request.program, request.book)
        if is_watched and not report.faults:
            _digest(run, watched)
    run.files = watched.unmoved()
    run.book, run.faults = report, report.faults
    hide_recorded_later(connection, request.as_of)
    return tuple(fault.text() for fault in report.faults)


def _load_changed(run: Run, kept: Kept, watched: Watched) -> BookReport | None:
    """Load what has changed or is due of the book; None: it is not sound, or was written to."""
    request, connection = run.request, run.connection

    def narrow() -> None:
        _digest(run, watched)
        run.settled = settle(connection, request.program, kept, request.as_of, watched.digests)

    others = {each for each in ENTITIES if watched.digests.get(each) != kept.files.get(each)}
    report = load_changed(connection, request.program, request.book, others, narrow)
    return report if watched.unmoved() == watched.digests else None


def _digest(run: Run, watched: Watched) -> None:
    before, digests = ({}, None) if run.kept is None else (run.kept.files, run.kept.digests)
    make_digests(run.connection, watched.unmoved(), before, digests)


def subscribe(run: Run) -> Reasons:
    """Work out account services, statuses and periods, and which are settled already."""
    request, connection = run.request, run.connection
    build_subscriptions(
        connection,
        request.program,
        request.as_of,
        run.settled,
        are_alike_found=True,
        is_first=run.last is None,
        forgets_book=True,
    )
    return ()


def _may_set_aside(run: Run) -> bool:
    """Tell whether accounts of which nothing is due or changed have no part in this run."""
    program, kept = run.request.program, run.kept
    return (
        kept is not None
        and kept.last.fingerprint == program.fingerprint
        and not run.request.usage
        and not any(run.kept_events.values())
        and not is_due_at_zero(program)
        and not reaches_over_accounts(program)
    )


def mark_of(run: Run) -> str:
    """Give the mark by which the ledger knows what this run leaves for the next."""
    request = run.request
    return known_mark(run.connection, request.program, request.as_of, run.files)


def keep_what_is_known(run: Run, held_back: set[str]) -> None:
    """Leave what the next run may rely on; of whom something is held back, nothing is settled."""
    folder, mark = run.folder.known, mark_of(run)
    if held_back:
        forget_known(run.connection, run.folder.usage_store, run.number, held_back)
    keep_known(run.connection, folder, run.number, mark, held_back)
    keep_book(run.connection, folder, run.number, mark, run.files)
