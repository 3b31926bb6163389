"""The plan: edits, what the policy says of them, and what a replay found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from proving.plan.edit import Edit
from proving.plan.policy import Exemption
from proving.plan.reach import Holders
from proving.plan.replay import AccountChange, Compared


@dataclass(frozen=True, slots=True)
class Limits:
    """How much more an account may pay before the plan is refused; None: no limit."""

    percent: Decimal | None = None
    amount: Decimal | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is one."""
        return self.percent is not None or self.amount is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """A change to a catalog, as a reviewer sees it.

    Attributes:
        catalog, against: what is compared, as it was asked for.
        on: the day of the plan.
        edits: in the order of the program's tables.
        refused: those that the policy does not allow.
        exempted: those it would not, but for an exemption, by their id.
        held: of the packages that are reached, who holds them; empty without a book.
        compared: the replay; None: there was none.
    """

    catalog: str
    against: str
    on: date
    edits: tuple[Edit, ...]
    refused: tuple[Edit, ...]
    exempted: Mapping[str, Exemption]
    held: Mapping[str, Holders]
    compared: Compared | None
    limits: Limits

    @property
    def over(self) -> tuple[AccountChange, ...]:
        """The accounts that pay more by over the limit."""
        if self.compared is None or not self.limits.is_set:
            return ()
        return self.compared.over(self.limits.percent, self.limits.amount)

    @property
    def is_refused(self) -> bool:
        """Whether the change must not be merged as it is."""
        return bool(self.refused or self.over)

    @property
    def has_changes(self) -> bool:
        """Whether there is any edit."""
        return bool(self.edits)
