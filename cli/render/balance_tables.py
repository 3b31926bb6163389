"""Balances as a table, as JSON and as CSV; amounts in major units, never as binary floats."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from cli.render.cells import csv_text, figure
from cli.render.columns import columns

if TYPE_CHECKING:
    from runtime.payments.balances import Balance


def balance_lines(balances: Sequence[Balance], day: date) -> Iterator[str]:
    """Give a table with a line an account, and the sums of each currency."""
    from runtime.payments.balances import AGES

    yield f"At the end of {day}"
    yield ""
    header = ("account", "currency", *(name for name, _ in AGES), "open", "credit", "due")
    rows = [(each.account, *_cells([each])) for each in balances]
    currencies = sorted({each.currency for each in balances})
    sums = [
        ("all", *_cells([each for each in balances if each.currency == currency]))
        for currency in currencies
    ]
    yield from columns(header, [*rows, *(sums if len(balances) > 1 else ())], left=header[:2])


def balance_json(balances: Sequence[Balance], day: date) -> str:
    """Give a JSON object a balance and line; amounts are text in plain notation."""
    return "".join(
        json.dumps({"as_of": day.isoformat(), **_fields(each)}, ensure_ascii=False) + "\n"
        for each in balances
    )


def balance_csv(balances: Sequence[Balance], day: date) -> str:
    """Give CSV with a header, a row an account and currency."""
    from runtime.payments.balances import AGES

    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    names = ("account", "currency", *FIELDS, *(name for name, _ in AGES))
    writer.writerow(("as_of", *names))
    for each in balances:
        fields = _fields(each)
        aged = fields.pop("aged")
        assert isinstance(aged, dict)
        flat = [csv_text(str(fields["account"])), fields["currency"]]
        writer.writerow((day, *flat, *(fields[name] for name in FIELDS), *aged.values()))
    return file.getvalue()


FIELDS = (
    "invoiced",
    "applied",
    "credit_notes",
    "balance",
    "account_credit",
    "due",
    "open",
    "open_credit_notes",
)
"""The amounts of a balance, in the order they follow from each other."""


def _fields(balance: Balance) -> dict[str, object]:
    from runtime.payments.balances import AGES

    def plain(minor: int) -> str:
        return figure(minor, balance.minor_units, grouped=False)

    return {
        "account": balance.account,
        "currency": balance.currency,
        **{name: plain(getattr(balance, name)) for name in FIELDS},
        "aged": {name: plain(minor) for (name, _), minor in zip(AGES, balance.aged, strict=True)},
    }


def _cells(balances: Sequence[Balance]) -> tuple[str, ...]:
    first = balances[0]
    sums = [
        *(sum(minors) for minors in zip(*(each.aged for each in balances), strict=True)),
        sum(each.open for each in balances),
        sum(each.credit for each in balances),
        sum(each.due for each in balances),
    ]
    return (first.currency, *(figure(minor, first.minor_units) for minor in sums))
