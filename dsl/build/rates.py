"""Rate groups and rate plans."""

from __future__ import annotations

from dsl.build.expressions import optional_expression
from dsl.build.literals import name, optional_name, optional_word, quantity, table_file, text
from dsl.build.prices import the_price
from dsl.build.reading import (
    Branch,
    Reading,
    Statements,
    branch,
    branches,
    statements,
    the,
    tokens,
)
from dsl.build.zones import prefixes
from dsl.syntax.base import Name, Quantity
from dsl.syntax.rates import RateGroupDeclaration, RatePlanDeclaration, RateRow
from dsl.syntax.tables import Holding


def rate_group(reading: Reading, tree: Branch) -> RateGroupDeclaration:
    """Build `rate group home when ... { ... }`, or one `from "file.csv"`."""
    span = reading.span(tree)
    table, block = branch(tree, "table_file"), branch(tree, "rate_group_block")
    return RateGroupDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        criterion=optional_expression(reading, branch(tree, "criterion")),
        rows=statements(reading, block).every("rate_row", _rate_row) if block else (),
        table=table_file(reading, table, Holding.RATES) if table else None,
    )


def _rate_row(reading: Reading, tree: Branch) -> RateRow:
    prefix, carrier = branch(tree, "rate_prefix"), branch(tree, "rate_carrier")
    rounding = Statements(reading, branches(tree))
    return RateRow(
        reading.span(tree),
        usage_class=name(reading, tokens(tree)[0]),
        zone=optional_name(reading, branch(tree, "rate_zone")),
        country=optional_name(reading, branch(tree, "rate_country")),
        prefix=prefixes(reading, prefix)[0] if prefix else None,
        carrier=text(reading, the(carrier, "text")) if carrier else None,
        band=optional_name(reading, branch(tree, "rate_band")),
        price=the_price(reading, tree),
        minimum=_quantity(reading, rounding.one("rate_minimum", "minimum")),
        increment=_quantity(reading, rounding.one("rate_increment", "increment")),
    )


def _quantity(reading: Reading, tree: Branch | None) -> Quantity | None:
    return None if tree is None else quantity(reading, the(tree, "quantity"))


def rate_plan(reading: Reading, tree: Branch) -> RatePlanDeclaration:
    """Build `rate plan metered { ... }`."""
    span = reading.span(tree)
    block = statements(reading, the(tree, "rate_plan_block"))
    return RatePlanDeclaration(
        span,
        doc=reading.doc(span),
        name=name(reading, tokens(tree)[0]),
        groups=block.every("group_use", _group_use),
        otherwise=optional_word(reading, block.one("plan_otherwise", "otherwise"), "rejection"),
    )


def _group_use(reading: Reading, tree: Branch) -> Name:
    return name(reading, tokens(tree)[0])
