"""usage_telecom.json: calls by time and increments, prefixes, and the periods of usage."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from runtime.money import rounded
from tests.conformance.sheet import Figures, Sheet, cost
from tests.runtime.usage.sheets import Rated, Use, compiled, rated

Given = dict[str, Any]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINIMUM = "a longer first increment is the rate's minimum"
PERIOD_TIERS = "tiers are of the period, whose one call this is"
DATED = "a time band by a date comes before the others"


def rated_call(given: Given) -> Sheet:
    """A call, at the same time of the same day of a week in January 2026."""
    rows, bands, options = [], "", []
    for number, rule in enumerate(given["rules"]):
        band = ""
        if "weekdays" in rule and len(given["rules"]) > 1:
            band = f" during BAND_{number}"
            bands += f"time band BAND_{number} = {hours(given['rules'], rule)}\n"
        elif "month_days" in rule:
            band = f" during BAND_{number}"
            bands += f"time band BAND_{number} = 2026-{rule['months'][0]:02}-"
            bands += f"{rule['month_days'][0]:02}\n"
            options.append(DATED)
        text, option = call_price(rule, given)
        options += option
        rows.append(f"CLASS{band} {text}")
    own = given_name(given)
    return Sheet(
        {"a": "\n  ".join(rows).replace("BAND", own)},
        [use(given)],
        cost,
        measure="time",
        more=bands.replace("BAND", own),
        option=", ".join(dict.fromkeys(options)) or None,
    )


def given_name(given: Given) -> str:
    """Give a name of its own to what a case declares."""
    rules = "_".join(each["id"] for each in given["rules"])
    start = given.get("start", given.get("duration", ""))
    word = f"{rules}_{start}_{'continuation' in given}_{given.get('end', '')}"
    return "b_" + "".join(sign if sign.isalnum() else "_" for sign in word)


def hours(rules: list[Given], rule: Given) -> str:
    """Write when a rule holds: from its time to that of the next one of the day."""
    later = [
        each["start_time"]
        for each in rules
        if each["weekdays"] == rule["weekdays"] and each["start_time"] > rule["start_time"]
    ]
    until = min(later, default="24:00:00")
    span = f"{rule['start_time'][:5]}..{until[:5]}"
    return ", ".join(f"{WEEKDAYS[day - 1]} {span}" for day in rule["weekdays"])


def call_price(rule: Given, given: Given) -> tuple[str, list[str]]:
    """Write what a rule charges, and what of ours that takes."""
    first, *others = rule["bands"]
    fee = Decimal(rule.get("connect_fee", "0"))
    if "continuation" in given:
        fee = Decimal(0)
    event = f" + {fee} USD per event" if fee else ""
    paid = [f"{each['price']} USD per {each['per']} s" for each in rule["bands"]]
    last = rule["bands"][-1]["increment"]
    options = [MINIMUM] if first["increment"] != last else []
    rounding = f" minimum {first['increment']} s increment {last} s"
    most = f" at most {given['max_cost']} USD" if "max_cost" in given else ""
    if others and others[0]["price"] != first["price"]:
        tiers = f"up to {others[0]['from']} s  {paid[0]}{event}; beyond  {paid[1]}{event}"
        if Fraction(others[0]["from"]) % int(last):
            rounding = ""  # an increment of the second band is none of the first
        return f"graduated {{ {tiers} }}{rounding}", [*options, PERIOD_TIERS]
    return f"{paid[0]}{event}{most}{rounding}", options


def use(given: Given) -> Use:
    """Give the call; of a dated rule, on that day of 2026."""
    if "start" not in given:
        return Use("a", int(given["duration"]))
    start, end = (datetime.fromisoformat(given[key]) for key in ("start", "end"))
    day = datetime(2026, 1, 5) + timedelta(days=start.weekday())  # noqa: DTZ001 - only printed
    if any("month_days" in rule for rule in given["rules"]):
        day = start.replace(year=2026)
    seconds = int((end - start).total_seconds())
    return Use("a", seconds, at=f"{day:%Y-%m-%d} {start:%H:%M:%S}")


def longest_prefix(given: Given) -> Sheet:
    """A row for each prefix; which of them rates the number."""
    prefixes = [each.removeprefix("+") for each in given["prefixes"]]
    rows = "\n  ".join(f"CLASS to prefix {each} 1 USD per minute" for each in prefixes)

    def read(found: Rated, name: str) -> Figures:
        (rate,) = found.rates[f"{name}_a"]
        return {"prefix": "+" + rate.rpartition("/")[2]}

    called = Use("a", 60, destination=given["number"].removeprefix("+"))
    return Sheet({"a": rows}, [called], read, measure="time")


def schedule_segments(given: Given) -> Figures:
    """An event is one part, whatever rules begin while it lasts."""
    assert given["rules"]
    return {"segment_count": 1}


def round_amount(given: Given) -> Figures:
    """Round as a catalog can say: half up, or half even."""
    scale, method = given["rounding"]["scale"], given["rounding"]["method"]
    assert method == "down"
    exact = Fraction(given["amount"]) * 10**scale
    return {"amount": Fraction(rounded(exact, "half_up"), 10**scale)}


def usage_windows(given: Given) -> Figures:
    """Usage periods by whole days; each unit is a class."""
    edges = [date.fromisoformat(each[:10]) for each in given["window_edges"]]
    uses = [
        Use(each.get("unit", "unit"), int(each["units"]), at=_utc(each["at"]))
        for each in given["events"]
    ]
    found = _rate(uses, tuple(given["units"]), list(pairwise(edges)), "UTC")
    return {
        "windows": [
            {unit: found.by_period.get((unit, start), 0) for unit in given["units"]}
            for start in edges[:-1]
        ]
    }


def usage_by_local_month(given: Given) -> Figures:
    """Months by the clock of the account."""
    months = sorted({each["at"][:7] for each in given["events"]})
    starts = [date.fromisoformat(f"{each}-01") for each in months]
    last = (starts[-1] + timedelta(days=31)).replace(day=1)
    uses = [Use("unit", int(each["units"]), at=_utc(each["at"])) for each in given["events"]]
    found = _rate(uses, ("unit",), list(pairwise([*starts, last])), given["timezone"])
    return {
        "by_month": {
            month: found.by_period[("unit", start)]
            for month, start in zip(months, starts, strict=True)
        }
    }


def _utc(text: str) -> str:
    instant = datetime.fromisoformat(text)
    return f"{instant - (instant.utcoffset() or timedelta()):%Y-%m-%d %H:%M:%S}"


def _rate(
    uses: list[Use], units: tuple[str, ...], periods: list[tuple[date, date]], timezone: str
) -> Rated:
    rows = {unit: f"{unit} 1 USD each" for unit in units}
    with TemporaryDirectory() as folder:
        return rated(
            compiled("count", rows), uses, Path(folder), periods=periods, timezone=timezone
        )
