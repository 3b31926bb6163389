"""An invoice's JSON put together of its form and of what it says of its own.

It is what runtime.invoice.assemble makes of the same invoice, in every byte; the ledger keeps
the two apart (runtime.ledger.schema_forms), and this reads them as one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from runtime.money import to_major

Pieces = Sequence[str]
"""A text cut at its blanks; see runtime.invoice.forms."""


@dataclass(frozen=True, slots=True)
class FormLine:
    """A line of an invoice form; amounts in minor units, `net` without taxes held in prices."""

    line: int
    net: int
    tax: int
    words: Pieces
    service: Pieces
    package: Pieces
    account: Pieces


@dataclass(frozen=True, slots=True)
class InvoiceForm:
    """What alike invoices say; `sections`: lines by the number of their section's first."""

    words: Pieces
    recurring_start: str | None
    recurring_end: str | None
    taxes: str
    sections: Mapping[int, tuple[FormLine, ...]]


@dataclass(frozen=True, slots=True)
class Section:
    """An account service on an invoice.

    `line`: the number of its first line; `name`: its account's, None where that is the invoicer;
    `identifiers`: a JSON list, None for none.
    """

    line: int
    account: str
    account_package: str
    account_service: str
    name: str | None
    identifiers: str | None


@dataclass(frozen=True, slots=True)
class Own:
    """What an invoice says of its own, in minor units.

    Attributes:
        number, run: None: of a draft.
        document: JSON of the party it bills, what was owed before, and changes of status.
        corrected: by the number of a line, the line it takes back, as `INV-000001:3`.
    """

    number: str | None
    run: int | None
    kind: Literal["invoice", "credit_note"]
    minor_units: int
    net: int
    tax: int
    document: str
    sections: tuple[Section, ...]
    corrected: Mapping[int, str]


def filled(form: InvoiceForm, own: Own) -> str:
    """Give the JSON of an invoice."""
    said = json.loads(own.document)
    places, gross, previous = own.minor_units, own.net + own.tax, said["previous_minor"]

    def amount(minor: int) -> str:
        return f'"{to_major(minor, places)}"'

    return _fill(
        form.words,
        _json(own.number),
        _json(own.kind),
        _json(said["bill_to"]),
        _json(form.recurring_start),
        _json(form.recurring_end),
        f"[{','.join(_accounts(form, own, said['bill_to']['name']))}]",
        form.taxes,
        *map(amount, (own.net, own.tax, gross, gross)),
        *map(amount, (previous, previous, gross, previous + gross)),
        _json(said["changes"]),
        _json(own.run),
    )


def _accounts(form: InvoiceForm, own: Own, invoicer: str) -> Iterator[str]:
    for account, members in groupby(own.sections, key=lambda each: each.account):
        some = list(members)
        words = form.sections[some[0].line][0].account
        name = invoicer if some[0].name is None else some[0].name
        packages = ",".join(_packages(form, own, some))
        yield _fill(words, _json(account), _json(name), f"[{packages}]", _subtotal(form, own, some))


def _packages(form: InvoiceForm, own: Own, sections: Sequence[Section]) -> Iterator[str]:
    for package, members in groupby(sections, key=lambda each: each.account_package):
        some = list(members)
        words = form.sections[some[0].line][0].package
        services = ",".join(_service(form, own, each) for each in some)
        yield _fill(words, _json(package), f"[{services}]", _subtotal(form, own, some))


def _service(form: InvoiceForm, own: Own, section: Section) -> str:
    lines = form.sections[section.line]
    return _fill(
        lines[0].service,
        _json(section.account_service),
        section.identifiers or "[]",
        f"[{','.join(_line(each, own, section) for each in lines)}]",
        _subtotal(form, own, [section]),
    )


def _line(line: FormLine, own: Own, section: Section) -> str:
    return _fill(
        line.words,
        str(line.line),
        _json(own.corrected.get(line.line)),
        _json(section.account),
        _json(section.account_package),
        _json(section.account_service),
        f'"{to_major(line.net, own.minor_units)}"',
        f'"{to_major(line.tax, own.minor_units)}"',
    )


def _subtotal(form: InvoiceForm, own: Own, sections: Sequence[Section]) -> str:
    minor = sum(line.net for each in sections for line in form.sections[each.line])
    return f'"{to_major(minor, own.minor_units)}"'


def _fill(pieces: Pieces, *blanks: str) -> str:
    parts = [pieces[0]]
    for blank, piece in zip(blanks, pieces[1:], strict=True):
        parts += (blank, piece)
    return "".join(parts)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
