"""The dependency graph: order, cycles with their places, selections."""

from itertools import combinations
from xml.etree import ElementTree

import networkx as nx
import pytest

from compiler.compile import compile_folder
from compiler.graph import (
    MOST_CYCLES,
    Graph,
    SelectionFault,
    cycles,
    graph_of,
    select,
    topological_order,
)
from compiler.graph_formats import FORMATS
from compiler.graph_svg import to_svg
from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import Reference
from dsl.source import Span
from dsl.syntax.base import Name
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


# `a` and `b` charge each other, and so do `b` and `c`: one group, two ways round.  `a` is
# also reached over `c` and `d`, which makes a third.
KNOT = TINY + (
    "service status active = billable\n\n"
    "lifecycle line {\n  activate  new -> active\n  resume    active -> active\n}\n\n"
    + "".join(
        f"service {name} {{\n  type       fee\n  lifecycle  line\n"
        + "".join(
            f"  on {when} charge {charged} 5.00 USD\n"
            for when, charged in zip(("activate", "resume"), charges, strict=False)
        )
        + "}\n\n"
        for name, charges in (("a", "b"), ("b", "ac"), ("c", "bd"), ("d", "a"))
    )
)


@pytest.mark.feature("E5")
def test_each_independent_cycle_of_one_group_is_reported_with_its_places() -> None:
    compilation = compile_text(KNOT)
    found = [one for one in compilation.diagnostics if one.code == "RB111"]
    assert [one.message.partition(": ")[2] for one in found] == [
        "`a` → `b` → `a`",
        "`b` → `c` → `b`",
        "`c` → `d` → `a` → `b` → `c`",
    ]
    (source,) = compilation.sources
    for one in found:
        labels = (one.primary, *one.secondary)
        assert len(labels) == one.message.count("→")
        for label in labels:
            line = source.line(source.position(label.span.start)[0])
            assert line.split()[3] == source.words(label.span)


@pytest.mark.feature("E5")
def test_of_a_group_with_very_many_cycles_the_first_are_reported() -> None:
    graph: nx.DiGraph[EntityId] = nx.DiGraph()
    nodes = [EntityId(Kind.SERVICE, f"s{number:02}") for number in range(12)]
    pairs = [(one, other) for one in nodes for other in nodes if one != other]
    for place, (one, other) in enumerate(pairs):
        name = Name(Span("a", place, place + 1), other.name)
        reference = Reference(one, "charges", name, Kind.SERVICE, other)
        graph.add_edge(one, other, references=(reference,))
    found = cycles(Graph(graph))
    assert len(found) == MOST_CYCLES
    assert found[0].references[0].name.span.start == 0


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


SVG = "{http://www.w3.org/2000/svg}"


def boxes_of(svg: str) -> dict[str, tuple[int, int, int, int]]:
    """Give left, top, right and bottom of every box by its title."""
    found = {}
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        rect = group.find(f"{SVG}rect")
        assert rect is not None
        x, y, width, height = (int(rect.get(name, "")) for name in ("x", "y", "width", "height"))
        found[group.findtext(f"{SVG}title", "")] = (x, y, x + width, y + height)
    return found


@pytest.mark.feature("E5")
@pytest.mark.parametrize("text", ["", FEES, KNOT.removeprefix(TINY)], ids=["one", "cycles", "knot"])
def test_in_the_picture_no_box_covers_another_and_all_lie_inside(text: str) -> None:
    graph = compile_text(TINY + text).graph
    must_be_legible(to_svg(graph), graph)


@pytest.mark.feature("E5")
def test_in_the_picture_each_box_stands_left_of_what_it_depends_on() -> None:
    graph = compile_folder(CONNECTIVITY).graph
    svg = to_svg(graph)
    must_be_legible(svg, graph)
    boxes = boxes_of(svg)
    for edge in graph.edges:
        assert boxes[str(edge.source)][2] < boxes[str(edge.target)][0]


def must_be_legible(svg: str, graph: Graph) -> None:
    boxes = boxes_of(svg)
    assert boxes.keys() == {str(node) for node in graph.nodes}
    root = ElementTree.fromstring(svg)
    width, height = int(root.get("width", "")), int(root.get("height", ""))
    for left, top, right, bottom in boxes.values():
        assert 0 < left < right < width
        assert 0 < top < bottom < height
    for one, other in combinations(boxes.values(), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    drawn = [path for path in root.iter(f"{SVG}path") if path.get("marker-end")]
    assert len(drawn) == graph.digraph.number_of_edges()


@pytest.mark.feature("E5")
def test_in_the_picture_a_reference_that_closes_a_cycle_is_red() -> None:
    # a → b → c → a, and d → d: two of the four edges lead back.
    svg = to_svg(compile_text(TINY + FEES).graph)
    assert svg.count("url(#cycle)") == 2


def test_a_graph_of_nothing_is_drawn() -> None:
    ElementTree.fromstring(to_svg(Graph(nx.DiGraph())))
