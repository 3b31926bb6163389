"""A PDF from an invoice's HTML: our own fonts, no file, no host, the same bytes each time.

The engine fetches through `TemplateFetcher` only.  It knows `data:` URIs, the fonts
shipped beside the templates and, where one is given, the files of a template's folder;
whatever else a document asks for refuses the whole document.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import plutoprint

from runtime.interrupts import hold_interrupts
from runtime.invoice.document_failed import DocumentFailed

FONTS = Path(__file__).parent / "fonts"
FONT_URL = "ratebook-font:/"
FOLDER_URL = "ratebook-template:/"

WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600}

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

_FONT_FACES = "".join(
    f'@font-face{{font-family:Inter;font-weight:{weight};src:url("{FONT_URL}{name}")}}'
    for name, weight in WEIGHTS.items()
)
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
        if url.startswith(FONT_URL) and (name := url.removeprefix(FONT_URL)) in WEIGHTS:
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
        book.load_html(html, user_style=_FONT_FACES, base_url=FOLDER_URL)
        book.set_metadata(plutoprint.PDF_METADATA_CREATION_DATE, f"{day}T00:00:00Z")
        book.set_metadata(plutoprint.PDF_METADATA_CREATOR, "Ratebook")
        book.write_to_pdf_stream(stream)
    if fetcher.refused:
        asked = ", ".join(url[:200] for url in fetcher.refused)
        raise RefusedResource(f"the document may fetch nothing outside its template, yet: {asked}")
    return stream.getvalue()


def undrawable(html: str) -> str:
    """Return the characters of a document that the shipped fonts lack, each once, in order.

    The engine draws them with a font of the machine; where it has none for them either, an
    empty box stands in the PDF.
    """
    lacking = {sign for sign in set(html) - _covered() if sign.isprintable()}
    return "".join(sorted(lacking))


@lru_cache(maxsize=1)
def _covered() -> frozenset[str]:
    """Return the characters that Inter has as shipped; its weights have the same ones.

    They are read from the font's `cmap`, the subtable of format 4: after its head stand the
    last code of each segment, two bytes, then the first code of each.
    """
    font = _font("Regular")
    (tables,) = struct.unpack_from(">H", font, 4)
    directory = (struct.unpack_from(">4s3L", font, 12 + 16 * index) for index in range(tables))
    cmap = next(offset for tag, _, offset, _ in directory if tag == b"cmap")
    (subtables,) = struct.unpack_from(">H", font, cmap + 2)
    places = [
        cmap + struct.unpack_from(">2HL", font, cmap + 4 + 8 * index)[2]
        for index in range(subtables)
    ]
    segments = next(at for at in places if struct.unpack_from(">H", font, at) == (4,))
    (twice,) = struct.unpack_from(">H", font, segments + 6)
    lasts = struct.unpack_from(f">{twice // 2}H", font, segments + 14)
    firsts = struct.unpack_from(f">{twice // 2}H", font, segments + 16 + twice)
    return frozenset(
        chr(code)
        for first, last in zip(firsts, lasts, strict=True)
        for code in range(first, last + 1)
    )


@lru_cache(maxsize=len(WEIGHTS))
def _font_resource(name: str) -> plutoprint.ResourceData:
    """Let the engine read a shipped font itself, so that the bytes are its own.

    It keeps fonts until the process ends; bytes of Python's are gone by then, and to free
    them once more ends the process with a segmentation fault.
    """
    return plutoprint.default_resource_fetcher.fetch_url((FONTS / f"Inter-{name}.ttf").as_uri())


@lru_cache(maxsize=len(WEIGHTS))
def _font(name: str) -> bytes:
    return (FONTS / f"Inter-{name}.ttf").read_bytes()
