"""Diagnostics as JUnit XML, which nearly every CI shows as a table of tests.

A catalog is a test suite and each of its files a test case; an error is a failure of its
file's case, and `failures` counts the cases that have one.  Warnings fail nothing: they
stand in the case's `system-out`.
"""

from __future__ import annotations

from xml.etree import ElementTree

from cli.render import concise, text
from cli.render.findings import Findings
from cli.render.junit_suite import JunitSuite, clean, fail
from dsl.diagnostic import Diagnostic


def render(findings: Findings) -> str:
    """Print one document with one suite."""
    by_file: dict[str, list[Diagnostic]] = {path: [] for path in sorted(findings.sources)}
    for diagnostic in findings.diagnostics:
        by_file.setdefault(diagnostic.primary.span.path, []).append(diagnostic)
    failed = [path for path, found in by_file.items() if _has_error(found)]
    name = findings.prefix or "."
    suite = JunitSuite("ratebook check", name, len(by_file), len(failed))
    for path, found in by_file.items():
        _fill(suite.case(name=findings.name(path), classname=name), found, findings)
    return suite.document()


def _fill(case: ElementTree.Element, found: list[Diagnostic], findings: Findings) -> None:
    """Put a file's errors into its case, and its warnings into what the case printed."""
    for error in (each for each in found if each.severity == "error"):
        told = text.render_one(error, findings)
        fail(case, f"{error.code} {error.slug}", error.message, told)
    warnings = [each for each in found if each.severity == "warning"]
    if warnings:
        printed = ElementTree.SubElement(case, "system-out")
        printed.text = clean("".join(concise.line(each, findings) + "\n" for each in warnings))


def _has_error(found: list[Diagnostic]) -> bool:
    return any(each.severity == "error" for each in found)
