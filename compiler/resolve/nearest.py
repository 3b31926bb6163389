"""Did you mean: the name nearest to one that was not found."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Give the candidate closest by edit distance, or None where none is close.

    Close is a third of the name's letters, one at least; ties go to the first by alphabet.
    """
    bound = max(1, len(name) // 3)
    best: tuple[int, str] | None = None
    for candidate in sorted(set(candidates)):
        if abs(len(candidate) - len(name)) > bound:
            continue
        distance = edit_distance(name.lower(), candidate.lower())
        if distance <= bound and (best is None or distance < best[0]):
            best = (distance, candidate)
    return None if best is None else best[1]


def edit_distance(left: str, right: str) -> int:
    """Count the letters to insert, delete, replace or swap with their neighbour."""
    before_last: list[int] = []
    last = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before_last, last = last, row
    return last[-1]
