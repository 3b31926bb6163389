"""The codes of what can be wrong with a catalog's syntax; a code is for ever.

The compiler's own table, from RB100 on, holds records of the same type.
"""

from __future__ import annotations

from dataclasses import dataclass

from dsl.diagnostic import Diagnostic, Label, Severity
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Code:
    """One thing that can be wrong.

    Attributes:
        code: `RB010`; never given to another meaning.
        slug: its stable name in words, `unexpected-text`.
        severity: whether it stops compilation.
        title: the fault in one line, without a particular case's names.
    """

    code: str
    slug: str
    severity: Severity
    title: str

    def at(
        self,
        span: Span,
        label: str,
        message: str,
        *,
        secondary: tuple[Label, ...] = (),
        help: str | None = None,  # noqa: A002 - the diagnostic's own word
    ) -> Diagnostic:
        """Report this fault at a place."""
        return Diagnostic(
            self.code, self.slug, self.severity, message, Label(span, label), secondary, help
        )


NOT_TEXT = Code("RB001", "not-text", "error", "the file is not text in UTF-8")
UNKNOWN_DECLARATION = Code(
    "RB002", "unknown-declaration", "error", "a declaration starts with an unknown word"
)
OUTSIDE = Code("RB003", "outside", "error", "text stands outside of any declaration")
UNCLOSED_BRACE = Code("RB004", "unclosed-brace", "error", "a block is not closed")
STRAY_BRACE = Code("RB005", "stray-brace", "error", "a `}` closes nothing, or closes too early")
UNCLOSED_TEXT = Code("RB006", "unclosed-text", "error", "a text in quotes is not closed")
UNKNOWN_CHARACTER = Code(
    "RB007", "unknown-character", "error", "a character means nothing in the language"
)
UNEXPECTED = Code("RB010", "unexpected-text", "error", "something else was expected here")
UNKNOWN_STATEMENT = Code(
    "RB011", "unknown-statement", "error", "a statement starts with a word its block does not know"
)
UNFINISHED = Code("RB012", "unfinished-statement", "error", "a statement ends too soon")
DOUBLED = Code("RB013", "doubled-statement", "error", "a statement that stands once is doubled")
TOO_DEEP = Code("RB014", "too-deep", "error", "an expression has too many parts")
IMPOSSIBLE_DATE = Code("RB020", "impossible-date", "error", "a date is not in the calendar")
LONG_NUMBER = Code("RB021", "long-number", "error", "a number has too many digits")
UNKNOWN_ESCAPE = Code("RB022", "unknown-escape", "error", "a text holds an unknown `\\` sign")
IMPOSSIBLE_FREQUENCY = Code(
    "RB023", "impossible-frequency", "error", "a frequency is not a whole number of months"
)

SYNTAX_CODES: tuple[Code, ...] = (
    NOT_TEXT,
    UNKNOWN_DECLARATION,
    OUTSIDE,
    UNCLOSED_BRACE,
    STRAY_BRACE,
    UNCLOSED_TEXT,
    UNKNOWN_CHARACTER,
    UNEXPECTED,
    UNKNOWN_STATEMENT,
    UNFINISHED,
    DOUBLED,
    TOO_DEEP,
    IMPOSSIBLE_DATE,
    LONG_NUMBER,
    UNKNOWN_ESCAPE,
    IMPOSSIBLE_FREQUENCY,
)
