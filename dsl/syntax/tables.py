"""Tables: CSV files beside the catalog's text that hold its bulk rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dsl.syntax.base import Node, Text


class Holding(StrEnum):
    """What the rows of a table say."""

    ZONES = "zones"
    PRICES = "prices"
    RATES = "rates"
    COSTS = "costs"


@dataclass(frozen=True, slots=True)
class TableFile(Node):
    """`from "destinations.csv"`: the path is relative to the file that names it.

    `holds` follows from the statement it stands in, and decides what the columns are.
    """

    file: Text
    holds: Holding
