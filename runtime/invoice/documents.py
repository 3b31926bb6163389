"""The documents of an invoice, as files: each whole or not there, the same bytes each time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import assert_never
from urllib.parse import quote

from runtime.invoice.chosen import Chosen, DocumentFormat
from runtime.invoice.csv_document import render_csv
from runtime.invoice.html import render_html
from runtime.invoice.json_document import to_json
from runtime.invoice.model import Invoice
from runtime.invoice.pdf import render_pdf, undrawable
from runtime.invoice.text import render_text
from runtime.invoice.ubl import render_ubl

CHOSEN = Chosen()

_PARTIAL = ".partial"

SUFFIXES: Mapping[DocumentFormat, str] = MappingProxyType(
    {
        "html": ".html",
        "pdf": ".pdf",
        "text": ".txt",
        "json": ".json",
        "csv": ".csv",
        "ubl": ".xml",
    }
)
"""What a document's name ends with."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The files that were written, and the characters that the PDF's fonts lack."""

    paths: tuple[Path, ...]
    lacking: str = ""


def write_documents(invoice: Invoice, folder: Path, chosen: Chosen = CHOSEN) -> Documents:
    """Write an invoice's documents into a folder, as chosen.

    A document that is there already is replaced in one step.

    Raises:
        OSError: the folder cannot be made or written.
        DocumentFailed: the catalog's own template cannot draw this invoice, or it lacks what
            an e-invoice needs.  Documents before the one that failed are written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = document_name(invoice)
    paths = []
    html = _html(invoice, chosen)
    for kind, content in _contents(invoice, chosen, html):
        path = folder / f"{name}{SUFFIXES[kind]}"
        replace_file(path, content)
        paths.append(path)
    return Documents(tuple(paths), undrawable(html) if "pdf" in chosen.formats else "")


def document_name(invoice: Invoice) -> str:
    """Return the name of an invoice's files: its number, or whose draft it is.

    Signs that a file's name or a path may not hold are percent-encoded, so two invoices
    never share a file.
    """
    name = invoice.number or f"draft-{invoice.bill_to.account}-{invoice.currency}"
    return file_name(name, "")


def file_name(name: str, suffix: str) -> str:
    """Return the name of a file of an invoice, or of an account's folder."""
    quoted = "%2E" * len(name) if name in (".", "..") else quote(name, safe=" ")
    return quoted + suffix


def _html(invoice: Invoice, chosen: Chosen) -> str:
    """Draw the HTML, once for itself and the PDF; nothing where neither is chosen."""
    is_drawn = {"html", "pdf"} & set(chosen.formats)
    return render_html(invoice, chosen.own_for("html")) if is_drawn else ""


def _contents(
    invoice: Invoice, chosen: Chosen, html: str
) -> Iterator[tuple[DocumentFormat, bytes]]:
    """Give each document's bytes."""
    for kind in chosen.formats:
        match kind:
            case "html":
                yield kind, html.encode("utf-8")
            case "pdf":
                yield kind, render_pdf(html)
            case "text":
                yield kind, render_text(invoice, chosen.own_for("text")).encode("utf-8")
            case "json":
                yield kind, to_json(invoice)
            case "csv":
                yield kind, render_csv(invoice)
            case "ubl":
                yield kind, render_ubl(invoice)
            case _:
                assert_never(kind)


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the path, then rename over it: a reader sees all of it or the old one."""
    written = path.with_name(f".{path.name}.{os.getpid()}{_PARTIAL}")
    try:
        written.write_bytes(content)
    except OSError:
        written.unlink(missing_ok=True)
        raise
    written.replace(path)


def remove_left_behind(folder: Path) -> None:
    """Remove what processes that are no more had begun to write, killed before its rename."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.startswith(".") and path.name.endswith(_PARTIAL):
            process = path.name.removesuffix(_PARTIAL).rpartition(".")[2]
            if process.isdecimal() and not _is_running(int(process)):
                path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True
