"""What the charges of contracts rest on: what falls short, and what would have been charged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal

from duckdb import DuckDBPyConnection

from runtime.invoice.draft import DueLine
from runtime.invoice.model import Commitment, Penalty
from runtime.invoice.units import plain
from runtime.money import to_major

_KINDS = frozenset({"minimum", "prepaid", "drawdown"})


@dataclass(frozen=True, slots=True)
class Committed:
    """A row of charge.commitments."""

    account_service: str
    occurrence: int
    full_start: date
    is_prepaid: bool
    counted: str | None
    committed: int
    used: int


@dataclass(frozen=True, slots=True)
class Commitments:
    """What is behind the shortfalls and the penalties of a batch of invoices."""

    minimums: dict[tuple[str, int | None, date | None], Committed]
    penalties: dict[str, tuple[Decimal, int, date]]


def read_commitments(connection: DuckDBPyConnection) -> Commitments:
    """Read what is behind the charges of the batch's account services."""
    names = ", ".join(field.name for field in fields(Committed))
    rows = connection.execute(
        f"SELECT {names} FROM charge.commitments JOIN batch_service USING (account_service)"
    ).fetchall()
    found = (Committed(*row) for row in rows)
    left = connection.execute("""
        SELECT account_service, percent, remaining, term_end
        FROM charge.penalties JOIN batch_service USING (account_service)
    """).fetchall()
    return Commitments(
        {(each.account_service, each.occurrence, each.full_start): each for each in found},
        {service: (percent, int(remaining), end) for service, percent, remaining, end in left},
    )


def commitment_of(
    due: DueLine, commitments: Commitments, title: Callable[[str], str]
) -> Commitment | Penalty | None:
    """Give what a contract's charge rests on; of a credit, the line it corrects has told."""
    if due.is_credit:
        return None
    if due.kind == "penalty" and due.account_service in commitments.penalties:
        percent, remaining, term_end = commitments.penalties[due.account_service]
        return Penalty(
            percent=plain(percent),
            remaining=to_major(remaining, due.minor_units),
            term_end=term_end,
        )
    of = commitments.minimums.get((due.account_service, due.occurrence, due.full_start))
    if due.kind not in _KINDS or of is None:
        return None
    figures = (of.committed, of.used)
    if of.counted is None:
        committed, used = (to_major(each, due.minor_units) for each in figures)
    else:
        committed, used = (Decimal(each) for each in figures)
    counted = None if of.counted is None else title(of.counted)
    return Commitment(counted=counted, committed=committed, used=used, is_prepaid=of.is_prepaid)


def promised_words(due: DueLine, promised: Commitment | Penalty) -> str:
    """Say what was committed to and what of it was used, or what a penalty is a part of."""
    if isinstance(promised, Penalty):
        last = promised.term_end - timedelta(days=1)
        remaining = f"{promised.remaining:f} {due.currency}"
        return f"{promised.percent:f}% of {remaining} remaining until {last}"
    unit = promised.counted or due.currency
    if due.kind == "prepaid":
        return f"{promised.committed:f} {unit} prepaid"
    return f"{promised.committed:f} {unit} committed, {promised.used:f} used"
