"""Files kept between runs in the user's cache directory: plain data, sealed with a digest.

What is kept is never needed: where nothing can be written nothing is, and a file that is not
whole, or not of this version, is as good as none.  A file is written beside its place and
then moved there, so that runs at the same time each see a whole one.  The data is what
`marshal` writes: numbers, texts and tuples of them, which reading cannot make anything of.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
from pathlib import Path

OFF = "RATEBOOK_NO_CACHE"
"""The environment's word that keeps everything but the grammar's tables from being kept."""

LARGEST = 64 * 1024 * 1024
"""The most bytes of a file that is kept."""

_SEAL = hashlib.sha256().digest_size


def directory() -> Path | None:
    """Name the directory for kept files; None where there is no home to put it in."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    if configured and Path(configured).is_absolute():
        return Path(configured) / "ratebook"
    try:
        return Path.home() / ".cache" / "ratebook"
    except RuntimeError:
        return None


def is_off() -> bool:
    """Whether the environment asks that nothing be kept."""
    return bool(os.environ.get(OFF))


def load(file: Path) -> object:
    """Read what was kept in a file; None where there is none, or none that is whole."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    seal, payload = content[:_SEAL], content[_SEAL:]
    if hashlib.sha256(payload).digest() != seal:
        return None
    try:
        return marshal.loads(payload)
    except (EOFError, TypeError, ValueError):
        return None


def keep(file: Path, data: object) -> None:
    """Write plain data to a file; where that cannot be, nothing happens."""
    import tempfile  # only when something is kept: not at every start

    payload = marshal.dumps(data)  # type: ignore[arg-type]
    if len(payload) > LARGEST:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as half:
            half.write(hashlib.sha256(payload).digest() + payload)
    except OSError:
        return
    try:
        Path(half.name).replace(file)
    except OSError:
        _remove(Path(half.name))


def trim(folder: Path, most: int) -> None:
    """Keep the files of a folder that were used last, so many."""
    with contextlib.suppress(OSError):
        by_age = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in by_age[most:]:
            _remove(file)


def touch(file: Path) -> None:
    """Note that a file was used."""
    with contextlib.suppress(OSError):
        os.utime(file)


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()
