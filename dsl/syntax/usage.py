"""Usage: classes and their types."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Name, Node
from dsl.syntax.expressions import Expression


@dataclass(frozen=True, slots=True)
class UsageClassTypeDeclaration(Node):
    """`usage class type voice`: a heading to report classes under."""

    doc: str
    name: Name


@dataclass(frozen=True, slots=True)
class UsageClassDeclaration(Node):
    """`usage class web_data measured in data when kind == "web" type internet`.

    `measure` is `data`, `time` or `count`.
    """

    doc: str
    name: Name
    measure: Name
    criterion: Expression | None
    type: Name | None
