"""Bill the same book and usage with two versions of a catalog, and compare who pays what.

Both are billed by the run that bills customers, each into a ledger of its own that is thrown
away: all that should have been charged by a day, for charges that end after another.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from proving.plan.policy import Move
from runtime.bill import bill
from runtime.bill_result import BillRefused, BillRequest
from runtime.money import to_major
from runtime.program.model import Program

Case = tuple[str, str, str, str]
"""An account, the currency, the kind of a charge and its service."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What is replayed.

    Attributes:
        book: the book's folder.
        usage: the usage files, as a run takes them.
        as_of: what is due by this day is billed.
        since: charges that ended by this day are left out; None: all are compared.
    """

    book: Path
    usage: tuple[str, ...]
    as_of: date
    since: date | None = None
    memory_limit: str | None = None


class ReplayRefused(Exception):
    """One of the versions does not bill the book; the message says which, and why."""


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an account pays under both versions, tax included, in major units."""

    account: str
    currency: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        """What it pays more."""
        return self.after - self.before

    @property
    def percent(self) -> Decimal | None:
        """What it pays more in percent of before, to two places; None: it paid nothing."""
        if not self.before:
            return None
        return (self.change * 100 / abs(self.before)).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class LineChange:
    """What all pay for one service, by the kind of charge, before tax."""

    currency: str
    kind: str
    service: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        """What they pay more."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions over the same book and usage."""

    replay: Replay
    accounts: tuple[AccountChange, ...]
    lines: tuple[LineChange, ...]
    records: tuple[int, int]

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those in which somebody pays."""
        return tuple(sorted({each.currency for each in self.accounts}))

    def of(self, currency: str) -> tuple[AccountChange, ...]:
        """Give the accounts of a currency, those that pay most more first."""
        own = [each for each in self.accounts if each.currency == currency]
        return tuple(sorted(own, key=lambda each: (-each.change, each.account)))

    def over(self, percent: Decimal | None, amount: Decimal | None) -> tuple[AccountChange, ...]:
        """Give the accounts that pay more by over so many percent, or over such an amount.

        Where an account paid nothing before, any percentage is exceeded.
        """
        return tuple(each for each in self.accounts if _is_over(each, percent, amount))


def _is_over(each: AccountChange, percent: Decimal | None, amount: Decimal | None) -> bool:
    if each.change <= 0:
        return False
    if amount is not None and each.change > amount:
        return True
    return percent is not None and (each.percent is None or each.percent > percent)


def percentile(values: Sequence[Decimal], share: int) -> Decimal:
    """Give the smallest of some values that so many percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-share * len(ordered) // 100) - 1)]


def compare(
    before: Program,
    after: Program,
    replay: Replay,
    moves: Sequence[Move] = (),
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Compared:
    """Bill with both versions and compare; raise ReplayRefused where one of them cannot.

    `moves`: what has another name in the later version; its book has the new one.
    """
    one = _billed("before", before, replay, (), progress)
    other = _billed("after", after, replay, moves, progress)
    places = {each.code: each.minor_units for each in (*before.currencies, *after.currencies)}
    return Compared(
        replay=replay,
        accounts=tuple(_accounts(one.amounts, other.amounts, places)),
        lines=tuple(_lines(_renamed(one.amounts, moves), other.amounts, places)),
        records=(one.records, other.records),
    )


@dataclass(frozen=True, slots=True)
class _Billed:
    """What was charged in each case, in minor units: the net and the tax."""

    amounts: Mapping[Case, tuple[int, int]]
    records: int


def _billed(
    name: str,
    program: Program,
    replay: Replay,
    moves: Sequence[Move],
    progress: Callable[[str, int, int | None], None] | None,
) -> _Billed:
    with TemporaryDirectory(prefix="ratebook-replay-") as folder:
        out = Path(folder)
        request = BillRequest(
            program=program,
            book=_book(replay.book, out / "book", moves),
            usage=replay.usage,
            as_of=replay.as_of,
            out=out / "out",
            memory_limit=replay.memory_limit,
            formats=(),
        )
        if progress is not None:
            progress(f"bill {name}", 0, None)
        outcome = bill(request)
        if isinstance(outcome, BillRefused):
            reasons = "; ".join(outcome.reasons[:5])
            raise ReplayRefused(f"the catalog {name} does not bill this book: {reasons}")
        return _Billed(_amounts(out / "out", replay.since), outcome.usage.rated)


def _book(book: Path, copy: Path, moves: Sequence[Move]) -> Path:
    """Give a book whose rows have the new names; the book itself where none has changed."""
    if not moves:
        return book
    shutil.copytree(book, copy)
    for entity, column, kind in (
        ("account_packages", "package", "package"),
        ("account_services", "service", "service"),
    ):
        names = {move.old: move.new for move in moves if move.kind == kind}
        path = copy / f"{entity}.csv"
        if names and path.is_file():
            _rename(path, column, names)
    return copy


def _rename(path: Path, column: str, names: Mapping[str, str]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, column: names.get(row.get(column, ""), row.get(column, ""))})


def _amounts(out: Path, since: date | None) -> dict[Case, tuple[int, int]]:
    from sqlalchemy import func, select

    from runtime.ledger.connect import ledger_url, read_ledger
    from runtime.ledger.schema import lines

    query = select(
        lines.c.account,
        lines.c.currency,
        lines.c.kind,
        lines.c.service,
        func.sum(lines.c.minor),
        func.sum(lines.c.tax_minor),
    ).group_by(lines.c.account, lines.c.currency, lines.c.kind, lines.c.service)
    if since is not None:
        query = query.where(lines.c.period_end > since.isoformat())
    with read_ledger(ledger_url(out / "ledger.db")) as ledger:
        return {
            (account, currency, kind, service): (int(minor), int(tax))
            for account, currency, kind, service, minor, tax in ledger.execute(query)
        }


def _renamed(
    amounts: Mapping[Case, tuple[int, int]], moves: Sequence[Move]
) -> dict[Case, tuple[int, int]]:
    names = {move.old: move.new for move in moves if move.kind == "service"}
    return {
        (account, currency, kind, names.get(service, service)): both
        for (account, currency, kind, service), both in amounts.items()
    }


def _accounts(
    one: Mapping[Case, tuple[int, int]],
    other: Mapping[Case, tuple[int, int]],
    places: Mapping[str, int],
) -> Iterator[AccountChange]:
    sums: dict[tuple[str, str], list[int]] = {}
    for side, amounts in enumerate((one, other)):
        for (account, currency, _, _), (minor, tax) in amounts.items():
            sums.setdefault((account, currency), [0, 0])[side] += minor + tax
    for (account, currency), (before, after) in sorted(sums.items()):
        own = places[currency]
        yield AccountChange(account, currency, to_major(before, own), to_major(after, own))


def _lines(
    one: Mapping[Case, tuple[int, int]],
    other: Mapping[Case, tuple[int, int]],
    places: Mapping[str, int],
) -> Iterator[LineChange]:
    sums: dict[tuple[str, str, str], list[int]] = {}
    for side, amounts in enumerate((one, other)):
        for (_, currency, kind, service), (minor, _) in amounts.items():
            sums.setdefault((currency, kind, service), [0, 0])[side] += minor
    for (currency, kind, service), (before, after) in sorted(sums.items()):
        own = places[currency]
        yield LineChange(currency, kind, service, to_major(before, own), to_major(after, own))
