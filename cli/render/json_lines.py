"""Diagnostics for programs: one JSON object a line, keys in a fixed order."""

from __future__ import annotations

import json

from cli.render.findings import Findings
from dsl.diagnostic import Diagnostic, Label


def render(findings: Findings) -> str:
    """Print one JSON object per diagnostic."""
    return "".join(
        json.dumps(_record(each, findings), ensure_ascii=False) + "\n"
        for each in findings.diagnostics
    )


def _record(diagnostic: Diagnostic, findings: Findings) -> dict[str, object]:
    return {
        "code": diagnostic.code,
        "slug": diagnostic.slug,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_place(diagnostic.primary, findings),
        "secondary": [_place(label, findings) for label in diagnostic.secondary],
        "help": diagnostic.help,
    }


def _place(label: Label, findings: Findings) -> dict[str, object]:
    line, column = findings.position(label.span)
    source = findings.sources.get(label.span.path)
    return {
        "path": findings.path(label.span),
        "line": line,
        "column": column,
        "words": source.words(label.span) if source else "",
        "label": label.message,
    }
