"""The formatter: print, then prove that nothing but the layout changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dsl.diagnostic import Diagnostic
from dsl.parser import parse_source
from dsl.printer import (
    billing,
    buckets,
    catalog,
    commercial,
    counting,
    feeds,
    guards,
    offers,
    price_books,
    rates,
    scenarios,
    services,
    share_plans,
    usage,
    zones,
)
from dsl.printer.layout import Item, render
from dsl.printer.meaning import meaning
from dsl.source import Source
from dsl.syntax.declarations import Broken, Declaration, SourceFile

FAMILIES: tuple[Callable[[Source, Declaration], Item | None], ...] = (
    catalog.item,
    billing.item,
    services.item,
    offers.item,
    counting.item,
    commercial.item,
    price_books.item,
    feeds.item,
    usage.item,
    rates.item,
    buckets.item,
    share_plans.item,
    zones.item,
    scenarios.item,
    guards.item,
)


class FormatterFault(Exception):
    """The formatter changed more than the layout: a fault of ours, never of a catalog."""


@dataclass(frozen=True, slots=True)
class FormattedText:
    """A file's text in the canonical layout."""

    text: str
    is_changed: bool


def format_source(source: Source) -> FormattedText | tuple[Diagnostic, ...]:
    """Give a file's text in the canonical layout, or the mistakes that keep it from it.

    Raises:
        FormatterFault: the text printed means something else, lost a comment, or would
            be laid out differently the next time.
    """
    file, diagnostics = parse_source(source)
    errors = tuple(found for found in diagnostics if found.severity == "error")
    if errors:
        return errors
    text = print_file(file)
    if text == source.text:  # the same text says the same, and is printed so again
        return FormattedText(text, is_changed=False)
    _prove(file, text)
    return FormattedText(text, is_changed=True)


def print_file(file: SourceFile) -> str:
    """Print a file without mistakes in the canonical layout."""
    items = [_item(file.source, node) for node in file.declarations]
    return render(file.source, items, file.comments)


def _item(source: Source, node: Declaration | Broken) -> Item:
    if isinstance(node, Broken):
        raise FormatterFault(f"{source.path}: a broken declaration cannot be printed")
    for family in FAMILIES:
        item = family(source, node)
        if item is not None:
            return replace(item, takes_doc=True)
    raise FormatterFault(f"{source.path}: no printer for {type(node).__name__}")


def _prove(file: SourceFile, text: str) -> None:
    again, diagnostics = parse_source(Source(file.source.path, text))
    path = file.source.path
    if diagnostics:
        raise FormatterFault(f"{path}: the text printed has a mistake: {diagnostics[0].message}")
    if meaning(again) != meaning(file):
        raise FormatterFault(f"{path}: the text printed means something else")
    before = [comment.text for comment in file.comments]
    if [comment.text for comment in again.comments] != before:
        raise FormatterFault(f"{path}: the text printed does not have the same comments")
    if print_file(again) != text:
        raise FormatterFault(f"{path}: the text printed would be laid out differently again")
