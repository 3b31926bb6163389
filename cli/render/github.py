"""Diagnostics as workflow commands, which GitHub Actions shows beside the changed lines.

`::error file=...,line=...::message`: data and properties are escaped as GitHub's runner
unescapes them, so that no text of a catalog can end a command or begin one.
"""

from __future__ import annotations

from cli.render import concise
from cli.render.findings import Findings
from dsl.diagnostic import Diagnostic, Label


def render(findings: Findings) -> str:
    """Print one command per diagnostic."""
    return "".join(_command(diagnostic, findings) + "\n" for diagnostic in findings.diagnostics)


def _command(diagnostic: Diagnostic, findings: Findings) -> str:
    properties = {
        **_region(diagnostic.primary, findings),
        "title": f"{diagnostic.code} {diagnostic.slug}",
    }
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{diagnostic.severity} {written}::{_data(_message(diagnostic, findings))}"


def _region(label: Label, findings: Findings) -> dict[str, str]:
    """Give file, lines and columns; GitHub takes columns only within one line."""
    line, column = findings.position(label.span)
    last_line, last_column = findings.end_position(label.span)
    lines = {"file": findings.path(label.span), "line": str(line), "endLine": str(last_line)}
    if line != last_line:
        return lines
    return {**lines, "col": str(column), "endColumn": str(last_column)}


def _message(diagnostic: Diagnostic, findings: Findings) -> str:
    lines = [diagnostic.message]
    lines += [
        f"{concise.place(label, findings)}: {label.message}" for label in diagnostic.secondary
    ]
    if diagnostic.help:
        lines.append(f"help: {diagnostic.help}")
    return "\n".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
