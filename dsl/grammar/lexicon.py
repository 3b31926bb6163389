"""The words of the language: which terminal each is, told by the word alone."""

from __future__ import annotations

import re
from collections.abc import Callable

from dsl.grammar.machine import Machine

END = "$END"
IGNORED = "<ignored>"
NOTHING = "<nothing>"
BOUNDARIES = frozenset({"_BREAK", "LBRACE", "RBRACE"})
"""The terminals that a stretch of words ends with."""

MOST_WORDS = 100_000

_MOST = r"[ \t]+(?!\#)|[A-Za-z_][A-Za-z0-9_]*(?![A-Za-z0-9_.\-])"
"""Most words are blanks, or names that nothing longer begins with: they are tried first."""

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

    def __init__(self, machine: Machine) -> None:
        self._keywords = machine.keywords
        self.general = {
            keyword: pattern
            for pattern, words in machine.keywords.items()
            for keyword in words.values()
        }
        self._token = re.compile("|".join(f"(?P<{name}>{own})" for name, own in machine.tokens))
        self._blank = re.compile(f"(?:{machine.blank})+")
        plain = "|".join(_ungrouped(own) for _, own in machine.tokens)
        self._cut = re.compile(f"{_MOST}|(?:{_ungrouped(machine.blank)})+|{plain}|(?s:.+)")
        self._known = _Known(self._letter)
        every = [IGNORED, NOTHING, *machine.terminals]
        self.names = {chr(_FIRST_LETTER + number): name for number, name in enumerate(every)}
        self._letters = {name: letter for letter, name in self.names.items()}
        ends = "".join(self._letters[name] for name in sorted(BOUNDARIES))
        self.stretch = re.compile(f"[^{ends}]*([{ends}])|[^{ends}]+")

    def read(self, text: str) -> tuple[list[str], str]:
        """Give a text's words, and their letters."""
        words = self._cut.findall(text)
        if len(self._known) > MOST_WORDS:
            self._known.clear()
        return words, "".join(map(self._known.__getitem__, words))

    def _letter(self, word: str) -> str:
        return self._letters[self._terminal(word)]

    def _terminal(self, word: str) -> str:
        if self._blank.fullmatch(word):
            return IGNORED
        match = self._token.fullmatch(word)
        if match is None or match.lastgroup is None:
            return NOTHING
        return self._keywords.get(match.lastgroup, {}).get(word, match.lastgroup)


class _Known(dict[str, str]):
    """The letters of the words met so far; that of a new word is found when it is asked for."""

    def __init__(self, find: Callable[[str], str]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, word: str) -> str:
        letter = self[word] = self._find(word)
        return letter


_GROUP = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\((?!\?)")


def _ungrouped(pattern: str) -> str:
    """Make a pattern's groups plain ones, so that a search gives whole matches."""
    return _GROUP.sub(lambda found: found[1] or "(?:", pattern)
