"""The words for a mistake of syntax: what was expected, in the language's own terms."""

from __future__ import annotations

from dsl import codes
from dsl.diagnostic import Diagnostic
from dsl.failures import BREAKS, CHARACTER, END, Failure
from dsl.kinds import KINDS
from dsl.source import Source, Span
from dsl.spelling import LONGEST_WORD, closest
from dsl.syntax_errors import advice, character_advice
from dsl.syntax_examples import Example

MOST_LISTED = 12
_TERMINALS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": 'a text in quotes, `"..."`',
    "DOTTED": "a package and a service, `f.sim`",
    "CLOCK": "an hour, `14:30`",
    "DATE": "a date, `2026-01-31`",
    "REGION": "a jurisdiction, `CA-ON`",
    "COMPARISON": "a comparison, `==`",
    "MULTIPLICATIVE": "`*`",
    "_BREAK": "the end of the line",
    END: "the end of the line",
}

_OTHER_WORDS = {"annual": "yearly", "annually": "yearly", "biannually": "semi_annually"}
"""Words of other price sheets, whose like is another word of ours."""


def explain(source: Source, base: int, failure: Failure) -> Diagnostic:
    """Report a mistake of syntax.

    Args:
        source: the file.
        base: the offset in the file from which the failure's places count.
        failure: where the parse stopped.
    """
    span = Span(source.path, base + failure.start, base + failure.end)
    if failure.found == CHARACTER:
        return _character(source, span, failure)
    if failure.found == "RBRACE" and END in failure.accepts:
        return codes.STRAY_BRACE.at(
            span, "closes nothing", "a `}` stands where no block is open", help="remove it"
        )
    example = advice(failure)
    if failure.ends_early and failure.previous is not None:
        return _unfinished(source, base, failure, example)
    return _unexpected(source, span, failure, example)


def _unfinished(source: Source, base: int, failure: Failure, example: Example | None) -> Diagnostic:
    """Report a statement that stops too soon, at the last word that it has."""
    assert failure.previous is not None
    start = failure.previous.start_pos or 0
    place = Span(source.path, base + start, base + start + len(failure.previous))
    wanted = expected(failure)
    if failure.text.startswith(";") and END in failure.accepts:
        place = Span(source.path, base + failure.start, base + failure.start + 1)
    message = f"the statement ends too soon: {wanted} is missing"
    hint = None
    if example is not None:
        message, hint = (_filled(text, failure) for text in (example.message, example.help))
    elif "LBRACE" in failure.accepts:
        message, hint = "the block is missing", "open it with `{` at the end of this line"
    return codes.UNFINISHED.at(place, f"{wanted} should follow", message, help=hint)


def _unexpected(
    source: Source, span: Span, failure: Failure, example: Example | None
) -> Diagnostic:
    """Report a word that does not fit where it stands."""
    shown = shorten(failure.text)
    wanted = expected(failure)
    close = keyword_meant(failure)
    begins = failure.begins_statement and failure.found != "RBRACE"
    hint = f"expected {wanted}" if begins else None
    label = "not a statement here" if begins else f"expected {wanted}"
    message = f"`{shown}` starts no statement here" if begins else f"`{shown}` cannot stand here"
    if begins and _is_declaration(source.text[span.start :]):
        hint = "a declaration stands in no other: is a `}` missing above?"
    elif close is not None:
        hint = f"did you mean `{close}`?"
    elif example is not None:
        message, hint = (_filled(text, failure) for text in (example.message, example.help))
    elif not begins:
        message = f"{message}: expected {wanted}"
        hint = _sign_hint(failure)
    code = codes.UNKNOWN_STATEMENT if begins else codes.UNEXPECTED
    return code.at(span, label, message, help=hint)


def _sign_hint(failure: Failure) -> str | None:
    """Say how to do without a sign that other languages put into a line."""
    if failure.text == "=" and failure.previous is not None:
        return f"a statement has no `=`: write the value behind `{shorten(failure.previous)}`"
    if failure.text == "," and failure.accepts <= BREAKS:
        return "write each statement on a line of its own"
    return None


def _filled(text: str, failure: Failure) -> str:
    """Put the words of the mistake into an example's."""
    before = "" if failure.previous is None else shorten(str(failure.previous))
    return text.replace("{found}", shorten(failure.text)).replace("{before}", before)


def _is_declaration(text: str) -> bool:
    """Tell whether a text reads like the start of a declaration, and not only like its word."""
    line = text.split("\n", 1)[0].split("#", 1)[0].rstrip()
    return any(
        line.split()[: len(kind.words.split())] == kind.words.split()
        and (" " in kind.words or "=" in line or line.endswith("{"))
        for kind in KINDS
    )


def _character(source: Source, span: Span, failure: Failure) -> Diagnostic:
    if failure.text == '"':
        line_end = source.text.find("\n", span.start)
        text = source.text[span.start : len(source.text) if line_end < 0 else line_end]
        text = text.rstrip().removesuffix("{").rstrip()
        return codes.UNCLOSED_TEXT.at(
            Span(span.path, span.start, span.start + len(text)),
            "opened here",
            "the text is not closed",
            help='close it with `"` on the same line',
        )
    return codes.UNKNOWN_CHARACTER.at(
        span,
        "not part of the language",
        f"`{_visible(failure.text)}` means nothing here",
        help=character_advice(failure.text),
    )


def _visible(char: str) -> str:
    return char if char.isprintable() else f"U+{ord(char):04X}"


def shorten(text: str) -> str:
    """Cut a long word for a message."""
    return text if len(text) <= LONGEST_WORD else text[: LONGEST_WORD - 1] + "…"


def keyword_meant(failure: Failure) -> str | None:
    """Give the keyword that a word was probably meant to be."""
    if not failure.text.isidentifier():
        return None
    from dsl.grammar.tables import terminal_patterns  # lark comes with it

    signs = terminal_patterns(failure.accepts).values()
    if _OTHER_WORDS.get(failure.text) in signs:
        return _OTHER_WORDS[failure.text]
    return closest(failure.text, (sign for sign in signs if sign.isidentifier()))


def expected(failure: Failure) -> str:
    """Say what could stand at a place: `a name`, or `monthly`, `yearly` or a number."""
    from dsl.grammar.tables import terminal_patterns

    literal = terminal_patterns(failure.accepts)
    words = [_TERMINALS[name] for name in sorted(failure.accepts) if name in _TERMINALS]
    if failure.previous is not None and failure.previous.type == "NUMBER":
        amount = ("a currency", "a unit")
        words = [
            each for word in words for each in (amount if word == _TERMINALS["NAME"] else (word,))
        ]
    words += [f"`{text}`" for text in sorted(literal.values())]
    line_end = _TERMINALS["_BREAK"]
    if line_end in words and len(words) > 1:
        closing = line_end if failure.begins_statement or failure.ends_early else "`}`"
        words = [word for word in words if word != closing]
    words = list(dict.fromkeys(words))
    if len(words) > MOST_LISTED:
        words = [*words[:MOST_LISTED], "…"]
        return ", ".join(words)
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} or {words[-1]}"
