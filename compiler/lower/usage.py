"""Usage classes, as rows with compiled expressions."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.model import Catalog
from compiler.lower.expressions import (
    compile_optional,
)
from compiler.lower.lines import Lines
from compiler.lower.zones import zones_by_name
from runtime.program.model import (
    UsageClass,
)


def usage_classes(catalog: Catalog, lines: Lines) -> Iterator[UsageClass]:
    """Give the usage classes in the order they are tried."""
    zones = zones_by_name(catalog)
    for ordinal, usage_class in enumerate(catalog.usage_classes):
        yield UsageClass(
            id=usage_class.id,
            ordinal=ordinal,
            type=usage_class.type,
            measure=usage_class.measure,
            criterion=compile_optional(usage_class.criterion, zones),
            source=lines.id_of(usage_class.span),
        )
