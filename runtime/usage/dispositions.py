"""What becomes of a record, and why: one table.

Each record that is read has exactly one disposition; one that is several events has one for
each of them.  A reason's number only lives inside a run; its name is for ever, since it
stands in the exceptions files and in the reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Disposition = Literal["rated", "duplicate", "skipped", "rejected"]


class Reason(IntEnum):
    """Why a record is not rated; RATED: it is."""

    RATED = 0
    SKIPPED = 1
    DUPLICATE = 2
    CONFLICT = 3
    MALFORMED = 4
    NO_ID = 5
    BAD_TIME = 6
    NO_IDENTIFIER = 7
    BAD_QUANTITY = 8
    NEGATIVE_QUANTITY = 9
    FRACTION_OF_STEP = 10
    QUANTITY_TOO_LARGE = 11
    UNKNOWN_SERVICE = 12
    NOT_BILLABLE = 13
    NO_USAGE = 14
    NOT_YET = 15
    NO_CLASS = 16
    NO_RATE = 17
    NO_EVENT = 18
    BAD_AMOUNT = 19
    NEGATIVE_AMOUNT = 20
    BAD_CURRENCY = 21
    NO_AMOUNT = 22
    OTHER_CURRENCY = 23


@dataclass(frozen=True, slots=True)
class Meaning:
    """A reason's disposition, what it means in words, and what to do so that it is rated.

    `remedy` None: there is nothing to do.
    """

    disposition: Disposition
    words: str
    remedy: str | None = None


_FEED_AGAIN = "and feed the exceptions file again"

MEANINGS: dict[Reason, Meaning] = {
    Reason.RATED: Meaning("rated", "has a class and a rate, or lies in a bucket"),
    Reason.SKIPPED: Meaning("skipped", "a skip rule of the feed holds"),
    Reason.NO_EVENT: Meaning("skipped", "the record has none of the feed's events"),
    Reason.DUPLICATE: Meaning("duplicate", "the same record was seen before"),
    Reason.CONFLICT: Meaning(
        "duplicate",
        "its id was seen before with other content",
        "find out which of the two is right; to rate this one as well, give it an id of its own "
        + _FEED_AGAIN,
    ),
    Reason.MALFORMED: Meaning(
        "rejected",
        "the line is not a record of the file",
        f"put the fields that `raw` shows into their columns {_FEED_AGAIN}",
    ),
    Reason.NO_ID: Meaning(
        "rejected", "a field of the id is empty", f"fill in the fields of the id {_FEED_AGAIN}"
    ),
    Reason.BAD_TIME: Meaning(
        "rejected",
        "the time is missing or not as the feed writes it",
        f"write the time as the feed does, or as 2026-01-31T12:00:00.000000Z, {_FEED_AGAIN}",
    ),
    Reason.NO_IDENTIFIER: Meaning(
        "rejected", "the identifier is empty", f"fill in the identifier {_FEED_AGAIN}"
    ),
    Reason.BAD_QUANTITY: Meaning(
        "rejected",
        "the quantity is missing or not an exact number",
        f"write the quantity in digits, with at most 9 decimals, {_FEED_AGAIN}",
    ),
    Reason.NEGATIVE_QUANTITY: Meaning(
        "rejected", "the quantity is below zero", f"correct the quantity {_FEED_AGAIN}"
    ),
    Reason.FRACTION_OF_STEP: Meaning(
        "rejected",
        "the quantity is no whole number of steps",
        f"correct the quantity {_FEED_AGAIN}; or give the feed a finer unit",
    ),
    Reason.QUANTITY_TOO_LARGE: Meaning(
        "rejected", "the quantity is 2^63 steps or more", f"correct the quantity {_FEED_AGAIN}"
    ),
    Reason.BAD_AMOUNT: Meaning(
        "rejected",
        "the amount is no exact number below 10^12 with at most 6 decimals",
        f"correct the amount {_FEED_AGAIN}",
    ),
    Reason.NEGATIVE_AMOUNT: Meaning(
        "rejected", "the amount is below zero", f"correct the amount {_FEED_AGAIN}"
    ),
    Reason.BAD_CURRENCY: Meaning(
        "rejected",
        "the amount's currency is missing or not one of the catalog's",
        f"correct the currency {_FEED_AGAIN}",
    ),
    Reason.UNKNOWN_SERVICE: Meaning(
        "rejected",
        "no account service held the identifier at that instant",
        "correct the identifier, or say in the book (identifiers.csv) who held it then, "
        + _FEED_AGAIN,
    ),
    Reason.NOT_BILLABLE: Meaning(
        "rejected",
        "the account service was not billable then",
        "correct the time or the identifier, or the status that the book gives the service or "
        f"its package then, {_FEED_AGAIN}",
    ),
    Reason.NO_USAGE: Meaning(
        "rejected",
        "the account service's service takes no usage",
        f"give the identifier in the book to a service that takes usage {_FEED_AGAIN}",
    ),
    Reason.NOT_YET: Meaning(
        "rejected",
        "the instant is after the usage period now running",
        "feed the exceptions file again when the as-of date has come to the record's period",
    ),
    Reason.NO_CLASS: Meaning(
        "rejected",
        "no usage class fits",
        f"add a usage class that fits to the catalog, or correct the fields, {_FEED_AGAIN}",
    ),
    Reason.NO_RATE: Meaning(
        "rejected",
        "no rate group of the rate plan has a rate for it",
        "add a rate in the account's currency to a group of the plan, or correct the fields, "
        + _FEED_AGAIN,
    ),
    Reason.NO_AMOUNT: Meaning(
        "rejected",
        "the rate is a share of its amount, and it has none",
        f"fill in the amount {_FEED_AGAIN}",
    ),
    Reason.OTHER_CURRENCY: Meaning(
        "rejected",
        "the rate is a share of its amount, which is not in the account's currency",
        f"give the amount in the account's currency {_FEED_AGAIN}",
    ),
}


def disposition(reason: Reason) -> Disposition:
    """Give what becomes of a record for which this reason was found."""
    return MEANINGS[reason].disposition
