"""A JUnit document of one suite, as checks and tests fill it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_NOT_XML = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


class JunitSuite:
    """A suite, its cases in the order in which they are added."""

    def __init__(self, command: str, name: str, tests: int, failures: int) -> None:
        """Begin a suite of so many cases, of which so many fail."""
        counts = {"tests": str(tests), "failures": str(failures), "errors": "0"}
        self._root = ElementTree.Element("testsuites", {"name": command, **counts})
        named = {"name": clean(name), **counts, "skipped": "0"}
        self._suite = ElementTree.SubElement(self._root, "testsuite", named)

    def case(self, **attributes: str) -> ElementTree.Element:
        """Add a case."""
        cleaned = {name: clean(value) for name, value in attributes.items()}
        return ElementTree.SubElement(self._suite, "testcase", cleaned)

    def document(self) -> str:
        """Print it."""
        ElementTree.indent(self._root)
        document = ElementTree.tostring(self._root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'


def fail(case: ElementTree.Element, kind: str, message: str, told: str) -> None:
    """Add a failure to a case: what kind, in a line, and at length."""
    attributes = {"type": kind, "message": clean(message)}
    ElementTree.SubElement(case, "failure", attributes).text = clean(told)


def clean(words: str) -> str:
    """Replace the characters that XML cannot hold, even escaped."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", words)
