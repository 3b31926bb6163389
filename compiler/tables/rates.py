"""Tables of rates: rows of what usage a price is for, and the price, in one currency each."""

from __future__ import annotations

from decimal import Decimal

from compiler.resolve.kinds import Kind
from compiler.tables.cells import (
    COUNTRY,
    CURRENCY,
    DECIMAL,
    NAME,
    PREFIX,
    QUANTITY,
    TEXT,
    Amount,
    read_quantity,
)
from compiler.tables.form import CellKind, Column, Form, Unreadable


def _per(text: str) -> Amount | Unreadable:
    """Read `GB` or `1_000_000 token`."""
    name = NAME.read(text)
    if not isinstance(name, Unreadable):
        return Amount(Decimal(1), name)
    amount = read_quantity(text)
    if isinstance(amount, Unreadable):
        return Unreadable("is not a unit", "write such as `GB`, `each` or `1_000_000 token`")
    if amount.number != int(amount.number) or amount.number == 0:
        return Unreadable("is not a whole number of units", "write such as `1_000_000 token`")
    return amount


PER: CellKind[Amount] = CellKind("a unit, or a number of them", _per)

CLASS_COLUMN = Column("class", NAME, required=True, refers=Kind.USAGE_CLASS, role="rates")
PREFIX_COLUMN = Column("prefix", PREFIX)
COUNTRY_COLUMN = Column("country", COUNTRY)
ZONE_COLUMN = Column("zone", NAME, refers=Kind.ZONE, role="zone")
CARRIER_COLUMN = Column("carrier", TEXT)
DURING_COLUMN = Column("during", NAME, refers=Kind.TIME_BAND, role="during")
CURRENCY_COLUMN = Column("currency", CURRENCY, required=True)
PRICE_COLUMN = Column("price", DECIMAL)
PER_COLUMN = Column("per", PER, refers=Kind.UNIT, role="measured in")
PER_EVENT_COLUMN = Column("per_event", DECIMAL)
MINIMUM_COLUMN = Column("minimum", QUANTITY, refers=Kind.UNIT, role="measured in")
INCREMENT_COLUMN = Column("increment", QUANTITY, refers=Kind.UNIT, role="measured in")

UNIT_COLUMNS = (PER_COLUMN, MINIMUM_COLUMN, INCREMENT_COLUMN)
MONEY_COLUMNS = (PRICE_COLUMN, PER_EVENT_COLUMN)
PLACE_COLUMNS = (PREFIX_COLUMN, COUNTRY_COLUMN, ZONE_COLUMN)
FIT_COLUMNS = (CLASS_COLUMN, *PLACE_COLUMNS, CARRIER_COLUMN, DURING_COLUMN)
"""What usage a row is for."""

FORM = Form(
    columns=(
        *FIT_COLUMNS,
        CURRENCY_COLUMN,
        PRICE_COLUMN,
        PER_COLUMN,
        PER_EVENT_COLUMN,
        MINIMUM_COLUMN,
        INCREMENT_COLUMN,
    ),
    one_of=MONEY_COLUMNS,
)
