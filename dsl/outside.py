"""What stands between declarations: unknown words, statements that fell out, stray braces."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from dsl import codes
from dsl.diagnostic import Diagnostic
from dsl.kinds import KINDS, Kind
from dsl.slices import Slice, lexemes
from dsl.source import Source, Span
from dsl.spelling import LONGEST_WORD, closest

MOST_LINES = 500
_WORDS = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:[ \t]+([A-Za-z_][A-Za-z0-9_]*))?")
_OTHER_COMMENTS = ("//", "/*", "--", "<!--", "REM ")
_IMPORTS = ("import ", "include ", "from ", "require ")


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known of a slice whose first words are no declaration's.

    Attributes:
        meant: the kind that it was probably meant to be.
        words: the words it does start with, to be replaced by that kind's.
    """

    piece: Slice
    meant: Kind | None
    words: Span


def report_outside(
    source: Source, pieces: Sequence[Slice], explained: Collection[Slice]
) -> Iterator[Diagnostic]:
    """Report the text between declarations, one mistake once.

    Args:
        source: the file.
        pieces: its slices.
        explained: those whose own mistake, a `{` left out, makes what follows fall out.
    """
    before: Slice | None = None
    for is_known, group in groupby(pieces, key=lambda piece: piece.kind is not None):
        run = list(group)
        if is_known:
            before = run[-1]
        elif before not in explained:
            yield from _report_run(source, before, run[:MOST_LINES])


def closes_early(piece: Slice, after: Slice | None) -> bool:
    """Tell whether a brace closed a declaration before its end, so that the rest fell out."""
    return piece.early is not None and after is not None and after.kind is None


def outside(source: Source, piece: Slice) -> Outside:
    """Tell what a slice without a known kind was probably meant to be."""
    match = _WORDS.match(source.text, piece.start, min(piece.end, piece.start + 2 * LONGEST_WORD))
    if match is None:
        return Outside(piece, None, Span(source.path, piece.start, piece.start + 1))
    first = _span(source, match, 1)
    if piece.opening is None and source.position(piece.start)[1] > 1:
        return Outside(piece, None, first)  # indented: a statement, not a declaration
    kind = _closest_kind(match.group(1), match.group(2) or "")
    if kind is not None and " " in kind.words:
        return Outside(piece, kind, _span(source, match, 2))
    return Outside(piece, kind, first)


@lru_cache(maxsize=1_000)
def _closest_kind(first: str, second: str) -> Kind | None:
    """Give the kind whose first words are most like these, two words before one."""
    for kind in KINDS:
        words = kind.words.split()
        if len(words) == 2 and closest(first, words[:1]) and closest(second, words[1:]):
            return kind
    single = {kind.words: kind for kind in KINDS if " " not in kind.words}
    meant = closest(first, single)
    return None if meant is None else single[meant]


def _span(source: Source, match: re.Match[str], group: int) -> Span:
    return Span(source.path, match.start(), match.end(group))


def _report_run(source: Source, before: Slice | None, run: Sequence[Slice]) -> Iterator[Diagnostic]:
    stray = _stray_brace(source, run)
    if stray is not None and before is not None and before.early is not None:
        yield codes.STRAY_BRACE.at(
            Span(source.path, before.early, before.early + 1),
            "closes the declaration here",
            "a `}` closes its declaration too early; what follows stands outside",
            help="remove this `}`, or indent it as the block that it closes",
        )
        return
    if stray is not None:
        yield codes.STRAY_BRACE.at(
            Span(source.path, stray, stray + 1),
            "closes nothing",
            "a `}` stands where no block is open",
            help="remove it, or look for a `}` too many above",
        )
        return
    reported = False
    for piece in run:
        found = outside(source, piece)
        if found.meant is not None or (piece.opening is not None and _is_word(source, found)):
            yield _unknown(source, found)
        elif not reported:
            reported = True
            yield _fell_out(source, piece)


def _unknown(source: Source, found: Outside) -> Diagnostic:
    words = source.words(found.words)[:LONGEST_WORD]
    if found.meant is not None:
        hint = f"did you mean `{found.meant.words}`?"
    else:
        hint = "a declaration starts with " + ", ".join(f"`{kind.words}`" for kind in KINDS)
    return codes.UNKNOWN_DECLARATION.at(
        found.words, "not a declaration", f"`{words}` starts no declaration", help=hint
    )


def _fell_out(source: Source, piece: Slice) -> Diagnostic:
    end = source.text.find("\n", piece.start, piece.end)
    hint = "a statement stands between the braces of a declaration: `service access { ... }`"
    if source.text.startswith(_OTHER_COMMENTS, piece.start):
        hint = "a comment starts with `#`"
    elif source.text.startswith(_IMPORTS, piece.start):
        hint = "all files of the catalog's folder are one scope; `use` in `catalog` adds a folder"
    return codes.OUTSIDE.at(
        Span(source.path, piece.start, piece.end if end < 0 else len(source.text[:end].rstrip())),
        "in no declaration",
        "this stands outside of any declaration",
        help=hint,
    )


def _is_word(source: Source, found: Outside) -> bool:
    return source.text[found.words.start].isidentifier()


def _stray_brace(source: Source, run: Sequence[Slice]) -> int | None:
    """Give the first `}` that closes nothing."""
    for piece in run:
        depth = 0
        for lexeme in lexemes(source.text, piece.start, piece.end):
            if lexeme.lastgroup == "open":
                depth += 1
            elif lexeme.lastgroup == "close":
                depth -= 1
                if depth < 0:
                    return lexeme.start()
    return None
