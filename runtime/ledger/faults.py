"""Why a ledger does not take a run."""

from __future__ import annotations


class LedgerRefused(Exception):
    """The ledger cannot be used for this; nothing was posted, and the message says why."""
