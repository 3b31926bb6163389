"""Merge the files of a folder into one scope and bind every reference in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from compiler.resolve.kinds import EntityId, Kind, id_of
from compiler.resolve.mention import Mention
from compiler.resolve.model import (
    BUILTIN,
    Duplicate,
    Entity,
    Failure,
    LostFolder,
    Reference,
    Resolved,
    bindings_of,
    lost_in_tables,
)
from compiler.resolve.references import mentions, table_mentions
from compiler.tables.destinations import TableZone, zones_of
from compiler.tables.prices import RowNames, row_names, table_entries, table_prices
from compiler.tables.table import NO_TABLES, Tables
from dsl.source import Span
from dsl.syntax.base import Name
from dsl.syntax.billing import TaxDeclaration
from dsl.syntax.declarations import Broken, Declaration, SourceFile
from dsl.syntax.services import LifecycleDeclaration, PriceTableDeclaration, ServiceDeclaration
from dsl.syntax.zones import ZoneTableDeclaration


def resolve(
    files: Iterable[SourceFile],
    lost_folders: tuple[LostFolder, ...] = (),
    tables: Tables = NO_TABLES,
) -> Resolved:
    """Resolve a folder's files; their order is that of their paths, however they come."""
    ordered = tuple(sorted(files, key=lambda file: file.source.path))
    declarations: list[Declaration] = []
    broken: list[Broken] = []
    for file in ordered:
        for node in file.declarations:
            if isinstance(node, Broken):
                broken.append(node)
            else:
                declarations.append(node)
    entities: dict[EntityId, Entity] = {}
    duplicates: list[Duplicate] = []
    for declaration in declarations:
        for entity in _entities(declaration, tables):
            first = entities.setdefault(entity.id, entity)
            is_own = entity.node is declaration or isinstance(entity.node, TableZone)
            if first is not entity and is_own:
                duplicates.append(Duplicate(entity.id, first.name, entity.name))
    in_tables = table_prices(declarations, tables)
    in_books = table_entries(declarations, tables)
    references = (
        *_Binder(entities, tuple(broken), tables).bind(declarations),
        *_born_in_tables(entities, declarations),
    )
    return Resolved(
        files=ordered,
        declarations=tuple(declarations),
        broken=tuple(broken),
        entities=MappingProxyType(entities),
        duplicates=tuple(duplicates),
        references=references,
        bindings=MappingProxyType(
            {
                **dict(_bound_in_rows(entities, row_names(in_tables, in_books))),
                **bindings_of(references),
            }
        ),
        lost_folders=lost_folders,
        tables=tables,
        table_prices=in_tables,
        table_entries=in_books,
        has_lost_prices=_has_lost_prices(declarations, broken, tables, references),
    )


def _has_lost_prices(
    declarations: Iterable[Declaration],
    broken: Iterable[Broken],
    tables: Tables,
    references: Iterable[Reference],
) -> bool:
    """Whether a mistake in text or in a table may have hidden recurring prices."""
    if any(lost.kind in {"", Kind.PRICE_TABLE.words} for lost in broken):
        return True
    nodes = [node for node in declarations if isinstance(node, PriceTableDeclaration)]
    read = [tables.of(node.table) for node in nodes]
    return any(table is None or table.faults for table in read) or any(
        reference.target is None and reference.source.kind is Kind.PRICE_TABLE
        for reference in (references if nodes else ())
    )


def _entities(node: Declaration, tables: Tables) -> Iterator[Entity]:
    """Give what a declaration names: itself first, then what is born inside it."""
    yield Entity(id_of(node), node.name, node)
    if isinstance(node, LifecycleDeclaration):
        for transition in node.transitions:
            own = EntityId(Kind.TRANSITION, f"{node.name.text}.{transition.name.text}")
            yield Entity(own, transition.name, transition)
    elif isinstance(node, TaxDeclaration):
        for row in node.rows:
            yield Entity(EntityId(Kind.TAX_CLASS, row.tax_class.text), row.tax_class, row)
    elif isinstance(node, ZoneTableDeclaration):
        table = tables.of(node.table)
        for zone in () if table is None else zones_of(table, node.table.file.span):
            yield Entity(EntityId(Kind.ZONE, zone.name.text), zone.name, zone)


