"""Names the world gives, not the catalog: time zones, locales and countries."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from duckdb import DuckDBPyConnection

from runtime.engine import fill_table
from runtime.program.time_zones import zone_names


@dataclass(frozen=True, slots=True)
class WorldName:
    """A column whose values the world knows: how to tell, and what to propose."""

    code: str
    entity: str
    field: str
    reason: str
    is_known: Callable[[str], bool]
    names: Callable[[], Sequence[str]]


def name_fault_queries(connection: DuckDBPyConnection, entity: str) -> Iterator[str]:
    """Yield queries for the entity's cells that name what does not exist."""
    for check in WORLD_NAMES:
        if check.entity != entity:
            continue
        distinct = connection.execute(
            f"SELECT DISTINCT {check.field} FROM book.{entity} WHERE {check.field} IS NOT NULL"
        ).fetchall()
        wrong = sorted(value for (value,) in distinct if not check.is_known(value))
        if not wrong:
            continue
        rows = [(value, _hint(value, check.names())) for value in wrong]
        fill_table(connection, "book.wrong_names", {"value": "VARCHAR", "hint": "VARCHAR"}, rows)
        yield f"""
            SELECT r.row, '{check.field}' AS field, r.{check.field} AS value,
              '{check.code}' AS code, '{check.reason}' AS reason, w.hint
            FROM book.{entity} r JOIN book.wrong_names w ON w.value = r.{check.field}
            """
        connection.execute("DROP TABLE book.wrong_names")


def _hint(value: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(value, names, 1)
    return f"did you mean `{near[0]}`?" if near else ""


@cache
def _time_zones() -> Sequence[str]:
    return sorted(zone_names())


def _is_time_zone(value: str) -> bool:
    return value in _time_zones()


def _is_locale(value: str) -> bool:
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(value)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _locales() -> Sequence[str]:
    from babel.localedata import locale_identifiers

    return sorted(locale_identifiers())


def _countries() -> Sequence[str]:
    # Two letters are always near some others: a proposal would more often mislead.
    return ()


def _is_country(value: str) -> bool:
    from babel import Locale

    return len(value) == 2 and value in Locale("en").territories


WORLD_NAMES = (
    WorldName(
        "unknown_time_zone",
        "accounts",
        "timezone",
        "is not an IANA time zone",
        _is_time_zone,
        _time_zones,
    ),
    WorldName(
        "unknown_locale",
        "accounts",
        "locale",
        "is not a locale",
        _is_locale,
        _locales,
    ),
    WorldName(
        "unknown_country",
        "contacts",
        "country",
        "is not a country code of two letters, as CA is",
        _is_country,
        _countries,
    ),
)
