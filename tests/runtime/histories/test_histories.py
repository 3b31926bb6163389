"""Random histories, billed as they become known, against one bill at the end that knew all.

Whatever is learnt late, taken back or moved over several periods, each run bills the difference;
so the sums of every account service, kind of charge and charged service are the same.  One run
bills all customers at once, so that many histories cost little more than a few.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.runtime.histories.catalog import IS_HEAVY
from tests.runtime.histories.customers import DAYS, FIRST, Customer, customer
from tests.runtime.histories.runs import as_it_becomes_known, at_once, differences

CUSTOMERS = 300 if IS_HEAVY else 24
BATCHES = 10 if IS_HEAVY else 1
KINDS = {"recurring", "discount", "transition", "one_time", "minimum", "prepaid", "drawdown"}

FEW = (40, 120, 215, DAYS + 65)
MANY = (20, 31, 59, 75, 90, 120, 151, 160, 181, 212, 243, 273, 304, 334, DAYS + 65)


def run_days(numbers: Sequence[int]) -> list[date]:
    """Give the days of the runs; on the last one, everything has become known."""
    return [FIRST + timedelta(days=number) for number in numbers]


def assert_the_same(folder: Path, customers: Sequence[Customer], days: Sequence[date]) -> None:
    """Hold the sums of runs on the days to those of one run on the last, and a rerun to none."""
    assert all(fact.known <= days[-1] for each in customers for fact in each.facts)
    found, again = as_it_becomes_known(folder, customers, days)
    expected = at_once(folder, customers, days[-1])
    assert differences(found, expected) == {}
    assert again == 0, "a run done again billed something"
    if len(customers) > 1:
        assert {kind for _, kind, _ in expected} >= KINDS


@pytest.mark.slow
@pytest.mark.property
@pytest.mark.feature("D1", "D2", "D3", "D9", "A18", "A22", "A23", "B6")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_becomes_known_late_comes_to_what_was_known_at_once(
    tmp_path: Path, batch: int
) -> None:
    customers = [customer(f"H{batch}-{number}") for number in range(CUSTOMERS)]
    assert_the_same(tmp_path, customers, run_days(MANY if IS_HEAVY else FEW))
