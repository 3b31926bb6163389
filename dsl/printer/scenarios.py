"""Tests of a catalog: a statement a line, in the order in which they were written."""

from __future__ import annotations

from typing import assert_never

from dsl.printer import words
from dsl.printer.layout import Cell, Item
from dsl.source import Source
from dsl.syntax.base import Name, Number, Quantity, Text, Word
from dsl.syntax.declarations import Declaration
from dsl.syntax.scenarios import (
    Adds,
    Buys,
    Dated,
    Ends,
    Event,
    Expectation,
    Expected,
    ExpectedAmount,
    ExpectedInvoice,
    ExpectedLine,
    ExpectedNothing,
    ExpectedRecords,
    ExpectedRefusal,
    GivenDiscount,
    GivenPrice,
    Happens,
    SignedMoney,
    SoldItem,
    TestAccount,
    TestBill,
    TestDeclaration,
    TestStatement,
    Turns,
    UsageAttribute,
    UsageFile,
    Uses,
)


def item(source: Source, node: Declaration) -> Item | None:
    """Lay out a declaration of this family."""
    if not isinstance(node, TestDeclaration):
        return None
    header = f"test {node.name.text}{words.title(source, node.title)}"
    items = [_statement(source, each) for each in node.statements]
    return words.group(source, node, header, items)


def _statement(source: Source, node: TestStatement) -> Item:
    match node:
        case TestAccount():
            return words.line(node, "test account", f"account {_account(source, node)}")
        case Dated():
            clock = f" {source.words(node.clock.span)}" if node.clock else ""
            when = source.words(node.day.span) + clock
            return words.line(node, "test", when, event(source, node.event))
        case UsageFile():
            return words.line(node, "test file", f"usage from {source.words(node.file.span)}")
        case TestBill():
            return words.line(node, "test bill", f"bill {source.words(node.day.span)}")
        case Expectation():
            return _expectation(source, node)
        case _:
            assert_never(node)


def _account(source: Source, node: TestAccount) -> str:
    written: tuple[tuple[str, Name | Number | Text | None], ...] = (
        ("under", node.parent),
        ("in", node.currency),
        ("bill group", node.bill_group),
        ("bill day", node.bill_day),
        ("usage day", node.usage_bill_day),
        ("invoiced to", node.invoicer),
        ("jurisdiction", node.jurisdiction),
        ("country", node.country),
        ("exempt", node.exemption),
        ("price book", node.price_book),
        ("price plan", node.price_plan),
        ("timezone", node.timezone),
    )
    terms = (f"{word} {source.words(value.span)}" for word, value in written if value)
    return " ".join([node.name.text, *terms])


def event(source: Source, node: Event) -> str:
    """Print what happens: `f.sim suspend`."""
    match node:
        case Buys():
            return _buys(source, node)
        case Adds():
            return f"{node.package.text} adds {_items(source, node.items)}"
        case Happens():
            return f"{node.subject.text} {node.transition.text}"
        case Turns():
            return f"{node.subject.text} is {node.status.text}"
        case Ends():
            return f"{node.subject.text} ends"
        case GivenPrice():
            status = f" in {node.status.text}" if node.status else ""
            until = f" until {source.words(node.until.span)}" if node.until else ""
            price = words.money(source, node.price)
            return f"{node.subject.text} gets price {price}{status}{until}"
        case GivenDiscount():
            until = f" until {source.words(node.until.span)}" if node.until else ""
            return f"{node.subject.text} gets discount {node.discount.text}{until}"
        case Uses():
            times = f"{source.words(node.times.span)} times " if node.times else ""
            attributes = "".join(f" {_attribute(source, each)}" for each in node.attributes)
            measured = words.quantity(source, node.quantity)
            amount = f" amount {words.money(source, node.amount)}" if node.amount else ""
            return f"usage {times}{measured} for {node.subject.text}{attributes}{amount}"
        case _:
            assert_never(node)


def _buys(source: Source, node: Buys) -> str:
    text = f"{node.account.text} buys {node.package.text} {words.frequency(node.frequency)}"
    written: tuple[tuple[str, Name | Number | None], ...] = (
        ("as", node.alias),
        ("under", node.contract),
        ("price book", node.price_book),
        ("bill day", node.bill_day),
    )
    text += "".join(f" {word} {source.words(value.span)}" for word, value in written if value)
    return text + (f" with {_items(source, node.items)}" if node.items else "")


def _items(source: Source, items: tuple[SoldItem, ...]) -> str:
    return ", ".join(_item(source, each) for each in items)


def _item(source: Source, node: SoldItem) -> str:
    text = node.service.text
    if node.quantity:
        text += f" {source.words(node.quantity.span)}"
    if node.alias:
        text += f" as {node.alias.text}"
    if node.identifier:
        text += f" known as {source.words(node.identifier.span)}"
    return text


def _attribute(source: Source, node: UsageAttribute) -> str:
    return f"{node.name.text} {source.words(node.value.span)}"


def _expectation(source: Source, node: Expectation) -> Item:
    what, amount, rest = _expected(source, node.expected)
    if amount is None:
        return words.line(node, "expect words", f"expect {what}{rest}")
    cells = [Cell(f"expect {what}"), Cell(amount, "point")]
    return words.line(node, "expect", *cells, *([Cell(rest.strip(), gap=1)] if rest else []))


def _expected(source: Source, node: Expected) -> tuple[str, str | None, str]:
    """Give what is expected, the amount, and what follows it."""
    match node:
        case ExpectedAmount():
            return node.what.text, _signed(source, node.amount), _for(node.account)
        case ExpectedLine():
            line = f"line {node.subject.text}{_kind(node.kind)}"
            if node.amount is None:
                return f"no {line}", None, ""
            quantity = f" quantity {_quantity(source, node.quantity)}" if node.quantity else ""
            return line, _signed(source, node.amount), quantity
        case ExpectedNothing():
            return "nothing", None, _for(node.account)
        case ExpectedRecords():
            number = source.words(node.number.span)
            reason = f" {node.reason.text}" if node.reason else ""
            return f"{number} {node.disposition.text}{reason}", None, ""
        case ExpectedRefusal():
            return f"refused {source.words(node.words.span)}", None, ""
        case ExpectedInvoice():
            file = source.words(node.file.span)
            return f"invoice matches {file}", None, _for(node.account)
        case _:
            assert_never(node)


def _signed(source: Source, node: SignedMoney) -> str:
    return ("-" if node.is_negative else "") + words.money(source, node.money)


def _quantity(source: Source, node: Number | Quantity) -> str:
    return words.quantity(source, node) if isinstance(node, Quantity) else source.words(node.span)


def _for(account: Name | None) -> str:
    return f" for {account.text}" if account else ""


def _kind(kind: Word | None) -> str:
    return f" {words.choice(kind)}" if kind else ""
