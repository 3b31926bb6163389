"""Which prices, tiers, rates, buckets, discounts, taxes and transitions the tests reach.

What a bill came to names the lines of the catalog that made it; so coverage is read off the
invoices, and is not a second computation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dsl.syntax.scenarios import Dated, Happens, Turns
from proving.run import Billed
from proving.scenario import Scenario
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import Invoice, InvoiceLine, PriceSource
from runtime.program.model import Program, SourceLine, Transition
from runtime.program.prices import PriceTier

Key = tuple[str, ...]
"""What is reached: a line of the catalog in one currency, a discount, a tax rate, a status."""

TABLE = ".csv"


@dataclass(frozen=True, slots=True)
class Item:
    """Something of a catalog that a test can reach."""

    kind: str
    source: SourceLine
    detail: str
    key: Key

    @property
    def is_of_table(self) -> bool:
        """Whether it is a row of a table; tables are counted by themselves."""
        return self.source.path.endswith(TABLE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is to reach, and which tests reach what.

    `reached`: by what is reached, the first bill of each test that does, from 0.
    """

    items: tuple[Item, ...]
    reached: Mapping[Key, Mapping[str, int]]

    @property
    def missed(self) -> tuple[Item, ...]:
        """What no test reaches, rows of tables aside."""
        return tuple(
            each for each in self.items if each.key not in self.reached and not each.is_of_table
        )

    @property
    def counts(self) -> tuple[int, int]:
        """How many items are reached, and of how many, rows of tables aside."""
        own = [each for each in self.items if not each.is_of_table]
        return sum(each.key in self.reached for each in own), len(own)

    @property
    def table_counts(self) -> tuple[int, int]:
        """The same for the rows of tables."""
        rows = [each for each in self.items if each.is_of_table]
        return sum(each.key in self.reached for each in rows), len(rows)

    @property
    def percent(self) -> int:
        """The reached share in whole percent, cut."""
        reached, total = self.counts
        return reached * 100 // total if total else 100


def coverage_of(
    program: Program, scenarios: Sequence[Scenario], billed: Mapping[str, Sequence[Billed]]
) -> Coverage:
    """Give what the tests reach, by what their bills came to."""
    reached: dict[Key, dict[str, int]] = {}
    for scenario in scenarios:
        for key in _transitions(program, scenario):
            reached.setdefault(key, {})[scenario.name] = 0
        for number, bill in enumerate(billed[scenario.name]):
            for key in {key for invoice in bill.invoices for key in _keys(invoice)}:
                reached.setdefault(key, {}).setdefault(scenario.name, number)
    return Coverage(tuple(items_of(program)), reached)


def items_of(program: Program) -> Iterator[Item]:
    """Give what there is to reach, in the order of the program's tables."""
    lines = {each.id: each for each in program.sources}
    tiers: dict[int, list[PriceTier]] = {}
    for tier in program.price_tiers:
        tiers.setdefault(tier.price, []).append(tier)
    costly = {term.price for term in program.price_terms if term.amount}
    for kind, source, price, currency in _priced(program):
        if price not in costly:
            continue  # what costs nothing is on no invoice
        own = [tier.source for tier in tiers.get(price, []) if tier.source is not None]
        for each in dict.fromkeys(own or [source]):
            yield _line_item("tier" if own else kind, lines[each], currency)
    for bucket_tier in program.bucket_tiers:
        if bucket_tier.charge == "rated":
            continue  # what it passes on is reached by its rate
        key: Key = ("bucket", bucket_tier.bucket, str(bucket_tier.ordinal))
        yield Item("bucket tier", lines[bucket_tier.source], "", key)
    for discount in program.discounts:
        yield Item("discount", lines[discount.source], "", ("discount", discount.id))
    for tax in program.tax_rates:
        key = ("tax", tax.tax, tax.tax_class, tax.jurisdiction, f"{tax.percent.normalize():f}")
        detail = f"{tax.tax_class} {tax.jurisdiction} {tax.percent.normalize():f}%"
        yield Item("tax rate", lines[tax.source], detail, key)
    for transition in program.transitions:
        detail = f"{transition.id}: {transition.from_status} -> {transition.to_status}"
        yield Item("transition", lines[transition.source], detail, edge_key(transition))
    terms = [each.source for each in program.contract_minimums]
    for source in (*terms, *(each.source for each in program.contract_penalties)):
        line = lines[source]
        yield Item("contract term", line, "", ("line", line.path, str(line.line), ""))


