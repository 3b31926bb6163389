"""The stages of a billing run that read the book: all of it, and then what of it may be billed.

What is billed is what has changed since the last run, or is due; see runtime.subscriptions.aside.
"""

from __future__ import annotations

from runtime.bill_run import Reasons, Run
from runtime.book.digests import Watched, make_digests
from runtime.book.files import find_files
from runtime.book.load import hide_recorded_later, load_book
from runtime.subscriptions.aside import reaches_over_accounts, settle
from runtime.subscriptions.build import build_subscriptions
from runtime.subscriptions.kept import (
    PostedMark,
    keep_book,
    keep_known,
    known_mark,
    read_kept,
)
from runtime.usage.idle import is_due_at_zero
from runtime.usage.known import forget_known


def read_book(run: Run) -> Reasons:
    """Load the book; its faults end the run."""
    request, connection, last = run.request, run.connection, run.last
    if last is not None:
        mark = PostedMark(last.as_of, last.run, run.folder.known, last.known, last.fingerprint)
        run.kept = read_kept(connection, mark)
    is_watched = run.ledger is not None or _may_set_aside(run)
    watched = Watched(find_files(request.book)[0].values() if is_watched else ())
    run.book = load_book(connection, request.program, request.book)
    run.files = watched.unmoved()
    run.faults = run.book.faults
    if is_watched and not run.faults:
        before, digests = ({}, None) if run.kept is None else (run.kept.files, run.kept.digests)
        make_digests(connection, run.files, before, digests)
    hide_recorded_later(connection, request.as_of)
    return tuple(fault.text() for fault in run.book.faults)


def subscribe(run: Run) -> Reasons:
    """Work out account services, statuses and periods, and which are settled already."""
    request, connection, kept = run.request, run.connection, run.kept
    settled = None
    if kept is not None:
        files = run.files if _may_set_aside(run) else None
        settled = settle(connection, request.program, kept, request.as_of, files)
    build_subscriptions(
        connection,
        request.program,
        request.as_of,
        settled,
        are_alike_found=True,
        is_first=run.last is None,
    )
    # Read no more, and as long as what was made of it.
    connection.execute("DROP TABLE book.status_changes")
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
