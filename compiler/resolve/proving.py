"""Which names in tests and guards refer to something of the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.resolve.kinds import Kind
from compiler.resolve.mention import Mention, optional
from compiler.resolve.scenarios import cast_of, is_instance
from compiler.resolve.walk import every
from dsl.syntax.guards import ClaimedPrice, GuardDeclaration
from dsl.syntax.scenarios import (
    Adds,
    Buys,
    Dated,
    Expectation,
    ExpectedLine,
    GivenDiscount,
    GivenPrice,
    Happens,
    SoldItem,
    TestAccount,
    TestDeclaration,
    Turns,
)


def proving_mentions(node: TestDeclaration | GuardDeclaration) -> Iterator[Mention]:
    """Give every such name, in the order of the text."""
    if isinstance(node, TestDeclaration):
        yield from _test(node)
    else:
        yield from _guard(node)


def _test(node: TestDeclaration) -> Iterator[Mention]:
    cast = cast_of(node)
    for each in node.statements:
        match each:
            case TestAccount():
                yield from _test_account(each)
            case Dated(event=Buys() as event):
                yield Mention(event.package, "buys", Kind.PACKAGE)
                yield from optional(event.contract, "under", Kind.CONTRACT)
                yield from optional(event.price_book, "priced by", Kind.PRICE_BOOK)
                yield from _items(event.items)
            case Dated(event=Adds() as event):
                yield from _items(event.items)
            case Dated(event=Happens() as event):
                service = cast.service_of(event.subject)
                if service is not None:
                    yield Mention(event.transition, "goes", Kind.TRANSITION, of_service=service)
            case Dated(event=Turns() as event):
                of_service = is_instance(event.subject)
                kind = Kind.SERVICE_STATUS if of_service else Kind.PACKAGE_STATUS
                yield Mention(event.status, "turns", kind)
            case Dated(event=GivenPrice() as event):
                yield from optional(event.status, "priced in", Kind.SERVICE_STATUS)
            case Dated(event=GivenDiscount() as event):
                yield Mention(event.discount, "discounted by", Kind.DISCOUNT)
            case Expectation(expected=ExpectedLine() as expected):
                if not is_instance(expected.subject):
                    yield Mention(expected.subject, "expects", Kind.SERVICE)
            case _:
                pass


def _test_account(node: TestAccount) -> Iterator[Mention]:
    yield from optional(node.bill_group, "billed in", Kind.BILL_GROUP)
    yield from optional(node.price_book, "priced by", Kind.PRICE_BOOK)
    yield from optional(node.price_plan, "priced by", Kind.PRICE_PLAN)


def _items(items: tuple[SoldItem, ...]) -> Iterator[Mention]:
    yield from (Mention(item.service, "buys", Kind.SERVICE) for item in items)


def _guard(node: GuardDeclaration) -> Iterator[Mention]:
    for scope in node.scopes:
        yield from (Mention(name, "guards", Kind.SERVICE) for name in scope.services)
        yield from optional(scope.package, "guards", Kind.PACKAGE)
        yield from optional(scope.status, "guards in", Kind.SERVICE_STATUS)
    for price in every(node, ClaimedPrice):
        yield from optional(price.status, "guards in", Kind.SERVICE_STATUS)
