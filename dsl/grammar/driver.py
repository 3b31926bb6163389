"""Parse a declaration several times as fast as lark does, with lark's own tables.

A price sheet says the same few things over and over: `active  80.00 CAD, 60.00 USD` is read
like every line of its form.  So the tokens between two ends of line are looked up as a whole,
with the state that they are met in: what the tables make of them is worked out once, and
copied after that.  Lark chooses among the terminals that fit a state; here the first terminal
that fits at all is taken, which is the same one wherever a state takes it.  Where it does not,
the text is left to lark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from dsl.grammar.lexicon import BOUNDARIES, END, IGNORED, Lexicon
from dsl.grammar.machine import Machine, machine
from dsl.grammar.trees import Branch, Token

MOST_FORMS = 20_000
LONGEST_FORM = 200
LONGEST_WHOLE = 400

Value = Branch | Token
TokenForm = tuple[str, int]
BranchForm = tuple[str, tuple["Form", ...], int, int, int, int]
Form = TokenForm | BranchForm
"""A value without its words: a token is its terminal and its number in the stretch, a place
is the numbers of the tokens that it goes from and to."""


class Misfit(Exception):
    """A token that the tables have no place for, here; lark may say more."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """A rule of the grammar, as the tables apply it.

    Attributes:
        name: what it makes, by which the next state is found.
        label: what the branch is called.
        size: how many values it takes.
        kept: which of them become children; True: its children do in its place.
        is_expanded: a single child stands for the branch.
    """

    name: str
    label: str
    size: int
    kept: tuple[tuple[int, bool], ...]
    is_expanded: bool

    def make(self, values: list[Value]) -> Value:
        """Make the branch, at the place of all its values."""
        children: list[Value] = []
        for index, is_spread in self.kept:
            value = values[index]
            if not is_spread or not isinstance(value, Branch):
                children.append(value)
            elif children:
                children += value.children
            else:  # a block is a list that grows by one at each line: it is not copied
                children = value.children
        made = children[0] if self.is_expanded and len(children) == 1 else None
        if made is None:
            made = Branch(self.label, children)
        if isinstance(made, Branch):
            _place(made, values)
        return made


def _place(made: Branch, values: list[Value]) -> None:
    for first in values:
        start = first.outer_start if isinstance(first, Branch) else first.start_pos
        if start is not None:
            made.outer_start = start
            if made.start_pos is None:
                made.start_pos = start
            break
    for last in reversed(values):
        end = last.outer_end if isinstance(last, Branch) else last.end_pos
        if end is not None:
            made.outer_end = end
            if made.end_pos is None:
                made.end_pos = end
            break


@dataclass(frozen=True, slots=True)
class _Text:
    """A text cut into words, blanks and comments among them; word n goes from place n to n + 1."""

    words: list[str]
    places: list[int]

    def token(self, number: int, kind: str) -> Token:
        """Make a token."""
        token = Token(self.words[number])
        token.type = kind
        token.start_pos = self.places[number]
        token.end_pos = self.places[number + 1]
        return token

    def value(self, form: Form, first: int) -> Value:
        """Fill a form with the words from one on."""
        if len(form) == 2:
            return self.token(first + form[1], form[0])
        label, children, start, end, outer_start, outer_end = form
        places = self.places
        return Branch(
            label,
            [self.value(child, first) for child in children],
            places[first + start],
            places[first + end],
            places[first + outer_start],
            places[first + outer_end],
        )

    def forms(self, values: Iterable[Value], first: int) -> tuple[Form, ...] | None:
        """Take the words out of values that were read from one on; None where one is empty."""
        number: dict[int | None, int] = {
            place: each - first for each, place in enumerate(self.places)
        }

        def form_of(value: Value) -> Form:
            if not isinstance(value, Branch):
                return value.type, number[value.start_pos]
            children = tuple(form_of(child) for child in value.children)
            return (
                *(value.data, children, number[value.start_pos], number[value.end_pos]),
                *(number[value.outer_start], number[value.outer_end]),
            )

        try:
            return tuple(form_of(value) for value in values)
        except KeyError:
            return None


@dataclass(frozen=True, slots=True)
class _Run:
    """What a stretch of words makes: the states entered, and the values they hold."""

    states: tuple[int, ...]
    values: tuple[Form, ...]


class Driver:
    """The tables of one grammar, and the forms of the stretches met so far."""

    def __init__(self, machine: Machine) -> None:
        rules = [Reduction(*row) for row in machine.rules]
        self._starts = machine.starts
        self._ends = machine.ends
        self._last = frozenset(machine.ends.values())
        self._actions: dict[int, dict[str, int | Reduction]] = {
            state: {name: step if step >= 0 else rules[-step - 1] for name, step in row.items()}
            for state, row in machine.actions.items()
        }
        self._lexicon = Lexicon(machine)
        self._runs: dict[tuple[int, str], _Run] = {}
        self._wholes: dict[tuple[str, str], Form] = {}

    def parse(self, text: str, start: str) -> Branch | None:
        """Parse a text from a start of the grammar; None where lark must be asked."""
        words, kinds = self._lexicon.read(text)
        read = _Text(words, [0, *accumulate(map(len, words))])
        whole = self._wholes.get((start, kinds))
        if whole is not None:
            found = read.value(whole, 0)
            return found if isinstance(found, Branch) else None
        states = [self._starts[start]]
        values: list[Value] = []
        try:
            for match in self._lexicon.stretch.finditer(kinds):
                self._take(read, match, states, values)
            self._settle(END, states, values, 1)
        except Misfit:
            return None
        (made,) = values
        if len(kinds) <= LONGEST_WHOLE and len(self._wholes) < MOST_FORMS:
            forms = read.forms(values, 0)
            if forms is not None:
                self._wholes[start, kinds] = forms[0]
        return made if isinstance(made, Branch) else None

    def _take(
        self, read: _Text, match: re.Match[str], states: list[int], values: list[Value]
    ) -> None:
        """Read a stretch of words, and the boundary behind it."""
        key = states[-1], match[0]
        run = self._runs.get(key)
        first = match.start()
        if run is not None:
            states += run.states
            values += [read.value(form, first) for form in run.values]
        else:
            self._work_out(key, read, first, states, values)
        if match[1]:
            kind = self._lexicon.names[match[1]]
            self._settle(kind, states, values, 1)
            self._enter(kind, read, match.start(1), states, values)

    def _work_out(
        self,
        key: tuple[int, str],
        read: _Text,
        first: int,
        states: list[int],
        values: list[Value],
    ) -> None:
        """Read the words before a boundary one by one, and keep what they make."""
        base = len(states)
        is_whole = True
        kinds = [self._lexicon.names[each] for each in key[1]]
        ends_at = kinds.pop() if kinds[-1] in BOUNDARIES else END
        for number, kind in enumerate(kinds, first):
            if kind == IGNORED:
                continue
            is_whole = self._settle(kind, states, values, base) and is_whole
            if not is_whole:
                self._settle(kind, states, values, 1)
            self._enter(kind, read, number, states, values)
        self._settle(ends_at, states, values, base)
        if is_whole and len(self._runs) < MOST_FORMS and len(kinds) <= LONGEST_FORM:
            forms = read.forms(values[base - 1 :], first)
            if forms is not None:
                self._runs[key] = _Run(tuple(states[base:]), forms)

    def _settle(self, kind: str, states: list[int], values: list[Value], base: int) -> bool:
        """Reduce all that ends before a token, down to a depth; tell whether that was all."""
        while True:
            step = self._step(states[-1], kind)
            if not isinstance(step, Reduction):
                return True
            depth = len(states) - step.size
            if depth < base:
                return False
            taken = values[depth - 1 :]
            del states[depth:], values[depth - 1 :]
            entered = self._actions[states[-1]][step.name]
            assert isinstance(entered, int)
            states.append(entered)
            values.append(step.make(taken))

    def _enter(
        self, kind: str, read: _Text, number: int, states: list[int], values: list[Value]
    ) -> None:
        """Enter the state behind a word."""
        actions = self._actions[states[-1]]
        if kind not in actions:
            kind = self._lexicon.general[kind]
        entered = actions[kind]
        assert isinstance(entered, int)
        states.append(entered)
        values.append(read.token(number, kind))

    def _step(self, state: int, kind: str) -> int | Reduction:
        """Give what the tables do with a token in a state."""
        actions = self._actions[state]
        step = actions.get(kind)
        if step is None:
            step = actions.get(self._lexicon.general.get(kind, ""))
        if step is None:
            if kind == END and state in self._last:
                return state
            raise Misfit
        return step


@lru_cache(maxsize=1)
def driver() -> Driver:
    """Give the driver of the grammar."""
    return Driver(machine())
