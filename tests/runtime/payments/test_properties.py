"""Whatever is done in whatever order: what balances are made of, and that none is used twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given as draws
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from runtime.payments.apply import Part, apply_oldest, apply_parts, refund, reverse, unapply
from runtime.payments.balances import Balance, read_balances
from runtime.payments.ledger import account_of_credit, open_journal, post_journal, read_entries
from runtime.payments.model import Entry, PaymentRefused
from runtime.payments.statement import read_statements
from tests.runtime.payments.accounts import given, invoice, new_ledger, paid, post

ACCOUNTS = ("A1", "B1")
FIRST = date(2026, 1, 1)
DAYS = 40
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """Something that is done to an account: so much, on a day, to the n-th of what there is."""

    what: str
    account: str
    on: int
    minor: int
    nth: int


STEPS = st.builds(
    Step,
    what=st.sampled_from(
        ("invoice", "note", "pay", "pay", "direct", "apply", "to", "unapply", "reverse", "refund")
    ),
    account=st.sampled_from(ACCOUNTS),
    on=st.integers(0, DAYS - 1),
    minor=st.integers(1, 9_999),
    nth=st.integers(0, 5),
)


@dataclass
class World:
    """A ledger, and what was posted to it besides entries: account, day, amount and name."""

    ledger: Connection
    posted: list[tuple[str, date, int, str]]
    payments: list[str]

    def take(self, step: Step) -> None:
        """Do it; what is refused changes nothing."""
        on = FIRST + timedelta(days=step.on)
        if step.what in {"invoice", "note"}:
            minor = step.minor if step.what == "invoice" else -step.minor
            draft = invoice(step.account, on.isoformat(), minor, terms=step.nth)
            (number,) = post(self.ledger, len(self.posted) + 1, draft)
            self.posted.append((step.account, on, minor, number))
        elif step.what in {"pay", "direct"}:
            self.pay(step, on)
        else:
            self.work(step, on)

    def pay(self, step: Step, on: date) -> None:
        own = [number for account, _, minor, number in self.posted if account == step.account]
        debts = [number for _, _, minor, number in self.posted if number in own and minor > 0]
        if not own:
            return
        name = f"P{len(self.payments)}"
        directed = debts[step.nth % len(debts)] if step.what == "direct" and debts else None
        amount = f"{step.minor // 100}.{step.minor % 100:02}"
        paid(self.ledger, given(name, step.account, on.isoformat(), amount, invoices=directed))
        self.payments.append(name)

    def work(self, step: Step, on: date) -> None:
        names = self.payments + [number for _, _, minor, number in self.posted if minor < 0]
        debts = [number for _, _, minor, number in self.posted if minor > 0]
        if not names:
            return
        name = names[step.nth % len(names)]
        key = account_of_credit(self.ledger, name)
        assert key is not None
        journal = open_journal(self.ledger, [key[0]])
        standing = journal.standings[key]
        credit = standing.credits[name]
        part = Part(debts[step.minor % len(debts)], step.minor) if debts else None
        try:
            match step.what:
                case "apply":
                    apply_oldest(journal, standing, credit, on)
                case "to":
                    apply_parts(journal, standing, credit, [part] if part else [], on)
                case "unapply":
                    unapply(journal, standing, credit, part if step.nth % 2 else None, on, None)
                case "reverse":
                    reverse(journal, standing, credit, on, "bounced")
                case _:
                    refund(journal, standing, credit, step.minor, on, reference=None, reason=None)
        except PaymentRefused:
            assert journal.entries == []
        post_journal(self.ledger, journal)


FEWER = settings(max_examples=max(settings().max_examples // 3, 1))
"""Each example posts to a ledger: a third of what the profile has is enough of them."""


@contextmanager
def lived(ledger: Connection, steps: Sequence[Step]) -> Iterator[World]:
    """Do the steps in a ledger, and forget them."""
    with ledger.begin_nested() as before:
        world = World(ledger, [], [])
        for step in steps:
            world.take(step)
        yield world
        before.rollback()


def days_of(steps: Sequence[Step]) -> list[date]:
    """Give the days before, of and after all steps."""
    offsets = {-1, DAYS} | {step.on for step in steps}
    return [FIRST + timedelta(days=offset) for offset in sorted(offsets)]


@pytest.mark.feature("D7")
def test_balances_are_made_of_entries_and_nothing_is_used_twice(tmp_path: Path) -> None:
    @FEWER
    @draws(st.lists(STEPS, max_size=14))
    def hold(steps: list[Step]) -> None:
        with lived(ledger, steps) as world:
            entries = list(read_entries(ledger))
            for on in days_of(steps):
                hold_on(on, ledger, world, entries)

    with new_ledger(tmp_path) as ledger:
        hold()


def hold_on(on: date, ledger: Connection, world: World, entries: list[Entry]) -> None:
    found = {each.account: each for each in read_balances(ledger, on)}
    for account in ACCOUNTS:
        own = [each for each in world.posted if each[0] == account and each[1] <= on]
        past = [each for each in entries if each.account == account and each.day <= on]
        if own or past:
            hold_to(found[account], own, past)
        else:
            assert account not in found
    total = sum(minor for _, day, minor, _ in world.posted if day <= on)
    moved = sum(signed(each, OWED) for each in entries if each.day <= on)
    assert sum(each.due for each in found.values()) == total + moved


OWED = {"payment": -1, "reversal": 1, "refund": 1}
APPLIED = {"application": 1, "unapplication": -1}
LEFT = {"payment": 1, "application": -1, "unapplication": 1, "reversal": -1, "refund": -1}


def signed(entry: Entry, signs: dict[str, int]) -> int:
    return signs.get(entry.kind, 0) * entry.minor


def hold_to(found: Balance, posted: list[tuple[str, date, int, str]], entries: list[Entry]) -> None:
    """Hold a balance to what was posted by its day, counted here by a loop."""
    invoiced = sum(minor for _, _, minor, _ in posted if minor > 0)
    notes = -sum(minor for _, _, minor, _ in posted if minor < 0)
    applied = sum(signed(each, APPLIED) for each in entries if each.payment)
    assert found.balance == invoiced - applied - notes
    assert found.due == invoiced - notes + sum(signed(each, OWED) for each in entries)
    assert found.due == found.open - found.credit
    for _, _, minor, number in posted:
        if minor > 0:
            used = sum(signed(each, APPLIED) for each in entries if each.invoice == number)
            assert 0 <= used <= minor
        else:
            used = sum(signed(each, APPLIED) for each in entries if each.credit_note == number)
            assert 0 <= used <= -minor
    for name in {each.payment for each in entries if each.payment}:
        assert sum(signed(each, LEFT) for each in entries if each.payment == name) >= 0
    assert min(found.aged) >= 0
    assert found.account_credit >= 0
    assert found.open_credit_notes >= 0
    by_id = {each.entry: each for each in entries}
    for entry in entries:
        if entry.takes_back is not None:
            back = [each.minor for each in entries if each.takes_back == entry.takes_back]
            assert sum(back) <= by_id[entry.takes_back].minor


@pytest.mark.feature("D7")
def test_a_statement_leads_from_one_balance_to_the_other(tmp_path: Path) -> None:
    @FEWER
    @draws(st.lists(STEPS, max_size=10), st.integers(0, DAYS))
    def hold(steps: list[Step], split: int) -> None:
        start, end = FIRST + timedelta(days=split), FIRST + timedelta(days=DAYS)
        with lived(ledger, steps):
            before = {each.account: each.due for each in read_balances(ledger, start - DAY)}
            for balance in read_balances(ledger, end):
                (statement,) = read_statements(ledger, balance.account, start, end)
                opening = before.get(balance.account, 0)
                assert statement.opening.scaleb(2) == opening
                assert statement.closing.scaleb(2) == balance.due
                moved = sum(entry.amount for entry in statement.entries)
                assert statement.opening + moved == statement.closing
                left = sum((each.left for each in statement.open_invoices), Decimal(0))
                assert left.scaleb(2) == balance.open

    with new_ledger(tmp_path) as ledger:
        hold()


@pytest.mark.feature("D7", "D9")
def test_the_order_of_imports_changes_no_balance(tmp_path: Path) -> None:
    """Of accounts that have nothing to do with each other; and of one what it owes in all."""

    def seen(steps: list[Step]) -> list[list[Balance]]:
        with lived(ledger, steps):
            return [list(read_balances(ledger, on)) for on in days_of(steps)]

    @FEWER
    @draws(st.lists(STEPS.filter(lambda step: step.what in {"invoice", "pay"}), max_size=12))
    def hold(steps: list[Step]) -> None:
        invoices = [step for step in steps if step.what == "invoice"]
        payments = [step for step in steps if step.what == "pay"]
        as_given = seen([*invoices, *payments])
        assert as_given == seen([*invoices, *sorted(payments, key=lambda step: step.account)])
        reversed_all = seen([*invoices, *reversed(payments)])
        for one, other in zip(as_given, reversed_all, strict=True):
            assert [(each.account, each.due) for each in one] == [
                (each.account, each.due) for each in other
            ]
        applied = [[each.applied for each in found[-1]] for found in (as_given, reversed_all)]
        assert applied[0] == applied[1]

    with new_ledger(tmp_path) as ledger:
        hold()
