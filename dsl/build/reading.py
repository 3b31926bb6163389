"""What every builder reads with: places, doc comments, and statements that stand once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from dsl import codes
from dsl.diagnostic import Diagnostic, Label
from dsl.grammar.trees import Branch as Branch
from dsl.grammar.trees import Token
from dsl.source import Source, Span
from dsl.syntax.base import Comment

Built = TypeVar("Built")
_new = tuple.__new__


@dataclass(slots=True)
class Reading:
    """The text that trees were parsed from, and the mistakes found while building.

    Attributes:
        base: the offset in the file at which the parsed text starts.
        comments: all comments of the file, in order.
        is_spoiled: a literal meant nothing, so that the node holds a stand-in for it.
    """

    source: Source
    base: int
    comments: Sequence[Comment]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    is_spoiled: bool = False

    def span(self, piece: Branch | Token) -> Span:
        """Give the place of a tree or token in the file."""
        start, end, base = piece.start_pos, piece.end_pos, self.base
        assert start is not None and end is not None
        # There are as many as words, and a named tuple's own constructor takes twice as long.
        return _new(Span, (self.source.path, base + start, base + end))

    def stretch(self, first: Branch | Token, last: Branch | Token) -> Span:
        """Give the place from one piece to another."""
        start, end, base = first.start_pos, last.end_pos, self.base
        assert start is not None and end is not None
        return Span(self.source.path, base + start, base + end)

    def words(self, span: Span) -> str:
        """Give the text of a place."""
        return self.source.words(span)

    def spoil(self, diagnostic: Diagnostic) -> None:
        """Report a literal that means nothing."""
        self.diagnostics.append(diagnostic)
        self.is_spoiled = True

    def doc(self, span: Span) -> str:
        """Join the doc comments right above a place, without their marks."""
        lines: list[str] = []
        below = span.start
        index = bisect_left(self.comments, below, key=_start)
        while index > 0:
            index -= 1
            comment = self.comments[index]
            if not comment.own_line or self.source.text[comment.span.end : below].strip():
                break
            below = comment.span.start
            if comment.is_doc:
                lines.append(comment.text.removeprefix("##").removeprefix(" "))
        return "\n".join(reversed(lines))


def _start(comment: Comment) -> int:
    return comment.span.start


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one block, which may stand in any order."""

    reading: Reading
    trees: tuple[Branch, ...]

    def every(self, rule: str, build: Callable[[Reading, Branch], Built]) -> tuple[Built, ...]:
        """Build all statements of one rule, in the order of the text."""
        return tuple(build(self.reading, tree) for tree in self.trees if tree.data == rule)

    def one(self, rule: str, words: str) -> Branch | None:
        """Give the only statement of a rule; report each further one.

        Args:
            rule: the statement's rule in the grammar.
            words: its first words, as the report shall name it.
        """
        found = [tree for tree in self.trees if tree.data == rule]
        for tree in found[1:]:
            self.reading.diagnostics.append(
                codes.DOUBLED.at(
                    self.reading.span(tree),
                    "said again here",
                    f"`{words}` is said twice in one block",
                    secondary=(Label(self.reading.span(found[0]), "first said here"),),
                    help=f"keep one of the two `{words}` lines",
                )
            )
        return found[0] if found else None


def statements(reading: Reading, block: Branch) -> Statements:
    """Read the statements of a block."""
    return Statements(reading, branches(block))


def branches(tree: Branch) -> tuple[Branch, ...]:
    """Give the subtrees right below a tree."""
    return tuple([child for child in tree.children if isinstance(child, Branch)])


def tokens(tree: Branch) -> tuple[Token, ...]:
    """Give the tokens right below a tree."""
    return tuple([child for child in tree.children if not isinstance(child, Branch)])


def branch(tree: Branch, rule: str) -> Branch | None:
    """Give the subtree of a rule right below a tree, if there is one."""
    for child in tree.children:
        if isinstance(child, Branch) and child.data == rule:
            return child
    return None


def the(tree: Branch, rule: str) -> Branch:
    """Give the subtree of a rule that the grammar puts right below a tree."""
    found = branch(tree, rule)
    assert found is not None, f"{tree.data} without {rule}"
    return found


def all_of(
    reading: Reading, trees: Iterable[Branch], rule: str, build: Callable[[Reading, Branch], Built]
) -> tuple[Built, ...]:
    """Build each of the trees that is of a rule."""
    return tuple(build(reading, tree) for tree in trees if tree.data == rule)

