"""Where a parse stopped, what stood there and what could have stood there instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from dsl.grammar.driver import driver
from dsl.grammar.trees import Branch, branch_of

if TYPE_CHECKING:
    from lark import Token

CHARACTER = "<character>"
END = "$END"
BREAKS = frozenset({"_BREAK", "RBRACE", END})


@dataclass(frozen=True, slots=True)
class Failure:
    """The place where a text stops being what the grammar asks for.

    Attributes:
        start, end: the token that does not fit, in the text parsed.
        found: the token's terminal, or `CHARACTER` where the text is no token at all.
        text: the token's text.
        state: the parser's state before it: the same for all texts that read the same so far.
        accepts: the terminals that would fit.
        previous: the token before it, or None at the start.
    """

    start: int
    end: int
    found: str
    text: str
    state: int
    accepts: frozenset[str]
    previous: Token | None

    @property
    def begins_statement(self) -> bool:
        """Tell whether a statement could begin here."""
        return self.previous is None or self.previous.type in {"_BREAK", "LBRACE"}

    @property
    def ends_early(self) -> bool:
        """Tell whether a statement stops here that should go on."""
        return self.found in BREAKS and not self.begins_statement


def parse(text: str, start: str) -> Branch | Failure:
    """Parse a text from a start of the grammar, or tell where and why it cannot be."""
    return parse_quickly(text, start) or _failure(text, start)


def parse_quickly(text: str, start: str) -> Branch | None:
    """Parse a text from a start of the grammar, if it can be."""
    quickly = driver().parse(text, start)
    if quickly is not None:
        return quickly
    from lark.exceptions import UnexpectedInput  # only where there is a mistake

    from dsl.grammar.tables import parser

    try:
        return branch_of(parser().parse(text, start=start))
    except UnexpectedInput:
        return None


def _failure(text: str, start: str) -> Failure:
    """Parse once more, token by token, and stop before the one that does not fit."""
    from dsl.grammar.tables import parser

    read, stop = _read(text, start)
    replay = parser().parse_interactive("", start=start)
    for token in read:
        replay.feed_token(token)
    position, end, found, words = stop
    return Failure(
        position,
        end,
        found,
        words,
        state=replay.parser_state.position,
        accepts=frozenset(replay.accepts()),  # type: ignore[no-untyped-call]
        previous=read[-1] if read else None,
    )


def _read(text: str, start: str) -> tuple[list[Token], tuple[int, int, str, str]]:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    from dsl.grammar.tables import parser

    run = parser().parse_interactive(text, start=start)
    read: list[Token] = []
    try:
        for token in run.lexer_thread.lex(run.parser_state):  # type: ignore[no-untyped-call]
            run.feed_token(token)
            read.append(token)
    except UnexpectedToken as stop:
        token = stop.token
        start_pos = token.start_pos or 0
        return read, (start_pos, start_pos + len(token), token.type, str(token))
    except UnexpectedCharacters as stop:
        position = cast("int", stop.pos_in_stream)
        return read, (position, position + 1, CHARACTER, text[position])
    return read, (len(text), len(text), END, "")


def tokens_of(text: str) -> tuple[tuple[int, int, str, str], ...]:
    """Give a declaration's tokens as start, end, terminal and text, up to its first mistake.

    The breaks between statements are left out: they hold blanks and comments.
    """
    read, _ = _read(text, "declaration")
    starts = ((token, token.start_pos or 0) for token in read if token.type != "_BREAK")
    return tuple((start, start + len(token), token.type, str(token)) for token, start in starts)
