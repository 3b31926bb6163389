"""A user's mistake as a value: code, place, words, hint.  Renderers stand apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from dsl.source import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Label:
    """A place a diagnostic speaks of, and what it says there."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about a catalog's text.

    Attributes:
        code: the stable code, `RB203`; a code is for ever, its wording may improve.
        slug: the code's stable name, `unknown-name`.
        severity: an error stops compilation, a warning does not.
        message: one line that says what is wrong, names in backticks.
        primary: the smallest text that can be changed; what it is doing wrong.
        secondary: the other texts that made it wrong, in order of interest.
        help: what to write instead, or None.
    """

    code: str
    slug: str
    severity: Severity
    message: str
    primary: Label
    secondary: tuple[Label, ...] = field(default=())
    help: str | None = None


def to_plain(found: Diagnostic) -> tuple[object, ...]:
    """Turn a diagnostic into texts, numbers and tuples, to be sent or kept."""
    labels = tuple((*label.span, label.message) for label in (found.primary, *found.secondary))
    return found.code, found.slug, found.severity, found.message, labels, found.help


def from_plain(plain: Any) -> Diagnostic:  # noqa: ANN401 - it came from outside
    """Make a diagnostic of what `to_plain` made of it."""
    code, slug, severity, message, labels, hint = plain
    primary, *secondary = (
        Label(Span(path, start, end), words) for path, start, end, words in labels
    )
    return Diagnostic(code, slug, severity, message, primary, tuple(secondary), hint)
