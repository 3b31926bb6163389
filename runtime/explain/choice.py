"""Whose price, or whose rate plan, a line is at, and which levels were asked before."""

from __future__ import annotations

from runtime.charges.choice import LEVELS
from runtime.explain.model import Explanation, Fact
from runtime.explain.words import words
from runtime.invoice.model import InvoiceLine, PriceChoice

_AUDIENCES = {"all": "", "new_sales": " for new sales", "renewals": " for renewals"}
_PLAN_LEVELS = "the account's price plan, the package, the service"


def explain_choice(line: InvoiceLine) -> tuple[Explanation, ...]:
    """Tell which level's price holds; nothing where there was none to choose."""
    choice = line.choice
    if choice is None:
        return ()
    facts = [
        Fact("asked", f"{level_of(each.level, each.owner)}: has none") for each in choice.asked
    ]
    facts.append(Fact("found", level_of(choice.level, choice.owner)))
    if line.kind == "usage":
        facts.append(Fact("order", f"{_PLAN_LEVELS}; the nearest that has a rate plan decides"))
        statement = f"The rate plan is that of {level_of(choice.level, choice.owner)}"
    else:
        order = ", ".join(words(level) for level in LEVELS)
        facts.append(Fact("version", _version(choice)))
        facts.append(Fact("order", f"{order}; the nearest that prices the case decides"))
        statement = f"The price is that of {level_of(choice.level, choice.owner)}"
    return (Explanation(statement, tuple(facts)),)


def level_of(level: str, owner: str | None) -> str:
    """Name a level and whose it is: `the price plan acme`, `the catalog`."""
    if level == "override":
        return f"the account service alone (overrides.csv, row {owner})"
    return f"the {words(level)}" + ("" if owner is None else f" {owner}")


def _version(choice: PriceChoice) -> str:
    if choice.start is None:
        return "it holds always"
    return f"from {choice.start}{_AUDIENCES[choice.audience]}"
