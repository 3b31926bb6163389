"""Report references to names that nothing bears."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import choice
from compiler.resolve.kinds import EntityId, Kind
from compiler.resolve.model import BUILTIN, SERVICE_BASES, Failure, Reference, Resolved
from compiler.resolve.nearest import nearest
from compiler.session import Session
from compiler.standards import country_codes
from dsl.diagnostic import Label

CODE = codes.UNKNOWN_NAME

MOST_OF_A_COLUMN = 20
"""How many unknown names of one column of a table are reported: a whole column may be."""

PAGE = Page(
    what="A line refers to a service, a status, a rate plan or another thing by its name, "
    "and nothing in the catalog's files bears that name.",
    why="The reference is most often misspelt; billed as it stands, the charge it should "
    "make would be lost.",
    bad=TINY
    + """\
service visit {
  type  fee
  tax   telecm
}

tax sales_tax {
  telecom  CA 5%
}
""",
    good=TINY
    + """\
service visit {
  type  fee
  tax   telecom
}

tax sales_tax {
  telecom  CA 5%
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each unknown name, with the nearest name of the right kind."""
    for reference in failed(resolved, Failure.UNKNOWN):
        _report(resolved, reference, session)


def failed(resolved: Resolved, *failures: Failure, are_units: bool = False) -> Iterator[Reference]:
    """Give the references of some failures, units or all else; of a table's column the first."""
    of_column: Counter[tuple[str, str]] = Counter()
    for reference in resolved.references:
        if (reference.wanted is Kind.UNIT) is not are_units or reference.failure not in failures:
            continue
        path = reference.name.span.path
        of_column[path, reference.role] += path in resolved.tables.paths
        if of_column[path, reference.role] <= MOST_OF_A_COLUMN:
            yield reference


def _report(resolved: Resolved, reference: Reference, session: Session) -> None:
    name, kind = reference.name.text, reference.wanted.words
    where = "" if reference.lifecycle is None else f" of lifecycle `{reference.lifecycle.name}`"
    candidates = candidates_for(resolved, reference)
    bases = SERVICE_BASES if reference.wanted is Kind.SERVICE_TYPE else ()
    near = nearest(name, [*candidates, *bases])
    also: tuple[Label, ...] = ()
    if reference.wanted is Kind.ZONE and name in country_codes():
        help_text = (
            f"declare `zone {name.lower()} = countries {name}`; a rate may be `to country {name}`"
        )
    elif near in bases:
        help_text = f"did you mean `{near}`?"
    elif near is not None:
        also = (Label(resolved.entities[candidates[near]].name.span, f"`{near}` is declared here"),)
        help_text = f"did you mean `{near}`?"
    elif bases:
        help_text = f"write {choice(bases)}, or declare `service type {name} = ...`"
    elif candidates:
        help_text = f"write {choice(candidates)}, or declare `{name}`"
    else:
        help_text = f"declare the {kind} `{name}`; there is none yet{where}"
    session.report(
        CODE,
        f"no {kind}{where} is called `{name}`",
        Label(reference.name.span, f"no such {kind}"),
        also,
        help_text,
    )


def candidates_for(resolved: Resolved, reference: Reference) -> dict[str, EntityId]:
    """Give the names that would do where a reference stands, by name, sorted."""
    prefix = "" if reference.lifecycle is None else f"{reference.lifecycle.name}."
    ids = (
        own
        for own in resolved.entities
        if own.kind is reference.wanted and own.name.startswith(prefix) and own not in BUILTIN
    )
    names = {own.name.removeprefix(prefix): own for own in ids}
    if reference.wanted is Kind.SERVICE and reference.source.kind is Kind.SERVICE:
        names.pop(reference.source.name, None)
    return dict(sorted(names.items()))
