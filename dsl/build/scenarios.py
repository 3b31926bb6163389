"""Tests of a catalog."""

from __future__ import annotations

from collections.abc import Callable

from dsl.build.literals import (
    day,
    decimal,
    frequency,
    money,
    name,
    number,
    optional_day,
    optional_name,
    optional_number,
    optional_text,
    quantity,
    text,
    word,
)
from dsl.build.reading import Branch, Reading, Statements, all_of, branch, branches, the, tokens
from dsl.syntax.base import Money, Name, Number, Quantity, Text, Word
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


def test(reading: Reading, tree: Branch) -> TestDeclaration:
    """Build `test suspension "..." { ... }`."""
    span = reading.span(tree)
    block = branches(the(tree, "test_block"))
    return TestDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        title=optional_text(reading, branch(tree, "title")),
        statements=tuple(_STATEMENTS[each.data](reading, each) for each in block),
    )


def _account(reading: Reading, tree: Branch) -> TestAccount:
    terms = Statements(reading, branches(tree))

    def named(rule: str, words: str) -> Name | None:
        return optional_name(reading, terms.one(rule, words))

    jurisdiction = terms.one("account_jurisdiction", "jurisdiction")
    return TestAccount(
        reading.span(tree),
        name=name(reading, tokens(tree)[0]),
        parent=named("account_under", "under"),
        currency=named("account_currency", "in"),
        bill_group=named("account_group", "bill group"),
        bill_day=optional_number(reading, terms.one("bill_day", "bill day")),
        usage_bill_day=optional_number(reading, terms.one("account_usage_day", "usage day")),
        invoicer=named("account_invoicer", "invoiced to"),
        jurisdiction=optional_name(reading, jurisdiction and the(jurisdiction, "jurisdiction")),
        country=named("account_country", "country"),
        exemption=_exemption(reading, terms.one("account_exemption", "exempt")),
        price_book=named("in_book", "price book"),
        price_plan=named("in_plan", "price plan"),
        timezone=optional_text(reading, terms.one("timezone", "timezone")),
    )


def _exemption(reading: Reading, tree: Branch | None) -> Name | Text | None:
    if tree is None:
        return None
    written = branch(tree, "text")
    return name(reading, tokens(tree)[0]) if written is None else text(reading, written)


def _dated(reading: Reading, tree: Branch) -> Dated:
    written, *others = branches(tree)
    clock = word(reading, others[0]) if others[0].data == "clock" else None
    event = others[-1]
    if event.data == "usage":
        uses = _uses(reading, event)
        return Dated(reading.span(tree), day(reading, written), clock, uses)
    built = _EVENTS[event.data](reading, event)
    return Dated(reading.span(tree), day(reading, written), None, built)


def _buys(reading: Reading, tree: Branch) -> Buys:
    account, package = tokens(tree)
    terms = Statements(reading, branches(tree))
    return Buys(
        reading.span(tree),
        account=name(reading, account),
        package=name(reading, package),
        frequency=frequency(reading, the(tree, "frequency")),
        alias=optional_name(reading, branch(tree, "called")),
        contract=optional_name(reading, terms.one("sale_contract", "under")),
        price_book=optional_name(reading, terms.one("in_book", "price book")),
        bill_day=optional_number(reading, terms.one("bill_day", "bill day")),
        items=_items(reading, tree),
    )


def _items(reading: Reading, tree: Branch) -> tuple[SoldItem, ...]:
    return all_of(reading, branches(tree), "sold_item", _item)


def _item(reading: Reading, tree: Branch) -> SoldItem:
    return SoldItem(
        reading.span(tree),
        service=name(reading, tokens(tree)[0]),
        quantity=optional_number(reading, tree if branch(tree, "number") else None),
        alias=optional_name(reading, branch(tree, "called")),
        identifier=optional_text(reading, branch(tree, "known_as")),
    )


def _adds(reading: Reading, tree: Branch) -> Adds:
    return Adds(reading.span(tree), name(reading, tokens(tree)[0]), _items(reading, tree))


def _happens(reading: Reading, tree: Branch) -> Happens:
    subject, transition = tokens(tree)
    return Happens(reading.span(tree), name(reading, subject), name(reading, transition))


def _subject(reading: Reading, tree: Branch) -> Name:
    return name(reading, tokens(the(tree, "subject"))[0])


def _turns(reading: Reading, tree: Branch) -> Turns:
    return Turns(reading.span(tree), _subject(reading, tree), name(reading, tokens(tree)[0]))


def _ends(reading: Reading, tree: Branch) -> Ends:
    return Ends(reading.span(tree), _subject(reading, tree))


