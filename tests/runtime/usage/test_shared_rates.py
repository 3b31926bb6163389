"""The figures of tiers and of rated calls that other billing projects assert."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.usage.sheets import Use, compiled, rated

TIERS = {
    "lago-grad-0": "nothing was used: such a line is only there for usage",
    "om-grad-total-0": "nothing was used: such a line is only there for usage",
    "lago-grad-zero-first-flat-zero": "counts are whole",
    "lago-vol-100.5": "counts are whole",
    "om-grad-total-5.001": "counts are whole",
    "lago-vol-prorated": "the tier is picked by what is priced, or by a counting rule",
    "flexprice-package-50-down": "each started block is charged, a part of one too",
}
CALLS = {
    "cg-peak-to-evening": "an event is in the time band of its start, and is not cut",
    "cg-continuation": "an event is in the time band of its start, and is not cut",
    "cg-zero": "an amount for each event is for an event of no length, too",
    "cg-tutorial-130": "a graduated price is of the period, and has no amount for each event",
    "cg-tutorial-40-85": "a graduated price is of the period, and has no amount for each event",
    "cg-tutorial-offpeak-90": "a graduated price is of the period, and has none for each event",
    "cg-t2-new-year": "two bands that share a time must not both have a row",
    "cg-group-30-minute-increment": "a rate has one increment",
}

Given = dict[str, Any]


def cases(shared: Path, file: str, kind: str) -> list[dict[str, Any]]:
    path = shared / "cases" / f"{file}.json"
    if not path.exists():
        pytest.skip("the shared cases are not here")
    return [each for each in json.loads(path.read_text()) if each["kind"] == kind]


@pytest.mark.feature("A7", "A14")
def test_tiers(shared: Path, tmp_path: Path) -> None:
    found = {
        f"c{number}": each for number, each in enumerate(cases(shared, "tiers", "tiered_charge"))
    }
    ours = {name: each for name, each in found.items() if each["id"] not in TIERS}
    assert len(found) == 22
    assert len(ours) == len(found) - len(TIERS)
    rows = {name: f"{name} {price(each['given'])}" for name, each in ours.items()}
    uses = [Use(name, int(each["given"]["quantity"])) for name, each in ours.items()]
    result = rated(compiled("count", rows), uses, tmp_path)
    for name, each in ours.items():
        assert result.amounts[name] == Fraction(each["expect"]["amount"]), each["id"]


def price(given: Given) -> str:
    """Write the price of a case in the language."""
    if given["mode"] == "package":
        free = f" includes {given['free_units']}" if "free_units" in given else ""
        return f"{given['package_price']} USD per block of {given['package_size']}{free}"
    tiers = []
    for tier in given["tiers"]:
        upper = "beyond" if tier["to"] is None else f"up to {tier['to']}"
        amount = f"{Decimal(tier['unit_price']):f} USD each"
        flat = f" + {tier['flat']} USD flat" if Decimal(tier["flat"]) else ""
        tiers.append(f"{upper}  {amount}{flat}")
    return f"{given['mode']} {{ {'; '.join(tiers)} }}"


@pytest.mark.feature("A14")
def test_calls(shared: Path, tmp_path: Path) -> None:
    found = {f"c{n}": each for n, each in enumerate(cases(shared, "usage_telecom", "rated_call"))}
    ours = {name: each for name, each in found.items() if each["id"] not in CALLS}
    assert len(found) == 16
    assert len(ours) == len(found) - len(CALLS)
    rows: dict[str, str] = {}
    bands = ""
    uses = []
    for name, each in ours.items():
        given = each["given"]
        written = []
        for number, rule in enumerate(given["rules"]):
            band = ""
            if len(given["rules"]) > 1:
                band = f" during {name}_{number}"
                bands += f"time band {name}_{number} = {hours(given['rules'], rule)}\n"
            written.append(f"{name}{band} {call_price(rule, given)}")
        rows[name] = "\n  ".join(written)
        uses.append(use(name, given))
    result = rated(compiled("time", rows, bands), uses, tmp_path)
    for name, each in ours.items():
        assert result.amounts[name] == Fraction(each["expect"]["cost"]), each["id"]


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


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


def call_price(rule: Given, given: Given) -> str:
    """Write what a rule charges; a longer first increment at one price is a minimum."""
    first, *others = rule["bands"]
    fee = Decimal(rule.get("connect_fee", "0"))
    paid = [f"{each['price']} USD per {each['per']} s" for each in rule["bands"]]
    rounding = f"minimum {first['increment']} s increment {rule['bands'][-1]['increment']} s"
    most = f" at most {given['max_cost']} USD" if "max_cost" in given else ""
    if others and others[0]["price"] != first["price"]:
        assert fee == 0
        return f"graduated {{ up to {others[0]['from']} s  {paid[0]}; beyond  {paid[1]} }}"
    event = f" + {fee} USD per event" if fee else ""
    return f"{paid[0]}{event}{most} {rounding}"


def use(name: str, given: Given) -> Use:
    """Give the call, at the same time of the same day of a week in January 2026."""
    if "start" not in given:
        return Use(name, int(given["duration"]))
    start, end = (datetime.fromisoformat(given[key]) for key in ("start", "end"))
    day = datetime(2026, 1, 5) + timedelta(days=start.weekday())  # noqa: DTZ001 - only printed
    return Use(name, int((end - start).total_seconds()), at=f"{day:%Y-%m-%d} {start:%H:%M:%S}")


@pytest.mark.feature("A14")
def test_prefixes(shared: Path, tmp_path: Path) -> None:
    (case,) = cases(shared, "usage_telecom", "longest_prefix")
    given: Given = case["given"]
    prefixes = [each.removeprefix("+") for each in given["prefixes"]]
    row = "\n  ".join(f"voice to prefix {each} 1 USD per minute" for each in prefixes)
    uses = [Use("voice", 60, destination=given["number"].removeprefix("+"))]
    result = rated(compiled("time", {"voice": row}), uses, tmp_path)
    assert result.rates["voice"] == (f"rows/voice/{case['expect']['prefix'].removeprefix('+')}",)
