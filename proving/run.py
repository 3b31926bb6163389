"""Run tests: those that bill on the same days share a book, a ledger and each run.

A run that is refused says nothing of the single test, so that those that shared it are run
again in halves, down to the one that it is about.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from proving.book import GROUP, GROUP_TERMS, BookRows, add_test, begin_book
from proving.scenario import Scenario, Stage
from proving.usage import ID, records_of, with_test_feeds, write_records
from runtime.bill import bill
from runtime.bill_result import BillRefused, BillRequest
from runtime.invoice.model import Invoice
from runtime.ledger.connect import ledger_url, read_ledger
from runtime.ledger.history import read_invoice_numbers, read_invoices
from runtime.payments.balances import read_balances
from runtime.program.model import BillGroup, Program

SEPARATOR = "."


@dataclass(frozen=True, slots=True)
class Billed:
    """What a bill of a test came to.

    Attributes:
        invoices: of the test's accounts; their keys begin with its name.
        refused: why nothing was billed; empty: it was.
        records: how many of the run's usage records met which end, for which reason.
        balances: what each account owes in each currency, in minor units.
    """

    invoices: tuple[Invoice, ...]
    refused: tuple[str, ...]
    records: Mapping[tuple[str, str], int]
    balances: Mapping[tuple[str, str], Decimal]


def prepared(program: Program) -> Program:
    """Give the program as tests bill with it: with feeds of their own, and a bill group."""
    made = with_test_feeds(program)
    if made.bill_groups:
        return made
    group = BillGroup(id=GROUP, bill_day=1, terms_days=GROUP_TERMS, source=program.sources[0].id)
    return made.model_copy(update={"bill_groups": (group,)})


def run_scenarios(
    program: Program, scenarios: Sequence[Scenario], catalog: Path
) -> dict[str, tuple[Billed, ...]]:
    """Bill each test; give, by name, what each of its bills came to.

    Args:
        program: of `prepared`.
        catalog: the folder that the paths of usage files are from.
    """
    found: dict[str, tuple[Billed, ...]] = {}
    for batch in batches_of(scenarios):
        found.update(run_batch(program, batch, catalog))
    return found


def batches_of(scenarios: Sequence[Scenario]) -> tuple[tuple[Scenario, ...], ...]:
    """Put together what can share its runs; the order of the tests is kept.

    A test shares those of another that bills the same days, and more behind them.
    """
    shared = dict.fromkeys(each.days for each in scenarios if not each.is_alone)
    batches: dict[object, list[Scenario]] = {}
    for each in scenarios:
        days = each.days
        longer = (other for other in shared if other[: len(days)] == days)
        key: object = each.name if each.is_alone else max(longer, key=len)
        batches.setdefault((each.is_alone, key), []).append(each)
    return tuple(tuple(batch) for batch in batches.values())


def run_batch(
    program: Program, batch: Sequence[Scenario], catalog: Path
) -> dict[str, tuple[Billed, ...]]:
    """Bill tests that share their runs, by halves where one of several refuses them."""
    found: dict[str, tuple[Billed, ...]] = {each.name: () for each in batch}
    for billed in bill_by_bill(program, batch, catalog):
        if billed is None:
            middle = len(batch) // 2
            return {
                **run_batch(program, batch[:middle], catalog),
                **run_batch(program, batch[middle:], catalog),
            }
        for name, each in billed.items():
            found[name] += (each,)
    return found


def bill_by_bill(
    program: Program, batch: Sequence[Scenario], catalog: Path
) -> Iterator[dict[str, Billed] | None]:
    """Make the bills of a batch one after the other; give what each came to, by test.

    A test that has made its last bill stays in the book of the later ones, as it was, and gets
    no more.  None, and no more after it, where one of several tests refuses what they share.
    """
    with TemporaryDirectory(prefix="ratebook-test-") as name:
        folder = Path(name)
        for number in range(max(len(each.stages) for each in batch)):
            billed = _bill(program, batch, catalog, folder, number)
            yield billed
            if billed is None:
                return


def _bill(
    program: Program, batch: Sequence[Scenario], catalog: Path, folder: Path, number: int
) -> dict[str, Billed] | None:
    stages = {each.name: _stage(each, number) for each in batch}
    request, book, given = _request(program, stages, catalog, folder, number)
    outcome = bill(request)
    if isinstance(outcome, BillRefused):
        if len(batch) > 1:
            return None
        return {batch[0].name: Billed((), _reasons(outcome, book, batch[0]), {}, {})}
    run = outcome.run
    assert run is not None
    invoices, owed = _posted(folder, run)
    alone = dict(outcome.usage.reasons) if len(batch) == 1 else None
    ends = _ends(folder, run, given) if alone is None else {batch[0].name: _named(alone)}
    return {
        name: Billed(tuple(invoices.get(name, ())), (), ends.get(name, {}), owed.get(name, {}))
        for name in (each.name for each in batch if number < len(each.stages))
    }


def _stage(test: Scenario, number: int) -> Stage:
    """Give what a test says to a bill: behind its last one, what it knew, and no more usage."""
    if number < len(test.stages):
        return test.stages[number]
    return replace(test.stages[-1], uses=(), files=())


def _request(
    program: Program, stages: Mapping[str, Stage], catalog: Path, folder: Path, number: int
) -> tuple[BillRequest, BookRows, Counter[str]]:
    """Write the book and the usage of a bill; give the run, and how many records each test has."""
    book = begin_book(program)
    given: Counter[str] = Counter()
    records = []
    files: list[str] = []
    for name, stage in stages.items():
        rows = BookRows()
        add_test(rows, program, name, stage.known)
        book.extend(rows)
        own = records_of(program, rows, name, stage.uses)
        given[name] = len(own)
        records += own
        for file in stage.files:
            base = catalog / Path(file.span.path).parent
            files.append(str(base / file.file.value))
    place = folder / f"bill-{number}"
    book.write(place / "book")
    request = BillRequest(
        program=program,
        book=place / "book",
        usage=(*files, *write_records(program, records, place / "usage")),
        as_of=max(stage.bill.day.value for stage in stages.values()),
        out=folder / "out",
        threads=1,
        formats=(),
    )
    return request, book, given


def _reasons(refused: BillRefused, book: BookRows, test: Scenario) -> tuple[str, ...]:
    """Say why a test's bill was refused, by the test's own lines and names where they did it."""
    prefix = f"{test.name}{SEPARATOR}"
    if not refused.faults:
        return tuple(f"{refused.stage}: {each.replace(prefix, '')}" for each in refused.reasons)
    found = []
    for fault in refused.faults:
        place = book.place(fault.file, fault.row)
        said = fault.text()
        if place is not None:
            line = test.source.text.count("\n", 0, place.start) + 1
            said = f"{place.path}:{line}: {said.partition(': ')[2]}"
        found.append(said.replace(prefix, ""))
    return tuple(found)


def _posted(
    folder: Path, run: int
) -> tuple[dict[str, list[Invoice]], dict[str, dict[tuple[str, str], Decimal]]]:
    """Give, by test, a run's invoices, and what each account owes."""
    found: dict[str, list[Invoice]] = {}
    balances: dict[str, dict[tuple[str, str], Decimal]] = {}
    with read_ledger(ledger_url(folder / "out" / "ledger.db")) as ledger:
        for invoice in read_invoices(ledger, read_invoice_numbers(ledger, run)):
            found.setdefault(_test_of(invoice.bill_to.account), []).append(invoice)
        for each in read_balances(ledger, date.max):
            own = balances.setdefault(_test_of(each.account), {})
            own[each.account, each.currency] = Decimal(each.due)
    return found, balances


def _test_of(key: str) -> str:
    """Name the test that an account is of."""
    return key.partition(SEPARATOR)[0]


def _named(reasons: Mapping[str, int]) -> dict[tuple[str, str], int]:
    from runtime.usage.dispositions import Reason, disposition

    return {(disposition(Reason[name]), name.lower()): number for name, number in reasons.items()}


def _ends(
    folder: Path, run: int, given: Mapping[str, int]
) -> dict[str, dict[tuple[str, str], int]]:
    """Count the ends of each test's records: those that the exceptions do not name were rated."""
    found: dict[str, Counter[tuple[str, str]]] = {test: Counter() for test in given}
    for path in sorted((folder / "out" / "exceptions" / f"run={run}").glob("*.csv")):
        for row in _exceptions(path):
            found[row[ID].partition("/")[0]][row["disposition"], row["reason"].lower()] += 1
    for test, ends in found.items():
        ends["rated", "rated"] = given[test] - sum(ends.values())
    return {
        test: {end: count for end, count in ends.items() if count} for test, ends in found.items()
    }


def _exceptions(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)
