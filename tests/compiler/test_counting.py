"""Counting rules, from the text to the program."""

import pytest

from compiler.resolve.kinds import EntityId, Kind
from runtime.program import model
from tests.compiler.catalogs import TINY, compile_text

PREAMBLE = (
    TINY
    + """\
service status active    = billable
service status suspended = billable
package status open      = billable

lifecycle device {
  activate  new -> active
  suspend   active -> suspended
}

service sim {
  type       recurring
  lifecycle  device
  price monthly 5.00 USD
}

package fleet {
  bills    monthly
  service  sim 1..100
}

"""
)


def program_of(rule: str) -> model.Program:
    compilation = compile_text(PREAMBLE + rule)
    assert compilation.program is not None, compilation.diagnostics
    return compilation.program


@pytest.mark.feature("A12")
def test_a_rule_lists_what_it_counts_and_in_which_statuses_and_packages() -> None:
    program = program_of(
        "count sims = service sim in active, suspended where package in open across account tree\n"
    )
    (rule,) = program.counting_rules
    assert (rule.id, rule.counts, rule.scope) == ("sims", "service", "account_tree")
    assert [(row.rule, row.thing) for row in program.counted_things] == [("sims", "sim")]
    assert [(row.of, row.status) for row in program.counted_statuses] == [
        ("counted", "active"),
        ("counted", "suspended"),
        ("package", "open"),
    ]


@pytest.mark.feature("A12")
def test_without_statuses_and_across_a_rule_counts_what_bills_on_the_account() -> None:
    program = program_of("count fleets = package fleet\n")
    (rule,) = program.counting_rules
    assert (rule.counts, rule.scope) == ("package", "account")
    assert program.counted_statuses == ()


@pytest.mark.feature("A12")
@pytest.mark.parametrize("scope", ["account", "account_tree", "account_package"])
def test_each_scope_is_kept(scope: str) -> None:
    words = scope.replace("_", " ")
    (rule,) = program_of(f"count sims = service sim across {words}\n").counting_rules
    assert rule.scope == scope


@pytest.mark.feature("A12", "C4")
def test_every_row_of_a_rule_names_its_place() -> None:
    rule = "count sims = service sim in active where package in open\n"
    program = program_of(rule)
    lines = {line.id: line for line in program.sources}
    sources = (
        *(row.source for row in program.counting_rules),
        *(row.source for row in program.counted_things),
        *(row.source for row in program.counted_statuses),
    )
    places = [lines[source] for source in sources]
    assert {place.text for place in places} == {rule.strip()}
    assert [place.column for place in places] == [7, 22, 29, 53]


@pytest.mark.feature("A12", "E5")
def test_the_graph_knows_what_a_rule_counts_and_in_which_statuses() -> None:
    graph = compile_text(
        PREAMBLE + "count sims = service sim in active where package in open\n"
    ).graph
    rule = EntityId(Kind.COUNTING_RULE, "sims")
    roles = {str(edge.target): edge.role for edge in graph.edges if edge.source == rule}
    assert roles == {
        "service:sim": "counts",
        "service_status:active": "counts in",
        "package_status:open": "counts in packages",
    }
