"""Parse the sources of a catalog: of a large one some in a second process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, groupby
from typing import Any

from compiler import child
from compiler.load import Loaded
from compiler.session import Session
from dsl.diagnostic import Diagnostic, from_plain, to_plain
from dsl.packing import pack, unpack
from dsl.parser import parse_source
from dsl.source import Source, Span
from dsl.syntax.declarations import Broken, SourceFile

WORTHWHILE = 300_000
"""So many characters take longer to parse than a process to start."""

PIECES = 64
"""A catalog is shared by pieces, as many: neither process then waits for long."""

Parsed = tuple[SourceFile, tuple[Diagnostic, ...]]

Finish = Callable[[], list[Parsed]]


def parse_loaded(
    loaded: Loaded, session: Session, finish: Finish | None = None
) -> tuple[SourceFile, ...]:
    """Parse each source, in their order, and report its mistakes.

    `finish` is what `begin` gave for the same sources.
    """
    parsed = (finish or begin(loaded))()
    for _, diagnostics in parsed:
        session.add(diagnostics)
    return tuple(file for file, _ in parsed)


def begin(loaded: Loaded) -> Finish:
    """Begin to parse in a second process, where that is worthwhile; give what ends it here."""
    sources = loaded.sources
    ends = [*accumulate(len(source.text) for source in sources)]
    if not ends or ends[-1] < WORTHWHILE:
        return lambda: _parse(sources, loaded)
    numbered = zip(ends, sources, strict=True)
    groups = groupby(numbered, lambda each: (each[0] - 1) * PIECES // ends[-1])
    pieces = [tuple(source for _, source in group) for _, group in groups]
    finish = child.share(
        len(pieces),
        lambda number: _parse(pieces[number], loaded),
        _packed,
        lambda number, packed: _unpacked(pieces[number], packed),
    )
    return lambda: [each for piece in finish() for each in piece]


def all_lost(source: Source) -> SourceFile:
    """Stand in for a file that cannot be parsed: it may have held any declaration."""
    return SourceFile(source, (Broken(Span(source.path, 0, len(source.text)), "", None),))


def _parse(sources: Sequence[Source], loaded: Loaded) -> list[Parsed]:
    return [
        (all_lost(source), ()) if source.path in loaded.not_text else parse_source(source)
        for source in sources
    ]


def _packed(parsed: list[Parsed]) -> object:
    nodes = [(file.declarations, file.comments) for file, _ in parsed]
    return pack(nodes), tuple(tuple(to_plain(each) for each in found) for _, found in parsed)


def _unpacked(sources: Sequence[Source], packed: Any) -> list[Parsed]:  # noqa: ANN401 - as `_packed` made it
    nodes: Any = unpack(packed[0])
    return [
        (SourceFile(source, *own), tuple(from_plain(plain) for plain in found))
        for source, own, found in zip(sources, nodes, packed[1], strict=True)
    ]
