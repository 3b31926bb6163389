"""The catalog's own declaration: its name, currencies and time zone."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.syntax.base import Name, Node, Text, Word


@dataclass(frozen=True, slots=True)
class CatalogDeclaration(Node):
    """`catalog connectivity "Northwind Connectivity" { ... }`; once in a folder.

    Attributes:
        doc: the `##` lines above the declaration, joined by newlines, or "".
        currencies: ISO 4217 codes the catalog prices in, in the order written.
        timezone: the IANA zone in which the catalog's dates and periods are meant.
        rounding: `half_up` or `half_even` where it says so (`rounding half even`).
        uses: the shared folders it takes in, as paths from its own folder.
    """

    doc: str
    name: Name
    title: Text | None
    currencies: tuple[Name, ...]
    timezone: Text | None
    rounding: Word | None
    uses: tuple[Text, ...]
