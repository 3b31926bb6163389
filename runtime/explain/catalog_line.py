"""What a line of the catalog made: the invoice lines and taxes priced by it, and their totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from runtime.explain.line import place_of, summary_of
from runtime.explain.model import Explanation, Fact
from runtime.explain.words import counted, figure, shown, words
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import Invoice, PriceSource

_KINDS = {"line": "net", "part": "of usage, exactly", "tax": "tax"}

FIRST = 50
"""How many lines an explanation lists; it counts and adds up all."""


@dataclass(frozen=True, slots=True)
class Made:
    """An invoice line, or a tax of an invoice, that a line of the catalog priced.

    Attributes:
        amount: the line's net; of a usage line the exact amount of the parts priced by it.
    """

    kind: Literal["line", "part", "tax"]
    statement: str
    amount: Decimal
    currency: str
    source: PriceSource


def made_by(invoice: Invoice, path: str, line: int) -> Iterator[Made]:
    """Give what of an invoice a line of the catalog priced."""

    def is_it(source: PriceSource | None) -> bool:
        return source is not None and (source.path, source.line) == (path, line)

    for each in all_lines(invoice):
        statement = f"{place_of(invoice, each)} {summary_of(invoice, each)}"
        sources = [each.source]
        if each.pricing is not None:
            sources += [row.source for row in each.pricing.rows]
        own = next((source for source in sources if source is not None and is_it(source)), None)
        parts = [part for part in each.components if is_it(part.source)]
        if own is not None:
            yield Made("line", statement, each.net, invoice.currency, own)
        elif parts:
            amount = sum((part.amount for part in parts), Decimal(0))
            source = parts[0].source
            assert source is not None
            share = f", of which exactly {shown(amount, invoice.minor_units)} by this line"
            yield Made("part", statement + share, amount, invoice.currency, source)
    for tax in invoice.taxes:
        if tax.source is not None and is_it(tax.source):
            statement = (
                f"{invoice.number} {words(tax.tax)}, {tax.jurisdiction}: {shown(tax.percent, 0)}% "
                f"of {figure(tax.base)} = {figure(tax.amount)} {invoice.currency}"
            )
            yield Made("tax", statement, tax.amount, invoice.currency, tax.source)


def explain_source(path: str, line: int, made: Sequence[Made]) -> Explanation:
    """Tell what a line of the catalog made: totals by currency, and the first lines of all."""
    texts = list(dict.fromkeys(each.source.text.strip() for each in made))
    facts = [Fact(*total) for total in _totals(made)]
    if len(texts) > 1:
        facts += [Fact("it said also", text) for text in texts[:-1]]
    listed = f", the first {FIRST} told" if len(made) > FIRST else ""
    count = f"{counted(len(made), 'line')} of invoices"
    return Explanation(
        f"{path}:{line} priced {count}{listed}",
        tuple(facts),
        tuple(Explanation(each.statement) for each in made[:FIRST]),
        made[-1].source if made else None,
    )


def _totals(made: Sequence[Made]) -> Iterator[tuple[str, str]]:
    for kind, name in _KINDS.items():
        sums: dict[str, tuple[int, Decimal]] = {}
        for each in made:
            if each.kind == kind:
                count, amount = sums.get(each.currency, (0, Decimal(0)))
                sums[each.currency] = count + 1, amount + each.amount
        for currency, (count, amount) in sorted(sums.items()):
            yield name, f"{figure(amount)} {currency} on {counted(count, 'line')}"
