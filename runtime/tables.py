"""The tables that the runtime's stages hand to each other, in one DuckDB connection.

Each stage is a function of the connection, the program and its own arguments; it reads
the tables above it and leaves its own.  Conventions for every table:

* Days are DATE, intervals half-open `[from, until)`; an open end is OPEN_DAY.
* Instants are TIMESTAMP, in UTC, to the microsecond.
* Quantities are BIGINT or HUGEINT counts of the measure's smallest step.
* Money that is not yet rounded stays a price (`DECIMAL(38, 12)`) beside its integers;
  money that is rounded is `minor` HUGEINT: whole minor units of the currency.
* `source` is an id of `Program.sources`.

Long because what one stage may read of another is to be seen in one place.

| schema.table | made by | one row is |
| --- | --- | --- |
| book.* | runtime.book.load | a row of a book file, typed, with `row` (1 = first data row) |
| subscription.account_services | runtime.subscriptions | an account service, all it bills by |
| subscription.sold | runtime.subscriptions | whose an account service is, and its terms |
| subscription.terms | runtime.subscriptions | terms on which account services are sold |
| subscription.timeline | runtime.subscriptions | a stretch of days in one status |
| subscription.package_timeline | runtime.subscriptions | a stretch of a package in one status |
| subscription.quantities | runtime.subscriptions | an account service's quantity in some days |
| subscription.bill_days | runtime.subscriptions | the bill day of an account package in some days |
| subscription.rate_plans | runtime.subscriptions | a rate plan that the book gives |
| subscription.periods | runtime.subscriptions | a billing period of an account service |
| subscription.usage_periods | runtime.subscriptions | a usage period of an account service |
| subscription.occurrences | runtime.subscriptions | a transition that occurred |
| subscription.held_contracts | runtime.subscriptions | the contract an account package is under |
| subscription.price_owners | runtime.subscriptions | an owner whose prices hold for a service |
| subscription.given_prices | runtime.subscriptions | a price given to a service alone |
| subscription.discounts | runtime.subscriptions | a discount given to an account service |
| subscription.known | runtime.subscriptions | a digest of what sets an account service's charges |
| subscription.aside | runtime.subscriptions | the same of one that is not looked at |
| subscription.horizons | runtime.subscriptions | up to when an account service is settled |
| subscription.alike | runtime.subscriptions | an account service that is charged as another |
| subscription.gone | runtime.subscriptions | an account service that the last run knew |
| rated.cells | runtime.usage | usage of one line at one rate or bucket tier; a view |
| rated.flats | runtime.usage | a flat amount of a bucket tier that was entered |
| rated.priced | runtime.usage | a bucket tier with a price of its own that was drawn |
| rated.pools | runtime.usage | a bucket's balance over one bucket period; a view |
| rated.pool_shares | runtime.usage | what an account put into a pool and drew from it |
| rated.evaluated | runtime.usage | a usage period whose target was computed in this run |
| charge.target | runtime.charges | what should have been charged by now |
| charge.commitments | runtime.charges | what a shortfall is short of, and by what |
| charge.penalties | runtime.charges | what a penalty is a percentage of |
| charge.posted | runtime.ledger | what the ledger has posted of it |
| charge.due | runtime.charges | target minus posted: the lines to post |
"""

from __future__ import annotations

from datetime import date

OPEN_DAY = date(9999, 12, 31)
"""The end of what has no end yet."""

PRICE_TYPE = "DECIMAL(38, 12)"
"""A price before it is multiplied: up to 12 decimals, exact."""

