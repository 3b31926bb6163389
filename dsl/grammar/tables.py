"""The parser made from the grammar, and its tables kept between runs.

Making LALR tables takes about half a second, loading them a few hundredths.  They are kept
in the user's cache directory under a name that holds the digest of the grammar and the
versions of lark and Python; the file opens with the digest of its own content, and a file
that does not match is made anew.  Where nothing can be written, nothing is kept.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import lark
from lark import Lark, Token
from lark.grammar import Rule
from lark.lexer import TerminalDef

GRAMMAR_FILE = Path(__file__).with_name("ratebook.lark")

Plain = dict[object, "Plain"] | list["Plain"] | str | int | None


class NamesEverywhere:
    """Lets the contextual lexer match NAME in every state.

    Without it, a state that waits for the keyword `bill` would cut `billable` in two.
    """

    always_accept = ("NAME",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Pass the tokens on as they are."""
        return stream


@lru_cache(maxsize=1)
def parser() -> Lark:
    """Give the parser, from kept tables where there are any."""
    grammar = GRAMMAR_FILE.read_text(encoding="utf-8")
    file = _kept_file(grammar)
    kept = _load(file) if file else None
    if kept is not None:
        return kept
    made = build(grammar)
    if file:
        _keep(made, file)
    return made


def build(grammar: str, *, strict: bool = False) -> Lark:
    """Make the parser from the grammar's text; strict raises where two terminals collide."""
    return Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        start=["declaration", *re.findall(r"^(\w+_body):", grammar, re.MULTILINE)],
        propagate_positions=True,
        maybe_placeholders=False,
        postlex=NamesEverywhere(),
        strict=strict,
    )


def cache_directory() -> Path | None:
    """Name the directory for kept tables; None where there is no home to put it in."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    if configured and Path(configured).is_absolute():
        return Path(configured) / "ratebook"
    try:
        return Path.home() / ".cache" / "ratebook"
    except RuntimeError:
        return None


def _kept_file(grammar: str) -> Path | None:
    directory = cache_directory()
    if directory is None:
        return None
    versions = f"{lark.__version__} {sys.implementation.cache_tag} {marshal.version}"
    digest = hashlib.sha256(f"{versions}\n{grammar}".encode()).hexdigest()
    return directory / f"grammar-{digest[:32]}.tables"


def _load(file: Path) -> Lark | None:
    try:
        content = file.read_bytes()
    except OSError:
        return None
    digest, payload = content[:32], content[32:]
    if hashlib.sha256(payload).digest() != digest:
        return None
    try:
        data, memo = marshal.loads(payload)
    except (EOFError, TypeError, ValueError):
        return None
    # The public `Lark.load` takes no options, and the post-lexer is one.
    loaded: Lark = Lark._load_from_dict(  # type: ignore[no-untyped-call]
        data, memo, postlex=NamesEverywhere()
    )
    return loaded


def _keep(made: Lark, file: Path) -> None:
    import tempfile  # only when tables are made: not at every start

    data, memo = made.memo_serialize([TerminalDef, Rule])
    data["options"]["postlex"] = None
    payload = marshal.dumps((_plain(data), _plain(memo)))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as half:
            half.write(hashlib.sha256(payload).digest() + payload)
        Path(half.name).replace(file)
    except OSError:
        return


def _plain(value: object) -> Plain:
    """Turn lark's data into what `marshal` writes: tokens are strings with a place."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, int):
        return value
    raise TypeError(f"parser tables hold a {type(value).__name__}")


def terminal_patterns(names: Iterable[str]) -> dict[str, str]:
    """Give the literal text of those of the named terminals that are keywords or signs."""
    found = {}
    wanted = set(names)
    for terminal in parser().terminals:
        if terminal.name in wanted and terminal.pattern.type == "str":
            found[terminal.name] = str(terminal.pattern.value)
    return found
