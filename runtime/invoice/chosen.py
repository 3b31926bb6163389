"""Which documents an invoice has, and by which template: as its bill group says.

`attach invoice as ...` names the documents; a bill group that names none has the usual ones.
`attach usage_detail as csv` adds the detail of its usage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from runtime.invoice.own_template import OwnTemplate

if TYPE_CHECKING:
    from runtime.program.model import Program

DocumentFormat = Literal["html", "pdf", "text", "json", "csv", "ubl"]

FORMATS: Final[tuple[DocumentFormat, ...]] = get_args(DocumentFormat)
USUAL: Final[tuple[DocumentFormat, ...]] = ("html", "pdf", "json")
"""The documents of a bill group that names none."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is made of an invoice.

    Attributes:
        formats: its documents, in the order in which they are named.
        own: the catalog's template for HTML (and PDF) or text; None: Ratebook's.
        has_usage_detail: each rated piece of its usage goes with it, as CSV.
    """

    formats: tuple[DocumentFormat, ...] = USUAL
    own: OwnTemplate | None = None
    has_usage_detail: bool = False

    def own_for(self, draws: Literal["html", "text"]) -> OwnTemplate | None:
        """Give the catalog's template where it draws such a document."""
        return self.own if self.own is not None and self.own.draws == draws else None


def chosen_by(
    program: Program, instead: tuple[DocumentFormat, ...] | None = None
) -> Mapping[str, Chosen]:
    """Give what each bill group of a program chooses; `instead`: documents in their place."""
    texts = tuple((each.path, each.text) for each in program.invoice_templates)
    chosen: dict[str, Chosen] = {}
    for group in program.bill_groups:
        attached = [row for row in program.invoice_attachments if row.bill_group == group.id]
        named = {row.format for row in attached if row.report == "invoice"}
        formats = tuple(each for each in FORMATS if each in named)
        own = None if group.template is None else OwnTemplate(group.template, texts)
        if own is not None and own.draws == "text" and not formats:
            formats = (*USUAL, "text")
        chosen[group.id] = Chosen(
            formats=(formats or USUAL) if instead is None else instead,
            own=own,
            has_usage_detail=any(row.report == "usage_detail" for row in attached),
        )
    return chosen
