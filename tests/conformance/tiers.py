"""tiers.json: tiers, blocks, percentages and converted quantities, as rates of usage."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from runtime.money import to_minor
from tests.conformance.sheet import INSTANCES, Figures, Sheet, amount, amount_of_both
from tests.runtime.charges.test_quotes import tiered
from tests.runtime.usage.sheets import Rated, Use

Given = dict[str, Any]

THOUSANDTHS = "quantities in thousandths of a unit"
AT_ZERO = "`even at zero` in the first tier"
COUNTED = "a counting rule picks the tier"
INCREMENT = "an increment rounds each event up"
PERIODS = "a usage period is a window"


def tiered_charge(given: Given) -> Sheet:
    """A price in tiers; a quantity with decimals in thousandths, a tier picked by a rule."""
    picked = given.get("tier_selecting_quantity")
    numbers = [given["quantity"], *(tier["to"] for tier in given.get("tiers", ()) if tier["to"])]
    is_part = any(Decimal(each) % 1 for each in numbers)
    unit = " piece" if is_part else ""
    options = [THOUSANDTHS] if is_part else []
    if picked is not None:
        assert int(picked) == INSTANCES
        options.append(COUNTED)
    row = price(given, unit, by_count=picked is not None)
    if "even at zero" in row and Decimal(given["quantity"]) == 0:
        options.append(AT_ZERO)
    steps = int(Decimal(given["quantity"]) * (1000 if is_part else 1))
    uses = [Use("a", steps)] if steps else []
    return Sheet({"a": f"CLASS {row}"}, uses, amount, option=", ".join(options) or None)


def price(given: Given, unit: str, *, by_count: bool) -> str:
    """Write the price of a case in the language."""
    if given["mode"] == "package":
        free = f" includes {given['free_units']}" if "free_units" in given else ""
        return f"{given['package_price']} USD per block of {given['package_size']}{free}"
    tiers = []
    for number, tier in enumerate(given["tiers"]):
        bound = unit if not by_count else ""
        upper = "beyond" if tier["to"] is None else f"up to {tier['to']}{bound}"
        each = f"{Decimal(tier['unit_price']):f} USD {f'per{unit}' if unit else 'each'}"
        flat = f" + {tier['flat']} USD flat" if Decimal(tier["flat"]) else ""
        at_zero = given.get("first_flat_at_zero", True) and number == 0 and flat
        tiers.append(f"{upper}  {each}{flat}{'  even at zero' if at_zero else ''}")
    by = " by lines" if by_count else ""
    return f"{given['mode']}{by} {{ {'; '.join(tiers)} }}"


def graduated_percentage_charge(given: Given) -> Sheet:
    """A volume of money: each unit of it is one of what is counted, and of the amount."""
    tiers = [
        f"{'beyond' if tier['to'] is None else 'up to ' + tier['to']}  "
        f"{tier['rate_percent']}% of amount + {tier['flat']} USD flat"
        for tier in given["tiers"]
    ]
    use = Use("a", int(given["quantity"]), amount=given["quantity"])
    return Sheet({"a": f"CLASS graduated {{ {'; '.join(tiers)} }}"}, [use], amount)


def percentage_charge(given: Given) -> Sheet:
    """A share of each event's amount; our bounds are the period's."""
    row = (
        f"CLASS {given['rate_percent']}% of amount at most {given['maximum_per_event']} USD "
        f"at least {given['minimum_per_event']} USD"
    )
    uses = [Use("a", 1, amount=each) for each in given["events"]]
    return Sheet({"a": row}, uses, amount)


def quantity_transform(given: Given) -> Sheet:
    """A quantity in larger units, rounded up: an increment of the rate."""
    size = Fraction(given["divide_by"])
    step = size / 10 ** given["rounding"]["scale"]
    assert given["rounding"]["method"] == "ceiling"
    paid = given.get("unit_price", "1")

    def read(found: Rated, name: str) -> Figures:
        counted = Fraction(found.quantities[f"{name}_a"]) / size
        return {"quantity": counted, **amount(found, name)}

    row = f"CLASS {paid} USD per {size} count increment {step} count"
    return Sheet({"a": row}, [Use("a", int(given["quantity"]))], read, option=INCREMENT)


def transformed_charge(given: Given) -> Sheet:
    """Tiers of converted units: of a unit of so many, after the increment."""
    assert given["divide_by"] == "1000"
    assert given["unit_rounding"] == {"scale": 0, "method": "ceiling"}
    row = f"CLASS {price(given, ' thousand', by_count=False)} increment 1 thousand"
    return Sheet({"a": row}, [Use("a", int(given["quantity"]))], amount, option=INCREMENT)


def windowed_charge(given: Given) -> Sheet:
    """Each window is a usage period, in which the tiers begin again."""
    days = ("2026-01-05 12:00:00", "2026-02-05 12:00:00")
    uses = [
        Use("a", int(each), at) for each, at in zip(given["window_quantities"], days, strict=True)
    ]
    row = f"CLASS {price(given, '', by_count=False)}"
    return Sheet({"a": row}, uses, amount_of_both, option=PERIODS)


def block_tiers_charge(given: Given) -> Sheet:
    """Tiers of blocks, those of each unit a class; what was billed is taken off the target."""
    mode = {"top_tier": "volume", "all_tiers": "graduated"}[given["mode"]]
    letters = dict(zip(given["quantities"], "ab", strict=False))
    rows = {}
    for unit, letter in letters.items():
        tiers = [tier for tier in given["tiers"] if tier["unit"] == unit]
        written = [
            f"{'up to ' + tier['max_blocks'] if tier is not tiers[-1] else 'beyond'}  "
            f"{tier['block_price']} USD per block of {tier['block_size']}"
            for tier in tiers
        ]
        rows[letter] = f"CLASS {mode} {{ {'; '.join(written)} }}"

    def read(found: Rated, name: str) -> Figures:
        billed = given.get("already_billed", {})
        by_unit = {
            unit: Fraction(to_minor(found.amounts[f"{name}_{letter}"], 2, "half_up"), 100)
            - Fraction(billed.get(unit, 0))
            for unit, letter in letters.items()
        }
        return {"by_unit": by_unit, "amount": sum(by_unit.values())}

    uses = [Use(letters[unit], int(each)) for unit, each in given["quantities"].items()]
    return Sheet(rows, uses, read)


def capacity_tiers_charge(given: Given) -> Sheet:
    """A price by the peaks of two units; ours has a stair for each."""
    letters = dict(zip(given["peaks"], "ab", strict=True))
    rows = {}
    for unit, letter in letters.items():
        steps = [
            f"{'beyond' if tier['limits'][unit] is None else 'up to ' + tier['limits'][unit]}  "
            f"{tier['price']} USD flat"
            for tier in given["tiers"]
        ]
        rows[letter] = f"CLASS volume {{ {'; '.join(steps)} }}"

    def read(found: Rated, name: str) -> Figures:
        return {"amount": found.amounts[f"{name}_a"] + found.amounts[f"{name}_b"]}

    uses = [Use(letters[unit], int(each)) for unit, each in given["peaks"].items()]
    return Sheet(rows, uses, read)


def cumulative_deltas(given: Given) -> Figures:
    """What each run bills: the target by then, less what was posted."""
    scale = given.get("rounding", {}).get("scale", 2)
    posted, deltas = Fraction(0), []
    for number, quantity in enumerate(given["cumulative_quantities"], 1):
        if given["mode"] == "unit":
            target = Fraction(given["unit_price"]) * int(quantity)
        else:
            target = tiered({**given, "quantity": quantity})
        if "minimum_spend" in given:
            # The first run comes before the usage period has ended, which bills it whole.
            is_closed = number == len(given["cumulative_quantities"])
            target = max(target, Fraction(given["minimum_spend"])) if is_closed else Fraction(0)
        target = Fraction(to_minor(target, scale, "half_up"), 10**scale)
        deltas.append(target - posted)
        posted = target
    return {"deltas": deltas}


def prorated_graduated_charge(given: Given) -> Figures:
    """What our price of each quantity comes to, for as long as it was held."""
    changes = sorted(
        (
            (1 - Fraction(part) / Fraction(units), Fraction(units))
            for units, part in zip(given["event_units"], given["event_prorated_units"], strict=True)
        ),
        key=lambda each: each[0],
    )
    total, quantity = Fraction(0), Fraction(0)
    for (start, units), until in zip(changes, [*changes[1:], (Fraction(1), 0)], strict=True):
        quantity = max(quantity + units, Fraction(0))
        of_period = tiered({**given, "mode": "graduated", "quantity": str(int(quantity))})
        total += of_period * (until[0] - start)
    return {"amount": Fraction(to_minor(total, 2, "half_up"), 100)}
