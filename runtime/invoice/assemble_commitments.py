"""What the charge of a shortfall is short of, from the minimum that made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection

from runtime.invoice.draft import DueLine
from runtime.invoice.model import Commitment
from runtime.money import to_major


@dataclass(frozen=True, slots=True)
class Committed:
    """A row of charge.commitments."""

    account_service: str
    occurrence: int
    full_start: date
    counted: str | None
    committed: int
    used: int


Commitments = dict[tuple[str, int | None, date | None], Committed]


def read_commitments(connection: DuckDBPyConnection) -> Commitments:
    """Read what is behind the shortfalls of the batch's account services."""
    names = ", ".join(field.name for field in fields(Committed))
    rows = connection.execute(
        f"SELECT {names} FROM charge.commitments JOIN batch_service USING (account_service)"
    ).fetchall()
    found = (Committed(*row) for row in rows)
    return {(each.account_service, each.occurrence, each.full_start): each for each in found}


def commitment_of(
    due: DueLine, commitments: Commitments, title: Callable[[str], str]
) -> Commitment | None:
    """Give what a shortfall is short of; of a credit, the line it corrects has told."""
    if due.kind != "minimum" or due.is_credit:
        return None
    of = commitments.get((due.account_service, due.occurrence, due.full_start))
    if of is None:
        return None
    if of.counted is None:
        committed, used = (to_major(each, due.minor_units) for each in (of.committed, of.used))
        return Commitment(counted=None, committed=committed, used=used)
    return Commitment(
        counted=title(of.counted), committed=Decimal(of.committed), used=Decimal(of.used)
    )


def short_words(due: DueLine, commitment: Commitment) -> str:
    """Say what was committed to and what of it was used."""
    unit = commitment.counted or due.currency
    return f"{commitment.committed:f} {unit} committed, {commitment.used:f} used"
