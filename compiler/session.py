"""The bag of diagnostics of one compilation; the user's mistakes are values in it."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.codes import Code
from dsl.diagnostic import Diagnostic, Label
from dsl.source import Span


class Session:
    """Collects what every pass finds and gives it back once, in order of place."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def report(
        self,
        code: Code,
        message: str,
        at: Label,
        also: Iterable[Label] = (),
        help: str | None = None,  # noqa: A002 - the word that is printed before it
    ) -> None:
        """Record one finding; one that was already recorded is kept once."""
        self.add([Diagnostic(code.code, code.slug, code.severity, message, at, tuple(also), help)])

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Record findings that another stage has written, such as the parser's."""
        for diagnostic in diagnostics:
            self._found[diagnostic] = None

    def withdraw(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Take findings back, such as warnings that a comment allows."""
        for diagnostic in diagnostics:
            self._found.pop(diagnostic, None)

    @property
    def has_errors(self) -> bool:
        """Whether something was found that stops compilation."""
        return any(found.severity == "error" for found in self._found)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, sorted by place: path, offset, then code."""
        return tuple(sorted(self._found, key=_place))


def _place(diagnostic: Diagnostic) -> tuple[Span, str, str]:
    return diagnostic.primary.span, diagnostic.code, diagnostic.message
