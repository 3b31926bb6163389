"""What a zone is made of."""

from __future__ import annotations

from dataclasses import dataclass

COUNTRY = "country"
"""The attribute that decides whether an event is in a zone of countries."""

DESTINATION = "destination"
"""The attribute that decides whether an event is in a zone of prefixes."""


CARRIER = "carrier"
"""The attribute that decides whether an event went through a carrier's network."""


@dataclass(frozen=True, slots=True)
class Places:
    """The countries and the prefixes of a zone."""

    countries: frozenset[str]
    prefixes: frozenset[str]

    def has_prefix_of(self, number: str) -> bool:
        """Whether one of the prefixes begins a number."""
        return any(number[:length] in self.prefixes for length in range(1, len(number) + 1))

    def covers(self, other: Places) -> bool:
        """Whether all that is in another zone is in this one."""
        return other.countries <= self.countries and all(
            self.has_prefix_of(prefix) for prefix in other.prefixes
        )

    @property
    def attributes(self) -> tuple[str, ...]:
        """What an event must say to be found in the zone or out of it."""
        asked = ((COUNTRY, self.countries), (DESTINATION, self.prefixes))
        return tuple(attribute for attribute, places in asked if places)
