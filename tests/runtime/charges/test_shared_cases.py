"""The figures of proration that other billing projects assert."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from runtime.calendar import boundary, first_bill_day, periods
from runtime.charges.amounts import stretch_minor_sql
from runtime.charges.proration import part_of
from runtime.engine import open_engine
from runtime.money import rounded
from runtime.program.time_zones import time_zone
from runtime.tax import AppliedRate, share_taxes
from tests.runtime.charges.tables import Value

BY_DAYS = ("half_open_days", "inclusive_days", "inclusive_local_days")
DAY = timedelta(days=1)

Given = dict[str, str]


@pytest.mark.feature("D1", "D3")
def test_proration_by_days(shared: Path) -> None:
    cases = [each for each in read(shared, "proration") if by_days(each["given"])]
    assert len(cases) == 11
    for each in cases:
        given, expect = each["given"], each["expect"]
        parts = given.get("parts", [{name: given[name] for name in given if name in PART}])
        nets = [prorated(given, part) for part in parts]
        found = {"amount": nets[0], "net": sum(nets), "total": nets[0] + tax(nets[0], given)}
        for name in found.keys() & expect.keys():
            assert found[name] == Decimal(expect[name]), each["id"]
        assert [str(net) for net in nets] == expect.get("lines", [str(net) for net in nets])


CONVENTIONS = {
    "fixed_days": "fixed_30",
    "strict_30_360": "thirty_360",
    "elapsed_seconds": "seconds UTC",
}

KNOWN_PRORATIONS = {
    "om-zero-length": "a stretch of no length costs nothing",
    "om-midday": "changes hold for whole days: the clock time of a start is ignored",
    "flexprice-grant-30s": "changes hold for whole days: the clock time of a start is ignored",
    "zuora-days-feb-inclusive_over_30": "parts of a period always add up to it: 28 of 30 do not",
}


@pytest.mark.feature("D1")
def test_proration_by_other_than_days(shared: Path) -> None:
    others = {*CONVENTIONS, "inclusive_over_30"}
    cases = [
        each for each in read(shared, "proration") if each["given"].get("convention") in others
    ]
    assert len(cases) == 9
    assert {each["id"] for each in cases} >= KNOWN_PRORATIONS.keys()
    for each in cases:
        if each["id"] not in KNOWN_PRORATIONS:
            given, expect = each["given"], each["expect"]
            part, whole = counted(given)
            if "days" in expect:
                assert (part, whole) == (expect["days"], expect["days_in_period"]), each["id"]
            if "amount" in expect:
                exact = Fraction(given["price"]) * part / whole
                places = int(given.get("rounding", {}).get("scale", 2))
                minor = rounded(exact * 10**places, "half_up")
                assert Decimal(minor).scaleb(-places) == Decimal(expect["amount"]), each["id"]


@pytest.mark.feature("D1", "D2")
def test_proration_of_seats_one_line_each(shared: Path) -> None:
    cases = [each for each in read(shared, "proration") if each["kind"] == "prorated_seats"]
    assert len(cases) == 2
    for each in cases:
        given, expect = each["given"], each["expect"]
        ends = {"convention": "inclusive_days", "service_end": given["period_end"], **given}
        lines = [
            prorated({**ends, "service_start": day}, {"price": given["unit_price"]})
            for day in given["added_on"]
        ]
        assert [str(line) for line in lines] == expect["lines"], each["id"]
        assert sum(lines) == Decimal(expect.get("total", sum(lines))), each["id"]


KNOWN_CYCLES = {
    "kb-cycles-17": "bill day 31 is kept: the quarter before 28 February began on 30 November",
    "kb-cycles-18": "periods run from the first bill day on or after the start, so that a first "
    "one of a quarterly package is shorter than a month",
    "kb-cycles-20": "periods run from the first bill day on or after the start, so that a first "
    "one of a yearly package is shorter than a month",
}
FREQUENCIES = {"monthly": 1, "quarterly": 3, "annual": 12}


@pytest.mark.feature("D1", "B4")
def test_how_many_periods_are_billed_in_advance_by_a_day(shared: Path) -> None:
    kind = "billing_cycles_in_advance"
    cases = [each for each in read(shared, "proration") if each["kind"] == kind]
    assert len(cases) == 7
    different = {each["id"] for each in cases if cycles(each["given"]) != each["expect"]["cycles"]}
    assert different == KNOWN_CYCLES.keys()
    assert all(KNOWN_CYCLES.values())


def cycles(given: dict) -> str:
    """Give how many periods have begun by the day, partial ones by their days to 9 places."""
    start, as_of = day_of(given["start"]), day_of(given["as_of"])
    end = day_of(given["end"]) if given["end"] else date(2100, 1, 1)
    anchor = first_bill_day(start, given["bill_day"])
    total = Decimal(0)
    for each in periods(start, end, anchor, given["bill_day"], FREQUENCIES[given["period"]]):
        if each.start > as_of:
            break
        part = Fraction((each.end - each.start).days, (each.full_end - each.full_start).days)
        total += Decimal(rounded(part * 10**9, "half_up")).scaleb(-9)
    return str(total)


KNOWN_SECONDS = {
    "phpbilling-month-weeks": "changes hold for whole days, and no amount is rounded up to a cent",
}


@pytest.mark.feature("D1")
def test_every_case_of_proration_has_an_adapter_or_a_reason(shared: Path) -> None:
    every = read(shared, "proration")
    others = {*CONVENTIONS, "inclusive_over_30"}
    adapted = {
        each["id"]
        for each in every
        if by_days(each["given"])
        or each["given"].get("convention") in others
        or each["kind"] in ("prorated_seats", "billing_cycles_in_advance")
    }
    assert {each["id"] for each in every} - adapted == KNOWN_SECONDS.keys()


def counted(given: dict) -> tuple[int, int]:
    """Give the part served and the whole as our proration counts them.

    A peer names the last day of a month as the end of its period; ours ends a month on.
    """
    proration = CONVENTIONS[given["convention"]]
    first, until = (day_of(given[name]) for name in ("service_start", "service_end"))
    start = day_of(given["period_start"])
    if given["convention"] == "strict_30_360":
        until += DAY
    end = boundary(start, start.day, 1, 1)
    return part_between(proration, (start, end), (first, until))


def part_between(
    proration: str, full: tuple[date, date], stretch: tuple[date, date]
) -> tuple[int, int]:
    first, until, whole = part_of(proration, full, stretch)
    return until - first, whole


def day_of(text: str) -> date:
    return date.fromisoformat(text[:10])


PART = ("price", "quantity", "credit")


def read(shared: Path, name: str) -> list[dict]:
    found: list[dict] = json.loads((shared / "cases" / f"{name}.json").read_text("utf-8"))
    return found


def by_days(given: Given) -> bool:
    return given.get("convention") in BY_DAYS


def prorated(given: Given, part: dict) -> Decimal:
    """Give the amount of the days served; an inclusive end is the day before ours."""
    last = timedelta() if given["convention"] == "half_open_days" else DAY
    row: dict[str, Value] = {
        "unit_price": Decimal(part["price"]),
        "quantity": int(part.get("quantity", 1)),
        "minor_units": 2,
        "from_day": local_day(given, "service_start") + int(given.get("free_days", 0)) * DAY,
        "until_day": local_day(given, "service_end") + last,
        "full_start": local_day(given, "period_start"),
        "full_end": local_day(given, "period_end") + last,
    }
    amount = stretch_minor_sql("unit_price", "quantity", "minor_units", "half_up")
    columns = ", ".join(f"${name} AS {name}" for name in row)
    columns = columns.replace("$unit_price", "CAST($unit_price AS DECIMAL(38, 12))")
    found = open_engine(threads=1).execute(f"SELECT {amount} FROM (SELECT {columns})", row)
    ((minor,),) = found.fetchall()
    return Decimal(-minor if part.get("credit") else minor).scaleb(-2)


def local_day(given: Given, name: str) -> date:
    if "timezone" not in given:
        return date.fromisoformat(given[name])
    instant = datetime.fromisoformat(given[name]).astimezone(UTC)
    return instant.astimezone(time_zone(given["timezone"])).date()


def tax(net: Decimal, given: Given) -> Decimal:
    rate = AppliedRate("tax", "class", "", Decimal(given.get("tax_percent", 0)), None)
    (due,), _ = share_taxes([(int(net.scaleb(2)), (rate,))], "half_up")
    return Decimal(due.minor).scaleb(-2)
