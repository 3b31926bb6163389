"""What the world has fixed: currencies and countries."""

from __future__ import annotations

import re
from functools import cache

# Codes CLDR lists beside the countries of ISO 3166-1: groupings, reserved and test codes.
_NOT_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)


@cache
def minor_units(currency: str) -> int | None:
    """Give the decimals of an ISO 4217 currency's amounts, or None where it is none.

    Codes without minor units that price nothing (XAU, XTS, XXX) are not currencies here.
    """
    return _exponents().get(currency)


def currency_codes() -> frozenset[str]:
    """Give the codes of ISO 4217 that can price something."""
    return frozenset(_exponents())


@cache
def _exponents() -> dict[str, int]:
    from iso4217 import Currency

    return {
        currency.code: currency.exponent for currency in Currency if currency.exponent is not None
    }


@cache
def country_codes() -> frozenset[str]:
    """Give the officially assigned alpha-2 codes of ISO 3166-1."""
    from babel import Locale

    territories = (str(code) for code in Locale("en").territories)
    return (
        frozenset(code for code in territories if re.fullmatch("[A-Z]{2}", code)) - _NOT_COUNTRIES
    )


def country_of(name: str) -> str | None:
    """Give the code of a country by its English name."""
    from babel import Locale

    names = Locale("en").territories.items()
    wanted = name.strip().replace("_", " ").lower()
    known = country_codes()
    return next((str(code) for code, own in names if own.lower() == wanted and code in known), None)
