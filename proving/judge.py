"""Hold what was billed to what was expected; say of each difference what was and how it came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import assert_never

from compiler.resolve.scenarios import is_instance
from dsl.source import Source
from dsl.syntax.base import Name, Number, Quantity, Word
from dsl.syntax.scenarios import (
    Expectation,
    ExpectedAmount,
    ExpectedInvoice,
    ExpectedLine,
    ExpectedNothing,
    ExpectedRecords,
    ExpectedRefusal,
    SignedMoney,
)
from proving.recorded import recorded_text
from proving.run import SEPARATOR, Billed
from proving.scenario import Scenario, Stage
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import Invoice, InvoiceLine
from runtime.program.units import UNITS

NO_LINE = "no such line"


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that does not hold.

    Attributes:
        path, line: where it stands.
        stated: its words.
        expected, billed: what differs, in words.
        lines: the lines in question, with the invoices they are on.
        asked_of: what was billed as a whole.
        is_of_lines: it is these lines that were expected otherwise, and not their sum with others.
        recorded: the file that an invoice is recorded in, and what would be written there.
    """

    path: str
    line: int
    day: str
    stated: str
    expected: str
    billed: str
    lines: tuple[tuple[Invoice, InvoiceLine], ...] = ()
    asked_of: Billed | None = None
    is_of_lines: bool = False
    recorded: tuple[Path, str] | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    scenario: Scenario
    stage: Stage
    billed: Billed
    catalog: Path

    def key(self, name: Name) -> str:
        return f"{self.scenario.name}{SEPARATOR}{name.text}"

    def invoices(self, account: Name | None, currency: str | None = None) -> tuple[Invoice, ...]:
        return tuple(
            each
            for each in self.billed.invoices
            if (account is None or each.bill_to.account == self.key(account))
            and (currency is None or each.currency == currency)
        )


def judge(scenario: Scenario, billed: tuple[Billed, ...], catalog: Path) -> tuple[Failure, ...]:
    """Give the expectations of a test that do not hold; empty: it passes.

    A bill that is refused fails what is expected of it, but for that it is refused; where
    nothing is expected of it, it fails by itself.
    """
    return tuple(
        failure
        for number, outcome in enumerate(billed)
        for failure in judge_bill(scenario, number, outcome, catalog)
    )


def judge_bill(
    scenario: Scenario, number: int, billed: Billed, catalog: Path
) -> tuple[Failure, ...]:
    """Give what does not hold of one bill of a test, the first of which is number 0."""
    return tuple(_judge(_Case(scenario, scenario.stages[number], billed, catalog)))


def _judge(case: _Case) -> Iterator[Failure]:
    expects_refusal = any(
        isinstance(each.expected, ExpectedRefusal) for each in case.stage.expectations
    )
    if case.billed.refused and not expects_refusal:
        bill = case.stage.bill
        yield _failure(case, bill.span.start, "a bill", "refused:", case.billed.refused)
        return
    for each in case.stage.expectations:
        failure = _failed(case, each)
        if failure is not None:
            yield failure


def _failed(case: _Case, node: Expectation) -> Failure | None:
    match node.expected:
        case ExpectedAmount() as expected:
            found = _amount(case, expected)
        case ExpectedLine() as expected:
            found = _line(case, expected)
        case ExpectedNothing() as expected:
            found = _nothing(case, expected)
        case ExpectedRecords() as expected:
            found = _records(case, expected)
        case ExpectedRefusal() as expected:
            found = _refusal(case, expected)
        case ExpectedInvoice() as expected:
            found = _invoice(case, expected)
        case _:
            assert_never(node.expected)
    if found is None:
        return None
    source, start = case.scenario.source, node.span.start
    return replace(
        found,
        line=_line_number(source, start),
        stated=" ".join(source.words(node.span).split()),
        is_of_lines=isinstance(node.expected, ExpectedLine) and found.billed != NO_LINE,
    )


def _failure(
    case: _Case,
    start: int,
    expected: str,
    billed: str,
    reasons: tuple[str, ...] = (),
    lines: tuple[tuple[Invoice, InvoiceLine], ...] = (),
) -> Failure:
    source = case.scenario.source
    return Failure(
        path=source.path,
        line=_line_number(source, start),
        day=case.stage.bill.day.value.isoformat(),
        stated=f"bill {case.stage.bill.day.value}",
        expected=expected,
        billed="\n".join([billed, *reasons]),
        lines=lines,
        asked_of=case.billed,
    )


def _line_number(source: Source, offset: int) -> int:
    return source.text.count("\n", 0, offset) + 1


def money_of(node: SignedMoney) -> Decimal:
    """Give an amount with its sign."""
    return -node.money.amount if node.is_negative else node.money.amount


def _amount(case: _Case, node: ExpectedAmount) -> Failure | None:
    currency, wanted = node.amount.money.currency.text, money_of(node.amount)
    invoices = case.invoices(node.account, currency)
    found = (
        _balance(case, node.account, currency)
        if node.what.text == "balance"
        else sum((_sum(each, node.what.text) for each in invoices), Decimal(0))
    )
    if found == wanted:
        return None
    lines = tuple((each, line) for each in invoices for line in all_lines(each))
    words = f"{_shown(found)} {currency}" if invoices or found else "no invoice"
    return _failure(case, node.span.start, f"{_shown(wanted)} {currency}", words, (), lines)