TABLES: dict[str, dict[str, str]] = {
    # What an account service bills by.  `sale_day` is its package's effective date, `start_day`
    # its own, `end_day` the first day it is no longer held (its own or its package's
    # cancellation, or a status on the canceled base).  `anchor_day` starts the first full period,
    # `activation_day` is the sale or the first billable day, as the package says; NULL before it.
    # `proration`: see runtime.charges.proration.
    "subscription.account_services": {
        "account_service": "VARCHAR",
        "account_package": "VARCHAR",
        "account": "VARCHAR",
        "invoicer": "VARCHAR",
        "package": "VARCHAR",
        "service": "VARCHAR",
        "months": "INTEGER",
        "timing": "VARCHAR",
        "proration": "VARCHAR",
        "quantity": "BIGINT",
        "currency": "VARCHAR",
        "minor_units": "INTEGER",
        "timezone": "VARCHAR",
        "jurisdiction": "VARCHAR",
        "is_exempt": "BOOLEAN",
        "sale_day": "DATE",
        "start_day": "DATE",
        "end_day": "DATE",
        "activation_day": "DATE",
        "anchor_day": "DATE",
        "bill_day": "INTEGER",
        "usage_bill_day": "INTEGER",
    },
    # The stretches of an account package's life in one status; NULL before its first one.
    "subscription.package_timeline": {
        "account_package": "VARCHAR",
        "account": "VARCHAR",
        "package": "VARCHAR",
        "status": "VARCHAR",
        "base": "VARCHAR",
        "from_day": "DATE",
        "until_day": "DATE",
    },
    # The stretches tile [start_day, end_day).  `billable`: both the service's status and
    # the package's are on the billable base.
    "subscription.timeline": {
        "account_service": "VARCHAR",
        "status": "VARCHAR",
        "base": "VARCHAR",
        "package_status": "VARCHAR",
        "package_base": "VARCHAR",
        "billable": "BOOLEAN",
        "from_day": "DATE",
        "until_day": "DATE",
    },
    # Of the account services whose quantity changes: their days tile all time.  The quantity of
    # any other is that of subscription.account_services, which is the first one of these.
    "subscription.quantities": {
        "account_service": "VARCHAR",
        "quantity": "BIGINT",
        "from_day": "DATE",
        "until_day": "DATE",
    },
    # Of the account packages whose bill day changes; their days tile all time.
    "subscription.bill_days": {
        "account_package": "VARCHAR",
        "bill_day": "INTEGER",
        "anchor_day": "DATE",
        "from_day": "DATE",
        "until_day": "DATE",
    },
    # Rate plans that the book gives, for usage periods that begin in [from_day, until_day).
    # `level`: who has it, `account_service`, `price_plan` (the account's) or `account`.
    "subscription.rate_plans": {
        "account_service": "VARCHAR",
        "level": "VARCHAR",
        "rate_plan": "VARCHAR",
        "from_day": "DATE",
        "until_day": "DATE",
    },
    # Recurring periods that have begun by the as-of date (advance) or ended (arrears).
    # [period_start, period_end) is the part of it that is billed, [full_start, full_end) the whole.
    "subscription.periods": {
        "account_service": "VARCHAR",
        "period_start": "DATE",
        "period_end": "DATE",
        "full_start": "DATE",
        "full_end": "DATE",
    },
    # Usage periods that have begun by the as-of date, the one now running included; with
    # the instants, in UTC, at which the days begin in the account's time zone.
    "subscription.usage_periods": {
        "account_service": "VARCHAR",
        "period_start": "DATE",
        "period_end": "DATE",
        "full_start": "DATE",
        "full_end": "DATE",
        "start_instant": "TIMESTAMP",
        "end_instant": "TIMESTAMP",
    },
    # `occurrence` counts the same transition on the same day, from 0; `change_row` is the
    # row of status_changes.csv, NULL where the transition is implied by the sale.
    "subscription.occurrences": {
        "account_service": "VARCHAR",
        "transition": "VARCHAR",
        "from_status": "VARCHAR",
        "to_status": "VARCHAR",
        "day": "DATE",
        "occurrence": "INTEGER",
        "change_row": "BIGINT",
    },
    # A contract that an account package is under: from its own first day to the end of its term,
    # open where it renews, or to the day another takes its place.  `end_day`: the package's.
    "subscription.held_contracts": {
        "account_package": "VARCHAR",
        "account": "VARCHAR",
        "contract": "VARCHAR",
        "from_day": "DATE",
        "until_day": "DATE",
        "end_day": "DATE",
        "term_months": "INTEGER",
        "renewal_months": "INTEGER",
    },
    # Whose prices, beside the catalog's, hold for an account service: `level` and `owner` as in
    # runtime.program.prices (a price plan, a contract, a region as `book.region`, a price
    # book).  The nearest level that prices the case decides; they hold for periods and
    # charges that begin in [from_day, until_day).
    "subscription.price_owners": {
        "account_service": "VARCHAR",
        "level": "VARCHAR",
        "owner": "VARCHAR",
        "from_day": "DATE",
        "until_day": "DATE",
    },
    # A price given to an account service alone, for one instance and a full period, or one
    # sale; `status` NULL: in every one.  `row` is that of the book's file, and the owner of the
    # level `override`.
    "subscription.given_prices": {
        "account_service": "VARCHAR",
        "file": "VARCHAR",
        "row": "BIGINT",
        "status": "VARCHAR",
        "price": PRICE_TYPE,
        "reason": "VARCHAR",
    },
    # `given`: the row of overrides.csv it is given by, 0 where the catalog gives it; its
    # periods are those of the package, or of the account service alone.
    "subscription.discounts": {
        "account_service": "VARCHAR",
        "discount": "VARCHAR",
        "by_package": "BOOLEAN",
        "given": "BIGINT",
        "from_day": "DATE",
        "until_day": "DATE",
        "source": "INTEGER",
    },
    # All that sets an account service's charges, but for usage, in 64 bits: the same as the
    # last run's where nothing of it changed.  Before `next_day` nothing of it falls due.
    "subscription.known": {"account_service": "VARCHAR", "digest": "UBIGINT", "next_day": "DATE"},
    # What of an account service fell due by `after_day` is posted as it should be: its target
    # is computed from then on, and compared with nothing.  BEGINNING of
    # runtime.subscriptions.known: it is looked at whole, all its life against all posted.
    "subscription.horizons": {"account_service": "VARCHAR", "after_day": "DATE"},
    # Of the account services that the last run knew those which the book lacks.
    "subscription.gone": {"account_service": "VARCHAR"},
    # An account service whose charges but for usage are those of `example`, and are not computed.
    # None is the example of another that has one itself.
    "subscription.alike": {"account_service": "VARCHAR", "example": "VARCHAR"},
    # `component`: `rated` (quantity at the rate), `included`, `flat` or `priced` (drawn from
    # that tier of the bucket, nothing by the unit; `tier` NULL: from what rolled over into
    # the bucket).  A `rated` cell may also lie in a rated
    # tier of a bucket.  `amount` per `per` steps, `event_amount` per event (only in
    # `rated` cells; `events` counts the events whose first rated piece lies here).
    # A price in tiers has a cell a tier, `price_tier`, and term, by its `basis`: what is
    # multiplied is `factor` (started blocks of `block` steps, one for a flat amount) in place
    # of `quantity`; the basis `bound` brings the price to its most or least.  `counted`: what the
    # rule `counted_by` counts, by which the tier was picked.
    "rated.cells": {
        "account_service": "VARCHAR",
        "period_start": "DATE",
        "period_end": "DATE",
        "usage_class": "VARCHAR",
        "component": "VARCHAR",
        "rate": "VARCHAR",
        "rate_group": "VARCHAR",
        "rate_plan": "VARCHAR",
        "bucket": "VARCHAR",
        "tier": "INTEGER",
        "quantity": "HUGEINT",
        "events": "BIGINT",
        "currency": "VARCHAR",
        "amount": PRICE_TYPE,
        "per": "BIGINT",
        "unit": "VARCHAR",
        "event_amount": PRICE_TYPE,
        "source": "INTEGER",
        "price_tier": "INTEGER",
        "basis": "VARCHAR",
        "factor": "HUGEINT",
        "block": "BIGINT",
        "counted_by": "VARCHAR",
        "counted": "HUGEINT",
    },
    "rated.flats": {
        "account_service": "VARCHAR",
        "period_start": "DATE",
        "period_end": "DATE",
        "bucket": "VARCHAR",
        "tier": "INTEGER",
        "currency": "VARCHAR",
        "amount": PRICE_TYPE,
        "source": "INTEGER",
    },
    # One row a priced tier: `used` of it in this period, after `before` of it in earlier ones;
    # `counted`: what the rule counts that its price goes by.
    "rated.priced": {
        "account_service": "VARCHAR",
        "period_start": "DATE",
        "period_end": "DATE",
        "bucket": "VARCHAR",
        "tier": "INTEGER",
        "currency": "VARCHAR",
        "before": "HUGEINT",
        "used": "HUGEINT",
        "price": "INTEGER",
        "counted": "HUGEINT",
        "source": "INTEGER",
    },
    # One row a tier of a bucket over a usage period of whom it belongs to: bounds after
    # proration.  `tier` NULL, `rolled_over`: what was left of earlier periods, which the
    # bounds of the tiers count from behind.  `used` is what was drawn in that tier in this
    # period, `before` (one-time buckets) in earlier ones.  days of full_days were held.
    "rated.pools": {
        "account_service": "VARCHAR",
        "period_start": "DATE",
        "period_end": "DATE",
        "bucket": "VARCHAR",
        "tier": "INTEGER",
        "charge": "VARCHAR",
        "lower": "BIGINT",
        "upper": "BIGINT",
        "used": "HUGEINT",
        "before": "HUGEINT",
        "days": "INTEGER",
        "full_days": "INTEGER",
    },
    # One row an account that put something into a shared bucket's pool or drew from it (what
    # rolled over too); `account_service` sells the share plan.  Steps before proration.
    "rated.pool_shares": {
        "account_service": "VARCHAR",
        "period_start": "DATE",
        "period_end": "DATE",
        "bucket": "VARCHAR",
        "account": "VARCHAR",
        "contributed": "HUGEINT",
        "used": "HUGEINT",
    },
    "rated.evaluated": {
        "account_service": "VARCHAR",
        "period_start": "DATE",
        "period_end": "DATE",
    },
    # What should have been charged by now, one row a charge.  The natural key of a charge
    # is (kind, account_service, service, transition, usage_class, bucket, tier,
    # full_start, occurrence); recurring charges have several stretches under one key, and
    # so have the discounts that lower them, whose unit price is below zero.
    # `service` is the charged service (the fee service of a transition).
    # Leaving a contract early is of kind `penalty`, what falls short of its minimum `minimum`, with
    # the minimum's ordinal as `occurrence` and the days it is measured over; `prepaid` is one that
    # is charged ahead, and `drawdown` what of it was used; the account service of all is one of
    # the account package, always the same.
    # [period_start, period_end): the stretch, one day for one-time and transition charges;
    # [full_start, full_end): the whole billing or usage period, NULL for those two.
    # `proration`: how parts of the period are counted (recurring).  days of full_days, as an
    # invoice counts them, NULL where not by days.  `quantity`: instances, or steps of usage.
    # `unit_price`: for one instance and a full period; NULL for usage (see rated.cells).
    # `minor`: the rounded amount in minor units.  `source`: NULL for usage.
    "charge.target": {
        "kind": "VARCHAR",
        "account_service": "VARCHAR",
        "service": "VARCHAR",
        "status": "VARCHAR",
        "transition": "VARCHAR",
        "discount": "VARCHAR",
        "usage_class": "VARCHAR",
        "bucket": "VARCHAR",
        "tier": "INTEGER",
        "occurrence": "INTEGER",
        "period_start": "DATE",
        "period_end": "DATE",
        "full_start": "DATE",
        "full_end": "DATE",
        "proration": "VARCHAR",
        "days": "INTEGER",
        "full_days": "INTEGER",
        "quantity": "HUGEINT",
        "unit_price": PRICE_TYPE,
        "minor": "HUGEINT",
        "currency": "VARCHAR",
        "source": "INTEGER",
        "tax_class": "VARCHAR",
    },
}

