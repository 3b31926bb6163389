"""Diagnostics a line each: `path:line:column: error[RB101]: message`."""

from __future__ import annotations

from cli.render.findings import Findings
from dsl.diagnostic import Diagnostic, Label


def render(findings: Findings) -> str:
    """Print one line per diagnostic."""
    return "".join(line(diagnostic, findings) + "\n" for diagnostic in findings.diagnostics)


def line(diagnostic: Diagnostic, findings: Findings) -> str:
    """Give a diagnostic's line, without its end."""
    where = place(diagnostic.primary, findings)
    return f"{where}: {diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"


def place(label: Label, findings: Findings) -> str:
    """Give a label's place: `path:line:column`."""
    number, column = findings.position(label.span)
    return f"{findings.path(label.span)}:{number}:{column}"