def _sum(invoice: Invoice, what: str) -> Decimal:
    totals = invoice.totals
    return {"net": totals.net, "tax": totals.tax, "total": totals.gross}[what]


def _balance(case: _Case, account: Name | None, currency: str) -> Decimal:
    places = {each.currency: each.minor_units for each in case.billed.invoices}
    own = {
        key: minor
        for key, minor in case.billed.balances.items()
        if key[1] == currency and (account is None or key[0] == case.key(account))
    }
    return sum(own.values(), Decimal(0)).scaleb(-places.get(currency, 2))


def _shown(amount: Decimal) -> str:
    return format(amount, "f")


def lines_of(
    case_billed: Billed, test: str, subject: Name, kind: Word | None
) -> tuple[tuple[Invoice, InvoiceLine], ...]:
    """Give the lines of an instance, or of a service; of one kind, where it is given."""
    return tuple(
        (invoice, line)
        for invoice in case_billed.invoices
        for line in all_lines(invoice)
        if _is_meant(test, line, subject) and (kind is None or _is_kind(line, kind.text))
    )


def _is_meant(test: str, line: InvoiceLine, subject: Name) -> bool:
    if is_instance(subject):
        return line.account_service == f"{test}{SEPARATOR}{subject.text}"
    return line.service == subject.text


def _is_kind(line: InvoiceLine, kind: str) -> bool:
    return line.is_credit if kind == "credit" else line.kind == kind and not line.is_credit


def _line(case: _Case, node: ExpectedLine) -> Failure | None:
    lines = lines_of(case.billed, case.scenario.name, node.subject, node.kind)
    own = tuple(each for each in lines if node.amount is None or _in_currency(each, node.amount))
    count = f"{len(own)} line{'s' * (len(own) != 1)}"
    total = sum((line.net for _, line in own), Decimal(0))
    currency = own[0][0].currency if own else ""
    if node.amount is None:
        if not own:
            return None
        words = f"{_shown(total)} {currency}, {count}"
        return _failure(case, node.span.start, NO_LINE, words, (), own)
    wanted = money_of(node.amount)
    found = f"{_shown(total)} {currency}, {count}" if own else NO_LINE
    if not own or total != wanted:
        stated = f"{_shown(wanted)} {node.amount.money.currency.text}"
        return _failure(case, node.span.start, stated, found, (), own)
    return None if node.quantity is None else _quantity(case, node.quantity, own)


def _in_currency(each: tuple[Invoice, InvoiceLine], amount: SignedMoney) -> bool:
    return each[0].currency == amount.money.currency.text


def _quantity(
    case: _Case, node: Number | Quantity, lines: tuple[tuple[Invoice, InvoiceLine], ...]
) -> Failure | None:
    if isinstance(node, Number):
        wanted, unit = node.value, ""
        found = sum((line.quantity for _, line in lines), Decimal(0))
    else:
        wanted, unit = node.amount, node.unit.text
        found = sum((_in_unit(line, unit) for _, line in lines), Decimal(0))
    if found == wanted:
        return None
    words = (f"quantity {_shown(each)} {unit}".strip() for each in (wanted, found))
    return _failure(case, node.span.start, next(words), next(words), (), lines)


def _in_unit(line: InvoiceLine, unit: str) -> Decimal:
    """Give a line's quantity in a unit; as it is where the two do not measure the same."""
    own, wanted = UNITS.get(line.unit), UNITS.get(unit)
    if own is None or wanted is None or own.measure != wanted.measure:
        return line.quantity
    return line.quantity * own.steps / wanted.steps


def _nothing(case: _Case, node: ExpectedNothing) -> Failure | None:
    invoices = case.invoices(node.account)
    if not invoices:
        return None
    totals = ", ".join(f"{_shown(each.totals.gross)} {each.currency}" for each in invoices)
    lines = tuple((each, line) for each in invoices for line in all_lines(each))
    return _failure(case, node.span.start, "no invoice", f"invoiced {totals}", (), lines)


def _records(case: _Case, node: ExpectedRecords) -> Failure | None:
    asked, reason = node.disposition.text, node.reason and node.reason.text
    found = sum(
        count
        for (disposition, own), count in case.billed.records.items()
        if disposition == asked and reason in {None, own}
    )
    if found == node.number.value:
        return None
    others = ", ".join(
        f"{count} {disposition}" + (f" {own}" if own != disposition else "")
        for (disposition, own), count in sorted(case.billed.records.items())
        if count
    )
    wanted = f"{node.number.value} {asked}" + (f" {reason}" if reason else "")
    return _failure(case, node.span.start, wanted, others or "no records")


def _refusal(case: _Case, node: ExpectedRefusal) -> Failure | None:
    said = "\n".join(case.billed.refused)
    if node.words.value in said and said:
        return None
    return _failure(
        case, node.span.start, f"refused, saying {node.words.value!r}", said or "not refused"
    )


def _invoice(case: _Case, node: ExpectedInvoice) -> Failure | None:
    path = case.catalog / Path(node.file.span.path).parent / node.file.value
    text = "\n".join(
        recorded_text(each, case.scenario.name) for each in case.invoices(node.account)
    )
    kept = path.read_text(encoding="utf-8") if path.is_file() else None
    if kept == text and text:
        return None
    expected = "an invoice recorded in " + node.file.value if kept is None else kept
    failure = _failure(case, node.span.start, expected, text or "no invoice")
    return replace(failure, recorded=(path, text) if text else None)
