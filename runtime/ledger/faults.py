"""Why a ledger does not take a run."""

from __future__ import annotations

HELD = "another run holds the ledger"


class LedgerRefused(Exception):
    """The ledger cannot be used for this; nothing was posted, and the message says why."""


class LedgerHeld(LedgerRefused):
    """Another run holds the ledger, and did not let go of it for as long as one may wait."""


class CommitUncertain(LedgerRefused):
    """The server went away at the commit: all of the run is posted, or nothing of it.

    The next run finds out which, and bills what is left.
    """
