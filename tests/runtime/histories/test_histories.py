"""Random histories, billed as they become known, against one bill at the end that knew all.

Whatever is learnt late, taken back or moved over several periods, each run bills the difference;
so the sums are the same for every account service, kind of line, charged service, usage class
and bucket.  One run bills all customers at once, so that many histories cost little more than a
few.  What counts as of a day, a counting rule's number or the term of a discount, is no
exception: the target of every run reckons it anew from all that is known.

Four things do depend on when they were billed, each by a rule, and are held to that rule:

* Tax is rounded once on each invoice for each rate, so that more invoices round more often.  The
  taxes of two ledgers differ by no more than half a minor unit for each time it was rounded.
* A credit is taxed as the line it takes back, and a line by its own first day (docs/adr/0006).
  An account whose exemption was corrected, and a class whose rate changed, keep the tax of what
  stays posted: there each line is held to the rates it should bear, and no sums are compared.
* A total that is nothing or small is held back.  It differs by what the last run held back; that
  run repeated by bill groups that hold nothing back bills just that, and all sums are the same.
* Which record of an id came first, where two of them differ; these histories have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.runtime.histories.billed import as_it_becomes_known, at_once, differences
from tests.runtime.histories.catalog import IS_HEAVY
from tests.runtime.histories.customers import DAYS, FIRST, Customer, customer
from tests.runtime.histories.taxes import unlike_taxes, wrongly_taxed

CUSTOMERS = 125 if IS_HEAVY else 24
BATCHES = 8 if IS_HEAVY else 1
KINDS = {
    *("recurring", "discount", "transition", "one_time", "usage", "bucket"),
    *("minimum", "prepaid", "drawdown", "penalty"),
}

FEW = (130, DAYS + 65)
MANY = (20, 31, 59, 75, 90, 120, 151, 160, 181, 212, 243, 273, 304, 334, DAYS + 65)


def run_days(numbers: Sequence[int]) -> list[date]:
    """Give the days of the runs; on the last one, everything has become known."""
    return [FIRST + timedelta(days=number) for number in numbers]


def assert_the_same(folder: Path, customers: Sequence[Customer], days: Sequence[date]) -> None:
    """Hold the sums of runs on the days to those of one run on the last, and a rerun to none."""
    assert all(fact.known <= days[-1] for each in customers for fact in each.facts)
    assert all(record.fed <= days[-1] for each in customers for record in each.records)
    found = as_it_becomes_known(folder, customers, days)
    expected = at_once(folder, customers, days[-1])
    assert {what.kind for what in expected.sums()} == KINDS
    waiting = set(held_back(customers, days[-1]))
    open_sums = differences(found.sums(), expected.sums())
    assert {what.account for what in open_sums} <= waiting
    if IS_HEAVY:
        assert found.bill(days[-1]).made == 0, "a run done again billed something"
    released = found.release()
    assert {invoice.bill_to.account for invoice in released.invoices} <= waiting
    assert differences(found.sums(), expected.sums()) == {}
    assert unlike_taxes(found, expected) == {}
    for each in (found, expected):
        assert wrongly_taxed(each) == []


def held_back(customers: Sequence[Customer], day: date) -> Iterator[str]:
    """Give the accounts whose invoices may be held back."""
    for each in customers:
        rows = {row["account"]: row for row in each.known(day)["accounts"]}
        for name, row in rows.items():
            if rows[row["invoicer"] or name]["bill_group"] == "small":
                yield str(name)


@pytest.mark.slow
@pytest.mark.property
@pytest.mark.feature("D1", "D2", "D3", "D9", "A18", "A21", "A22", "A23", "A24", "B6", "C4")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_becomes_known_late_comes_to_what_was_known_at_once(
    tmp_path: Path, batch: int
) -> None:
    customers = [customer(f"H{batch}-{number}") for number in range(CUSTOMERS)]
    assert_the_same(tmp_path, customers, run_days(MANY if IS_HEAVY else FEW))
