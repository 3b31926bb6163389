"""What is told of a usage record, and of all that a folder's runs read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Piece:
    """A row of rated usage: what of a record was rated in one way.

    Attributes:
        number: from 0.
        bucket_service, bucket_start: whose filling it was drawn from, and from which day that is.
        quantity: in `unit`, of the price sheet.
        unit_price: for `per` steps, of which the unit has `unit_steps`; in `currency`.
        amount: of the piece, to 10 decimals; no line is summed from it.
    """

    number: int
    day: date
    account: str
    account_package: str
    account_service: str
    service: str | None
    usage_class: str
    rate_plan: str | None
    rate_group: str | None
    rate: str | None
    bucket: str | None
    tier: int | None
    bucket_service: str | None
    bucket_start: date | None
    component: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    per: int
    unit_steps: int
    event_price: Decimal
    amount: Decimal
    currency: str
    source_path: str | None
    source_line: int | None
    period_start: date
    period_end: date


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """A record of a usage file, or one of its events, and what became of it in a run.

    Attributes:
        run: the run that read it.
        event_id: its parts stand with `/` between them; None where it has none.
        reason: RATED, or a name of runtime.usage.dispositions.Reason.
        field: what the reason is about, with its value: a part of `detail`.
        remedy: what to do so that it is rated; None where there is nothing to do.
        content: the fields as they were read; of a rated one the event as it is kept.
        rated_in: the run whose rating holds now; None where it is not rated.
        pieces: of that rating.
    """

    run: str
    feed: str
    event_id: str | None
    file: str
    row: int
    disposition: str
    reason: str
    detail: str
    remedy: str | None
    content: tuple[tuple[str, str], ...]
    instant: datetime | None = None
    rated_in: str | None = None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class RunCounts:
    """The accounting identity of a run: read = rated + duplicate + skipped + rejected."""

    run: str
    as_of: date | None
    read: int
    rated: int
    duplicate: int
    skipped: int
    rejected: int


@dataclass(frozen=True, slots=True)
class KeptUsage:
    """How many events of a run are in the store, of a month (UTC), feed, service and class."""

    run: str
    month: str
    feed: str
    service: str | None
    usage_class: str
    events: int


@dataclass(frozen=True, slots=True)
class Unrated:
    """How many records of a feed a run did not rate for a reason."""

    run: str
    feed: str
    disposition: str
    reason: str
    records: int


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the runs of a folder read."""

    runs: tuple[RunCounts, ...]
    kept: tuple[KeptUsage, ...]
    unrated: tuple[Unrated, ...]
