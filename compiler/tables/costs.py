"""Tables of costs: what a service costs its seller for a period, which guards compare with.

A service has one cost in a currency and frequency; without a frequency it is for a month.
"""

from __future__ import annotations

from compiler.resolve.kinds import Kind
from compiler.tables.cells import CURRENCY, DECIMAL, NAME
from compiler.tables.form import Column, Form
from compiler.tables.prices import FREQUENCY

SERVICE_COLUMN = Column("service", NAME, required=True, refers=Kind.SERVICE, role="costs")
FREQUENCY_COLUMN = Column("frequency", FREQUENCY)
CURRENCY_COLUMN = Column("currency", CURRENCY, required=True)
AMOUNT_COLUMN = Column("amount", DECIMAL, required=True)

FORM = Form(columns=(SERVICE_COLUMN, FREQUENCY_COLUMN, CURRENCY_COLUMN, AMOUNT_COLUMN))
