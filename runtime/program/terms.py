"""The words of the program's tables, for those who need no table: nothing heavy is imported."""

from __future__ import annotations

from typing import Literal

StatusBase = Literal["billable", "non_billable", "canceled"]
ServiceBase = Literal["recurring", "non_recurring", "fee"]
Measure = Literal["data", "time", "count"]
Rounding = Literal["half_up", "half_even"]
Epoch = Literal["seconds", "milliseconds", "microseconds"]

Proration = Literal["days", "seconds", "fixed_30", "thirty_360", "never"]
"""How part of a billing period is charged.

By the period's own days; by elapsed seconds, so that a day of 23 hours weighs less; by days
of months that all count 30 days; by 30/360; or not at all: a period that was begun is charged
whole.
"""

Mode = Literal["volume", "graduated"]
Basis = Literal["share", "block", "flat", "event", "percent", "instance"]
Level = Literal["catalog", "price_book", "region", "contract", "price_plan"]
Audience = Literal["all", "new_sales", "renewals"]

PRICE_ORDER = (
    "what is counted is taken: instances, units of usage, or what the counting rule counts",
    "`includes`: so many cost nothing, and are taken out before the tiers",
    "the tiers, or the plain terms, make an amount",
    "`% of amount` adds its share of the event's own amount",
    "`less` takes a percentage off",
    "`at most` bounds what is left from above, then `at least` from below",
    "discounts: a price set, a percentage, a fixed amount; each on a line of its own",
    "tax, on the invoice's sum of a class and rate",
)
"""The order in which a price applies, in whatever order it is written."""

NEW = "new"
"""The source of a lifecycle's initial transitions; not a status."""

IN_SERVICE = "in_service"
"""The one, billable status of a service without a lifecycle, from start to cancellation."""
