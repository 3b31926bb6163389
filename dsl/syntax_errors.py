"""Mistakes of syntax by example."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.failures import Failure


@dataclass(frozen=True, slots=True)
class Advice:
    """What to say of a mistake."""

    message: str
    help: str | None


def advice(failure: Failure) -> Advice | None:
    """Find the example that failed as this text does."""
    return None


def character_advice(char: str) -> str | None:
    """Say what to write instead of a character."""
    return None
