"""Diagnostics as JUnit XML, which nearly every CI shows as a table of tests.

A catalog is a test suite and each of its files a test case; an error is a failure of its
file's case, and `failures` counts the cases that have one.  Warnings fail nothing: they
stand in the case's `system-out`.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from cli.render import concise, text
from cli.render.findings import Findings
from dsl.diagnostic import Diagnostic

_NOT_XML = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def render(findings: Findings) -> str:
    """Print one document with one suite."""
    by_file: dict[str, list[Diagnostic]] = {path: [] for path in sorted(findings.sources)}
    for diagnostic in findings.diagnostics:
        by_file.setdefault(diagnostic.primary.span.path, []).append(diagnostic)
    failed = [path for path, found in by_file.items() if _has_error(found)]
    counts = {
        "tests": str(len(by_file)),
        "failures": str(len(failed)),
        "errors": "0",
    }
    root = ElementTree.Element("testsuites", {"name": "ratebook check", **counts})
    name = _clean(findings.prefix or ".")
    suite = ElementTree.SubElement(root, "testsuite", {"name": name, **counts, "skipped": "0"})
    for path, found in by_file.items():
        case = ElementTree.SubElement(
            suite, "testcase", {"name": _clean(findings.name(path)), "classname": name}
        )
        _fill(case, found, findings)
    ElementTree.indent(root)
    document = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'


def _fill(case: ElementTree.Element, found: list[Diagnostic], findings: Findings) -> None:
    """Put a file's errors into its case, and its warnings into what the case printed."""
    for error in (each for each in found if each.severity == "error"):
        failure = ElementTree.SubElement(
            case,
            "failure",
            {"type": f"{error.code} {error.slug}", "message": _clean(error.message)},
        )
        failure.text = _clean(text.render_one(error, findings))
    warnings = [each for each in found if each.severity == "warning"]
    if warnings:
        printed = ElementTree.SubElement(case, "system-out")
        printed.text = _clean("".join(concise.line(each, findings) + "\n" for each in warnings))


def _has_error(found: list[Diagnostic]) -> bool:
    return any(each.severity == "error" for each in found)


def _clean(words: str) -> str:
    """Replace the characters that XML cannot hold, even escaped."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", words)
