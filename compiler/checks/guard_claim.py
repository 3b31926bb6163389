"""Report guards that claim nothing, or compare what cannot be compared."""

from __future__ import annotations

from typing import Literal, assert_never

from compiler import codes
from compiler.checks.page import SALE, TINY, Page
from compiler.resolve.model import Resolved
from compiler.resolve.walk import every
from compiler.session import Session
from dsl.diagnostic import Label
from dsl.syntax.base import Money, Number, Percent
from dsl.syntax.guards import (
    Claim,
    Claimed,
    ClaimedArithmetic,
    ClaimedCost,
    ClaimedPrice,
    GuardDeclaration,
)

CODE = codes.GUARD_CLAIM

PAGE = Page(
    what="A guard claims nothing, or says not for which services, compares an amount with a mere "
    "number, multiplies two amounts, or speaks of costs and names no table of them.",
    why="A guard that cannot fail guards nothing.",
    bad=TINY + SALE + "guard cheap {\n  for every service\n  price monthly <= 10\n}\n",
    good=TINY + SALE + "guard cheap {\n  for every service\n  price monthly <= 10.00 USD\n}\n",
)

Type = Literal["amount", "number", "nothing"]


def check(resolved: Resolved, session: Session) -> None:
    """Report each fault of each guard."""
    for guard in resolved.all(GuardDeclaration):
        _check_lines(guard, session)
        for claim in guard.claims:
            _check_claim(claim, session)


def _check_lines(guard: GuardDeclaration, session: Session) -> None:
    for found, what, example in (
        (guard.scopes, "says not for which services", "for every service"),
        (guard.claims, "claims nothing", "price monthly <= 10.00 USD"),
    ):
        if not found:
            session.report(
                CODE,
                f"the guard `{guard.name.text}` {what}",
                Label(guard.name.span, "it guards nothing"),
                help=f"add such as `{example}`",
            )
    asked = [cost for claim in guard.claims for cost in every(claim, ClaimedCost)]
    if asked and guard.costs is None:
        session.report(
            CODE,
            f"the guard `{guard.name.text}` speaks of costs and names none",
            Label(asked[0].span, "which costs?"),
            help='add `costs from "costs.csv"`, with columns service, currency and amount',
        )
    if guard.costs is not None and not asked:
        session.report(
            CODE,
            f"the guard `{guard.name.text}` names costs and claims nothing of them",
            Label(guard.costs.span, "never compared with"),
            help="claim such as `price >= cost`",
        )


def _check_claim(claim: Claim, session: Session) -> None:
    left, right = _type(claim.left, session), _type(claim.right, session)
    if "nothing" in {left, right}:
        return
    if left != right:
        session.report(
            CODE,
            f"an {left} is compared with a {right}"
            if left == "amount"
            else f"a {left} is compared with an {right}",
            Label(claim.right.span, f"a{'n' if right == 'amount' else ''} {right}"),
            [Label(claim.left.span, f"a{'n' if left == 'amount' else ''} {left}")],
            "write both as amounts: `10.00 USD`, or `1.2 * cost`",
        )
    elif left == "number" or not any(_speaks(claim)):
        session.report(
            CODE,
            "the claim does not speak of a price",
            Label(claim.span, "always the same"),
            help="claim such as `price monthly <= 10.00 USD`",
        )


def _speaks(claim: Claim) -> tuple[bool, ...]:
    return tuple(True for _ in every(claim, ClaimedPrice))


def _type(node: Claimed, session: Session) -> Type:
    """Give what an operand is; report what cannot be worked out, once."""
    match node:
        case ClaimedPrice() | ClaimedCost() | Money():
            return "amount"
        case Number() | Percent():
            return "number"
        case ClaimedArithmetic():
            return _arithmetic(node, session)
        case _:
            assert_never(node)


def _arithmetic(node: ClaimedArithmetic, session: Session) -> Type:
    left, right = _type(node.left, session), _type(node.right, session)
    if "nothing" in {left, right}:
        return "nothing"
    if node.operator == "*":
        if left == right == "amount":
            _report(session, node, "two amounts are multiplied", "multiply an amount by a number")
            return "nothing"
        return "amount" if "amount" in {left, right} else "number"
    if left != right:
        _report(session, node, "an amount and a number are added up", "add amounts to amounts")
        return "nothing"
    return left


def _report(session: Session, node: ClaimedArithmetic, message: str, hint: str) -> None:
    session.report(CODE, message, Label(node.span, "has no meaning"), help=hint)
