"""All mistakes of one declaration in one run.

At a mistake the smallest wrong statement is masked with blanks - its line, or the whole of
the block it opens - and the rest is parsed again.  A mistake in the first line gives the
line up and goes on with the braces alone.  The number of rounds is bounded, and for a very
long declaration so is the text read.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from dsl.build.reading import Branch
from dsl.failures import BREAKS, Failure, parse
from dsl.kinds import KINDS, Kind
from dsl.slices import lexemes

MOST_MISTAKES = 25
MOST_CHARACTERS = 1_000_000
DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What is wrong with one declaration's text.

    Attributes:
        failures: each mistake with the offset that its places count from.
        rest: the tree of what is right, where the first line is; else None.
    """

    failures: tuple[tuple[int, Failure], ...]
    rest: Branch | None

    @property
    def lacks_brace(self) -> bool:
        """Tell whether a `{` was left out, so that the slice ends at another block's `}`."""
        return any(_lacks_brace(failure) for _, failure in self.failures)


def find_mistakes(
    text: str, failure: Failure, kind: Kind, opening: int | None, start: str = "declaration"
) -> Mistakes:
    """Find all mistakes of a declaration's text, the first of which is known.

    Args:
        text: the declaration, from its first word on.
        failure: where the parse of the whole text stopped.
        kind: what kind of declaration it is.
        opening: the offset of its first brace, or None.
        start: what the text was parsed as: `declaration`, or the body of one.
    """
    base = 0
    failures: list[tuple[int, Failure]] = []
    rounds = max(1, min(MOST_MISTAKES, MOST_CHARACTERS // max(1, len(text))))
    found: Branch | Failure = failure
    while isinstance(found, Failure):
        failures.append((base, found))
        if len(failures) >= rounds:
            return Mistakes(tuple(failures), None)
        if start == "declaration" and (opening is None or found.start <= opening):
            if opening is None or kind.body is None:
                return Mistakes(tuple(failures), None)
            start, base, text = kind.body, opening, text[opening:]
            if _is_of_another_kind(text, kind):
                return Mistakes(tuple(failures), None)
        else:
            masked = _mask(text, found)
            if masked == text:
                return Mistakes(tuple(failures), None)
            text = masked
        found = parse(text, start)
    return Mistakes(tuple(failures), found if start == "declaration" else None)


def _is_of_another_kind(text: str, kind: Kind) -> bool:
    """Tell whether the braces are those of a kind whose first words were lost in part.

    Without its `base`, a `base bucket` is none of a bucket's mistakes but one.
    """
    longer = (each.body for each in KINDS if each.words.endswith(f" {kind.words}") and each.body)
    return any(isinstance(parse(text, body), Branch) for body in longer)


def _mask(text: str, failure: Failure) -> str:
    """Blank out the statement that a mistake is in, with the block it opens."""
    marks = [lexeme for lexeme in lexemes(text, 0, len(text)) if lexeme.lastgroup in _MARKS]
    index = bisect_left(marks, failure.start, key=lambda mark: mark.start())
    begin = marks[index - 1].end() if index else 0
    if failure.found in BREAKS and text[begin : failure.start].strip():
        end = _end_of_indented(text, failure.start) if _lacks_brace(failure) else failure.start
        return _blank(text, begin, end)
    depth = 0
    for mark in marks[index:]:
        if mark.lastgroup == "open":
            depth += 1
        elif depth == 0 and mark.start() > failure.start:
            return _blank(text, begin, mark.start())
        elif mark.lastgroup == "close":
            depth -= 1
            if depth < 0:
                return _blank(text, begin, mark.end())
    return _blank(text, begin, len(text))


_MARKS = frozenset({"open", "close", "end", "line"})


def _lacks_brace(failure: Failure) -> bool:
    return failure.ends_early and "LBRACE" in failure.accepts


def _end_of_indented(text: str, line_end: int) -> int:
    """Give the end of the lines below that are indented more deeply: the block meant."""
    line_start = text.rfind("\n", 0, line_end) + 1
    indent = _indent(text[line_start:line_end])
    end = line_end
    for line in text[line_end + 1 :].splitlines(keepends=True):
        if line.strip() and _indent(line) <= indent:
            break
        end += len(line)
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _blank(text: str, start: int, end: int) -> str:
    """Put blanks in place of a stretch, and keep its line ends."""
    blanks = "".join(char if char == "\n" else " " for char in text[start:end])
    return text[:start] + blanks + text[end:]


def may_be_deep(text: str) -> bool:
    """Tell whether a text has a line that is long enough to nest too deeply: `a+a+a`."""
    return len(text) > 2 * DEEPEST and max(map(len, text.split("\n"))) > 2 * DEEPEST


def deep_expression(tree: Branch) -> Branch | None:
    """Give the first statement part that nests deeper than a reader, or a program, follows."""
    stack: list[tuple[Branch, int, Branch]] = [(tree, 0, tree)]
    while stack:
        node, depth, top = stack.pop()
        if depth > DEEPEST:
            return top
        nests = node.data in _NESTING
        for child in node.children:
            if not isinstance(child, str):
                stack.append((child, depth + 1 if nests else 0, top if nests else child))
    return None


_NESTING = frozenset({"either", "both", "negation", "comparison", "in_zone", "arithmetic"})
