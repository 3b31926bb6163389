"""The program as a file: canonical JSON, versioned and fingerprinted."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import ValidationError

from runtime.collector import without_collector
from runtime.program.model import FORMAT_VERSION, Program


class ArtifactFault(Exception):
    """A program file that cannot be run; the message names the file and says why."""


def seal(program: Program) -> Program:
    """Give the program with its fingerprint set, whatever it held before."""
    return program.model_copy(update={"fingerprint": fingerprint(program)})


def fingerprint(program: Program) -> str:
    """Compute the SHA-256 of the canonical JSON of all but the fingerprint, in hex."""
    body = program.model_dump(mode="json", exclude={"fingerprint"})
    return hashlib.sha256(_canonical(body)).hexdigest()


def to_bytes(program: Program) -> bytes:
    """Write the artifact: the same program gives the same bytes."""
    body = program.model_dump(mode="json")
    return json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def read_artifact(path: Path) -> Program:
    """Read a program file; raise ArtifactFault if it is not one, is newer, or was altered."""
    with without_collector():
        return _read(path)


def _read(path: Path) -> Program:
    try:
        body = json.loads(path.read_bytes())
    except OSError as fault:
        raise ArtifactFault(f"{path}: cannot be read: {fault.strerror}") from fault
    except (UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise ArtifactFault(f"{path}: is not a compiled catalog: {fault}") from fault
    version = body.get("format_version") if isinstance(body, dict) else None
    if version != FORMAT_VERSION:
        raise ArtifactFault(
            f"{path}: has program format {version!r}, this Ratebook runs {FORMAT_VERSION}; "
            "compile the catalog again"
        )
    try:
        program = Program.model_validate(body)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ArtifactFault(
            f"{path}: is not a compiled catalog: {place}: {first['msg']}"
        ) from fault
    if fingerprint(program) != program.fingerprint:
        raise ArtifactFault(f"{path}: was altered after it was compiled (fingerprint differs)")
    return program


def _canonical(body: dict[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
