"""Where our figures are not those of others, each with the reason.

A case that stands here and does not differ fails, and so does one without a reason.
"""

from __future__ import annotations

BY_START = "an event is in the time band of its start, and is not cut where another begins"
WEIGHED = "a quantity is not weighed by time; the amount of a period is, its flat amounts with it"
ROUNDED_STEP = "an increment's price is not rounded: the peer's figure is off the exact one"
NO_DEBT = "usage beyond a grant is rated, and is no debt to the next one"

DIFFERENCES: dict[str, str] = {
    # tiers.json
    "flexprice-package-50-down": "a block is charged once it is begun",
    "lago-progr-base": WEIGHED,
    "lago-progr-overflow-back": WEIGHED,
    "lago-progr-both-ways": WEIGHED,
    "lago-progr-negative": WEIGHED,
    "lago-pct-minmax": "`at most` and `at least` bound what a period comes to, not one event",
    "om-delta-dyn-min": "usage is billed once its period has ended: the floor comes with all of it",
    "kb-capacity-100-1001": "a tier is of one quantity, not of the peaks of several",
    # usage_telecom.json
    "cg-peak-to-evening": BY_START,
    "cg-continuation": BY_START,
    "cg-segments-four-days": BY_START,
    "cg-zero": "an amount for each event is for an event of no length, too",
    "cg-tutorial-130": ROUNDED_STEP,
    "cg-tutorial-offpeak-90": ROUNDED_STEP,
    "cg-group-30-minute-increment": "a rate has one increment, from the event's start to its end",
    "cg-round-down-12.49": "amounts are rounded half up or half even, never down",
    "kb-window-transition": "changes hold for whole days, and an interval leaves its end out",
    # buckets.json
    "om-grant-late-active": "usage is never drawn from what is granted after it",
    "om-grant-recurring": NO_DEBT,
    "om-grant-rollover-overage": NO_DEBT,
    "cg1-two-reject": "usage that a bucket does not cover is rated, never refused",
    "cg-call-mixed": "the rate rounds an event up, before any bucket; a bucket has no increment",
    "cg-call-max-rate": "usage is billed after it occurred: no event is cut short by a price",
    "cg-call-negative": "buckets hold usage; money that was paid ahead is in the ledger",
}
