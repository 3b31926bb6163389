"""The parser made from the grammar, and its tables kept between runs.

Making LALR tables takes about half a second, loading them a few hundredths.  They are kept
in the user's cache directory (`dsl.cache`) under a name that holds the digest of the grammar
and the versions of lark and Python.
"""

from __future__ import annotations

import hashlib
import marshal
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import lark
from lark import Lark, Token
from lark.grammar import Rule
from lark.lexer import TerminalDef

from dsl import cache
from dsl.grammar.machine import GRAMMAR_FILE

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


def _kept_file(grammar: str) -> Path | None:
    directory = cache.directory()
    if directory is None:
        return None
    versions = f"{lark.__version__} {sys.implementation.cache_tag} {marshal.version}"
    digest = hashlib.sha256(f"{versions}\n{grammar}".encode()).hexdigest()
    return directory / f"grammar-{digest[:32]}.tables"


def _load(file: Path) -> Lark | None:
    match cache.load(file):
        case (dict() as data, dict() as memo):
            # The public `Lark.load` takes no options, and the post-lexer is one.
            loaded: Lark = Lark._load_from_dict(  # type: ignore[no-untyped-call]
                data, memo, postlex=NamesEverywhere()
            )
            return loaded
        case _:
            return None


def _keep(made: Lark, file: Path) -> None:
    data, memo = made.memo_serialize([TerminalDef, Rule])
    data["options"]["postlex"] = None
    cache.keep(file, (_plain(data), _plain(memo)))


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
