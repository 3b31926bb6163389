"""No name is free: each is a declaration, a bound reference, or a word of another world."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.compile import compile_folder
from compiler.resolve.kinds import PROVING, EntityId, Kind, id_of
from compiler.resolve.model import Failure
from compiler.resolve.nearest import edit_distance, nearest
from compiler.resolve.walk import every, walk
from dsl.syntax.base import Money, Name, Node, Quantity
from dsl.syntax.billing import TaxRate
from dsl.syntax.buckets import BaseBucketDeclaration
from dsl.syntax.catalog import CatalogDeclaration
from dsl.syntax.expressions import FieldUse
from dsl.syntax.feeds import (
    FeedAmount,
    FeedAttribute,
    FeedDeclaration,
    FeedEvent,
    FeedQuantity,
    FeedTime,
)
from dsl.syntax.offers import PackageDeclaration
from dsl.syntax.prices import Bound, PriceTerm
from dsl.syntax.services import (
    PackageStatusDeclaration,
    ServiceDeclaration,
    ServiceStatusDeclaration,
    ServiceTypeDeclaration,
)
from dsl.syntax.usage import UsageClassDeclaration
from dsl.syntax.zones import ZoneDeclaration
from tests.compiler.catalogs import CONNECTIVITY, TINY, compile_text

# Names that mean nothing in the catalog: currencies, units, countries, fields, identifiers.
FOREIGN = {
    Money: ("currency",),
    Quantity: ("unit",),
    FeedQuantity: ("unit",),
    PriceTerm: ("unit",),
    Bound: ("unit",),
    BaseBucketDeclaration: ("unit",),
    TaxRate: ("jurisdiction",),
    CatalogDeclaration: ("currencies",),
    PackageDeclaration: ("currencies", "category"),
    ZoneDeclaration: ("countries",),
    FieldUse: ("name",),
    FeedDeclaration: ("columns", "id"),
    FeedAmount: ("currency",),
    FeedEvent: ("name",),
    FeedTime: ("column",),
    FeedAttribute: ("name",),
    ServiceDeclaration: ("identified_by",),
    ServiceStatusDeclaration: ("base",),
    PackageStatusDeclaration: ("base",),
    ServiceTypeDeclaration: ("base",),
    UsageClassDeclaration: ("measure",),
}


def foreign_names(node: Node) -> list[Name]:
    names: list[Name] = []
    for part in walk(node):
        for field in FOREIGN.get(type(part), ()):
            value = getattr(part, field)
            names += [
                one
                for one in (value if isinstance(value, tuple) else (value,))
                if isinstance(one, Name)
            ]
    return names


@pytest.mark.feature("E1")
def test_no_name_of_the_connectivity_catalog_is_free() -> None:
    resolved = compile_folder(CONNECTIVITY).resolved
    named = {entity.name.span for entity in resolved.entities.values()}
    named |= {duplicate.again.span for duplicate in resolved.duplicates}
    referring = {reference.name.span for reference in resolved.references}
    for declaration in resolved.declarations:
        if id_of(declaration).kind in PROVING:
            continue  # a test's names are its own: `acme`, `site.access`
        foreign = {name.span for name in foreign_names(declaration)}
        names = {name.span for name in every(declaration, Name)}
        assert names <= named | referring | foreign
        assert not referring & foreign
    assert all(reference.target is not None for reference in resolved.references)


def test_transition_is_bound_inside_its_lifecycle() -> None:
    resolved = compile_folder(CONNECTIVITY).resolved
    (charged,) = [one for one in resolved.references if one.role == "charged on"]
    assert charged.target == EntityId(Kind.TRANSITION, "line.activate")


def test_reference_to_a_lost_declaration_is_poisoned_in_silence() -> None:
    compilation = compile_text(
        TINY + "service visit {\n  type  visits\n}\n" + "service type visits = = fee\n"
    )
    (reference,) = compilation.resolved.references
    assert reference.target is None
    assert reference.failure is Failure.SILENT


WORDS = st.text(alphabet="abcd_", max_size=8)


@given(WORDS, WORDS)
def test_edit_distance_is_symmetric_and_zero_for_the_same_alone(left: str, right: str) -> None:
    assert edit_distance(left, right) == edit_distance(right, left)
    assert (edit_distance(left, right) == 0) == (left == right)
    assert edit_distance(left, right) <= max(len(left), len(right))


@given(WORDS, WORDS, st.integers(0, 4))
def test_a_bound_changes_no_distance_within_it(left: str, right: str, bound: int) -> None:
    distance = edit_distance(left, right)
    bounded = edit_distance(left, right, bound)
    assert bounded == distance if distance <= bound else bounded > bound


@given(WORDS, st.lists(WORDS, max_size=12))
def test_the_nearest_name_is_the_first_of_the_closest(name: str, candidates: list[str]) -> None:
    close = max(1, len(name) // 3)
    ranked = sorted((edit_distance(name, each), each) for each in candidates)
    expected = ranked[0][1] if ranked and ranked[0][0] <= close else None
    begun = {each for each in candidates if len(name) >= 3 and each.startswith(name)}
    if expected is None and len(begun) == 1:
        (expected,) = begun
    assert nearest(name, candidates) == expected


@given(st.text(alphabet="abcd_", min_size=3, max_size=8), st.data())
def test_a_single_slip_is_always_recognized(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    slip = data.draw(
        st.sampled_from(
            [
                name[:at] + name[at + 1 :],
                name[:at] + "z" + name[at:],
                name[:at] + "z" + name[at + 1 :],
            ]
        )
    )
    assert nearest(slip, [name, "wholly_other_words"]) == name


@pytest.mark.parametrize(
    ("name", "near"), [("acess", "access"), ("acecss", "access"), ("ACCESS", "access"), ("x", None)]
)
def test_nearest(name: str, near: str | None) -> None:
    assert nearest(name, ["access", "data", "static_ip"]) == near
