"""Rates of generated catalogs: rows for places, carriers and times, that round events up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from runtime.program import model
from runtime.program.terms import Basis
from runtime.program.zones import TimeBand, TimeBandHours, ZonePrefix
from tests.runtime.price_rows import PriceRows

ZONES = {"america": ("CA", "US"), "canada": ("CA",)}
ZONE_PREFIXES = {"ones": ("1", "12", "4"), "canada": ("33", "2")}
PLACES: tuple[dict[str, str], ...] = (
    *({"prefix": each} for each in ("1", "10", "123", "4", "40", "7")),
    *({"country": each} for each in ("CA", "US")),
    *({"zone": each} for each in ("america", "canada", "ones")),
)
Fit = tuple[dict[str, str], str | None, str | None]
CARRIERS = (None, None, "x", "y")
BANDS: dict[str, list[tuple[int | None, date | None, int, int]]] = {
    "early": [(weekday, None, 0, 300) for weekday in range(7)],
    "small_hours": [(6, None, 120, 180), (None, date(2026, 2, 15), 60, 120)],
    "late": [
        *((weekday, None, 1320, 1440) for weekday in range(7)),
        (None, date(2026, 1, 20), 600, 1320),
        (None, date(2026, 1, 5), 300, 721),
    ],
    "feast": [
        (None, date(2026, 1, 20), 0, 1440),
        (None, date(2026, 1, 1), 0, 61),
        (2, None, 0, 1440),
    ],
}


def tables() -> dict[str, object]:
    """Give the program's tables of zones and time bands."""
    return {
        "zone_countries": tuple(
            model.ZoneCountry(zone=zone, country=country)
            for zone, countries in ZONES.items()
            for country in countries
        ),
        "zone_prefixes": tuple(
            ZonePrefix(zone=zone, prefix=prefix)
            for zone, prefixes in ZONE_PREFIXES.items()
            for prefix in prefixes
        ),
        "time_bands": tuple(TimeBand(id=band, source=0) for band in BANDS),
        "time_band_hours": tuple(
            TimeBandHours(band=band, weekday=weekday, day=day, start=start, end=end, source=0)
            for band, hours in BANDS.items()
            for weekday, day, start, end in hours
        ),
    }


@st.composite
def group_rates(
    draw: st.DrawFn, group: str, classes: Sequence[model.UsageClass], prices: PriceRows
) -> list[model.Rate]:
    """Make the rows of a group: mostly one for anywhere, and some particular ones."""
    rates: list[model.Rate] = []
    anywhere: st.SearchStrategy[Fit] = st.just(({}, None, None))
    if not draw(st.integers(0, 3)):
        anywhere = st.nothing()
    particular: st.SearchStrategy[Fit] = st.tuples(
        st.sampled_from(({}, *PLACES)),
        st.sampled_from(CARRIERS),
        st.sampled_from((None, None, *BANDS)),
    )
    for each in classes:
        fits = draw(
            st.lists(
                st.one_of(particular, particular, anywhere),
                max_size=6,
                unique_by=lambda fit: (str(fit[0]), fit[1], fit[2]),
            )
        )
        for place, carrier, band in fits:
            ordinal = len({rate.id for rate in rates})
            currencies = ("CAD", "USD") if draw(st.integers(0, 4)) else ("CAD",)
            rounding = draw(st.sampled_from(((0, 1), (0, 1), (0, 7), (3, 1), (60, 6), (10, 4))))
            for currency in currencies:
                rates.append(
                    _rate(draw, group, ordinal, each.id, currency, prices).model_copy(
                        update={
                            **{"zone": None, "country": None, "prefix": None, **place},
                            "carrier": carrier,
                            "band": band,
                            "minimum": rounding[0],
                            "increment": rounding[1],
                        }
                    )
                )
    return rates


def _rate(
    draw: st.DrawFn, group: str, ordinal: int, usage_class: str, currency: str, prices: PriceRows
) -> model.Rate:
    make = _tiered if draw(st.integers(0, 2)) == 0 else _plain
    return model.Rate(
        id=f"{group}:{ordinal}",
        group=group,
        ordinal=ordinal,
        usage_class=usage_class,
        zone=None,
        currency=currency,
        price=make(draw, currency, prices),
        source=0,
    )


RULES = ("near", "below", "own")
AMOUNTS = st.sampled_from(("0", "0.000021", "1.2", "33.333")).map(Decimal)
PERS = st.sampled_from((1, 7, 1000, 10**9))


def _plain(draw: st.DrawFn, currency: str, prices: PriceRows) -> int:
    return prices.of(
        draw(AMOUNTS),
        currency,
        per=draw(PERS),
        unit="each",
        event_amount=draw(st.sampled_from((None, Decimal("0.05")))),
    )


def _tiered(draw: st.DrawFn, currency: str, prices: PriceRows) -> int:
    """Make a price of one to three tiers, each with some terms, and what modifies it."""
    mode = draw(st.sampled_from(("graduated", "volume")))
    bases: list[Basis] = ["share", "share", "block", "flat", "event"]
    if draw(st.integers(0, 2)) == 0:
        bases.append("percent")
    term = st.tuples(st.sampled_from(bases), AMOUNTS, PERS)
    bounds = sorted(draw(st.sets(st.sampled_from((1, 5, 10, 60, 1000, 2**62)), max_size=2)))
    uppers: list[int | None] = [*bounds, None]
    tiers = [(upper, draw(st.lists(term, min_size=1, max_size=3))) for upper in uppers]
    has_flat = any(basis == "flat" for basis, _, _ in tiers[0][1])
    return prices.tiered(
        currency,
        tiers,
        mode=mode,
        counted_by=draw(st.sampled_from((None, None, None, *RULES))),
        even_at_zero=has_flat and draw(st.booleans()),
        includes=draw(st.sampled_from((0, 0, 3, 100))),
        percent_off=Decimal(draw(st.sampled_from((0, 0, 10, 100)))),
        at_most=draw(st.sampled_from((None, None, Decimal(5), Decimal("0.004")))),
        at_least=draw(st.sampled_from((None, None, Decimal(0), Decimal("0.003")))),
    )
