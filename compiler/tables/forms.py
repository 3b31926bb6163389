"""Which columns a table has, by what its rows say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compiler.tables import costs, destinations, prices, rates
from compiler.tables.form import Form
from dsl.syntax.tables import Holding

FORMS: Mapping[Holding, Form] = MappingProxyType(
    {
        Holding.ZONES: destinations.FORM,
        Holding.PRICES: prices.FORM,
        Holding.RATES: rates.FORM,
        Holding.COSTS: costs.FORM,
    }
)
