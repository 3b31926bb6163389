"""Parse trees: what the builders read, whichever way the text was parsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import lark


class Token(str):
    """The text of a terminal; places count in the text parsed."""

    __slots__ = ("end_pos", "start_pos", "type")

    type: str
    start_pos: int
    end_pos: int


@dataclass(slots=True, eq=False)
class Branch:
    """A rule of the grammar with what was read by it; places count in the text parsed.

    Attributes:
        start_pos, end_pos: where it stands; None where it is empty.
        outer_start, outer_end: the same with the signs around it that left no trace, such as
            the parentheses of an expression.
    """

    data: str
    children: list[Branch | Token] = field(default_factory=list)
    start_pos: int | None = None
    end_pos: int | None = None
    outer_start: int | None = None
    outer_end: int | None = None


def branch_of(tree: lark.Tree[lark.Token]) -> Branch:
    """Turn a tree of lark's into one of ours; as deep as it may be, without recursion."""
    root = _alone(tree)
    waiting = [(tree, root)]
    while waiting:
        theirs, ours = waiting.pop()
        for child in theirs.children:
            if isinstance(child, str):
                ours.children.append(_token(child))
            else:
                branch = _alone(child)
                ours.children.append(branch)
                waiting.append((child, branch))
    return root


def _alone(tree: lark.Tree[lark.Token]) -> Branch:
    meta = tree.meta
    if meta.empty:
        return Branch(str(tree.data))
    start, end = meta.start_pos, meta.end_pos
    return Branch(str(tree.data), [], start, end, start, end)


def _token(token: lark.Token) -> Token:
    made = Token(token)
    assert token.start_pos is not None and token.end_pos is not None  # noqa: PT018
    made.type, made.start_pos, made.end_pos = token.type, token.start_pos, token.end_pos
    return made
