"""What an error-free catalog must have; its absence is a fault of the compiler, not of the text."""

from __future__ import annotations

from typing import TypeVar

from compiler.resolve.model import Resolved
from dsl.syntax.base import Name, Number

T = TypeVar("T")


class CompilerFault(Exception):
    """A check let something through that a later stage cannot stand; ours, never the user's."""


def known(value: T | None, what: str) -> T:
    """Give a value that the checks have vouched for."""
    if value is None:
        raise CompilerFault(f"{what} passed the checks without a value")
    return value


def target_name(resolved: Resolved, name: Name) -> str:
    """Give the name of what a reference is bound to."""
    return known(resolved.bound(name), f"the reference `{name.text}`").name


def optional_target(resolved: Resolved, name: Name | None) -> str | None:
    """Give the name of what an optional reference is bound to."""
    return None if name is None else target_name(resolved, name)


def whole(number: Number | None, default: int) -> int:
    """Give a whole number, or the default where none is written."""
    return default if number is None else int(number.value)
