"""What the buckets behind a line gave, tier by tier, and who shared them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from runtime.explain.model import Explanation, Fact
from runtime.explain.words import days_of, measured, shown, words
from runtime.invoice.model import BucketStatement, BucketTierUse, Invoice, InvoiceLine


def explain_draws(invoice: Invoice, line: InvoiceLine) -> tuple[Explanation, ...]:
    """The buckets a line drew from, tier by tier."""
    named = {part.bucket for part in line.components} | {line.bucket}
    return tuple(
        _draw(invoice, bucket)
        for bucket in invoice.buckets
        if (bucket.account_service == line.account_service or bucket.shares)
        and bucket.bucket in named
        and bucket.period_start < line.period_end
        and line.period_start < bucket.period_end
    )


def _draw(invoice: Invoice, bucket: BucketStatement) -> Explanation:
    held = ""
    if bucket.days != bucket.full_days:
        held = f", its bounds for {bucket.days} of {bucket.full_days} days"
    return Explanation(
        statement=(
            f"The bucket {words(bucket.bucket)} gave {measured(bucket.used, bucket.unit)}"
            f" over {days_of(bucket.period_start, bucket.period_end)}{held}"
        ),
        facts=(
            Fact("included", measured(bucket.included, bucket.unit)),
            *_of_earlier_periods(bucket),
            *(Fact(*_tier(invoice, bucket, tier)) for tier in bucket.tiers),
            Fact("left", measured(bucket.left, bucket.unit)),
            *(
                Fact(
                    f"account {share.account}",
                    f"{measured(share.contributed, bucket.unit)} put in, "
                    f"{measured(share.used, bucket.unit)} drawn",
                )
                for share in bucket.shares
            ),
        ),
    )


def _of_earlier_periods(bucket: BucketStatement) -> Iterator[Fact]:
    if bucket.rolled_over:
        yield Fact("of it rolled over", measured(bucket.rolled_over, bucket.unit))
    if bucket.used_before:
        yield Fact("used in earlier periods", measured(bucket.used_before, bucket.unit))


def _tier(invoice: Invoice, bucket: BucketStatement, tier: BucketTierUse) -> tuple[str, str]:
    match tier.charge:
        case "included" | "pool":
            charge = "included"
        case "rolled_over":
            charge = "left of earlier periods"
        case "priced":
            charge = "at the tier's own price"
        case "flat":
            flat = "" if tier.flat is None else f"{shown(tier.flat, invoice.minor_units)} "
            charge = f"flat {flat}{invoice.currency}, once the first unit enters"
        case "rated":
            charge = "by the rate of each event"
            if tier.flat is not None:
                charge += f", and {shown(tier.flat, invoice.minor_units)} {invoice.currency} once"
        case _:
            assert_never(tier.charge)
    upper = "on" if tier.upper is None else f"to {measured(tier.upper, bucket.unit)}"
    bounds = f"from {shown(tier.lower, 0)} {upper}"
    name = "rolled over" if tier.tier is None else f"tier {tier.tier + 1}"
    return name, f"{bounds}: {measured(tier.used, bucket.unit)} used, {charge}"
