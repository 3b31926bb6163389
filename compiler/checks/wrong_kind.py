"""Report references to things of another kind than is needed."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_name import candidates_for, failed
from compiler.checks.wording import choice
from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import BUILTIN, Failure, Reference, Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from dsl.diagnostic import Label

CODE = codes.WRONG_KIND

PAGE = Page(
    what="A name is that of a thing of another kind than the line needs: a rate plan's where "
    "a service is due, say.",
    why="Each line has one meaning; the thing that was meant would not be billed.",
    bad=TINY
    + """\
service visit {
  type   fee
  tax    sales_tax
}

tax sales_tax {
  telecom  CA 5%
}
""",
    good=TINY
    + """\
service visit {
  type   fee
  tax    telecom
}

tax sales_tax {
  telecom  CA 5%
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each name of another kind, and where that thing is declared."""
    for reference in failed(resolved, Failure.WRONG_KIND):
        _report(resolved, reference, session)


def _report(resolved: Resolved, reference: Reference, session: Session) -> None:
    name, kind = reference.name.text, reference.wanted.words
    others = [
        own
        for own in sorted((*resolved.entities, *BUILTIN))
        if own.name == name and own.kind is not reference.wanted
    ]
    other = others[0]
    candidates = candidates_for(resolved, reference)
    near = nearest(name, candidates)
    if other.kind is Kind.TIME_BAND and reference.wanted is Kind.ZONE:
        help_text = f"a rate is for a time band by `during {name}`"
    elif near is not None:
        help_text = f"did you mean `{near}`?"
    elif candidates:
        help_text = f"write {choice(candidates)}"
    else:
        help_text = f"declare a {kind}; there is none yet"
    session.report(
        CODE,
        f"`{name}` is a {other.kind.words}, a {kind} is needed here",
        Label(reference.name.span, f"not a {kind}"),
        _declared(resolved, other),
        help_text,
    )


def _declared(resolved: Resolved, own: EntityId) -> tuple[Label, ...]:
    entity = resolved.entities.get(own)
    if entity is None:
        return ()
    return (Label(entity.name.span, f"the {own.kind.words} is declared here"),)
