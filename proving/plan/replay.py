"""Bill the same book and usage with two versions of a catalog, and compare who pays what.

Both are billed by the run that bills customers, dry and without a ledger: all that should have
been charged by a day, for charges that end after another.  Of each invoice only its sums are kept.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from proving.plan.policy import Move
from runtime.bill import bill
from runtime.bill_result import BillRefused, BillRequest
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import Invoice
from runtime.program.model import Program

Case = tuple[str, str, str, str]
"""An account, the currency, the kind of a charge and its service."""

Amounts = Mapping[Case, tuple[Decimal, Decimal]]
"""What was charged in each case, in major units: the net and the tax."""


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


NOTHING = Decimal(0)


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
    return Compared(
        replay=replay,
        accounts=tuple(_accounts(one.amounts, other.amounts)),
        lines=tuple(_lines(_renamed(one.amounts, moves), other.amounts)),
        records=(one.records, other.records),
    )


@dataclass(frozen=True, slots=True)
class _Billed:
    """What was charged in each case, the net and the tax, and of how many records."""

    amounts: Amounts
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
        sums = _Sums(replay.since)
        request = BillRequest(
            program=program,
            book=_book(replay.book, out / "book", moves),
            usage=replay.usage,
            as_of=replay.as_of,
            out=out / "out",
            is_dry_run=True,
            memory_limit=replay.memory_limit,
            each_invoice=sums.add,
        )
        if progress is not None:
            progress(f"bill {name}", 0, None)
        outcome = bill(request)
        if isinstance(outcome, BillRefused):
            reasons = "; ".join(outcome.reasons[:5])
            raise ReplayRefused(f"the catalog {name} does not bill this book: {reasons}")
        return _Billed(sums.amounts, outcome.usage.rated)


@dataclass(slots=True)
class _Sums:
    """What was charged in each case: the net and the tax, in major units."""

    since: date | None
    amounts: dict[Case, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def add(self, invoice: Invoice) -> None:
        """Take an invoice in, but for charges that ended before."""
        for line in all_lines(invoice):
            if self.since is None or line.period_end > self.since:
                case = (line.account, invoice.currency, line.kind, line.service)
                net, tax = self.amounts.get(case, (NOTHING, NOTHING))
                self.amounts[case] = (net + line.net, tax + line.tax)


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


def _renamed(amounts: Amounts, moves: Sequence[Move]) -> Amounts:
    names = {move.old: move.new for move in moves if move.kind == "service"}
    return {
        (account, currency, kind, names.get(service, service)): both
        for (account, currency, kind, service), both in amounts.items()
    }


def _accounts(
    one: Amounts,
    other: Amounts,
) -> Iterator[AccountChange]:
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for side, amounts in enumerate((one, other)):
        for (account, currency, _, _), (net, tax) in amounts.items():
            sums.setdefault((account, currency), [NOTHING, NOTHING])[side] += net + tax
    for (account, currency), (before, after) in sorted(sums.items()):
        yield AccountChange(account, currency, *_alike(before, after))


def _lines(
    one: Amounts,
    other: Amounts,
) -> Iterator[LineChange]:
    sums: dict[tuple[str, str, str], list[Decimal]] = {}
    for side, amounts in enumerate((one, other)):
        for (_, currency, kind, service), (net, _) in amounts.items():
            sums.setdefault((currency, kind, service), [NOTHING, NOTHING])[side] += net
    for (currency, kind, service), (before, after) in sorted(sums.items()):
        yield LineChange(currency, kind, service, *_alike(before, after))


def _alike(before: Decimal, after: Decimal) -> tuple[Decimal, Decimal]:
    """Give both with as many places: of nothing it is not known how many its currency has."""
    return before + 0 * after, after + 0 * before
