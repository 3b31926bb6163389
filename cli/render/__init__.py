"""How findings are printed: one module per format; RENDERERS names them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from cli.render.findings import Findings

Renderer = Callable[[Findings], str]

RENDERERS: Mapping[str, str] = MappingProxyType(
    {
        "text": "cli.render.text",
        "concise": "cli.render.concise",
        "json": "cli.render.json_lines",
        "sarif": "cli.render.sarif",
        "github": "cli.render.github",
        "junit": "cli.render.junit",
    }
)
"""The module whose `render` prints a format, by its name; the default comes first."""


def formats() -> Sequence[str]:
    """Name the formats, the default first."""
    return tuple(RENDERERS)


def renderer(form: str) -> Renderer:
    """Give what prints a format; only its module is imported."""
    render: Renderer = importlib.import_module(RENDERERS[form]).render
    return render