def _gets(reading: Reading, tree: Branch) -> GivenPrice | GivenDiscount:
    given = branches(tree)[-1]
    until = optional_day(reading, branch(given, "until"))
    if given.data == "given_discount":
        discount = name(reading, tokens(given)[0])
        return GivenDiscount(reading.span(tree), _subject(reading, tree), discount, until)
    return GivenPrice(
        reading.span(tree),
        subject=_subject(reading, tree),
        price=money(reading, the(given, "money")),
        status=optional_name(reading, branch(given, "given_status")),
        until=until,
    )


def _uses(reading: Reading, tree: Branch) -> Uses:
    amount = Statements(reading, branches(tree)).one("usage_amount", "amount")
    return Uses(
        reading.span(tree),
        times=optional_number(reading, branch(tree, "times")),
        quantity=quantity(reading, the(tree, "quantity")),
        subject=name(reading, tokens(tree)[0]),
        attributes=all_of(reading, branches(tree), "usage_attribute", _attribute),
        amount=money(reading, the(amount, "money")) if amount else None,
    )


def _attribute(reading: Reading, tree: Branch) -> UsageAttribute:
    own, *values = tokens(tree)
    if values:
        return UsageAttribute(reading.span(tree), name(reading, own), name(reading, values[0]))
    (value,) = branches(tree)
    given = text(reading, value) if value.data == "usage_text" else number(reading, value)
    return UsageAttribute(reading.span(tree), name(reading, own), given)


def _file(reading: Reading, tree: Branch) -> UsageFile:
    return UsageFile(reading.span(tree), text(reading, the(tree, "text")))


def _bill(reading: Reading, tree: Branch) -> TestBill:
    return TestBill(reading.span(tree), day(reading, the(tree, "day")))


def _expectation(reading: Reading, tree: Branch) -> Expectation:
    (expected,) = branches(tree)
    return Expectation(reading.span(tree), _EXPECTED[expected.data](reading, expected))


def _expected_account(reading: Reading, tree: Branch) -> Name | None:
    return optional_name(reading, branch(tree, "expected_account"))


def _signed(reading: Reading, tree: Branch) -> SignedMoney:
    return SignedMoney(reading.span(tree), bool(tokens(tree)), money(reading, the(tree, "money")))


def _amount(reading: Reading, tree: Branch) -> ExpectedAmount:
    return ExpectedAmount(
        reading.span(tree),
        what=word(reading, the(tree, "expected_sum")),
        amount=_signed(reading, the(tree, "signed_money")),
        account=_expected_account(reading, tree),
    )


def _line(reading: Reading, tree: Branch) -> ExpectedLine:
    kind, amount = branch(tree, "line_kind"), branch(tree, "signed_money")
    return ExpectedLine(
        reading.span(tree),
        subject=_subject(reading, tree),
        kind=word(reading, kind) if kind else None,
        amount=_signed(reading, amount) if amount else None,
        quantity=_quantity(reading, branch(tree, "line_quantity")),
    )


def _quantity(reading: Reading, tree: Branch | None) -> Number | Quantity | None:
    if tree is None:
        return None
    first, *unit = tokens(tree)
    if not unit:
        return number(reading, first)
    span = reading.stretch(first, unit[0])
    return Quantity(span, decimal(reading, first), name(reading, unit[0]))


def _nothing(reading: Reading, tree: Branch) -> ExpectedNothing:
    return ExpectedNothing(reading.span(tree), _expected_account(reading, tree))


def _records(reading: Reading, tree: Branch) -> ExpectedRecords:
    return ExpectedRecords(
        reading.span(tree),
        number=number(reading, the(tree, "number")),
        disposition=word(reading, the(tree, "disposition")),
        reason=optional_name(reading, branch(tree, "reason_code")),
    )


def _refusal(reading: Reading, tree: Branch) -> ExpectedRefusal:
    return ExpectedRefusal(reading.span(tree), text(reading, the(tree, "text")))


def _invoice(reading: Reading, tree: Branch) -> ExpectedInvoice:
    file = text(reading, the(tree, "text"))
    return ExpectedInvoice(reading.span(tree), file, _expected_account(reading, tree))


_STATEMENTS: dict[str, Callable[[Reading, Branch], TestStatement]] = {
    "test_account": _account,
    "dated": _dated,
    "usage_file": _file,
    "test_bill": _bill,
    "expectation": _expectation,
}
_EVENTS: dict[str, Callable[[Reading, Branch], Event]] = {
    "buys": _buys,
    "adds": _adds,
    "happens": _happens,
    "turns": _turns,
    "ends": _ends,
    "gets": _gets,
}
_EXPECTED: dict[str, Callable[[Reading, Branch], Expected]] = {
    "expected_amount": _amount,
    "expected_line": _line,
    "expected_absence": _line,
    "expected_nothing": _nothing,
    "expected_records": _records,
    "expected_refusal": _refusal,
    "expected_invoice": _invoice,
}
