"""Posted invoices as the texts they were frozen to, whether whole or on forms."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from runtime.invoice.filled import FormLine, InvoiceForm, Own, Pieces, Section, filled
from runtime.ledger.schema import (
    corrections,
    form_lines,
    invoice_forms,
    invoices,
    line_forms,
    sections,
    words,
)

INVOICES_AT_ONCE = 500

_LINE_WORDS = ("words", "service_words", "package_words", "account_words")


class FrozenReader:
    """Reads invoices of one ledger; forms are read once, for as long as it is used.

    `as_draft`: give them without number and run.
    """

    def __init__(self, ledger: Connection, *, as_draft: bool = False) -> None:
        """Read from a ledger that stays open."""
        self._ledger = ledger
        self._as_draft = as_draft
        self._words: dict[int, Pieces] = {}
        self._forms: dict[int, InvoiceForm] = {}

    def read(self, numbers: Sequence[str]) -> Iterator[str]:
        """Give invoices as JSON, in the order they were numbered; unknown numbers give none."""
        found = self._ledger.execute(
            select(invoices)
            .where(invoices.c.number.in_(numbers))
            .order_by(invoices.c.owner, invoices.c.series, invoices.c.sequence)
        ).all()
        for at in range(0, len(found), INVOICES_AT_ONCE):
            yield from self._texts(found[at : at + INVOICES_AT_ONCE])

    def _texts(self, rows: Sequence[Row[Any]]) -> Iterator[str]:
        on_forms = [row.number for row in rows if row.form is not None]
        self._read_forms({row.form for row in rows if row.form is not None})
        parts = self._sections(on_forms)
        corrected = self._corrected(on_forms)
        for row in rows:
            if row.form is None:
                yield row.document
                continue
            own = Own(
                number=None if self._as_draft else row.number,
                run=None if self._as_draft else row.run,
                kind=row.kind,
                minor_units=row.minor_units,
                net=row.net_minor,
                tax=row.tax_minor,
                document=row.document,
                sections=tuple(parts[row.number]),
                corrected=corrected.get(row.number, {}),
            )
            yield filled(self._forms[row.form], own)

    def _sections(self, numbers: Sequence[str]) -> dict[str, list[Section]]:
        found: dict[str, list[Section]] = defaultdict(list)
        query = (
            select(*(sections.c[name] for name in ("invoice", *Section.__slots__)))
            .where(sections.c.invoice.in_(numbers))
            .order_by(sections.c.invoice, sections.c.line)
        )
        for number, *section in self._ledger.execute(query) if numbers else ():
            found[number].append(Section(*section))
        return found

    def _corrected(self, numbers: Sequence[str]) -> dict[str, dict[int, str]]:
        found: dict[str, dict[int, str]] = defaultdict(dict)
        query = select(corrections).where(corrections.c.invoice.in_(numbers))
        for row in self._ledger.execute(query) if numbers else ():
            found[row.invoice][row.line] = f"{row.corrected_invoice}:{row.corrected_line}"
        return found

    def _read_forms(self, wanted: set[int]) -> None:
        new = wanted - self._forms.keys()
        if not new:
            return
        heads = self._ledger.execute(
            select(invoice_forms).where(invoice_forms.c.invoice_form.in_(new))
        ).all()
        lines = self._ledger.execute(
            select(form_lines, *(line_forms.c[name] for name in _LINE_WORDS))
            .join(line_forms, line_forms.c.line_form == form_lines.c.line_form)
            .where(form_lines.c.invoice_form.in_(new))
            .order_by(form_lines.c.invoice_form, form_lines.c.line)
        ).all()
        self._read_words(
            {row.words for row in heads}
            | {getattr(row, name) for row in lines for name in _LINE_WORDS}
        )
        by_form: dict[int, dict[int, list[FormLine]]] = defaultdict(lambda: defaultdict(list))
        for row in lines:
            texts = (self._words[getattr(row, name)] for name in _LINE_WORDS)
            line = FormLine(row.line, row.net_minor, row.tax_minor, *texts)
            by_form[row.invoice_form][row.section].append(line)
        for row in heads:
            self._forms[row.invoice_form] = InvoiceForm(
                words=self._words[row.words],
                recurring_start=row.recurring_start,
                recurring_end=row.recurring_end,
                taxes=row.taxes,
                sections={at: tuple(some) for at, some in by_form[row.invoice_form].items()},
            )

    def _read_words(self, wanted: Iterable[int]) -> None:
        new = sorted(set(wanted) - self._words.keys())
        for at in range(0, len(new), INVOICES_AT_ONCE):
            query = select(words).where(words.c.words.in_(new[at : at + INVOICES_AT_ONCE]))
            for row in self._ledger.execute(query):
                self._words[row.words] = tuple(json.loads(row.pieces))
