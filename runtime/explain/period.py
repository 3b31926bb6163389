"""An account's period: every line of it, explained, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from runtime.explain.line import explain_line, line_of
from runtime.explain.model import Explanation, Fact
from runtime.explain.records import RatedUsage
from runtime.explain.words import counted, days_of, figure
from runtime.invoice.model import Invoice

Place = tuple[str, int]


def explain_period(
    account: str,
    days: tuple[date, date],
    places: Sequence[Place],
    invoice_of: Callable[[str], Invoice],
    records_of: Callable[[Invoice], RatedUsage],
) -> Explanation:
    """Explain the lines of an account for some days, in the order they were posted.

    Args:
        account: its name.
        days: half-open; a line is listed if some of its days are among them.
        places: of the lines.
        invoice_of: gives a posted invoice by its number.
        records_of: gives the rated usage behind an invoice.
    """
    totals: dict[str, Decimal] = {}
    facts, children = [], []
    for number in dict.fromkeys(number for number, _ in places):
        invoice = invoice_of(number)
        ours = [line for each, line in places if each == number]
        net = sum((line_of(invoice, line).net for line in ours), Decimal(0))
        totals[invoice.currency] = totals.get(invoice.currency, Decimal(0)) + net
        told = f"{invoice.issue_date}, {counted(len(ours), 'line')}: {figure(net)}"
        facts.append(Fact(number, f"{told} {invoice.currency} net"))
        children += [explain_line(invoice, line, records_of(invoice)) for line in ours]
    total = " and ".join(f"{figure(net)} {currency}" for currency, net in sorted(totals.items()))
    return Explanation(
        f"{account}, {days_of(*days)}: {counted(len(places), 'line')}, {total or 'nothing'} net",
        facts=tuple(facts),
        children=tuple(children),
    )
