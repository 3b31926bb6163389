"""What a run did with the usage it was given."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.usage.dispositions import Reason


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Counts of the records of this run's files; each has exactly one disposition.

    Attributes:
        reasons: how many records for each reason that occurred, by its name, sorted.
        waiting: rated records whose usage period ends after the as-of date.
        stored: events of earlier runs that were rated again.
        unrated: stored events of the evaluated periods that now have no class or no rate.
        evaluated: usage periods whose target was computed.
        files: the files read, by name, sorted.
    """

    read: int
    rated: int
    duplicate: int
    skipped: int
    rejected: int
    reasons: tuple[tuple[str, int], ...]
    waiting: int
    stored: int
    unrated: int
    evaluated: int
    files: tuple[str, ...]

    def __post_init__(self) -> None:
        found = self.rated + self.duplicate + self.skipped + self.rejected
        assert self.read == found, f"{self.read} records read, {found} accounted for"

    def count(self, reason: Reason) -> int:
        """Give how many records had this reason."""
        return dict(self.reasons).get(reason.name, 0)
