"""Which warnings a comment lets pass: `# allow(slug): reason`.

At the end of a line it holds for that line; on a line of its own, for the statement or the
whole declaration right below.  It never touches an error, nor a warning about such comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler import codes
from compiler.resolve.model import Resolved
from compiler.resolve.walk import walk
from compiler.session import Session
from dsl.codes import SYNTAX_CODES, Code
from dsl.diagnostic import Diagnostic
from dsl.source import Span
from dsl.syntax.base import Comment
from dsl.syntax.declarations import SourceFile

FORM = "# allow(slug): reason"

ABOUT_ALLOWS = frozenset(
    {codes.UNKNOWN_ALLOW, codes.FORBIDDEN_ALLOW, codes.UNEXPLAINED_ALLOW, codes.UNUSED_ALLOW}
)
KNOWN: dict[str, Code] = {code.slug: code for code in (*SYNTAX_CODES, *codes.COMPILER_CODES)}
ALLOWABLE = frozenset(
    slug for slug, code in KNOWN.items() if code.severity == "warning" and code not in ABOUT_ALLOWS
)
"""The slugs that a comment may name."""

_ALLOW = re.compile(r"#[ \t]*allow\((?P<slug>[^):]*)\)?(?:[ \t]*:[ \t]*(?P<reason>\S.*))?")
_DOWN_TO_WORDS = re.compile(r"[ \t\r]*\n(?:[ \t]*#[^\n]*\n)*[ \t]*(?=[^\s#])")


@dataclass(frozen=True, slots=True)
class Allow:
    """One comment that allows a warning.

    Attributes:
        span: the whole comment.
        slug, named: what stands in the parentheses, and where.
        reason: what stands behind the colon, or "".
        scope: the text it holds for; None where no words stand right below.
    """

    span: Span
    slug: str
    named: Span
    reason: str
    scope: Span | None

    def covers(self, found: Diagnostic) -> bool:
        """Whether it lets a finding pass: a warning of its slug that points into its scope."""
        at, scope = found.primary.span, self.scope
        return (
            found.slug == self.slug
            and found.slug in ALLOWABLE
            and scope is not None
            and scope.path == at.path
            and scope.start <= at.start < scope.end
        )


def allows_of(resolved: Resolved) -> tuple[Allow, ...]:
    """Give every allow comment of a catalog, in order of place."""
    return tuple(allow for file in resolved.files for allow in _allows(file))


def suppress(resolved: Resolved, session: Session) -> None:
    """Take the warnings that a comment allows out of what was found."""
    allows = allows_of(resolved)
    if allows:
        session.withdraw([found for found in session.diagnostics if is_allowed(found, allows)])


def is_allowed(found: Diagnostic, allows: Iterable[Allow]) -> bool:
    """Whether one of the comments lets a finding pass."""
    return any(allow.covers(found) for allow in allows)


def _allows(file: SourceFile) -> Iterator[Allow]:
    for comment in file.comments:
        match = _ALLOW.match(comment.text)
        if match is None:
            continue
        path, start = comment.span.path, comment.span.start
        named = Span(path, start + match.start("slug"), start + match.end("slug"))
        slug = match["slug"].strip()
        yield Allow(comment.span, slug, named, match["reason"] or "", _scope(file, comment))


def _scope(file: SourceFile, comment: Comment) -> Span | None:
    text, path = file.source.text, comment.span.path
    if not comment.own_line:
        return Span(path, text.rfind("\n", 0, comment.span.start) + 1, comment.span.start)
    down = _DOWN_TO_WORDS.match(text, comment.span.end)
    if down is None:
        return None
    start = down.end()
    line_end = text.find("\n", start)
    ends = [len(text) if line_end < 0 else line_end]
    for declaration in file.declarations:
        if declaration.span.start <= start < declaration.span.end:
            ends += [node.span.end for node in walk(declaration) if node.span.start == start]
    return Span(path, start, max(ends))
