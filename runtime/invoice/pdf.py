"""A PDF from an invoice's HTML: our own fonts, no file, no host, the same bytes each time.

The engine fetches through `TemplateFetcher` only.  It knows `data:` URIs, the fonts
shipped beside the templates and, where one is given, the files of a template's folder;
whatever else a document asks for refuses the whole document.
"""

from __future__ import annotations

import re
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import plutoprint

from runtime.interrupts import hold_interrupts
from runtime.invoice.document_failed import DocumentFailed
from runtime.invoice.font_files import FONT_URL, covered, font_faces, font_files

FOLDER_URL = "ratebook-template:/"

MEDIA_TYPES = {
    ".css": "text/css",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}

_CREATED = re.compile(r'<meta name="dcterms\.created" content="(\d{4}-\d\d-\d\d)">')
_NO_DATE = "1970-01-01"


class RefusedResource(DocumentFailed):
    """A document asked for something outside its template's folder."""


class TemplateFetcher(plutoprint.ResourceFetcher):
    """Fetches fonts, `data:` URIs and a template's own files; notes what it refused.

    The engine swallows what a fetcher raises, so a refusal is kept in `refused` and the
    engine gets an empty resource.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Allow the files under `folder` besides the shipped fonts."""
        super().__init__()
        self.folder = folder.resolve() if folder else None
        self.refused: list[str] = []

    def fetch_url(self, url: str) -> plutoprint.ResourceData:
        """Return what the URL names, or an empty resource where it is refused."""
        if url.startswith("data:"):
            return plutoprint.default_resource_fetcher.fetch_url(url)
        if url.startswith(FONT_URL) and (name := url.removeprefix(FONT_URL)) in font_files():
            return _font_resource(name)
        path = self._own_file(url)
        if path is None:
            self.refused.append(url)
            return plutoprint.ResourceData(b"", "text/plain")
        return plutoprint.default_resource_fetcher.fetch_url(path.as_uri())

    def _own_file(self, url: str) -> Path | None:
        """Return the file of the template's folder that the URL names, links resolved."""
        if self.folder is None or not url.startswith(FOLDER_URL):
            return None
        path = (self.folder / unquote(url.removeprefix(FOLDER_URL)).lstrip("/")).resolve()
        is_own = path.is_relative_to(self.folder) and path.is_file()
        return path if is_own and path.suffix.lower() in MEDIA_TYPES else None


def render_pdf(html: str, *, folder: Path | None = None) -> bytes:
    """Print an invoice's HTML on paper of the size its style names.

    The document's creation date is the issue date that the HTML carries.

    Args:
        html: what `render_html` returned.
        folder: the template's own folder, for the pictures it names by relative paths.

    Raises:
        RefusedResource: the document asks for a host, or a file outside `folder`.
    """
    created = _CREATED.search(html)
    fetcher = TemplateFetcher(folder)
    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4)
    book.custom_resource_fetcher = fetcher
    day = created[1] if created else _NO_DATE
    stream = BytesIO()
    with hold_interrupts():
        book.load_html(html, user_style=font_faces(), base_url=FOLDER_URL)
        book.set_metadata(plutoprint.PDF_METADATA_CREATION_DATE, f"{day}T00:00:00Z")
        book.set_metadata(plutoprint.PDF_METADATA_CREATOR, "Ratebook")
        book.write_to_pdf_stream(stream)
    if fetcher.refused:
        asked = ", ".join(url[:200] for url in fetcher.refused)
        raise RefusedResource(f"the document may fetch nothing outside its template, yet: {asked}")
    return stream.getvalue()


def undrawable(html: str) -> str:
    """Return the characters of a document that our fonts lack, each once, in order.

    The engine draws them with a font of the machine; where it has none for them either, an
    empty box stands in the PDF.
    """
    lacking = {sign for sign in set(html) - covered() if sign.isprintable()}
    return "".join(sorted(lacking))


@lru_cache(maxsize=16)
def _font_resource(name: str) -> plutoprint.ResourceData:
    """Let the engine read a shipped font itself, so that the bytes are its own.

    It keeps fonts until the process ends; bytes of Python's are gone by then, and to free
    them once more ends the process with a segmentation fault.
    """
    return plutoprint.default_resource_fetcher.fetch_url(font_files()[name].as_uri())
