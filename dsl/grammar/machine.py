"""What the driver runs on: the grammar's tables and terminals as plain data.

It is made from lark's parser once and kept (`dsl.cache`), so that a catalog without a mistake
is read without lark, which takes a tenth of a second to import.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsl import cache

if TYPE_CHECKING:
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

GRAMMAR_FILE = Path(__file__).with_name("ratebook.lark")

RuleRow = tuple[str, str, int, tuple[tuple[int, bool], ...], bool]
"""A rule: name, label, size, kept, is_expanded, as `dsl.grammar.driver.Reduction` has them."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A grammar as states and patterns.

    Attributes:
        starts, ends: the state that a start of the grammar begins with, and ends in.
        actions: by state and symbol: the next state, or below zero the rule to reduce by, the
            first of which is -1.
        rules: the rules.
        blank: the pattern of what is passed over.
        tokens: the terminals that have a pattern of their own, in the order they are tried.
        keywords: by such a terminal: the texts that are keywords, and their terminals.
        terminals: the names of all.
    """

    starts: Mapping[str, int]
    ends: Mapping[str, int]
    actions: Mapping[int, Mapping[str, int]]
    rules: tuple[RuleRow, ...]
    blank: str
    tokens: tuple[tuple[str, str], ...]
    keywords: Mapping[str, Mapping[str, str]]
    terminals: tuple[str, ...]


@lru_cache(maxsize=1)
def machine() -> Machine:
    """Give the machine of the grammar, the kept one where there is one."""
    file = _file()
    kept: Any = None if file is None else cache.load(file)
    if isinstance(kept, tuple) and len(kept) == len(Machine.__slots__):
        return Machine(*kept)
    from dsl.grammar.tables import parser

    made = machine_of(parser())
    if file is not None:
        cache.keep(file, astuple(made))
    return made


def _file() -> Path | None:
    """Name the file to keep it in: by the grammar, the code that reads it, lark and Python."""
    directory, lark = cache.directory(), find_spec("lark")
    if directory is None or lark is None or lark.origin is None:
        return None
    digest = hashlib.sha256(sys.version.encode())
    for file in (GRAMMAR_FILE, Path(__file__), Path(lark.origin)):
        digest.update(file.read_bytes())
    return directory / f"machine-{digest.hexdigest()[:32]}.tables"


def machine_of(grammar: Lark) -> Machine:
    """Read lark's tables."""
    from lark.parsers.lalr_analysis import Shift

    table = grammar.parser.parser._parse_table
    numbers: dict[Rule, int] = {}
    actions = {
        state: {
            name: argument if action is Shift else -numbers.setdefault(argument, len(numbers) + 1)
            for name, (action, argument) in row.items()
        }
        for state, row in table.states.items()
    }
    ignored = [each for each in grammar.terminals if each.name in grammar.lexer_conf.ignore]
    tokens, keywords = _sorted(each for each in grammar.terminals if each not in ignored)
    return Machine(
        starts=dict(table.start_states),
        ends=dict(table.end_states),
        actions=actions,
        rules=tuple(_rule(rule) for rule in numbers),
        blank="|".join(each.pattern.to_regexp() for each in ignored),
        tokens=tuple((str(each.name), str(each.pattern.to_regexp())) for each in tokens),
        keywords=keywords,
        terminals=tuple(str(each.name) for each in grammar.terminals),
    )


def _rule(rule: Rule) -> RuleRow:
    """Read a rule of lark's, as its tree builder does."""
    options = rule.options
    kept = tuple(
        (index, not symbol.is_term and symbol.name.startswith("_"))
        for index, symbol in enumerate(rule.expansion)
        if options.keep_all_tokens or not (symbol.is_term and getattr(symbol, "filter_out", False))
    )
    name = str(rule.origin.name)
    label = str(rule.alias or options.template_source or name)
    return name, label, len(rule.expansion), kept, bool(options.expand1 and not rule.alias)


def _sorted(
    terminals: Iterable[TerminalDef],
) -> tuple[list[TerminalDef], dict[str, dict[str, str]]]:
    """Give the terminals in the order that lark tries them, and the keywords of the patterns."""
    every = list(terminals)
    patterns = [each for each in every if each.pattern.type == "re"]
    keywords: dict[str, dict[str, str]] = {}
    alone = list(patterns)
    for word in (each for each in every if each.pattern.type == "str"):
        text = str(word.pattern.value)
        for pattern in patterns:
            is_like = pattern.priority == word.priority
            if is_like and re.fullmatch(pattern.pattern.to_regexp(), text):
                keywords.setdefault(str(pattern.name), {})[text] = str(word.name)
                break
        else:
            alone.append(word)
    alone.sort(
        key=lambda each: (
            *(-each.priority, -each.pattern.max_width, -len(each.pattern.value), each.name),
        )
    )
    return alone, keywords
