"""How lists, names and suggestions read in a diagnostic."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.resolve.nearest import nearest

_SHOWN = 6


def quoted(names: Iterable[str]) -> str:
    """List names: "`a`, `b` and `c`"."""
    return _joined([f"`{name}`" for name in names], "and")


def listed(words: Iterable[str]) -> str:
    """List words as they are: "CAD and USD"."""
    return _joined(list(words), "and")


def choice(names: Iterable[str]) -> str:
    """Offer names to choose from: "`a`, `b` or `c`", the first few of many."""
    ticked = [f"`{name}`" for name in names]
    if len(ticked) > _SHOWN:
        ticked = [*ticked[:_SHOWN], "another"]
    return _joined(ticked, "or")


def amounts(currencies: Iterable[str]) -> str:
    """Write a price to be filled in: `<amount> CAD, <amount> USD`."""
    return ", ".join(f"<amount> {currency}" for currency in currencies)


def suggestion(name: str, candidates: Iterable[str]) -> str | None:
    """Ask "did you mean", or name the few there are to choose from; None where none are."""
    names = sorted(set(candidates))
    near = nearest(name, names)
    if near is not None:
        return f"did you mean `{near}`?"
    return f"write {choice(names)}" if names and len(names) <= _SHOWN else None


def _joined(words: list[str], last: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
