"""The target: everything that should have been charged by a date, kind by kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from duckdb import DuckDBPyConnection

from runtime.charges.buckets import charge_priced_tiers
from runtime.charges.discounts import charge_discounts
from runtime.charges.one_time import charge_one_time
from runtime.charges.penalties import charge_penalties
from runtime.charges.prices import load_prices
from runtime.charges.quoting import begin_quoting, end_quoting
from runtime.charges.recurring import charge_recurring
from runtime.charges.transitions import charge_transitions
from runtime.charges.usage import charge_bucket_flats, charge_usage
from runtime.engine import create_table
from runtime.program.model import Program

ChargeKind = Callable[[DuckDBPyConnection, Program, date], None]

KINDS: tuple[ChargeKind, ...] = (
    charge_recurring,
    charge_discounts,
    charge_one_time,
    charge_transitions,
    charge_usage,
    charge_bucket_flats,
    charge_priced_tiers,
    charge_penalties,
)


def compute_target(connection: DuckDBPyConnection, program: Program, *, as_of: date) -> None:
    """Make charge.target from the subscription and rated tables.

    Raises duckdb.OutOfRangeException or AmountOverflow where an amount cannot be exact.
    """
    load_prices(connection, program)
    begin_quoting(connection)
    create_table(connection, "charge.target")
    for charge in KINDS:
        charge(connection, program, as_of)
    end_quoting(connection)
