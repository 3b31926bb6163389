"""Which code this is: what was kept by other code, or on other data, is not taken."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("dsl", "compiler", "runtime.program")
"""Ours, whose every file counts."""

STANDARDS = ("lark", "babel", "iso4217", "tzdata")
"""Those of others, which count by what is installed beside them."""


@lru_cache(maxsize=1)
def code_version() -> str:
    """Give a digest of all that a check's result depends on, besides the catalog."""
    digest = hashlib.sha256(f"{sys.version} {sys.implementation.cache_tag}".encode())
    for package in PACKAGES:
        folder = _folder(package)
        for file in sorted((*folder.rglob("*.py"), *folder.rglob("*.lark"))):
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    for site in sorted({_folder(package).parent for package in STANDARDS}):
        installed = sorted(each.name for each in site.glob("*.dist-info"))
        digest.update(" ".join(installed).encode())
    return digest.hexdigest()


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None, package
    assert spec.origin is not None, package
    return Path(spec.origin).parent