def _bound_in_rows(
    entities: Mapping[EntityId, Entity], names: RowNames
) -> Iterator[tuple[Span, EntityId]]:
    """Bind the names in the rows of price tables; the references hold each name once."""
    for name, kind in names:
        target = EntityId(kind, name.text)
        if target in entities:
            yield name.span, target


def _born_in_tables(
    entities: Mapping[EntityId, Entity], declarations: Iterable[Declaration]
) -> Iterator[Reference]:
    """Give the edges from the zones that stand in a table to the table."""
    nodes = (node for node in declarations if isinstance(node, ZoneTableDeclaration))
    tables = {node.table.file.span: id_of(node) for node in nodes}
    for own, entity in entities.items() if tables else ():
        if isinstance(entity.node, TableZone):
            table = tables[entity.node.table]
            yield Reference(own, "row of", entity.name, Kind.ZONE_TABLE, table)


class _Binder:
    """Binds mentions to the entities of one scope."""

    def __init__(
        self, entities: Mapping[EntityId, Entity], broken: tuple[Broken, ...], tables: Tables
    ) -> None:
        self._entities = entities
        self._tables = tables
        self._kinds_by_name: dict[str, set[Kind]] = defaultdict(set)
        for own in (*entities, *BUILTIN):
            if own.kind is not Kind.TRANSITION:
                self._kinds_by_name[own.name].add(own.kind)
        self._lost_names = {lost.name.text for lost in broken if lost.name is not None}
        self._lost_kinds = {lost.kind for lost in broken if lost.name is None}
        self._lost_kinds |= {kind.words for kind in lost_in_tables(broken, tables)}
        self._has_lost_tax = any(lost.kind == Kind.TAX.words for lost in broken)

    def bind(self, declarations: Iterable[Declaration]) -> tuple[Reference, ...]:
        """Bind every mention of the declarations."""
        return tuple(
            self._bind(id_of(declaration), mention)
            for declaration in declarations
            for mention in (*mentions(declaration), *table_mentions(declaration, self._tables))
        )

    def _bind(self, source: EntityId, mention: Mention) -> Reference:
        if mention.lifecycle is not None:
            return self._bind_transition(source, mention, mention.lifecycle.text)
        if mention.of_service is not None:
            return self._bind_transition(source, mention, self._lifecycle_of(mention.of_service))
        target = EntityId(mention.wanted, mention.name.text)
        if target in self._entities or target in BUILTIN:
            return Reference(source, mention.role, mention.name, mention.wanted, target)
        failure = self._failure(mention)
        return Reference(source, mention.role, mention.name, mention.wanted, None, failure)

    def _lifecycle_of(self, service: Name) -> str:
        """Name the lifecycle of a service; empty where it has none, or is not known."""
        entity = self._entities.get(EntityId(Kind.SERVICE, service.text))
        node = None if entity is None else entity.node
        if not isinstance(node, ServiceDeclaration) or node.lifecycle is None:
            return ""
        return node.lifecycle.text

    def _bind_transition(self, source: EntityId, mention: Mention, lifecycle: str) -> Reference:
        """Bind a transition's name inside the service's lifecycle, where that is known."""
        owner = EntityId(Kind.LIFECYCLE, lifecycle)
        target = EntityId(Kind.TRANSITION, f"{lifecycle}.{mention.name.text}")
        if target in self._entities:
            return Reference(
                source, mention.role, mention.name, mention.wanted, target, lifecycle=owner
            )
        failure = Failure.UNKNOWN if owner in self._entities else Failure.SILENT
        return Reference(
            source, mention.role, mention.name, mention.wanted, None, failure, lifecycle=owner
        )

    def _failure(self, mention: Mention) -> Failure:
        name, wanted = mention.name.text, mention.wanted
        if name in self._lost_names or "" in self._lost_kinds or wanted.words in self._lost_kinds:
            return Failure.SILENT
        if wanted is Kind.TAX_CLASS and self._has_lost_tax:
            return Failure.SILENT
        return Failure.WRONG_KIND if self._kinds_by_name.get(name) else Failure.UNKNOWN
