"""Loops over the columns of plain records, as `runtime.usage.loops` says of loops.

Texts are bytes of `data` from offset to offset; `valid`: 0 where one is missing, which is then
read as an empty one; without cells where none is.
"""

from __future__ import annotations

from runtime.usage.kernel import Integers
from runtime.usage.loops import NONE

NO_TIME = -(1 << 63)
"""The instant of what is no time, or is not written plainly."""

HASH_BITS = (1 << 62) - 1
_HASH_FACTOR = 0x2F0B4C47B1E3A6D5
_MIX_FACTOR = 0x1B873593CC9E2D51
_TIME_SIZE = 19
_DAY, _HOUR, _MINUTE, _SECOND = 86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000
_FIRST_YEAR, _LAST_YEAR = 1901, 9997
_MOST_DIGITS = 18
PACKED = 15
"""The bytes of the longest text that is packed into two numbers, with how many they are."""


def hash_texts(
    first: int, last: int, offsets: Integers, data: Integers, valid: Integers, hashes: Integers
) -> None:
    """Hash texts so that the hash of a longer one goes on from it; `finish_hashes` ends it.

    A product that leaves 64 bits has the same low bits as the exact one.
    """
    for event in range(first, last):
        end = offsets[event + 1]
        if len(valid) and valid[event] == 0:
            end = offsets[event]
        value = 0
        for place in range(offsets[event], end):
            value = (value * _HASH_FACTOR + data[place]) & HASH_BITS
        hashes[event] = value


def finish_hashes(
    first: int, last: int, kind: Integers, factor_of: Integers, more_of: Integers, hashes: Integers
) -> None:
    """End hashes, each after the further text of its kind, of which factor and sum are given."""
    for event in range(first, last):
        own = kind[event]
        value = (hashes[event] * factor_of[own] + more_of[own]) & HASH_BITS
        value = ((value ^ (value >> 29)) * _MIX_FACTOR) & HASH_BITS
        value = ((value ^ (value >> 32)) * _HASH_FACTOR) & HASH_BITS
        hashes[event] = value ^ (value >> 31)


def further_text(text: bytes) -> tuple[int, int]:
    """Give factor and sum by which `finish_hashes` goes on with a text."""
    factor, more = 1, 0
    for byte in text:
        factor = factor * _HASH_FACTOR & HASH_BITS
        more = (more * _HASH_FACTOR + byte) & HASH_BITS
    return factor, more


def pack_texts(
    first: int,
    last: int,
    offsets: Integers,
    data: Integers,
    eights: Integers,
    valid: Integers,
    low: Integers,
    high: Integers,
) -> None:
    """Pack texts of up to PACKED bytes into two numbers each; of longer ones `high` is NONE.

    `eights`: of each byte of `data` with seven behind it, the number that the eight are.
    """
    for event in range(first, last):
        start = offsets[event]
        size = offsets[event + 1] - start
        if len(valid) and valid[event] == 0:
            size = 0
        low[event] = 0
        high[event] = NONE
        if size >= 8:
            low[event] = eights[start]
        if size > PACKED:
            continue
        front = 0
        behind = 0
        if size > 8:
            behind = (eights[start + size - 8] >> (8 * (16 - size))) & ((1 << (8 * size - 64)) - 1)
        if size < 8:
            for place in range(size):
                front |= data[start + place] << (8 * place)
            low[event] = front
        high[event] = behind | (size << 56)


def place_packed(
    first: int, last: int, low: Integers, high: Integers, cells: Integers, slots: Integers
) -> None:
    """Put packed words, each of which is there once, into tables for `find_packed`.

    `slots`: NONE or the number of a word; `cells`: of a slot, the two numbers of its word.
    """
    mask = len(slots) - 1
    for word in range(first, last):
        value = ((low[word] ^ (low[word] >> 32)) * _HASH_FACTOR) & HASH_BITS
        value ^= ((high[word] ^ (high[word] >> 29)) * _MIX_FACTOR) & HASH_BITS
        slot = (((value ^ (value >> 31)) * _HASH_FACTOR & HASH_BITS) >> 30) & mask
        while slots[slot] != NONE:
            slot = (slot + 1) & mask
        slots[slot] = word
        cells[2 * slot] = low[word]
        cells[2 * slot + 1] = high[word]


