"""A test as it is run: its bills in order, and what is known, used and expected at each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.resolve.model import Resolved
from dsl.source import Source
from dsl.syntax.base import Day, Word
from dsl.syntax.scenarios import (
    Adds,
    Buys,
    Dated,
    Expectation,
    ExpectedInvoice,
    ExpectedRefusal,
    SoldItem,
    TestAccount,
    TestBill,
    TestDeclaration,
    UsageFile,
    Uses,
)

Known = TestAccount | Dated
"""A statement that says what is so; the book is made of them."""


@dataclass(frozen=True, slots=True)
class Use:
    """Usage in a test, and its number in it, which names its records."""

    number: int
    day: Day
    clock: Word | None
    uses: Uses


@dataclass(frozen=True, slots=True)
class Stage:
    """One bill of a test.

    Attributes:
        known: what stands above it.
        uses, files: the usage between the bill before and this one.
        expectations: what stands below it, up to the next bill.
    """

    bill: TestBill
    known: tuple[Known, ...]
    uses: tuple[Use, ...]
    files: tuple[UsageFile, ...]
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A test of a catalog.

    Attributes:
        source: the text it stands in.
    """

    node: TestDeclaration
    source: Source
    stages: tuple[Stage, ...]

    @property
    def name(self) -> str:
        """By which it is known."""
        return self.node.name.text

    @property
    def title(self) -> str:
        """What it says of itself."""
        return self.node.title.value if self.node.title else self.name.replace("_", " ")

    @property
    def days(self) -> tuple[str, ...]:
        """The days it bills; tests that bill the same days are run together."""
        return tuple(stage.bill.day.value.isoformat() for stage in self.stages)

    @property
    def is_alone(self) -> bool:
        """Whether it must be run by itself.

        A file names the world's own identifiers, two tests may use the same, and a run that is
        to be refused would refuse all that are run with it.
        """
        stated = [each for stage in self.stages for each in stage.known]
        return any(
            stage.files or any(isinstance(each.expected, ExpectedRefusal) for each in expected)
            for stage in self.stages
            for expected in [stage.expectations]
        ) or any(item.identifier for each in stated for item in _items(each))

    @property
    def records_invoices(self) -> bool:
        """Whether it holds an invoice to a recorded one."""
        return any(
            isinstance(each.expected, ExpectedInvoice)
            for stage in self.stages
            for each in stage.expectations
        )


def scenarios_of(resolved: Resolved) -> tuple[Scenario, ...]:
    """Give the tests of a catalog, in the order of path and place."""
    texts = {file.source.path: file.source for file in resolved.files}
    return tuple(
        Scenario(node, texts[node.span.path], tuple(_stages(node)))
        for node in resolved.all(TestDeclaration)
    )


def _stages(node: TestDeclaration) -> Iterator[Stage]:
    """Cut a test at its bills."""
    known: list[Known] = []
    uses: list[Use] = []
    files: list[UsageFile] = []
    bill: TestBill | None = None
    expected: list[Expectation] = []
    stages: list[Stage] = []
    number = 0
    for each in node.statements:
        match each:
            case Expectation():
                expected.append(each)
            case TestBill():
                if stages:
                    stages[-1] = _with(stages[-1], expected)
                bill, expected = each, []
                stages.append(Stage(bill, tuple(known), tuple(uses), tuple(files), ()))
                uses, files = [], []
            case UsageFile():
                files.append(each)
            case Dated(event=Uses() as event):
                number += 1
                uses.append(Use(number, each.day, each.clock, event))
            case TestAccount() | Dated():
                known.append(each)
    if stages:
        stages[-1] = _with(stages[-1], expected)
    yield from stages


def _with(stage: Stage, expected: list[Expectation]) -> Stage:
    return Stage(stage.bill, stage.known, stage.uses, stage.files, tuple(expected))


def _items(node: Known) -> tuple[SoldItem, ...]:
    if isinstance(node, Dated) and isinstance(node.event, Buys | Adds):
        return node.event.items
    return ()
