"""What random histories use: the part of their catalog that rates it, and records of it.

Usage goes through each way of charging it: by the unit, in tiers, by a counting rule, by the
event, as a share of an amount, out of buckets that are filled anew, roll over, are filled once
or are shared by a tree of accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

USAGE = Path(__file__).with_name("usage.ratebook").read_text("utf-8")

COLUMNS = ("number", "at", "meter", "kind", "units", "charge", "cur", "country")


@dataclass(frozen=True)
class Record:
    """A raw record of usage and the day on which it is fed."""

    fed: date
    fields: dict[str, object]


def records_of(
    chance: Random, meter: str, currency: str, first: date, days: int, latest: date
) -> list[Record]:
    """Give some months' records of an identifier, a few of them late, again, or in conflict."""
    found = []
    for number in range(chance.randrange(2, 14)):
        day = first + timedelta(days=chance.randrange(days))
        kind = chance.choice(("data", "data", "data", "call", "sale"))
        second = chance.randrange(86_400)
        at = f"{day}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        fields: dict[str, object] = {"number": f"{meter}/{number}", "at": at, "meter": meter}
        fields |= {"kind": kind, "country": chance.choice(("", "CA", "FR"))}
        match kind:
            case "data":
                fields["units"] = chance.choice(("0", "7.5", "33.333", "61", "150"))
            case "call":
                fields["units"] = chance.choice((1, 61, 400, 1_003))
            case _:
                fields |= {"units": chance.choice((1, 3)), "cur": currency}
                fields["charge"] = chance.choice(("10", "3", "250"))
        fed = min(latest, day + timedelta(days=chance.choice((0, 1, 1, 1, 20, 50, 130))))
        found.append(Record(fed, fields))
        if chance.random() < 0.1:
            found.append(Record(fed, dict(fields)))
        if chance.random() < 0.1:
            later = min(latest, fed + timedelta(days=chance.randrange(60)))
            found.append(Record(later, dict(fields)))
    return found
