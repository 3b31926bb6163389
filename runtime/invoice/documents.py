"""The documents of an invoice, as files: each whole or not there, the same bytes each time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal, assert_never
from urllib.parse import quote

from runtime.invoice.html import render_html
from runtime.invoice.json_document import to_json
from runtime.invoice.model import Invoice
from runtime.invoice.pdf import render_pdf

DocumentFormat = Literal["html", "pdf", "json"]

FORMATS: tuple[DocumentFormat, ...] = ("html", "pdf", "json")


def write_documents(
    invoice: Invoice, folder: Path, *, formats: Sequence[DocumentFormat] = FORMATS
) -> tuple[Path, ...]:
    """Write an invoice's documents into a folder and return their paths, as asked for.

    A document that is there already is replaced in one step.

    Raises:
        OSError: the folder cannot be made or written.
        RefusedResource: the template asks for what it may not fetch.
        jinja2.TemplateError: the template does not fit the model.
    """
    folder.mkdir(parents=True, exist_ok=True)
    html = render_html(invoice) if {"html", "pdf"} & set(formats) else ""
    name = document_name(invoice)
    paths = []
    for kind in formats:
        path = folder / f"{name}.{kind}"
        _replace(path, _content(kind, invoice, html))
        paths.append(path)
    return tuple(paths)


def document_name(invoice: Invoice) -> str:
    """Return the name of an invoice's files: its number, or whose draft it is.

    Signs that a file's name or a path may not hold are percent-encoded, so two invoices
    never share a file.
    """
    name = invoice.number or f"draft-{invoice.bill_to.account}-{invoice.currency}"
    return quote(name, safe=" ")


def _content(kind: DocumentFormat, invoice: Invoice, html: str) -> bytes:
    match kind:
        case "html":
            return html.encode("utf-8")
        case "pdf":
            return render_pdf(html)
        case "json":
            return to_json(invoice)
        case _:
            assert_never(kind)


def _replace(path: Path, content: bytes) -> None:
    """Write beside the path, then rename over it: a reader sees all of it or the old one."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(content)
            file.flush()
        except OSError:
            written.unlink(missing_ok=True)
            raise
    written.chmod(0o644)
    written.replace(path)
