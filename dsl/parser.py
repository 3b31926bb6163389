"""From a source to its syntax: cut, parse each declaration, build its node.

Each declaration is parsed as a text of its own and its places are shifted, which keeps the
whole linear: lark counts the lines before a `TextSlice` anew for each one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsl import codes
from dsl.build.declarations import declaration as build_declaration
from dsl.build.reading import Branch, Reading
from dsl.decoding import decode, decode_source
from dsl.diagnostic import Diagnostic
from dsl.failures import Failure, parse, parse_quickly
from dsl.kinds import Kind
from dsl.messages import explain
from dsl.outside import closes_early, outside, report_outside
from dsl.recovery import DEEPEST, deep_expression, find_mistakes, may_be_deep
from dsl.slices import Cut, Slice, cut
from dsl.source import Source, Span
from dsl.syntax.base import Name
from dsl.syntax.declarations import Broken, Declaration, SourceFile

__all__ = ["decode", "decode_source", "parse_source"]

MOST_REPORTED = 500
_NEXT_NAME = re.compile(r"[ \t]+([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class _Read:
    """One slice, read.

    Attributes:
        lacks_brace: a `{` was left out, which explains what stands outside below.
    """

    declaration: Declaration | Broken | None
    diagnostics: tuple[Diagnostic, ...] = ()
    lacks_brace: bool = False


def parse_source(source: Source) -> tuple[SourceFile, tuple[Diagnostic, ...]]:
    """Parse a file; a declaration with a mistake in it becomes `Broken`.

    The diagnostics stand in the order of their places.  After some hundreds the mistakes of
    further declarations are left to the next run.
    """
    pieces = cut(source)
    following = (*pieces.slices[1:], None)
    declarations: list[Declaration | Broken] = []
    diagnostics: list[Diagnostic] = []
    explained: set[Slice] = set()
    for piece, after in zip(pieces.slices, following, strict=False):
        read = _read(source, pieces, piece, is_reported=len(diagnostics) < MOST_REPORTED)
        diagnostics.extend(read.diagnostics)
        if read.lacks_brace:
            explained.add(piece)
        if piece.kind is not None and closes_early(piece, after):
            declarations.append(_broken(source, piece, piece.kind))
        elif read.declaration is not None:
            declarations.append(read.declaration)
    diagnostics.extend(report_outside(source, pieces.slices, explained))
    diagnostics.sort(key=lambda found: (found.primary.span, found.code))
    return SourceFile(source, tuple(declarations), pieces.comments), tuple(diagnostics)


def _read(source: Source, pieces: Cut, piece: Slice, *, is_reported: bool) -> _Read:
    if piece.kind is None:
        return _read_unknown(source, piece) if is_reported else _Read(None)
    text = source.text[piece.start : piece.end]
    parsed = parse(text, "declaration") if is_reported else parse_quickly(text, "declaration")
    if parsed is None:
        return _Read(_broken(source, piece, piece.kind))
    if isinstance(parsed, Failure):
        return _read_broken(source, pieces, piece, piece.kind, parsed)
    built, diagnostics = _build(source, pieces, piece, parsed)
    return _Read(built or _broken(source, piece, piece.kind), diagnostics)


def _build(
    source: Source, pieces: Cut, piece: Slice, tree: Branch
) -> tuple[Declaration | None, tuple[Diagnostic, ...]]:
    """Build a declaration's node; None where a literal in it means nothing."""
    reading = Reading(source, piece.start, pieces.comments)
    is_long = may_be_deep(source.text[piece.start : piece.end])
    deep = deep_expression(tree) if is_long else None
    if deep is not None:
        return None, (
            codes.TOO_DEEP.at(
                reading.span(deep),
                f"more than {DEEPEST} parts",
                "the expression has too many parts",
                help="split it: a usage class, a zone or a rate group for each case",
            ),
        )
    built = build_declaration(reading, tree)
    return None if reading.is_spoiled else built, tuple(reading.diagnostics)


def _read_broken(source: Source, pieces: Cut, piece: Slice, kind: Kind, failure: Failure) -> _Read:
    """Report all mistakes of a declaration that does not parse."""
    text = source.text[piece.start : piece.end]
    opening = None if piece.opening is None else piece.opening - piece.start
    mistakes = find_mistakes(text, failure, kind, opening)
    diagnostics = [explain(source, piece.start + base, found) for base, found in mistakes.failures]
    if mistakes.rest is not None:
        diagnostics.extend(_build(source, pieces, piece, mistakes.rest)[1])
    if piece.unclosed is not None:
        # What follows an open brace is read as part of its block: no mistake of its own.
        opener = piece.unclosed
        diagnostics = [found for found in diagnostics if found.primary.span.start < opener]
        diagnostics.append(_unclosed(source, opener))
    return _Read(_broken(source, piece, kind), tuple(diagnostics), mistakes.lacks_brace)


def _unclosed(source: Source, opener: int) -> Diagnostic:
    return codes.UNCLOSED_BRACE.at(
        Span(source.path, opener, opener + 1),
        "opened here",
        "a block is not closed",
        help="add its `}` on a line of its own",
    )


def _read_unknown(source: Source, piece: Slice) -> _Read:
    """Read on inside a declaration whose first words are misspelled."""
    found = outside(source, piece)
    words = source.words(found.words)
    if found.meant is None:
        is_block = piece.opening is not None and words.isidentifier()
        return _Read(_broken_after(source, piece, words, found.words) if is_block else None)
    diagnostics: tuple[Diagnostic, ...] = ()
    if found.meant.body is not None and piece.opening is not None and piece.unclosed is None:
        text = source.text[piece.opening : piece.end]
        failure = parse(text, found.meant.body)
        if isinstance(failure, Failure):
            mistakes = find_mistakes(text, failure, found.meant, None, start=found.meant.body)
            diagnostics = tuple(
                explain(source, piece.opening + base, each) for base, each in mistakes.failures
            )
    if piece.unclosed is not None:
        diagnostics = (_unclosed(source, piece.unclosed),)
    return _Read(_broken_after(source, piece, found.meant.words, found.words), diagnostics)


def _broken(source: Source, piece: Slice, kind: Kind) -> Broken:
    opening = kind.opening.match(source.text, piece.start)
    end = opening.end() if opening else piece.start
    return _broken_after(source, piece, kind.words, Span(source.path, piece.start, end))


def _broken_after(source: Source, piece: Slice, kind: str, words: Span) -> Broken:
    """Keep what can be known of a declaration with a mistake: its kind and name."""
    span = Span(source.path, piece.start, piece.end)
    match = _NEXT_NAME.match(source.text, words.end, piece.end)
    if match is None:
        return Broken(span, kind, None)
    return Broken(span, kind, Name(Span(source.path, match.start(1), match.end(1)), match.group(1)))
