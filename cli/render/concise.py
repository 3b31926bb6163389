"""Diagnostics a line each: `path:line:column: error[RB101]: message`."""

from __future__ import annotations

from cli.render.findings import Findings
from dsl.diagnostic import Diagnostic


def render(findings: Findings) -> str:
    """Print one line per diagnostic."""
    return "".join(_line(diagnostic, findings) + "\n" for diagnostic in findings.diagnostics)


def _line(diagnostic: Diagnostic, findings: Findings) -> str:
    span = diagnostic.primary.span
    line, column = findings.position(span)
    place = f"{findings.path(span)}:{line}:{column}"
    return f"{place}: {diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"
