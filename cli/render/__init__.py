"""How findings are printed: one module per format; RENDERERS names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from cli.render import concise, github, json_lines, junit, sarif, text
from cli.render.findings import Findings

Renderer = Callable[[Findings], str]

RENDERERS: Mapping[str, Renderer] = MappingProxyType(
    {
        "text": text.render,
        "concise": concise.render,
        "json": json_lines.render,
        "sarif": sarif.render,
        "github": github.render,
        "junit": junit.render,
    }
)
"""What prints a format, by its name; the default comes first."""


def formats() -> Sequence[str]:
    """Name the formats, the default first."""
    return tuple(RENDERERS)
