"""The SQL of instants, from what a file says: texts, with a zone or without, and numbers."""

from __future__ import annotations

import re

from runtime.program.model import Epoch
from runtime.usage import sql
from runtime.usage.zones import LocalTime

_FRACTION = re.compile(r"((?<!%)(?:%%)*)%f")
_PLAIN = "____-__-__T__:__:__"
_ZONED = r"T?\d\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)$"
_MICROSECONDS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}
_EPOCH_RANGE = "-2_208_988_800_000_000 AND 253_370_764_800_000_000"  # 1900 to 9999


def since_1970(count: str, unit: Epoch) -> str:
    """Give the SQL of the instant that is a number of units after 1970 began."""
    count = f"TRY({count} * {_MICROSECONDS[unit]}::HUGEINT)"
    return (
        f"CASE WHEN {count} BETWEEN {_EPOCH_RANGE} "
        f"THEN make_timestamp(CAST({count} - {count} % 1 AS BIGINT)) END"
    )


def text_instant(field: str, local: str, pattern: str | None, clock: LocalTime) -> str:
    """Give the SQL of the instant that a text says.

    Args:
        field: the SQL of the text.
        local: the SQL of the local time that it says, where it names no zone.
        pattern: how it is written; None: as ISO 8601 says.
        clock: of the zone where the text names none.
    """
    if pattern is not None:
        return by_pattern(field, pattern) if is_zoned(pattern) else clock.in_utc(local)
    # What is written as most are can end in no zone but Z.
    names_zone = (
        f"CASE WHEN {field} LIKE '{_PLAIN}' AND NOT suffix({field}, 'Z') THEN false "
        f"ELSE regexp_matches({field}, {sql.text(_ZONED)}) END"
    )
    return (
        f"CASE WHEN {names_zone} THEN timezone('UTC', TRY_CAST({field} AS TIMESTAMPTZ)) "
        f"ELSE {clock.in_utc(local)} END"
    )


def is_time(kind: str) -> bool:
    """Tell whether a column of an SQL type holds local times."""
    return kind.startswith("TIMESTAMP") or kind == "DATE"


def is_zoned(pattern: str) -> bool:
    """Tell whether a text of a pattern says its zone."""
    return "%z" in pattern or "%Z" in pattern


def by_pattern(field: str, pattern: str) -> str:
    """Give the SQL of the time that a text says: an instant in UTC if the pattern is zoned."""
    time = f"try_strptime({field}, {sql.text(pattern)})"
    time = f"timezone('UTC', {time})" if is_zoned(pattern) else time
    finer = _FRACTION.sub(r"\1%n", pattern)
    if finer != pattern:
        # A fraction of more digits than a microsecond has is cut, so that no day is rounded up.
        nanoseconds = f"epoch_ns(try_strptime({field}, {sql.text(finer)}))"
        time = f"coalesce({time}, make_timestamp({nanoseconds} // 1000))"
    return time
