"""Payments and entries as tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cli.render.cells import figure
from cli.render.columns import columns

if TYPE_CHECKING:
    from runtime.payments.journal import Journal
    from runtime.payments.listing import ListedPayment
    from runtime.payments.receive import Received


def received_lines(received: Received) -> Iterator[str]:
    """Say what came in, by currency, and what it was applied to."""
    journal = received.journal
    count = len(journal.payments)
    yield f"recorded {count:,} payment{'s' * (count != 1)}" + (
        f"; {received.repeated:,} recorded before" if received.repeated else ""
    )
    if not count:
        return
    yield ""
    header = ("currency", "payments", "received", "applied", "account credit")
    rows = []
    for currency in sorted({each.currency for each in journal.payments}):
        own = [each for each in journal.payments if each.currency == currency]
        total = sum(each.minor for each in own)
        applied = sum(
            each.minor
            for each in journal.entries
            if each.kind == "application" and each.currency == currency
        )
        places = own[0].minor_units
        figures = (figure(minor, places) for minor in (total, applied, total - applied))
        rows.append((currency, f"{len(own):,}", *figures))
    yield from columns(header, rows, left=header[:1])


def entry_lines(journal: Journal) -> Iterator[str]:
    """Give the entries of a journal, and what is then left of each credit they concern."""
    if not journal.entries:
        yield "nothing to do: no invoice has anything left to pay, or nothing is left to apply"
        return
    header = ("entry", "day", "what", "amount", "currency", "of", "invoice")
    rows = [
        (
            str(each.entry),
            each.day.isoformat(),
            each.kind,
            figure(each.minor, journal.standings[each.account, each.currency].minor_units),
            each.currency,
            each.credit,
            each.invoice or "",
        )
        for each in journal.entries
    ]
    yield from columns(header, rows, left=("day", "what", "currency", "of", "invoice"))
    yield ""
    for name in dict.fromkeys(each.credit for each in journal.entries):
        entry = next(each for each in journal.entries if each.credit == name)
        standing = journal.standings[entry.account, entry.currency]
        left = figure(standing.credits[name].rest, standing.minor_units)
        yield f"  left of {name}: {left} {standing.currency}"


def payment_lines(listed: Sequence[ListedPayment]) -> Iterator[str]:
    """Give a table with a line a payment."""
    if not listed:
        yield "no payments"
        return
    header = ("payment", "account", "received", "currency", "amount", *_SUMS, "reference")
    rows = [
        (
            each.payment.payment,
            each.payment.account,
            each.payment.received.isoformat(),
            each.payment.currency,
            *_figures(each, grouped=True),
            each.payment.reference or "",
        )
        for each in listed
    ]
    yield from columns(header, rows, left=(*header[:4], "reference"))


def payments_json(listed: Sequence[ListedPayment]) -> str:
    """Give a JSON object a payment and line; amounts are text in plain notation."""
    return "".join(
        json.dumps(
            {
                "payment": each.payment.payment,
                "account": each.payment.account,
                "received": each.payment.received.isoformat(),
                "currency": each.payment.currency,
                **dict(zip(("amount", *_SUMS), _figures(each, grouped=False), strict=True)),
                "method": each.payment.method,
                "reference": each.payment.reference,
                "invoices": each.payment.directed,
            },
            ensure_ascii=False,
        )
        + "\n"
        for each in listed
    )


_SUMS = ("applied", "refunded", "reversed", "left")


def _figures(listed: ListedPayment, *, grouped: bool) -> list[str]:
    places = listed.payment.minor_units
    minors = (listed.payment.minor, *(getattr(listed, name) for name in _SUMS))
    return [figure(minor, places, grouped=grouped) for minor in minors]
