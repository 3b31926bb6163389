"""Counting rules."""

from __future__ import annotations

from dsl.build.literals import name, names, optional_word, word
from dsl.build.reading import Branch, Reading, branch, the, tokens
from dsl.syntax.base import Name
from dsl.syntax.counting import CountingRuleDeclaration


def counting_rule(reading: Reading, tree: Branch) -> CountingRuleDeclaration:
    """Build `count active_sims = service sim in active across account tree`."""
    span = reading.span(tree)
    return CountingRuleDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        counted=word(reading, the(tree, "counted")),
        things=names(reading, the(tree, "counted_things")),
        statuses=_listed(reading, tree, "counted_statuses"),
        package_statuses=_listed(reading, tree, "counted_packages"),
        scope=optional_word(reading, branch(tree, "across"), "counted_scope"),
    )


def _listed(reading: Reading, tree: Branch, rule: str) -> tuple[Name, ...]:
    found = branch(tree, rule)
    return () if found is None else names(reading, found)
