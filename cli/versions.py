"""An earlier version of a catalog: another folder, a compiled program, or what git has of it."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cli.catalogs import Refusal, compile_catalog

if TYPE_CHECKING:
    from compiler.compile import Compilation
    from compiler.graph import Graph
    from runtime.program.model import Program

_USE = re.compile(r'^[ \t]*use[ \t]+"([^"\n]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a catalog; a compiled program alone has no graph."""

    program: Program
    graph: Graph | None


def version_of(compilation: Compilation) -> Version:
    """Give the version that a sound catalog is."""
    assert compilation.program is not None
    return Version(compilation.program, compilation.graph)


@contextmanager
def earlier_version(catalog: Path, against: str) -> Iterator[Version]:
    """Give the version that `against` names: a program's file, a folder, or a git reference.

    Raises Refusal where there is none, or it does not compile.
    """
    path = Path(against)
    if path.is_file():
        yield Version(_artifact(path), None)
    elif path.is_dir():
        yield _compiled(path, against)
    else:
        with TemporaryDirectory(prefix="ratebook-plan-") as folder:
            yield _compiled(_checked_out(catalog, against, Path(folder)), against)


def _artifact(path: Path) -> Program:
    from runtime.program.artifact import ArtifactFault, read_artifact

    try:
        return read_artifact(path)
    except ArtifactFault as fault:
        raise Refusal(str(fault)) from fault


def _compiled(folder: Path, against: str) -> Version:
    compilation = compile_catalog(folder)
    if compilation.program is None:
        first = next(each for each in compilation.diagnostics if each.severity == "error")
        raise Refusal(
            f"{against}: the version before does not compile: {first.code} {first.message}"
        )
    return version_of(compilation)


def _checked_out(catalog: Path, reference: str, folder: Path) -> Path:
    """Put a catalog, as git has it under a reference, and the folders it uses into a folder."""
    if reference.startswith("-"):
        raise Refusal(f"{reference}: is neither a file, a folder nor a git reference")
    root = Path(_git(catalog, "rev-parse", "--show-toplevel").decode().strip())
    _git(catalog, "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}", missing=reference)
    inside = catalog.resolve().relative_to(root.resolve())
    _extract(root, reference, inside, folder)
    own = folder / inside
    for text in sorted(own.rglob("*.ratebook")):
        for use in _USE.findall(text.read_text(encoding="utf-8", errors="replace")):
            shared = (own / use).resolve()
            if shared.is_relative_to(folder.resolve()) and not shared.exists():
                _extract(root, reference, shared.relative_to(folder.resolve()), folder)
    return own


def _extract(root: Path, reference: str, inside: Path, folder: Path) -> None:
    missing = f"{reference} has no {inside.as_posix()}"
    packed = _git(root, "archive", reference, "--", inside.as_posix(), missing=missing)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")


def _git(folder: Path, *arguments: str, missing: str | None = None) -> bytes:
    """Run git and give what it prints; refuse, with its words, where it fails."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder if folder.is_dir() else folder.parent), *arguments],
            capture_output=True,
            check=False,
        )
    except OSError as fault:
        raise Refusal(f"git cannot be run: {fault.strerror}") from fault
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Refusal(
            f"{missing}: is neither a file, a folder nor known to git"
            if missing and not said
            else f"git: {said[-1] if said else 'failed'}"
        )
    return done.stdout