# An account service is one of `sold` and what its `terms` say, which many have in common; the
# numbers of terms are of no order, and others in another run.  account_services is a view of both.
_WHOSE = ("account_service", "account_package", "account", "invoicer")
TABLES["subscription.sold"] = dict.fromkeys(_WHOSE, "VARCHAR") | {"terms": "INTEGER"}
TABLES["subscription.terms"] = {"terms": "INTEGER"} | {
    name: kind
    for name, kind in TABLES["subscription.account_services"].items()
    if name not in _WHOSE
}

# What the last run knew of those that this one leaves out.
TABLES["subscription.aside"] = TABLES["subscription.known"]

# What is behind a charge of kind `minimum`, `prepaid` or `drawdown`: instances of the service
# `counted`, or the spend in minor units where that is NULL.
TABLES["charge.commitments"] = {
    "account_service": "VARCHAR",
    "occurrence": "INTEGER",
    "full_start": "DATE",
    "is_prepaid": "BOOLEAN",
    "counted": "VARCHAR",
    "committed": "HUGEINT",
    "used": "HUGEINT",
}

# What is behind a charge of kind `penalty` that is a percentage: what would have been charged
# until the term's end, in minor units.
TABLES["charge.penalties"] = {
    "account_service": "VARCHAR",
    "percent": PRICE_TYPE,
    "remaining": "DECIMAL(38, 0)",
    "term_end": "DATE",
}

# A posted line is its target as it was then; a credit has negative quantity and minor.
# `source` of a posted line is None: the catalog may have changed since; the ledger keeps
# the words (`source_path`, `source_line`, `source_text`).
TABLES["charge.posted"] = {
    **TABLES["charge.target"],
    "line_id": "BIGINT",
    "is_credit": "BOOLEAN",
    "account": "VARCHAR",
}

# Target minus posted, in the order the lines are printed.  A credit has negative quantity
# and minor; `corrects` is the line_id of the posted line it takes back.  A change of a
# usage target is one row with the differences; `corrects` is then the last posted line of
# that key and is_credit says whether minor is negative.
TABLES["charge.due"] = {
    "ordinal": "BIGINT",
    **TABLES["charge.target"],
    "is_credit": "BOOLEAN",
    "corrects": "BIGINT",
}
