"""The words of the language: which terminal each is, told by the word alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lark import Lark
from lark.lexer import TerminalDef

END = "$END"
IGNORED = "<ignored>"
NOTHING = "<nothing>"
BOUNDARIES = frozenset({"_BREAK", "LBRACE", "RBRACE"})
"""The terminals that a stretch of words ends with."""

MOST_WORDS = 100_000
_FIRST_LETTER = 0x100


class Lexicon:
    """Cuts texts into words, and writes a letter for the terminal of each.

    As in lark, a keyword is found by the pattern of names and told by its whole text; where a
    state has no use for it, it is a name (`general`).  Blanks and comments are words, too, and
    so is all the rest from what is no token on: the words joined are the text.

    Attributes:
        names: the terminal that a letter stands for.
        general: the terminal by whose pattern a keyword's was found.
        stretch: finds the letters up to a boundary, and the boundary's as group 1.
    """

    def __init__(self, grammar: Lark) -> None:
        ignored = [each for each in grammar.terminals if each.name in grammar.lexer_conf.ignore]
        alone, keywords = _sorted(each for each in grammar.terminals if each not in ignored)
        self._keywords = keywords
        self.general = {
            keyword: pattern for pattern, words in keywords.items() for keyword in words.values()
        }
        blank = "|".join(each.pattern.to_regexp() for each in ignored)
        tokens = "|".join(f"(?P<{each.name}>{each.pattern.to_regexp()})" for each in alone)
        self._token = re.compile(tokens)
        plain = "|".join(_ungrouped(each.pattern.to_regexp()) for each in alone)
        self._cut = re.compile(f"(?:{_ungrouped(blank)})+|{plain}|(?s:.+)")
        self._blank = re.compile(f"(?:{blank})+")
        self._known: dict[str, str] = {}
        every = [IGNORED, NOTHING, *(each.name for each in grammar.terminals)]
        self.names = {chr(_FIRST_LETTER + number): name for number, name in enumerate(every)}
        self._letters = {name: letter for letter, name in self.names.items()}
        ends = "".join(self._letters[name] for name in sorted(BOUNDARIES))
        self.stretch = re.compile(f"[^{ends}]*([{ends}])|[^{ends}]+")

    def read(self, text: str) -> tuple[list[str], str]:
        """Give a text's words, and their letters."""
        words = self._cut.findall(text)
        known = self._known
        if len(known) > MOST_WORDS:
            known.clear()
        for word in set(words).difference(known):
            known[word] = self._letters[self._terminal(word)]
        return words, "".join([known[word] for word in words])

    def _terminal(self, word: str) -> str:
        if self._blank.fullmatch(word):
            return IGNORED
        match = self._token.fullmatch(word)
        if match is None or match.lastgroup is None:
            return NOTHING
        return self._keywords.get(match.lastgroup, {}).get(word, match.lastgroup)


def _sorted(
    terminals: Iterable[TerminalDef],
) -> tuple[list[TerminalDef], dict[str, dict[str, str]]]:
    """Give the terminals in the order that lark tries them, and the keywords of the patterns."""
    every = list(terminals)
    patterns = [each for each in every if each.pattern.type == "re"]
    keywords: dict[str, dict[str, str]] = {}
    alone = list(patterns)
    for word in (each for each in every if each.pattern.type == "str"):
        text = word.pattern.value
        for pattern in patterns:
            is_like = pattern.priority == word.priority
            if is_like and re.fullmatch(pattern.pattern.to_regexp(), text):
                keywords.setdefault(pattern.name, {})[text] = word.name
                break
        else:
            alone.append(word)
    alone.sort(
        key=lambda each: (
            *(-each.priority, -each.pattern.max_width, -len(each.pattern.value), each.name),
        )
    )
    return alone, keywords


_GROUP = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\((?!\?)")


def _ungrouped(pattern: str) -> str:
    """Make a pattern's groups plain ones, so that a search gives whole matches."""
    return _GROUP.sub(lambda found: found[1] or "(?:", pattern)
