"""What a program asks for that this runtime does not bill: refused, never billed wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.program.model import Program
from runtime.program.plain import plain_prices
from runtime.program.prices import OneTimePrice, RecurringPrice, TransitionCharge
from runtime.program.service_prices import exact_prices
from runtime.program.usage_prices import unbillable_rates


def find_unbillable(program: Program) -> tuple[str, ...]:
    """Say of each such line of the catalog where it stands and what it asks for."""
    lines = {line.id: f"{line.path}:{line.line}" for line in program.sources}
    found = sorted({(source, what) for source, what in _found(program)})
    return tuple(
        f"{lines[source]}: {what} cannot be billed by this version" for source, what in found
    )


def _found(program: Program) -> Iterator[tuple[int, str]]:
    yield from _prices(program)
    yield from _rates(program)


def _prices(program: Program) -> Iterator[tuple[int, str]]:
    exact = exact_prices(program) | plain_prices(program).keys()
    priced: list[RecurringPrice | OneTimePrice | TransitionCharge]
    priced = [*program.recurring_prices, *program.one_time_prices, *program.transition_charges]
    for row in priced:
        if row.price not in exact:
            yield row.source, "a price of this form"


def _rates(program: Program) -> Iterator[tuple[int, str]]:
    for rate, what in unbillable_rates(program):
        yield rate.source, what
