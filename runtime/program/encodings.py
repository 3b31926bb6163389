"""The encodings that the text of a usage file may have, by the names a catalog may write."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_CODECS = {
    "utf-8": ("utf8",),
    "utf-16": (),
    "ascii": ("us-ascii",),
    "latin-1": ("latin1", "iso-8859-1"),
    "iso-8859-2": ("latin2",),
    "iso-8859-5": (),
    "iso-8859-7": (),
    "iso-8859-9": ("latin5",),
    "iso-8859-15": ("latin9",),
    "windows-1250": ("cp1250",),
    "windows-1251": ("cp1251",),
    "windows-1252": ("cp1252",),
    "windows-1253": ("cp1253",),
    "windows-1254": ("cp1254",),
    "koi8-r": (),
    "cp437": (),
    "cp850": (),
    "shift_jis": ("sjis",),
    "euc-jp": (),
    "euc-kr": (),
    "gb18030": ("gbk", "gb2312"),
    "big5": (),
}

ENCODINGS: Mapping[str, str] = MappingProxyType(
    {name: codec for codec, others in _CODECS.items() for name in (codec, *others)}
)
"""From each name to the one the program has, which Python knows too."""

ENCODING_NAMES = tuple(_CODECS)
"""The one name of each."""


def encoding_of(name: str) -> str | None:
    """Give an encoding's one name, however it is written; None where it is not known."""
    return ENCODINGS.get(name.lower())