def find_packed(
    first: int,
    last: int,
    low: Integers,
    high: Integers,
    cells: Integers,
    slots: Integers,
    found: Integers,
) -> None:
    """Find packed texts among the words of `place_packed`; NONE where one is none."""
    mask = len(slots) - 1
    for event in range(first, last):
        value = ((low[event] ^ (low[event] >> 32)) * _HASH_FACTOR) & HASH_BITS
        value ^= ((high[event] ^ (high[event] >> 29)) * _MIX_FACTOR) & HASH_BITS
        slot = (((value ^ (value >> 31)) * _HASH_FACTOR & HASH_BITS) >> 30) & mask
        while slots[slot] != NONE and (
            cells[2 * slot] != low[event] or cells[2 * slot + 1] != high[event]
        ):
            slot = (slot + 1) & mask
        found[event] = slots[slot]


def fold_codes(
    first: int, last: int, indices: Integers, valid: Integers, size: Integers, code: Integers
) -> None:
    """Add a column of texts, each one of `size`, to the code of those before; missing: size."""
    for event in range(first, last):
        own = indices[event]
        if len(valid) and valid[event] == 0:
            own = size[0]
        code[event] = code[event] * (size[0] + 1) + own


def mark_met(first: int, last: int, code: Integers, met: Integers) -> None:
    """Mark the codes that there are."""
    for event in range(first, last):
        met[code[event]] = 1


def shift_times(
    first: int,
    last: int,
    times: Integers,
    valid: Integers,
    starts: Integers,
    shifts: Integers,
    instants: Integers,
) -> None:
    """Turn local times into instants by the stretches of a zone's clocks; NO_TIME outside these.

    `starts`: of each stretch, and the end of the last; `shifts`: of each stretch.
    """
    stretches = len(shifts)
    for event in range(first, last):
        instants[event] = NO_TIME
        at = times[event]
        if at < starts[0] or at >= starts[stretches] or (len(valid) and valid[event] == 0):
            continue
        stretch = stretches - 1
        while at < starts[stretch]:
            stretch -= 1
        instants[event] = at + shifts[stretch]


