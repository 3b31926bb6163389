"""Tables for a terminal: columns as wide as their widest cell, figures to the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Rows = Sequence[Sequence[str]]


def columns(header: Sequence[str], rows: Rows, *, left: Sequence[str]) -> Iterator[str]:
    """Give the lines of a table; the columns named in `left` begin at their left edge."""
    widths = [max(map(len, cells)) for cells in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = [
            cell.ljust(width) if name in left else cell.rjust(width)
            for name, cell, width in zip(header, row, widths, strict=True)
        ]
        yield "  ".join(["", *cells]).rstrip()
