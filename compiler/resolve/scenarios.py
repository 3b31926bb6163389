"""What the names of a test mean: its accounts, what they hold, and which of them are whose.

A test names its own things (`acme`, `f`, `f.sim`); what they stand for is the catalog's.  An
instance is called by its account package and its alias, or by its service where it has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.source import Span
from dsl.syntax.base import Name
from dsl.syntax.scenarios import (
    Adds,
    Buys,
    Dated,
    Ends,
    Expectation,
    ExpectedAmount,
    ExpectedInvoice,
    ExpectedLine,
    ExpectedNothing,
    GivenDiscount,
    GivenPrice,
    Happens,
    SoldItem,
    TestAccount,
    TestDeclaration,
    Turns,
    Uses,
)

POINT = "."


@dataclass(frozen=True, slots=True)
class Owned:
    """A use of one of a test's own names, and what of the test it must be."""

    name: Name
    what: str


@dataclass(slots=True)
class Cast:
    """Whom and what a test has named, from its first statement to its last.

    Attributes:
        accounts: by name.
        packages: the package of each account package, by name.
        items: what was sold under a name of its own, by `package.alias`.
        twice: names that the test gives again.
    """

    accounts: dict[str, Name] = field(default_factory=dict)
    packages: dict[str, Buys] = field(default_factory=dict)
    items: dict[str, SoldItem] = field(default_factory=dict)
    twice: list[tuple[Name, Name]] = field(default_factory=list)

    def service_of(self, subject: Name) -> Name | None:
        """Give the service that an instance is of, `f.sim`; None where `f` is no package."""
        package, _, own = subject.text.partition(POINT)
        if package not in self.packages:
            return None
        item = self.items.get(subject.text)
        return _part(subject, own) if item is None else item.service


def cast_of(node: TestDeclaration) -> Cast:
    """Give whom and what a test names."""
    cast = Cast()
    for each in node.statements:
        if isinstance(each, TestAccount):
            _name(cast, cast.accounts, each.name, each.name)
        elif isinstance(each, Dated) and isinstance(each.event, Buys):
            alias = each.event.alias or each.event.package
            _name(cast, cast.packages, alias, each.event)
            _name_items(cast, alias.text, each.event.items)
        elif isinstance(each, Dated) and isinstance(each.event, Adds):
            _name_items(cast, each.event.package.text, each.event.items)
    return cast


def owned_names(node: TestDeclaration) -> Iterator[Owned]:
    """Give every use of a name that must be one of the test's own."""
    for each in node.statements:
        match each:
            case TestAccount():
                yield from _accounts(each.parent, each.invoicer)
            case Dated(event=Buys() as event):
                yield Owned(event.account, "account")
            case Dated(event=Adds() as event):
                yield Owned(event.package, "account package")
            case Dated(event=Happens() | GivenPrice() | Uses() as event):
                yield Owned(event.subject, "account service")
            case Dated(event=Turns() | Ends() | GivenDiscount() as event):
                yield Owned(event.subject, _what(event.subject))
            case Expectation(expected=ExpectedAmount() | ExpectedNothing() as expected):
                yield from _accounts(expected.account)
            case Expectation(expected=ExpectedInvoice() as expected):
                yield from _accounts(expected.account)
            case Expectation(expected=ExpectedLine() as expected):
                if is_instance(expected.subject):
                    yield Owned(expected.subject, "account service")
            case _:
                pass


def is_instance(subject: Name) -> bool:
    """Whether a name is that of an account service: `f.sim`."""
    return POINT in subject.text


def _what(subject: Name) -> str:
    return "account service" if is_instance(subject) else "account package"


def _accounts(*names: Name | None) -> Iterator[Owned]:
    yield from (Owned(name, "account") for name in names if name is not None)


def _name(cast: Cast, known: dict[str, Name] | dict[str, Buys], name: Name, node: object) -> None:
    held = known.setdefault(name.text, node)  # type: ignore[arg-type]
    if held is not node:
        first = held if isinstance(held, Name) else held.alias or held.package
        cast.twice.append((first, name))


def _name_items(cast: Cast, package: str, items: tuple[SoldItem, ...]) -> None:
    for item in items:
        name = item.alias or item.service
        own = f"{package}{POINT}{name.text}"
        held = cast.items.setdefault(own, item)
        if held is not item:
            cast.twice.append((held.alias or held.service, name))


def _part(subject: Name, own: str) -> Name:
    span = subject.span
    return Name(Span(span.path, span.end - len(own), span.end), own)
