"""Figures print in the locale with every digit; customers' text prints without traps."""

from datetime import date
from decimal import Decimal, localcontext

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from runtime.invoice.format import Printer, clean_text, places_of, printer_of

LOCALES = ["en_CA", "en_US", "de_DE", "de_CH", "fr_FR", "fr_CA", "es_MX", "ja_JP", "hi_IN", "sv_SE"]

EURO_LOCALES = ["en_CA", "en_US", "de_DE", "fr_FR", "fr_CA", "hi_IN"]
"""Where the euro has its sign and Babel's minus is the locale's."""


def in_canada() -> Printer:
    return printer_of("en_CA", "CAD", 2)


@pytest.mark.feature("D5")
@given(
    locale=st.sampled_from(LOCALES),
    value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15),
)
def test_a_number_is_babels_with_every_digit(locale: str, value: Decimal) -> None:
    printer = printer_of(locale, "EUR", 2)
    unsigned_zero = value if value else value.copy_abs()
    with localcontext(prec=60):  # Babel rounds to the context's digits; we keep them all
        babels = format_decimal(unsigned_zero, locale=locale, decimal_quantization=False)
    # Babel prints a hyphen where Swedish data name a minus sign.
    assert printer.number(value) == babels.replace("-", printer.minus)


@pytest.mark.feature("D5")
@given(
    locale=st.sampled_from(EURO_LOCALES),
    minor=st.integers(min_value=-(10**15), max_value=10**15),
)
def test_money_is_babels_where_the_sign_is_one_currencys_own(locale: str, minor: int) -> None:
    value = Decimal(minor) / 100
    assert printer_of(locale, "EUR", 2).money(value) == format_currency(value, "EUR", locale=locale)


@pytest.mark.feature("A20", "D5")
@pytest.mark.parametrize(
    ("locale", "currency", "minor_units", "printed"),
    [
        ("en_CA", "CAD", 2, "CAD\u00a01,234.50"),
        ("en_CA", "USD", 2, "US$1,234.50"),
        ("en_US", "USD", 2, "USD\u00a01,234.50"),
        ("en_US", "CAD", 2, "CA$1,234.50"),
        ("fr_CA", "CAD", 2, "1\u00a0234,50\u00a0CAD"),
        ("fr_FR", "EUR", 2, "1\u202f234,50\u00a0€"),
        ("de_DE", "EUR", 2, "1.234,50\u00a0€"),
        ("de_DE", "USD", 2, "1.234,50\u00a0USD"),
    ],
)
def test_a_currency_is_never_ambiguous(
    locale: str, currency: str, minor_units: int, printed: str
) -> None:
    assert printer_of(locale, currency, minor_units).money(Decimal("1234.50")) == printed


@pytest.mark.feature("A20", "D5")
def test_an_amount_has_the_places_of_its_currency() -> None:
    assert printer_of("ja_JP", "JPY", 0).amount(Decimal(12300)) == "12,300"
    assert printer_of("en_US", "KWD", 3).amount(Decimal("12.5")) == "12.500"


@pytest.mark.feature("D5")
def test_a_unit_price_is_never_rounded() -> None:
    assert in_canada().price(Decimal("0.000021")) == "0.000021"
    assert in_canada().price(Decimal("80.000000000000")) == "80.00"
    assert in_canada().price(Decimal("2.1E-7"), "byte") == "0.00000021\u00a0/\u00a0byte"
    assert printer_of("ja_JP", "JPY", 0).price(Decimal("0.5")) == "0.5"


@pytest.mark.feature("D5")
def test_zero_has_no_sign() -> None:
    for zero in ("-0", "-0.00", "-0E-12"):
        assert in_canada().amount(Decimal(zero)) == "0.00"
        assert in_canada().money(Decimal(zero)) == "CAD\u00a00.00"


@pytest.mark.feature("D5")
def test_a_period_names_its_last_day() -> None:
    assert in_canada().period(date(2026, 6, 1), date(2026, 7, 1)) == "Jun 1–30, 2026"
    assert in_canada().period(date(2026, 6, 19), date(2026, 6, 20)) == "Jun 19, 2026"
    assert printer_of("de_DE", "EUR", 2).day(date(2026, 7, 1)) == "01.07.2026"
    assert printer_of("fr_FR", "EUR", 2).day(date(2026, 7, 1)) == "1 juil. 2026"


@pytest.mark.feature("D5")
def test_a_country_is_named_in_the_locale() -> None:
    assert in_canada().country("CA") == "Canada"
    assert in_canada().country("de") == "Germany"
    assert printer_of("fr_CA", "CAD", 2).country("DE") == "Allemagne"
    assert in_canada().country("Canada") == "Canada"
    assert in_canada().country("QQ") == "QQ"


@pytest.mark.feature("D5")
def test_every_digit_prints_however_many_there_are() -> None:
    """More digits than a decimal context keeps: nothing on the way to paper rounds."""
    many = "1234567890123456789.012345678901234567"
    assert in_canada().number(Decimal(many)) == "1,234,567,890,123,456,789.012345678901234567"
    assert in_canada().number(Decimal("-" + many)).startswith("-1,234,567,890,123,456,789.0123")
    assert printer_of("hi_IN", "INR", 2).number(Decimal(1234567)) == "12,34,567"
    assert [in_canada().count(value) for value in (0, 999, 1000)] == ["0", "999", "1,000"]


@pytest.mark.feature("D5")
def test_quantities_keep_every_digit_and_their_unit() -> None:
    assert in_canada().quantity(Decimal("2.437193216"), "GB") == "2.437193216\u00a0GB"
    assert in_canada().quantity(Decimal("2"), "GB", 3) == "2.000\u00a0GB"
    assert in_canada().quantity(Decimal("1200"), "each") == "1,200"
    assert in_canada().quantity(Decimal("4"), "3 minute") == "4\u00a0×\u00a03 minute"


def test_a_quantity_without_a_last_digit_is_printed_short() -> None:
    minutes = in_canada().quantity(Decimal("813.183333333333"), "minute")
    assert minutes == "813.1833\u00a0minute"
    assert in_canada().quantity(Decimal("0.000000001"), "GB") == "0.000000001\u00a0GB"
    assert in_canada().percent(Decimal("14.975")) == "14.975%"
    assert places_of(Decimal("2.5000")) == 1
    assert places_of(Decimal("1E+3")) == 0


@pytest.mark.feature("D5")
def test_controls_and_bidi_overrides_are_dropped() -> None:
    assert clean_text("a\u202eb\u2066c\u2069\x00\x07d") == "abcd"
    assert clean_text("two\nlines\tand\u2028more") == "two lines and more"
    assert clean_text("Épicerie, 東京, عربي\u200cها") == "Épicerie, 東京, عربي\u200cها"


@given(st.text())
def test_cleaned_text_stays_clean(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert not set(cleaned) & set(map(chr, [*range(32), 0x7F, *range(0x202A, 0x202F)]))
