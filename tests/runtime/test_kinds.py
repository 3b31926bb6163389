"""Numbers for what is equal: by the contents, whatever their hashes are."""

from __future__ import annotations

from collections import Counter
from inspect import getsource
from random import Random

import pytest

import runtime.invoice.alike
import runtime.invoice.alike_sql
import runtime.kinds
import runtime.subscriptions.alike
from runtime.engine import open_engine
from runtime.kinds import number_rows, number_sets, same_sql


def test_rows_of_equal_contents_alone_have_one_number() -> None:
    # The engine gives 0 and -1 of 128 bits one hash.
    with open_engine(threads=1) as connection:
        connection.execute("""
            CREATE TEMP TABLE said AS
            SELECT place, minor::HUGEINT AS minor, word
            FROM (VALUES (1, 0, 'a'), (2, -1, 'a'), (3, -1, 'a'), (4, NULL, 'a'), (5, NULL, 'a'),
                         (6, -1, NULL), (7, 0, 'A')) AS line(place, minor, word)
        """)
        columns = {"minor": "s.minor", "is_named": "s.word IS NOT NULL", "word": "s.word"}
        number_rows(connection, "numbered", columns, "said AS s")
        found = connection.execute(f"""
            SELECT s.place, k.number FROM said AS s JOIN numbered AS k ON {same_sql(columns, "k")}
        """).fetchall()
    numbers = dict(found)
    assert len(found) == 7
    assert numbers[2] == numbers[3]
    assert numbers[4] == numbers[5]
    assert len(set(numbers.values())) == 5


@pytest.mark.parametrize("seed", range(4))
def test_owners_of_equal_members_alone_have_one_number(seed: int) -> None:
    chance = Random(f"sets {seed}")
    rows = [
        (owner // 7, owner, chance.randrange(5))
        for owner in range(400)
        for _ in range(chance.randrange(7))
    ]
    with open_engine(threads=1) as connection:
        connection.execute("CREATE TEMP TABLE held (above INTEGER, owner INTEGER, member BIGINT)")
        connection.executemany("INSERT INTO held VALUES (?, ?, ?)", rows)
        number_sets(connection, "numbered", ("above", "owner"), "FROM held")
        found = connection.execute("SELECT above, owner, number FROM numbered").fetchall()
    sets: dict[tuple[int, int], Counter[int]] = {}
    for above, owner, member in rows:
        sets.setdefault((above, owner), Counter())[member] += 1
    numbers = {(above, owner): number for above, owner, number in found}
    assert len(found) == len(sets)
    assert numbers.keys() == sets.keys()
    by_number = {number: sets[owner] for owner, number in numbers.items()}
    assert all(by_number[number] == sets[owner] for owner, number in numbers.items())
    different = {frozenset(each.items()) for each in sets.values()}
    assert len(by_number) == len(different)


def test_nothing_is_told_alike_by_a_hash() -> None:
    for module in (
        *(runtime.kinds, runtime.subscriptions.alike),
        *(runtime.invoice.alike, runtime.invoice.alike_sql),
    ):
        assert not any(word in getsource(module) for word in ("hash(", "md5(", "sha256("))
