"""What stops the rating of usage before anything is posted."""

from __future__ import annotations


class UsageFault(Exception):
    """A reason not to rate at all; the message says what to mend."""


class UsageFileFault(UsageFault):
    """A usage file that cannot be read, or that is not what a feed reads."""


class UsageOverflow(UsageFault):
    """A quantity or an amount beyond what is counted exactly; nothing is ever wrapped."""


class UsageHolderFault(UsageFault):
    """Two account services that hold one identifier value on the same day."""
