"""The dependency graph: order, cycles with their places, selections."""

import pytest

from compiler.compile import compile_folder
from compiler.graph import SelectionFault, cycles, graph_of, select, topological_order
from compiler.graph_formats import FORMATS
from compiler.resolve.kinds import EntityId, Kind
from tests.compiler.catalogs import CONNECTIVITY, TINY, compile_text

FEES = (
    "service status active = billable\n\nlifecycle line {\n  activate  new -> active\n}\n\n"
    + "".join(
        f"service {name} {{\n  type       fee\n  lifecycle  line\n"
        f"  on activate charge {charged} 5.00 USD\n}}\n\n"
        for name, charged in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "d"), ("e", "a"))
    )
)


@pytest.mark.feature("E6")
def test_every_entity_comes_after_what_it_depends_on() -> None:
    graph = compile_folder(CONNECTIVITY).graph
    order = topological_order(graph)
    assert sorted(order) == list(graph.nodes)
    place = {node: number for number, node in enumerate(order)}
    for edge in graph.edges:
        assert edge.target is not None
        assert place[edge.target] < place[edge.source]


@pytest.mark.feature("E6")
def test_each_independent_cycle_is_found_with_its_places() -> None:
    compilation = compile_text(TINY + FEES)
    found = [
        [(one.source.name, one.name.text) for one in cycle.references]
        for cycle in cycles(compilation.graph)
    ]
    assert found == [[("a", "b"), ("b", "c"), ("c", "a")], [("d", "d")]]


def test_members_of_a_cycle_stand_together_in_the_order() -> None:
    order = topological_order(compile_text(TINY + FEES).graph)
    names = [node.name for node in order if node.kind is Kind.SERVICE]
    assert names == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("service:static_ip", {"static_ip"}),
        ("+service:static_ip", {"static_ip", "access_charges", "telecom"}),
        ("service:static_ip+", {"static_ip", "business_connectivity"}),
        ("zone: feed:", {"north_america", "sessions"}),
    ],
)
@pytest.mark.feature("E6")
def test_selection(expression: str, names: set[str]) -> None:
    graph = select(compile_folder(CONNECTIVITY).graph, expression)
    assert {node.name for node in graph.nodes} == names


@pytest.mark.parametrize("expression", ["", "+", "service:acess", "nothing"])
def test_selection_of_nothing_is_refused(expression: str) -> None:
    graph = compile_folder(CONNECTIVITY).graph
    with pytest.raises(SelectionFault):
        select(graph, expression)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.feature("E6")
def test_formats_are_stable_and_name_every_entity(name: str) -> None:
    compilation = compile_folder(CONNECTIVITY)
    text = FORMATS[name](compilation.graph)
    assert text == FORMATS[name](graph_of(compilation.resolved))
    assert text.endswith("\n")
    for node in compilation.graph.nodes:
        assert node.name in text


def test_edge_tells_its_role() -> None:
    graph = compile_folder(CONNECTIVITY).graph
    service, lifecycle = EntityId(Kind.SERVICE, "access"), EntityId(Kind.LIFECYCLE, "line")
    assert [one.role for one in graph.between(service, lifecycle)] == ["lifecycle"]
