"""Diagnostics as SARIF 2.1.0, which code scanners and editors read.

A path stands as the user can open it from where they are, which in CI is the repository's
root (`%SRCROOT%`); of a catalog given by an absolute path, or by one that leads upwards,
paths count from the catalog's folder instead, so that no report depends on a machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from cli.render.findings import Findings
from dsl.diagnostic import Diagnostic, Label
from dsl.source import Span

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FROM_ROOT = "%SRCROOT%"
FROM_CATALOG = "CATALOG"
_BASES = {
    FROM_ROOT: "where the command ran: the root of the repository",
    FROM_CATALOG: "the catalog's folder",
}
_ESCAPES = str.maketrans({"\\": r"\\", "[": r"\[", "]": r"\]", "{": "{{", "}": "}}"})

Json = Mapping[str, object]


def render(findings: Findings) -> str:
    """Print one log with one run; its rules are those that were broken."""
    codes = sorted({diagnostic.code for diagnostic in findings.diagnostics})
    results = [_result(each, findings, codes) for each in findings.diagnostics]
    base = _base(findings)
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "Ratebook", **_version(), "rules": _rules(codes)}},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {base: {"description": {"text": _BASES[base]}}},
                "results": results,
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _version() -> Json:
    from importlib.metadata import version

    return {"semanticVersion": version("ratebook")}


def _rules(codes: Sequence[str]) -> list[Json]:
    """Describe each code by its page, the text that `ratebook explain CODE` prints."""
    if not codes:
        return []
    from compiler.pages import CODES, page_of

    known = {code.code: code for code in CODES}
    return [
        {
            "id": code,
            "name": "".join(word.capitalize() for word in known[code].slug.split("-")),
            "shortDescription": {"text": known[code].title},
            "help": {"text": page_of(code), "markdown": page_of(code)},
            "defaultConfiguration": {"level": known[code].severity},
        }
        for code in codes
    ]


def _result(diagnostic: Diagnostic, findings: Findings, codes: Sequence[str]) -> Json:
    told = [diagnostic.message, *([diagnostic.help] if diagnostic.help else [])]
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": diagnostic.severity,
        "message": _message("\n".join(told)),
        "locations": [_location(diagnostic.primary, findings)],
    }
    if diagnostic.secondary:
        result["relatedLocations"] = [
            {"id": number, **_location(label, findings)}
            for number, label in enumerate(diagnostic.secondary, start=1)
        ]
    return result


def _location(label: Label, findings: Findings) -> Json:
    place: dict[str, object] = {"artifactLocation": _artifact(label.span, findings)}
    if label.span.path in findings.sources:
        line, column = findings.position(label.span)
        last_line, last_column = findings.end_position(label.span)
        place["region"] = {
            "startLine": line,
            "startColumn": column,
            "endLine": last_line,
            "endColumn": last_column,
        }
    told = {"message": _message(label.message)} if label.message else {}
    return {"physicalLocation": place, **told}


def _artifact(span: Span, findings: Findings) -> Json:
    base = _base(findings)
    path = findings.path(span) if base == FROM_ROOT else span.path
    return {"uri": quote(PurePosixPath(path).as_posix()), "uriBaseId": base}


def _base(findings: Findings) -> str:
    folder = PurePosixPath(findings.prefix)
    return FROM_CATALOG if folder.is_absolute() or ".." in folder.parts else FROM_ROOT


def _message(text: str) -> Json:
    """Write a message whose brackets are no links and whose braces are no placeholders."""
    return {"text": text.translate(_ESCAPES)}
