"""From a file's bytes to text, or to the reason why they are none."""

from __future__ import annotations

import codecs
import re

from dsl import codes
from dsl.diagnostic import Diagnostic
from dsl.source import Source, Span

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_MISLEADING = re.compile("\r(?!\n)|[\x85\u2028\u2029]|[\u202a-\u202e\u2066-\u2069]")
"""What an editor shows as the end of a line where we read none, and what turns a text around:
behind them a comment looks like a statement, or a statement like a comment."""


def decode_source(path: str, data: bytes) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Read a source's bytes as `decode` does; signs that make it look like another are faults."""
    source, faults = decode(path, data)
    misleading = _MISLEADING.search(source.text)
    if faults or misleading is None:
        return source, faults
    sign = misleading[0]
    is_end = sign in "\r\x85\u2028\u2029"
    return _refuse(
        Source(path, _MISLEADING.sub("\N{REPLACEMENT CHARACTER}", source.text)),
        *misleading.span(),
        f"the file holds U+{ord(sign):04X}, with which an editor shows another text",
        "not the end of a line here" if is_end else "a mark that turns the direction of text",
        "save the file with the line ends of Unix or Windows" if is_end else "take it out",
    )


def decode(path: str, data: bytes) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Read a file's bytes as UTF-8; a byte order mark at its start is dropped.

    Bytes that are not text give the place of the first one, and a source in which a
    stand-in takes the place of each, so that the report can show it.  Such a source is
    not meant to be parsed.
    """
    if data.startswith(_UTF16):
        return _refuse(
            Source(path, ""), 0, 0, "the file is saved as UTF-16", "this file", "save it as UTF-8"
        )
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = len(data[: error.start].decode("utf-8"))
        return _refuse(
            Source(path, data.decode("utf-8", errors="replace")),
            before,
            before + 1,
            f"the file is not UTF-8: byte {data[error.start]:#04x} stands where a character should",
            "not a character",
            "save the file as UTF-8",
        )
    nothing = text.find("\0")
    if nothing >= 0:
        return _refuse(
            Source(path, text.replace("\0", "\N{REPLACEMENT CHARACTER}")),
            nothing,
            nothing + 1,
            "the file is not text: it holds a NUL byte",
            "a NUL byte",
            "save the file as text in UTF-8",
        )
    return Source(path, text), ()


def _refuse(
    source: Source, start: int, end: int, message: str, label: str, help_: str
) -> tuple[Source, tuple[Diagnostic, ...]]:
    span = Span(source.path, start, end)
    return source, (codes.NOT_TEXT.at(span, label, message, help=help_),)
