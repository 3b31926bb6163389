"""Did you mean: the name nearest to one that was not found."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.spelling import begun_by


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Give the candidate closest by edit distance, or else the only one that the name begins.

    Close is a third of the name's letters, one at least; ties go to the first by alphabet.
    """
    known = sorted(set(candidates))
    bound = max(1, len(name) // 3)
    lowered = name.lower()
    letters = set(lowered)
    best: str | None = None
    for candidate in known:
        other = candidate.lower()
        if abs(len(candidate) - len(name)) > bound or len(letters.difference(other)) > bound:
            continue  # each letter more, or lacking, is an edit
        distance = edit_distance(lowered, other, bound)
        if distance <= bound:
            best, bound = candidate, distance - 1  # from here on, only a closer one will do
    begun = begun_by(name, known) if best is None else []
    return begun[0] if len(begun) == 1 else best


def edit_distance(left: str, right: str, bound: int | None = None) -> int:
    """Count the letters to insert, delete, replace or swap with their neighbour.

    With a bound, what is further apart may be given as any number beyond it.
    """
    same = 0
    for a, b in zip(left, right, strict=False):  # what both begin with changes nothing
        if a != b:
            break
        same += 1
    left, right = left[same:], right[same:]
    before_last: list[int] = []
    last = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if bound is not None and min(*row, *last) > bound:
            return bound + 1
        before_last, last = last, row
    return last[-1]
