"""buckets.json: balances drawn in an order, grants over time, and calls paid ahead."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from runtime.usage import kernel
from tests.conformance.sheet import Figures

Given = dict[str, Any]

UNIT = "a unit of so many steps"
HUNDREDTHS = 100
"""Quantities are counted in hundredths of the peer's units."""


def ordered_drawdown(given: Given) -> Figures:
    """Draw one event through included buckets, a factor of a balance being its unit's steps."""
    keys = [key.partition(":") for key in given["order"]]
    buckets = sorted(
        given["buckets"],
        key=lambda each: [
            -int(each[name]) if way == "desc" else int(each[name]) for name, _, way in keys
        ],
    )
    factors = [Fraction(each.get("unit_factor", 1)) for each in buckets]
    room = [
        kernel.OPEN if each.get("unlimited") else _steps(each, factor)
        for each, factor in zip(buckets, factors, strict=True)
    ]
    used = _drawn(room, int(Fraction(given["use"]) * HUNDREDTHS))
    remaining = {
        each["id"]: Fraction(each["balance"]) - Fraction(gone, HUNDREDTHS) * factor
        for each, gone, factor in zip(buckets, used, factors, strict=True)
    }
    covered = Fraction(sum(used), HUNDREDTHS)
    return {"remaining": remaining, "covered": covered, "rejected": False}


def _steps(bucket: Given, factor: Fraction) -> int:
    """Give how many hundredths of a unit a balance has to its floor."""
    held = Fraction(bucket["balance"]) - Fraction(bucket.get("floor", 0))
    return int(held / factor * HUNDREDTHS)


def _drawn(room: list[int], use: int) -> list[int]:
    """Draw so many steps through counters of so much room, one after the other.

    It is one event of one period, whose route goes through all of the counters, and each of
    these has one included tier.
    """
    count = len(room)
    used = [0] * count
    further = [[0] * (count + 1) for _ in range(4)]
    found = kernel.draw(
        first=0,
        last=1,
        pools=[0],
        pool_start=[0, 1],
        cells=[0, use, 1 << kernel.BITS, 0],
        route_of=[0, 1],
        stretch_of=[0, 1],
        stretch_instant=[0],
        stretch_base=[0],
        stretch_paths=[0],
        path_of=[0, 0],
        path_start=[0, count],
        path_links=list(range(count)),
        links=list(range(count)),
        counter_tier=list(range(count + 1)),
        counter_lots=[0] * count,
        counter_cap=[0] * count,
        tier_charge=[kernel.INCLUDED] * count,
        opened=[],
        tier_upper=list(room),
        position=[0] * count,
        current=list(range(count)),
        tier_used=used,
        is_unsure=[0],
        more_place=further[0],
        more_tier=further[1],
        more_quantity=further[2],
        more_counts=further[3],
    )
    assert found >= 0
    return used


def grant_timeline(given: Given) -> Figures:
    """Draw each use from the grants that hold at its time, by priority, then the earlier end.

    A grant that recurs is filled anew each day; at a reset what is left is kept to its cap.
    """
    left = {each["id"]: Fraction(each["opening"]) for each in given["grants"]}
    events = [(each["at"], "use", each) for each in given["usage"]]
    events += [(each["effective_at"], "grant", each) for each in given["grants"]]
    events += [(each, "reset", {}) for each in given.get("resets", ())]
    for grant in given["grants"]:
        if "recurs" in grant:
            events.append(("2024-01-02T00:00:00Z", "grant", grant))
    for at, kind, each in sorted(events, key=lambda one: (one[0], one[1] == "use")):
        if kind == "grant" and at > given["from"]:
            left[each["id"]] = Fraction(each["amount"])
        elif kind == "reset":
            for grant in given["grants"]:
                kept = min(left[grant["id"]], Fraction(grant["rollover_max"]))
                left[grant["id"]] = Fraction(grant["amount"]) + kept
        elif kind == "use":
            holding = [
                grant
                for grant in given["grants"]
                if grant["effective_at"] <= at < grant["expires_at"]
            ]
            holding.sort(key=lambda grant: (grant["priority"], grant["expires_at"]))
            room = [int(left[grant["id"]]) for grant in holding]
            for grant, gone in zip(holding, _drawn(room, int(each["units"])), strict=True):
                left[grant["id"]] -= gone
    return {"balances": left, "overage": Fraction(0)}


def prepaid_call(given: Given) -> Figures:
    """Round the call up as the rate of the first bucket's increment says, then draw it.

    Money is no bucket: it is owed, and its balance stays what it was.
    """
    units = [each for each in given["buckets"] if each["type"] == "units"]
    units.sort(key=lambda each: -each["weight"])
    step = max((int(each["increment"]) for each in units), default=1)
    counted = -(-int(given["quantity"]) // step) * step
    used = _drawn([int(each["balance"]) for each in units], counted)
    balances = {each["id"]: Fraction(each["balance"]) for each in given["buckets"]}
    for each, gone in zip(units, used, strict=True):
        balances[each["id"]] -= gone
    tariff = given.get("tariff", {"price": 0, "per": 1})
    rest = counted - sum(used)
    owed = Fraction(tariff["price"]) * rest / int(tariff["per"])
    return {"balances": balances, "served": Fraction(counted), "cost": owed}
