"""Counting rules, as rows."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.model import Catalog
from compiler.lower.lines import Lines
from runtime.program.model import CountedStatus, CountedThing, CountingRule


def counting_rules(catalog: Catalog, lines: Lines) -> Iterator[CountingRule]:
    """Give the counting rules."""
    for rule in catalog.counting_rules:
        yield CountingRule(
            id=rule.id, counts=rule.counts, scope=rule.scope, source=lines.id_of(rule.span)
        )


def counted_things(catalog: Catalog, lines: Lines) -> Iterator[CountedThing]:
    """Give the services or packages each rule counts, in the order written."""
    for rule in catalog.counting_rules:
        for thing in rule.things:
            yield CountedThing(rule=rule.id, thing=thing.id, source=lines.id_of(thing.span))


def counted_statuses(catalog: Catalog, lines: Lines) -> Iterator[CountedStatus]:
    """Give the statuses each rule names: of what is counted, then of the packages it is in."""
    for rule in catalog.counting_rules:
        for status in rule.statuses:
            yield CountedStatus(
                rule=rule.id, of="counted", status=status.id, source=lines.id_of(status.span)
            )
        for status in rule.package_statuses:
            yield CountedStatus(
                rule=rule.id, of="package", status=status.id, source=lines.id_of(status.span)
            )
