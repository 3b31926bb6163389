"""Verdicts as JUnit XML: a suite a catalog, a case a test or a guard."""

from __future__ import annotations

from collections.abc import Sequence

from cli.render.junit_suite import JunitSuite, fail
from proving.guards import GuardVerdict
from proving.report import Verdict, failure_lines, guard_lines


def junit_xml(verdicts: Sequence[Verdict], guards: Sequence[GuardVerdict], catalog: str) -> str:
    """Give one document with one suite."""
    failed = sum(bool(each.failures) for each in verdicts)
    failed += sum(each.has_failed for each in guards)
    suite = JunitSuite("ratebook test", catalog, len(verdicts) + len(guards), failed)
    for verdict in verdicts:
        path = verdict.scenario.source.path
        case = suite.case(name=verdict.scenario.name, classname=path, file=path)
        if verdict.failures:
            told = "\n".join(failure_lines(verdict))
            fail(case, "expectation", verdict.failures[0].stated, told)
    for guard in guards:
        case = suite.case(name=guard.name, classname=guard.path, file=guard.path)
        if guard.has_failed:
            fail(case, "guard", guard.name, "\n".join(guard_lines(guard)))
    return suite.document()
