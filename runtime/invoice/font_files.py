"""The fonts that documents are set in: Inter, which is shipped, and those of `ratebook[fonts]`.

Inter has Latin, Greek and Cyrillic.  The packages of the extra `fonts` bring Arabic and
Japanese; where one is installed the engine gets it by a name of ours, and the bytes of a PDF
do not depend on the machine's fonts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

FONTS = Path(__file__).parent / "fonts"
FONT_URL = "ratebook-font:/"

WEIGHTS: Final[Mapping[str, int]] = {"Regular": 400, "Medium": 500, "SemiBold": 600}

EXTRA: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("arabic", "Noto Sans Arabic", "fontpkg_noto_sans_arabic", "files/NotoSansArabic*.ttf"),
    ("japanese", "Noto Sans JP", "pylopdf_fonts_jp", "NotoSansJP-Regular.otf"),
)
"""Name in our URLs, family in the style sheet, package, and the file in it."""


@lru_cache(maxsize=1)
def font_files() -> Mapping[str, Path]:
    """Give every font that is there, by its name in our URLs."""
    shipped = {name: FONTS / f"Inter-{name}.ttf" for name in WEIGHTS}
    return shipped | dict(_installed())


@lru_cache(maxsize=1)
def font_faces() -> str:
    """Give the style sheet that makes the fonts known to the engine."""
    faces = [("Inter", str(weight), name) for name, weight in WEIGHTS.items()]
    faces += [(family, "400", name) for name, family, _, _ in EXTRA if name in font_files()]
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};src:url("{FONT_URL}{name}")}}'
        for family, weight, name in faces
    )


@lru_cache(maxsize=1)
def covered() -> frozenset[str]:
    """Return the characters that our fonts have between them, the weights of Inter alike."""
    names = [name for name in font_files() if name not in WEIGHTS or name == "Regular"]
    return frozenset().union(*(_covered(font_files()[name].read_bytes()) for name in names))


def _installed() -> Iterator[tuple[str, Path]]:
    for name, _, package, pattern in EXTRA:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            found = sorted(Path(folder).glob(pattern))
            if found:
                yield name, found[0]


def _covered(font: bytes) -> frozenset[str]:
    """Read the characters of a font from its `cmap`, the subtable of format 4.

    After its head stand the last code of each segment, two bytes, then the first code of each.
    """
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
