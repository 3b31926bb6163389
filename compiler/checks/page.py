"""The page of a diagnostic, as data beside the check that reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from compiler.resolve.model import Resolved
from compiler.session import Session
from dsl.codes import Code


@dataclass(frozen=True, slots=True)
class Page:
    """What a code means.

    Attributes:
        what: what was found, in a sentence or two.
        why: why it would be wrong on an invoice.
        bad: a whole small catalog that gets this code and no other.
        good: the same catalog, mended: it gets none.
        bad_tables, good_tables: the tables that the two name, by path.
    """

    what: str
    why: str
    bad: str
    good: str
    bad_tables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    good_tables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class Check(Protocol):
    """A module of this folder: one code, its page, and the function that finds it."""

    @property
    def CODE(self) -> Code:  # noqa: N802 - a module's constant
        """The code it reports, and the only one."""
        ...

    @property
    def PAGE(self) -> Page:  # noqa: N802 - a module's constant
        """What the code means."""
        ...

    def check(self, resolved: Resolved, session: Session, /) -> None:
        """Report every place where the rule is broken."""
        ...


SALE = """\
service sim {
  type  recurring
  price monthly 5.00 USD
}

package fleet {
  bills    monthly
  service  sim
}

"""
"""A service that a package sells, behind TINY."""

COMMITTED = """\
service sim {
  type  recurring
  price monthly 5.00 USD
}

package fleet {
  bills     monthly
  service   sim
  contract  one_year
}

"""
"""The same, under the contract `one_year`."""

TINY = """\
catalog tiny {
  currencies  USD
  timezone    "UTC"
}

"""
"""The smallest catalog there is; most examples start with it."""