def read_times(  # noqa: PLR0915 - one form of text, place by place
    first: int,
    last: int,
    offsets: Integers,
    data: Integers,
    valid: Integers,
    starts: Integers,
    shifts: Integers,
    instants: Integers,
) -> None:
    """Read texts as 2026-01-31T23:59:59, which a fraction and Z may follow; else NO_TIME.

    Without Z they are local times, as of `shift_times`; a blank may stand for the T.
    """
    stretches = len(shifts)
    for event in range(first, last):
        instants[event] = NO_TIME
        start = offsets[event]
        size = offsets[event + 1] - start
        if size < _TIME_SIZE or (len(valid) and valid[event] == 0):
            continue
        is_utc = data[start + size - 1] == 90
        if is_utc:
            size -= 1
        fraction = size - _TIME_SIZE
        is_plain = fraction == 0 or (2 <= fraction <= 7 and data[start + _TIME_SIZE] == 46)
        is_plain = is_plain and data[start + 4] == 45 and data[start + 7] == 45
        is_plain = is_plain and data[start + 13] == 58 and data[start + 16] == 58
        if not is_plain or (data[start + 10] != 84 and (is_utc or data[start + 10] != 32)):
            continue
        for place in range(size):
            is_sign = place in (4, 7, 10, 13, 16, 19)
            if not is_sign and not 48 <= data[start + place] <= 57:
                is_plain = False
        if not is_plain:
            continue
        year = (
            data[start] * 1000 + data[start + 1] * 100 + data[start + 2] * 10 + data[start + 3]
        ) - 53328
        month = data[start + 5] * 10 + data[start + 6] - 528
        day = data[start + 8] * 10 + data[start + 9] - 528
        hour = data[start + 11] * 10 + data[start + 12] - 528
        minute = data[start + 14] * 10 + data[start + 15] - 528
        second = data[start + 17] * 10 + data[start + 18] - 528
        if year < _FIRST_YEAR or year > _LAST_YEAR or month < 1 or month > 12 or day < 1:
            continue
        longest = 30 + ((month + month // 8) & 1)
        if month == 2:
            is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
            longest = 29 if is_leap else 28
        if day > longest or hour > 23 or minute > 59 or second > 59:
            continue
        # Years are counted from March on, so that the day that some have is the last of theirs.
        cycle = year - (1 if month < 3 else 0)
        days = cycle * 365 + cycle // 4 - cycle // 100 + cycle // 400
        days += (153 * ((month + 9) % 12) + 2) // 5 + day - 719469
        at = days * _DAY + hour * _HOUR + minute * _MINUTE + second * _SECOND
        part = 100_000
        for place in range(start + _TIME_SIZE + 1, start + size):
            at += (data[place] - 48) * part
            part //= 10
        if is_utc:
            instants[event] = at
            continue
        if at < starts[0] or at >= starts[stretches]:
            continue
        stretch = stretches - 1
        while at < starts[stretch]:
            stretch -= 1
        instants[event] = at + shifts[stretch]


def read_wholes(
    first: int, last: int, offsets: Integers, data: Integers, valid: Integers, numbers: Integers
) -> None:
    """Read texts as whole numbers of few digits and no zeros before them; else NONE."""
    for event in range(first, last):
        numbers[event] = NONE
        start = offsets[event]
        end = offsets[event + 1]
        size = end - start
        if size < 1 or size > _MOST_DIGITS or (len(valid) and valid[event] == 0):
            continue
        if size > 1 and data[start] == 48:
            continue
        number = 0
        for place in range(start, end):
            digit = data[place] - 48
            if digit < 0 or digit > 9:
                number = NONE
                break
            number = number * 10 + digit
        numbers[event] = number


def judge(  # noqa: PLR0913 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    kind: Integers,
    reason_of: Integers,
    file_of: Integers,
    most_of: Integers,
    steps_of: Integers,
    known: Integers,
    known_valid: Integers,
    value: Integers,
    value_valid: Integers,
    instants: Integers,
    numbers: Integers,
    number_valid: Integers,
    file: Integers,
    instant: Integers,
    quantity: Integers,
    reason: Integers,
    odd: Integers,
) -> None:
    """Fill in what events are; `odd` is 1 where more has to be asked.

    Args:
        first, last: the range.
        kind: of an event.
        reason_of, file_of, steps_of, most_of: of a kind, what is said of all its records, the
            number of their file, how many steps their unit has, and of how many units there
            may be without being too many.
        known, value: the offsets of the texts of id and identifier, none of which may be empty.
        instants: NO_TIME where it has to be asked.
        numbers: of units; below zero where it has to be asked.
        file, instant, quantity, reason: of an event.
        odd: of an event, 0 before.
    """
    for event in range(first, last):
        own = kind[event]
        file[event] = file_of[own]
        reason[event] = reason_of[own]
        instant[event] = 0
        quantity[event] = 0
        if reason_of[own] != 0:
            continue
        at = instants[event]
        number = numbers[event]
        if (
            at == NO_TIME
            or number < 0
            or number > most_of[own]
            or known[event + 1] == known[event]
            or value[event + 1] == value[event]
            or (len(known_valid) and known_valid[event] == 0)
            or (len(value_valid) and value_valid[event] == 0)
            or (len(number_valid) and number_valid[event] == 0)
        ):
            odd[event] = 1
            continue
        instant[event] = at
        quantity[event] = number * steps_of[own]


def number_pairs(  # noqa: PLR0913 - one loop over arrays, compiled as a whole
    first: int,
    last: int,
    code: Integers,
    kind_of: Integers,
    reach: Integers,
    rows: Integers,
    across: Integers,
    cells: Integers,
    known: Integers,
    count: Integers,
    kind: Integers,
    numbers: Integers,
) -> None:
    """Tell the kind of events by their code, and number the pairs of its key and a reach from 0.

    Args:
        first, last: the range.
        code: of an event.
        kind_of: of a code.
        reach: of an event, NONE where it has none.
        rows: of a kind, its key.
        across: how many cells a key has: one a reach, and one for none.
        cells: the number of each pair, NONE where it was not met yet.
        known: of a number, its pair: `key x across + reach + 1`; with room for all.
        count: how many there are.
        kind, numbers: of an event.
    """
    for event in range(first, last):
        own = kind_of[code[event]]
        kind[event] = own
        cell = rows[own] * across[0] + reach[event] + 1
        number = cells[cell]
        if number == NONE:
            number = count[0]
            cells[cell] = number
            known[number] = cell
            count[0] = number + 1
        numbers[event] = number
