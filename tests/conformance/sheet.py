"""A case as rows of a price sheet: a catalog's text, some events, and what to read of them.

All the cases of one measure are one catalog, each with usage classes of its own, so that the
engine runs once for them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.runtime.usage.sheets import Rated, Use, compiled, rated

Figures = Mapping[str, Any]
"""What a case expects, by name: numbers as fractions, and lists or mappings of them."""

JANUARY_AND_FEBRUARY = ((date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 2, 1), date(2026, 3, 1)))
INSTANCES = 300
"""How many instances the account service has, for a rule that counts them."""

MORE = """\
count lines = service line
unit piece    = 1_000 count
unit thousand = 1_000 count
"""


@dataclass(frozen=True)
class Sheet:
    """One case: `rows` are the rows of its classes, the letters behind its own name.

    `read`: gives the figures of what was rated; `option`: what of ours it takes to match.
    """

    rows: Mapping[str, str]
    uses: Sequence[Use]
    read: Callable[[Rated, str], Figures]
    measure: str = "count"
    more: str = ""
    option: str | None = None


def amount(found: Rated, name: str) -> Figures:
    """Read the amount of the one class in January; in February nothing is used."""
    return {"amount": found.paid_by_period.get((f"{name}_a", JANUARY_AND_FEBRUARY[0][0]), 0)}


def amount_of_both(found: Rated, name: str) -> Figures:
    """Read the amount of the one class over both months."""
    return {"amount": found.amounts[f"{name}_a"]}


def cost(found: Rated, name: str) -> Figures:
    """Read the cost of the one class."""
    return {"cost": found.amounts.get(f"{name}_a", 0)}


def rate_sheets(sheets: Mapping[str, Sheet], folder: Path) -> dict[str, Figures]:
    """Rate all the sheets, named `c1` and so on; give the figures of each."""
    figures: dict[str, Figures] = {}
    for measure in sorted({each.measure for each in sheets.values()}):
        ours = {name: each for name, each in sheets.items() if each.measure == measure}
        rows = {
            f"{name}_{letter}": row.replace("CLASS", f"{name}_{letter}")
            for name, sheet in ours.items()
            for letter, row in sheet.rows.items()
        }
        more = (MORE if measure == "count" else "") + "".join(each.more for each in ours.values())
        uses = [
            Use(f"{name}_{use.usage_class}", use.quantity, use.at, use.amount, use.destination)
            for name, sheet in ours.items()
            for use in sheet.uses
        ]
        own = folder / measure
        own.mkdir()
        found = rated(
            compiled(measure, rows, more),
            uses,
            own,
            periods=JANUARY_AND_FEBRUARY,
            lines=INSTANCES,
        )
        figures |= {name: sheet.read(found, name) for name, sheet in ours.items()}
    return figures
