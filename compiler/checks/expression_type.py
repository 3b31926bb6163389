"""Report criteria and quantities that mix texts, numbers and conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, assert_never

from compiler import codes
from compiler.checks.conditions import bare_fields, place_or_time
from compiler.checks.page import TINY, Page
from compiler.checks.unknown_attribute import FEED
from compiler.resolve.kinds import Kind
from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Number, Text
from dsl.syntax.buckets import BaseBucketDeclaration
from dsl.syntax.expressions import (
    Arithmetic,
    Both,
    Comparison,
    Either,
    Expression,
    FieldUse,
    InTexts,
    InZone,
    IsMissing,
    Negation,
    StartsWith,
)
from dsl.syntax.feeds import FeedAttribute, FeedDeclaration, FeedEvent
from dsl.syntax.rates import RateGroupDeclaration
from dsl.syntax.usage import UsageClassDeclaration

CODE = codes.EXPRESSION_TYPE

PAGE = Page(
    what="A condition compares a text with a number, a sum adds up texts, or a value stands "
    "where a condition is due. A field may be either a text or a number.",
    why="Such a comparison never holds, so usage would fall into the wrong class.",
    bad=TINY
    + FEED
    + """\
usage class voice measured in time when kind and "voice" == 1
""",
    good=TINY
    + FEED
    + """\
usage class voice measured in time when kind == "voice"
""",
)

Type = Literal["text", "number", "condition", "field"]


def check(resolved: Resolved, session: Session) -> None:
    """Report each expression, at its smallest part, that is not of the type that is due."""
    for expression, due in _expressions(resolved):
        if due == "condition":
            for field in bare_fields(expression):
                _report_bare(resolved, field, session)
        _require(expression, due, session)


def _report_bare(resolved: Resolved, field: FieldUse, session: Session) -> None:
    """Report a field that is no condition: often a time band or a zone was meant."""
    name = field.name.text
    kind = place_or_time(resolved, name)
    help_ = _HELP["condition"]
    if kind is Kind.TIME_BAND:
        help_ = f"a time band stands in a row of a rate group: `during {name}`"
    elif kind is Kind.ZONE:
        help_ = f"ask what is in it: `country in {name}`"
    is_a = "a field" if kind is None else f"a {kind.words}"
    session.report(
        CODE, "a condition is needed here", Label(field.span, f"this is {is_a}"), help=help_
    )


def _expressions(resolved: Resolved) -> Iterator[tuple[Expression, Type]]:
    for node in resolved.declarations:
        match node:
            case UsageClassDeclaration() | RateGroupDeclaration():
                if node.criterion is not None:
                    yield node.criterion, "condition"
            case BaseBucketDeclaration():
                if node.where is not None:
                    yield node.where, "condition"
            case FeedDeclaration():
                yield from _feed_expressions(node)
            case _:
                continue


def _feed_expressions(node: FeedDeclaration) -> Iterator[tuple[Expression, Type]]:
    yield from ((condition, "condition") for condition in node.skip)
    if node.amount is not None:
        yield node.amount.expression, "number"
    parts: tuple[FeedDeclaration | FeedEvent, ...] = (node, *node.events)
    for part in parts:
        if part.quantity is not None:
            yield part.quantity.expression, "number"
        yield from _values(part.attributes)
    if node.service is not None:
        yield from _values((node.service,))
    for event in node.events:
        if event.criterion is not None:
            yield event.criterion, "condition"


def _values(attributes: tuple[FeedAttribute, ...]) -> Iterator[tuple[Expression, Type]]:
    for attribute in attributes:
        if attribute.expression is not None:
            yield attribute.expression, "field"


def _require(node: Expression, due: Type, session: Session) -> None:
    """Report a node that cannot be of the type due; "field" takes any value."""
    found = _type_of(node, session)
    if found in {due, "field"}:
        return  # a field that is no condition is reported by its name
    if due == "field" and found != "condition":
        return
    words = {"text": "a text", "number": "a number", "condition": "a condition"}
    due_words = words.get(due, "a value")
    session.report(
        CODE,
        f"{due_words} is needed here",
        Label(node.span, f"this is {words.get(found, 'a field')}"),
        help=_HELP[due],
    )


_HELP: dict[Type, str] = {
    "condition": 'compare it: `kind == "voice"`',
    "number": "write a field, a number, or a sum of them",
    "text": 'write a field, or a text in quotes: `"voice"`',
    "field": "write a field, a text or a number",
}


def _type_of(node: Expression, session: Session) -> Type:
    """Tell an expression's type, and report what is wrong inside it."""
    match node:
        case FieldUse():
            return "field"
        case Text():
            return "text"
        case Number():
            return "number"
        case Comparison():
            _check_comparison(node, session)
            return "condition"
        case InZone() | InTexts() | StartsWith():
            _require(node.value, "text", session)
            return "condition"
        case IsMissing():
            _require(node.value, "field", session)
            return "condition"
        case Both() | Either():
            _require(node.left, "condition", session)
            _require(node.right, "condition", session)
            return "condition"
        case Negation():
            _require(node.operand, "condition", session)
            return "condition"
        case Arithmetic():
            _require(node.left, "number", session)
            _require(node.right, "number", session)
            return "number"
        case _:
            assert_never(node)


def _check_comparison(node: Comparison, session: Session) -> None:
    left, right = _type_of(node.left, session), _type_of(node.right, session)
    for found, side in ((left, node.left), (right, node.right)):
        if found == "condition":
            session.report(
                CODE,
                "a condition cannot be compared",
                Label(side.span, "this is a condition"),
                help="join conditions with `and` or `or`",
            )
            return
    if {left, right} == {"text", "number"}:
        session.report(
            CODE,
            "a text is compared with a number",
            Label(node.right.span, f"this is a {right}"),
            [Label(node.left.span, f"this is a {left}")],
            "compare two texts, or two numbers; a number stands without quotes",
        )
