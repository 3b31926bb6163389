"""The calendar figures that other billing projects assert.

Each kind of case has one adapter to the narrowest function that answers it.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import dropwhile, islice, takewhile
from pathlib import Path

import pytest

from runtime.calendar import (
    boundary,
    clamped,
    day_start_instant,
    first_bill_day,
    full_periods,
    periods,
)

Case = dict[str, str]
DAY = timedelta(days=1)
MONTHS = {"monthly": 1, "quarterly": 3, "semiannual": 6, "annual": 12}

KNOWN_DIFFERENCES = {
    "kb-first-3y": "a yearly package runs from the first bill day on or after its start: the "
    "partial first period is shorter than a month, not nearly a year",
    "flexprice-anchor-cutoff": "the next boundary after 15 January is the anchor itself, 29 "
    "February; a first period never exceeds the package's frequency",
    "flexprice-week-other": "packages are sold by the month and its multiples, not by the week",
    "flexprice-week-year": "packages are sold by the month and its multiples, not by the week",
}


def anchored_periods(given: Case) -> object:
    anchor = date.fromisoformat(given["anchor"])
    found = islice(
        periods(anchor, date(2100, 1, 1), anchor, anchor.day, MONTHS[given["period"]]), 12
    )
    return {"periods": [[str(each.start), str(each.end - DAY)] for each in found]}


def previous_period(given: Case) -> object:
    start, _ = containing(given["anchor"], given["billing_date"], MONTHS[given["period"]])
    return {"to": str(start - DAY)}


def period_containing(given: Case) -> object:
    start, end = containing(given["anchor"], given["at"], MONTHS[given["period"]])
    return {"period": [str(start), str(end)]}


def local_month_end(given: Case) -> object:
    next_day = date.fromisoformat(given["last_local_day"]) + DAY
    return {"instant": text(day_start_instant(next_day, given["timezone"]) - timedelta(seconds=1))}


def local_midnight(given: Case) -> object:
    day = date.fromisoformat(given["local_day"])
    return {"instant": text(day_start_instant(day, given["timezone"]))}


def days_in_billing_period(given: Case) -> object:
    first, last = (date.fromisoformat(given[name]) for name in ("period_start", "period_end"))
    # The last day is counted in: our half-open end is the day after it.
    anniversary = next(periods(first, last + DAY, first, first.day, 12))
    return {"days": (anniversary.end - anniversary.start).days}


def bill_day_alignment(given: Case) -> object:
    day, bill_day = date.fromisoformat(given["date"]), int(given["bill_day"])
    if given["rule"] == "same_month":
        return {"date": str(clamped(day.year, day.month, bill_day))}
    return {"date": str(first_bill_day(day, bill_day))}


def local_trial_then_bill_day(given: Case) -> object:
    end = local_day(given["signup"], given["timezone"]) + int(given["trial_days"]) * DAY
    return {
        "trial_end": str(end),
        "bill_day": end.day,
        "first_period_end": str(boundary(end, end.day, 1, 1)),
    }


def next_billing_date(given: Case) -> object:
    if given["period"] == "weekly":
        return {"date": None}
    months = MONTHS[given["period"]] * int(given.get("count", 1))
    return {"date": str(containing(given["anchor"], given["current"], months)[1])}


def period_starts(given: Case) -> object:
    anchor, start, to = (date.fromisoformat(given[name]) for name in ("anchor", "start", "to"))
    whole = full_periods(anchor, anchor.day, 1, first=-12)
    touching = takewhile(lambda each: each[0] < to, whole)
    return {"starts": [str(each[0]) for each in touching if each[1] > start]}


def local_day_count(given: Case) -> object:
    first, last = (local_day(given[name], given["timezone"]) for name in ("start", "end"))
    return {"days": (last - first).days}


ADAPTERS: dict[str, Callable[[Case], object]] = {
    adapter.__name__: adapter
    for adapter in (
        anchored_periods,
        previous_period,
        period_containing,
        local_month_end,
        local_midnight,
        days_in_billing_period,
        bill_day_alignment,
        local_trial_then_bill_day,
        next_billing_date,
        period_starts,
        local_day_count,
    )
}


def containing(anchor: str, at: str, months: int) -> tuple[date, date]:
    start = date.fromisoformat(anchor)
    day = date.fromisoformat(at)
    whole = full_periods(start, start.day, months, first=-12)
    return next(dropwhile(lambda each: each[1] <= day, whole))


def local_day(instant: str, timezone: str) -> date:
    """The day whose start is the last one at or before the instant."""
    at = datetime.fromisoformat(instant)
    candidates = (at.astimezone(UTC).date() + step * DAY for step in (1, 0, -1))
    return next(day for day in candidates if day_start_instant(day, timezone) <= at)


def text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.feature("B4")
def test_the_calendar_gives_the_figures_of_other_projects(shared: Path) -> None:
    cases = json.loads((shared / "cases" / "calendar.json").read_text("utf-8"))
    different = []
    for case in cases:
        found, expected = ADAPTERS[case["kind"]](case["given"]), case["expect"]
        if case["kind"] == "anchored_periods":
            assert isinstance(found, dict)
            found["periods"] = found["periods"][: len(expected["periods"])]
        if found != expected:
            different.append(case["id"])
            assert case["id"] in KNOWN_DIFFERENCES, f"{case['id']}: {found}, not {expected}"
    assert sorted(different) == sorted(KNOWN_DIFFERENCES), "a known difference is none any more"
    assert all(KNOWN_DIFFERENCES.values())
