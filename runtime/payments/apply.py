"""What is done with credits: applied, taken back, reversed, refunded.

Each function makes entries in a journal, or raises PaymentRefused and makes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from runtime.money import to_major
from runtime.payments.journal import Journal
from runtime.payments.model import Entry, PaymentRefused
from runtime.payments.standing import Application, Credit, Debt, Standing


@dataclass(frozen=True, slots=True)
class Part:
    """An invoice that a credit is directed at; `minor` None: as far as both go."""

    invoice: str
    minor: int | None = None


def apply_oldest(journal: Journal, standing: Standing, credit: Credit, day: date) -> list[Entry]:
    """Apply a credit to the account's invoices, the one that is due first before.

    An application counts from `day` on, and not before both the credit and the invoice.
    What is left of the credit stays with the account.
    """
    made = []
    for debt in standing.debts_by_age():
        if credit.rest <= 0:
            break
        on = max(day, credit.day, debt.day)
        minor = min(credit.free(on), debt.free(on))
        if minor > 0:
            made.append(journal.enter(standing, "application", on, minor, credit, on=debt))
    return made


def apply_parts(
    journal: Journal, standing: Standing, credit: Credit, parts: Sequence[Part], day: date
) -> list[Entry]:
    """Apply a credit as it is directed, in that order; a part without an amount as far as it goes.

    `day` is the first day it may count from.  Refused: an invoice that is not the account's,
    or has less left to pay than is directed at it; a credit that has less left to use.
    """
    planned: list[tuple[Debt, date, int]] = []
    left = None
    for part in parts:
        debt = debt_of(standing, part.invoice)
        on = max(day, credit.day, debt.day)
        free = credit.free(on) if left is None else min(left, credit.free(on))
        minor = min(free, debt.free(on)) if part.minor is None else part.minor
        if minor > debt.free(on):
            raise PaymentRefused(
                f"{money(minor, standing)} is more than the {money(debt.free(on), standing)} "
                f"that is left to pay of {debt.name} on {on}"
            )
        if minor > free:
            raise PaymentRefused(
                f"{money(minor, standing)} is more than the {money(free, standing)} "
                f"that is left of {credit.name} on {on}"
            )
        left = free - minor
        planned.append((debt, on, minor))
    return [
        journal.enter(standing, "application", on, minor, credit, on=debt)
        for debt, on, minor in planned
        if minor > 0
    ]


def apply_as_far(
    journal: Journal, standing: Standing, credit: Credit, parts: Sequence[Part]
) -> list[Entry]:
    """Apply a credit as it is directed, as far as it and each invoice go; nothing is refused.

    The money is there, whatever its payer believed to owe.
    """
    made = []
    for part in parts:
        debt = standing.debts[part.invoice]
        on = max(credit.day, debt.day)
        minor = min(credit.free(on), debt.free(on))
        minor = minor if part.minor is None else min(minor, part.minor)
        if minor > 0:
            made.append(journal.enter(standing, "application", on, minor, credit, on=debt))
    return made


def unapply(
    journal: Journal,
    standing: Standing,
    credit: Credit,
    part: Part | None,
    day: date,
    reason: str | None,
) -> list[Entry]:
    """Take back what of a credit is applied: all of it, that to one invoice, or a part of that.

    The last application is taken back first.
    """
    if part is not None:
        debt_of(standing, part.invoice)
    found = standing.applied(credit=credit.name, debt=part.invoice if part else None)
    held = sum(each.minor for each in found)
    where = f" to {part.invoice}" if part else ""
    minor = held if part is None or part.minor is None else part.minor
    if not found or minor > held:
        raise PaymentRefused(
            f"{money(minor, standing)} is more than the {money(held, standing)} "
            f"of {credit.name} that is applied{where}"
            if found
            else f"nothing of {credit.name} is applied{where}"
        )
    _require_after(found, day)
    return take_back(journal, standing, found, minor, day, reason)


def take_back(
    journal: Journal,
    standing: Standing,
    found: Sequence[Application],
    minor: int,
    day: date,
    reason: str | None,
) -> list[Entry]:
    """Take back so much of applications in their order, none before the day it was made."""
    made = []
    for application in found:
        part = min(minor, application.minor)
        if part <= 0:
            break
        minor -= part
        made.append(
            journal.enter(
                standing,
                "unapplication",
                max(day, application.day),
                part,
                standing.credits[application.credit],
                on=application,
                reason=reason,
            )
        )
    return made


def reverse(
    journal: Journal, standing: Standing, credit: Credit, day: date, reason: str
) -> list[Entry]:
    """Take back a payment that did not hold: what it was applied to is to be paid again.

    What was refunded of it is not taken back again.
    """
    _require_payment(credit, "reversed")
    if day < credit.day:
        raise PaymentRefused(f"{credit.name} was received on {credit.day}, after {day}")
    found = standing.applied(credit=credit.name)
    _require_after(found, day)
    held = sum(each.minor for each in found)
    minor = held + credit.rest
    if minor <= 0:
        raise PaymentRefused(f"nothing is left of {credit.name}: it was reversed or refunded")
    if credit.free(day) < credit.rest:
        raise PaymentRefused(
            f"a part of {credit.name} was still applied after {day}", "date the reversal later"
        )
    made = take_back(journal, standing, found, held, day, reason) if held else []
    made.append(journal.enter(standing, "reversal", day, minor, credit, reason=reason))
    return made


def refund(
    journal: Journal,
    standing: Standing,
    credit: Credit,
    minor: int | None,
    day: date,
    *,
    reference: str | None,
    reason: str | None,
) -> list[Entry]:
    """Give back what of a payment is not applied, or a part of that."""
    _require_payment(credit, "refunded")
    free = credit.free(day)
    wanted = free if minor is None else minor
    if wanted > free or wanted <= 0:
        applied = sum(each.minor for each in standing.applied(credit=credit.name))
        raise PaymentRefused(
            f"{money(wanted, standing)} is more than the {money(free, standing)} "
            f"of {credit.name} that was paid and is not applied on {day}"
            if wanted > 0
            else f"nothing of {credit.name} is left to refund on {day}",
            f"{money(applied, standing)} of it is applied to invoices: "
            f"`ratebook pay unapply {credit.name}` frees it"
            if applied
            else "",
        )
    return [
        journal.enter(standing, "refund", day, wanted, credit, reference=reference, reason=reason)
    ]


def debt_of(standing: Standing, invoice: str) -> Debt:
    """Give an invoice of the account; refuse any other."""
    debt = standing.debts.get(invoice)
    if debt is not None:
        return debt
    if invoice in standing.credits:
        raise PaymentRefused(f"{invoice} is a credit note, and nothing is to be paid of it")
    raise PaymentRefused(
        f"{invoice} is no invoice of account {standing.account} in {standing.currency}"
    )


def money(minor: int, standing: Standing) -> str:
    """Give an amount with its currency, as messages do."""
    return f"{to_major(minor, standing.minor_units):,f} {standing.currency}"


def _require_payment(credit: Credit, done: str) -> None:
    if not credit.is_payment:
        raise PaymentRefused(
            f"{credit.name} is a credit note, and only a payment can be {done}",
            "apply it to an invoice that was paid, which frees the payment"
            if done == "refunded"
            else "",
        )


def _require_after(found: Sequence[Application], day: date) -> None:
    late = max((each.day for each in found), default=day)
    if late > day:
        raise PaymentRefused(f"it was applied on {late}, after {day}")