def _priced(program: Program) -> Iterator[tuple[str, int, int, str]]:
    """Give of each row with a price its kind, its source, the price and the currency."""
    for row in program.recurring_prices:
        yield "price", row.source, row.price, row.currency
    for sale in program.one_time_prices:
        yield "price", sale.source, sale.price, sale.currency
    for charge in program.transition_charges:
        yield "charge", charge.source, charge.price, charge.currency
    for rate in program.rates:
        yield "rate", rate.source, rate.price, rate.currency


def _line_item(kind: str, line: SourceLine, currency: str) -> Item:
    return Item(kind, line, currency, ("line", line.path, str(line.line), currency))


def _keys(invoice: Invoice) -> Iterator[Key]:
    for line in all_lines(invoice):
        for source in _sources(line):
            place = (source.path, str(source.line))
            yield ("line", *place, invoice.currency)
            yield ("line", *place, "")
        for each in line.components:
            if each.bucket is not None and each.tier is not None:
                yield ("bucket", each.bucket, str(each.tier))
                yield ("bucket", each.bucket, str(each.tier), invoice.currency)
        if line.discount is not None:
            yield ("discount", line.discount)
            yield ("discount", line.discount, invoice.currency)
    for tax in invoice.taxes:
        percent = f"{tax.percent.normalize():f}"
        for tax_class in (tax.tax_class, "*"):
            for jurisdiction in (tax.jurisdiction, "*"):
                yield ("tax", tax.tax, tax_class, jurisdiction, percent)


def _sources(line: InvoiceLine) -> Iterable[PriceSource]:
    found = [line.source, *(each.source for each in line.components)]
    if line.pricing is not None:
        found += [row.source for row in line.pricing.rows]
    return (each for each in found if each is not None)


def edge_key(transition: Transition) -> Key:
    """Give what a test reaches that makes a transition."""
    return ("edge", transition.lifecycle, transition.id, transition.from_status)


def _transitions(program: Program, scenario: Scenario) -> Iterator[Key]:
    """Give the transitions that a test makes, by their name or by what they lead to."""
    made: set[str] = set()
    reached: set[str] = set()
    for stage in scenario.stages:
        for each in stage.known:
            if isinstance(each, Dated) and isinstance(each.event, Turns):
                reached.add(each.event.status.text)
            elif isinstance(each, Dated) and isinstance(each.event, Happens):
                made.add(each.event.transition.text)
    for transition in program.transitions:
        if transition.id in made or transition.to_status in reached:
            yield edge_key(transition)


def coverage_lines(coverage: Coverage) -> Iterator[str]:
    """Tell what no test reaches, in the order of the catalog, and how much is reached."""
    by_line: dict[tuple[str, int], list[Item]] = {}
    for item in coverage.missed:
        by_line.setdefault((item.source.path, item.source.line), []).append(item)
    for (path, line), items in sorted(by_line.items()):
        details = ", ".join(dict.fromkeys(each.detail for each in items if each.detail))
        yield f"{path}:{line}: {items[0].kind} not reached{details and f' ({details})'}"
        yield f"    {items[0].source.text.strip()}"
    reached, total = coverage.counts
    yield f"coverage: {reached} of {total} ({coverage.percent}%)"
    rows, of = coverage.table_counts
    if of:
        yield f"rows of tables: {rows} of {of}"
