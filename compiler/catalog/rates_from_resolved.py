"""Rate groups and rate plans of a resolved catalog."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.expressions_from_syntax import type_optional
from compiler.catalog.feeds_from_resolved import unit_named
from compiler.catalog.known import known, target_name
from compiler.catalog.prices_from_resolved import prices_of
from compiler.catalog.rates import GroupUse, Rate, RateGroup, RatePlan, RatePrice
from compiler.catalog.rates_from_tables import table_rates
from compiler.rate_rows import TableRows, rate_rows
from compiler.resolve.model import Resolved
from dsl.syntax import rates as written
from dsl.syntax.base import Quantity


def rate_groups(resolved: Resolved) -> tuple[RateGroup, ...]:
    """Give the rate groups, each with its rows as written."""
    return tuple(
        RateGroup(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            criterion=type_optional(node.criterion),
            rates=tuple(_rates(resolved, node)),
        )
        for node in resolved.all(written.RateGroupDeclaration)
    )


def _rates(resolved: Resolved, node: written.RateGroupDeclaration) -> Iterator[Rate]:
    rows = known(rate_rows(resolved, node), f"the rates of `{node.name.text}`")
    if isinstance(rows, TableRows):
        yield from table_rates(resolved, rows)
        return
    for fit, row in zip(rows.fits, node.rows, strict=True):
        minimum, increment = _steps(resolved, row.minimum, 0), _steps(resolved, row.increment, 1)
        yield Rate(
            **fit._asdict(),
            prices=tuple(
                RatePrice(price=price, minimum=minimum, increment=increment, span=price.span)
                for price in prices_of(resolved, row.price)
            ),
        )


def _steps(resolved: Resolved, quantity: Quantity | None, default: int) -> int:
    """Give a quantity in steps; the checks have found it whole."""
    if quantity is None:
        return default
    return int(quantity.amount * unit_named(resolved, quantity.unit).steps)


def rate_plans(resolved: Resolved) -> tuple[RatePlan, ...]:
    """Give the rate plans, each with its groups in the order they are tried."""
    return tuple(
        RatePlan(
            id=node.name.text,
            description=node.doc,
            span=node.name.span,
            groups=tuple(
                GroupUse(group=target_name(resolved, name), span=name.span) for name in node.groups
            ),
            otherwise="reject",
        )
        for node in resolved.all(written.RatePlanDeclaration)
    )
