"""How findings are printed: one module per format; RENDERERS names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cli.render import concise, json_lines, text
from cli.render.findings import Findings

Renderer = Callable[[Findings], str]

RENDERERS: dict[str, Renderer] = {
    "text": text.render,
    "concise": concise.render,
    "json": json_lines.render,
}


def formats() -> Sequence[str]:
    """Name the formats, the default first."""
    return tuple(RENDERERS)
