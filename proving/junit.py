"""Verdicts as JUnit XML: a suite a catalog, a case a test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from proving.guards import GuardVerdict
from proving.report import Verdict, failure_lines, guard_lines

_NOT_XML = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def junit_xml(verdicts: Sequence[Verdict], guards: Sequence[GuardVerdict], catalog: str) -> str:
    """Give one document with one suite."""
    failed = sum(bool(each.failures) for each in verdicts)
    failed += sum(each.has_failed for each in guards)
    number = len(verdicts) + len(guards)
    counts = {"tests": str(number), "failures": str(failed), "errors": "0"}
    root = ElementTree.Element("testsuites", {"name": "ratebook test", **counts})
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": _clean(catalog), **counts, "skipped": "0"}
    )
    for verdict in verdicts:
        path = verdict.scenario.source.path
        case = ElementTree.SubElement(
            suite,
            "testcase",
            {"name": verdict.scenario.name, "classname": _clean(path), "file": _clean(path)},
        )
        if verdict.failures:
            first = verdict.failures[0]
            failure = ElementTree.SubElement(
                case, "failure", {"type": "expectation", "message": _clean(first.stated)}
            )
            failure.text = _clean("\n".join(failure_lines(verdict)))
    for guard in guards:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            {"name": guard.name, "classname": _clean(guard.path), "file": _clean(guard.path)},
        )
        if guard.has_failed:
            said = "\n".join(guard_lines(guard))
            failure = ElementTree.SubElement(
                case, "failure", {"type": "guard", "message": _clean(guard.name)}
            )
            failure.text = _clean(said)
    ElementTree.indent(root)
    document = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'


def _clean(words: str) -> str:
    """Replace the characters that XML cannot hold, even escaped."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", words)
