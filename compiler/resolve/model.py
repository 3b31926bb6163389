"""What resolution yields: entities, references, and the way from one to the other.

The syntax nodes stay as they are; what was found out about them stands beside them, keyed
by place.  So a reference can be followed from its text (`find`), and every entity and
reference can be listed (the dependency graph, unused declarations, an editor's
"find references").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TypeVar, cast

from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.places import Places
from compiler.resolve.walk import every, may_hold
from compiler.tables.destinations import TableZone
from compiler.tables.forms import FORMS
from compiler.tables.prices import TablePrices
from compiler.tables.table import NO_TABLES, Tables
from compiler.templates import NO_TEMPLATES, Templates
from dsl.source import Span
from dsl.syntax.base import Money, Name, Node, Number, Percent, Quantity, Text
from dsl.syntax.billing import TaxRow
from dsl.syntax.declarations import Broken, Declaration, SourceFile
from dsl.syntax.expressions import InZone
from dsl.syntax.services import PriceEntry, Transition
from runtime.program.terms import NEW, ServiceBase, StatusBase

Declared = Declaration | Transition | TaxRow | TableZone
T = TypeVar("T")
D = TypeVar("D", bound=Declaration)
N = TypeVar("N", bound=Node)

SERVICE_BASES: tuple[ServiceBase, ...] = ("recurring", "non_recurring", "fee")
STATUS_BASES: tuple[StatusBase, ...] = ("billable", "non_billable", "canceled")

BUILTIN = frozenset(
    {
        *(EntityId(Kind.SERVICE_TYPE, base) for base in SERVICE_BASES),
        EntityId(Kind.SERVICE_STATUS, NEW),
    }
)
"""What may be referred to without a declaration."""


class Failure(Enum):
    """Why a reference is poisoned."""

    UNKNOWN = "nothing bears this name"
    WRONG_KIND = "only things of other kinds bear this name"
    SILENT = "the mistake is reported elsewhere"


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing the catalog names: where it is named first, and by which node."""

    id: EntityId
    name: Name
    node: Declared


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A declaration that bears the id of an earlier one."""

    id: EntityId
    first: Name
    again: Name


@dataclass(frozen=True, slots=True)
class Reference:
    """A name written to mean something declared elsewhere.

    Attributes:
        source: the entity whose declaration it stands in.
        role: what it is to the source: `type`, `charges`, `rates`; the edge's kind.
        name: the text that refers.
        wanted: the kind of thing that is needed here.
        target: what it is bound to; None: poisoned, see `failure`.
        lifecycle: the lifecycle whose transitions are meant, for a transition's name.
    """

    source: EntityId
    role: str
    name: Name
    wanted: Kind
    target: EntityId | None
    failure: Failure | None = None
    lifecycle: EntityId | None = None


@dataclass(frozen=True, slots=True)
class LostFolder:
    """A shared folder that could not be taken in: where it is named, and why not."""

    use: Text
    reason: str


COMMON: tuple[type[Node], ...] = (Money, Quantity, Percent, Number, InZone)
"""Kinds of node that checks ask for and that stand in many declarations: found in one walk."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A folder's files as one scope.

    Attributes:
        files: sorted by path.
        declarations: all of them, duplicates too, in order of path and place.
        broken: declarations lost to a syntax mistake.
        entities: by id, in the order of `declarations`.
        duplicates: what was declared again.
        references: in order of declaration and place.
        lost_folders: shared folders whose declarations are not among them.
        tables: the tables that declarations name.
        zones: what zones are made of, those that were asked for (`compiler.zone_facts`).
        templates: the invoice templates that bill groups name.
        table_prices: the recurring prices that stand in tables, by service.
        has_lost_prices: a mistake in text or in a table may have hidden some of those.
        table_entries: what stands in the tables of price books, by the text that names one.
    """

    files: tuple[SourceFile, ...]
    declarations: tuple[Declaration, ...]
    broken: tuple[Broken, ...]
    entities: Mapping[EntityId, Entity]
    duplicates: tuple[Duplicate, ...]
    references: tuple[Reference, ...]
    bindings: Mapping[Span, EntityId]
    lost_folders: tuple[LostFolder, ...] = ()
    tables: Tables = NO_TABLES
    zones: dict[EntityId, Places | None] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    templates: Templates = NO_TEMPLATES
    table_prices: TablePrices = field(default_factory=lambda: MappingProxyType({}))
    has_lost_prices: bool = False
    table_entries: Mapping[Span, tuple[PriceEntry, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    _worked_out: dict[Callable[[Resolved], object], object] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _by_type: Mapping[type[Node], tuple[Declaration, ...]] = field(
        init=False, repr=False, compare=False
    )
    _nodes: dict[type[Node], list[Node]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Sort the declarations by type, once: every check asks for some of them."""
        by_type: dict[type[Node], list[Declaration]] = {}
        for node in self.declarations:
            by_type.setdefault(type(node), []).append(node)
        sorted_once = {kind: tuple(nodes) for kind, nodes in by_type.items()}
        object.__setattr__(self, "_by_type", MappingProxyType(sorted_once))

    def all(self, kind: type[D]) -> tuple[D, ...]:
        """Give every declaration of one type, in order."""
        found = self._by_type.get(kind, ())
        return cast("tuple[D, ...]", found)

    def every(self, kind: type[N]) -> list[N]:
        """Give every node of one type, in the order of the declarations; searched for once."""
        if kind not in self._nodes:
            kinds = COMMON if kind in COMMON else (kind,)
            self._nodes.update((each, []) for each in kinds)
            holding = {each for each in self._by_type if may_hold(each, kinds)}
            for declaration in self.declarations:
                if type(declaration) in holding:
                    for found in every(declaration, *kinds):
                        self._nodes[type(found)].append(found)
        return cast("list[N]", self._nodes[kind])

    def once(self, work_out: Callable[[Resolved], T]) -> T:
        """Give what a function makes of the catalog; it is asked once."""
        if work_out not in self._worked_out:
            self._worked_out[work_out] = work_out(self)
        return cast("T", self._worked_out[work_out])

    def bound(self, name: Name | None) -> EntityId | None:
        """Give the id a reference is bound to; None where it is poisoned or absent."""
        return None if name is None else self.bindings.get(name.span)

    def find(self, name: Name | None, kind: type[T]) -> T | None:
        """Follow a reference to its declaration; None where it is poisoned, absent, builtin."""
        target = self.bound(name)
        entity = None if target is None else self.entities.get(target)
        return entity.node if entity is not None and isinstance(entity.node, kind) else None

    def is_incomplete(self, kind: Kind) -> bool:
        """Whether a mistake in text or in a table may have hidden a thing of this kind."""
        lost = {each.kind for each in self.broken}
        return "" in lost or kind.words in lost or kind in lost_in_tables(self.broken, self.tables)


def lost_in_tables(broken: tuple[Broken, ...], tables: Tables) -> frozenset[Kind]:
    """Give the kinds of which some may stand in a table that was not read, or not wholly."""
    holdings = {lost.node.holds for lost in tables.lost}
    forms = [FORMS[holding] for holding in holdings]
    forms += [table.form for table in tables.read.values() if not table.is_whole]
    found = {kind for form in forms for kind in form.bears}
    if any(lost.kind == Kind.ZONE_TABLE.words for lost in broken):
        found.add(Kind.ZONE)
    return frozenset(found)


def bindings_of(references: tuple[Reference, ...]) -> Mapping[Span, EntityId]:
    """Key the bound references by their place."""
    return MappingProxyType(
        {
            reference.name.span: reference.target
            for reference in references
            if reference.target is not None
        }
    )
