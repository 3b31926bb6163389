"""The one table of what the compiler can find wrong; a code is for ever, wording may improve.

RB1xx: names and what a declaration must say.  RB2xx: services, statuses, lifecycles, prices.
RB3xx: usage.  RB4xx: packages, taxes, bill groups, counting rules.  RB9xx: comments
that speak to the compiler.  RB5xx: tests and guards.  Syntax, RB0xx, stands in `dsl.codes`.
"""

from __future__ import annotations

from dsl.codes import Code

UNKNOWN_NAME = Code("RB101", "unknown-name", "error", "a name refers to nothing")
WRONG_KIND = Code("RB102", "wrong-kind", "error", "a name refers to a thing of another kind")
DUPLICATE_NAME = Code("RB103", "duplicate-name", "error", "a name is declared twice")
RESERVED_NAME = Code("RB104", "reserved-name", "error", "a name belongs to the language")
MISSING_CATALOG = Code("RB105", "missing-catalog", "error", "no file declares the catalog")
SECOND_CATALOG = Code("RB106", "second-catalog", "error", "the catalog is declared twice")
UNKNOWN_CURRENCY = Code("RB107", "unknown-currency", "error", "a currency is not in ISO 4217")
FOREIGN_CURRENCY = Code(
    "RB108", "foreign-currency", "error", "a currency is not one of the catalog's"
)
UNKNOWN_TIMEZONE = Code("RB109", "unknown-timezone", "error", "a time zone is not in the IANA list")
MISSING_LINE = Code("RB110", "missing-line", "error", "a declaration lacks a line it needs")
DEPENDENCY_CYCLE = Code("RB111", "dependency-cycle", "error", "declarations depend on each other")
REPEATED_ENTRY = Code("RB112", "repeated-entry", "error", "a list names the same thing twice")
EMPTY_WINDOW = Code("RB113", "empty-window", "error", "a window ends before it starts")
EXCESSIVE_AMOUNT = Code(
    "RB114", "excessive-amount", "error", "an amount has more digits than can be billed exactly"
)
UNUSABLE_FOLDER = Code(
    "RB115", "unusable-folder", "error", "a shared folder cannot be taken into the catalog"
)
UNUSED_DECLARATION = Code("RB120", "unused-declaration", "warning", "nothing uses a declaration")

UNKNOWN_BASE = Code("RB201", "unknown-base", "error", "a status or type has an unknown base")
UNBILLABLE_PRICE = Code(
    "RB202", "unbillable-price", "error", "a price is set for a status that cannot bill"
)
PRICE_OUTSIDE_LIFECYCLE = Code(
    "RB203", "price-outside-lifecycle", "error", "a price is set for a status never reached"
)
MISSING_PRICE = Code("RB204", "missing-price", "error", "a package is sold without a price")
MISSING_CURRENCY = Code(
    "RB205", "missing-currency", "error", "a price is not given in each of the catalog's currencies"
)
PRICE_TWICE = Code("RB206", "price-twice", "error", "the same price is set twice")
CHARGE_WITHOUT_FEE = Code(
    "RB207", "charge-without-fee", "error", "a charge is made by a service that is no fee"
)
MISPLACED_PRICE = Code(
    "RB208", "misplaced-price", "error", "a service has a price that its type cannot have"
)
UNREACHABLE_STATUS = Code(
    "RB209", "unreachable-status", "error", "a status of a lifecycle cannot be reached from `new`"
)
CANCELED_NOT_TERMINAL = Code(
    "RB210", "canceled-not-terminal", "error", "a transition leaves a canceled status"
)
AMBIGUOUS_TRANSITION = Code(
    "RB211", "ambiguous-transition", "error", "a transition leaves one status twice"
)
CHARGE_WITHOUT_LIFECYCLE = Code(
    "RB212", "charge-without-lifecycle", "error", "a transition is charged without a lifecycle"
)

MISPLACED_TERM = Code(
    "RB220", "misplaced-term", "error", "an amount is for what is not counted there"
)
DERIVED_PRICE = Code(
    "RB221", "derived-price", "error", "a price is derived from one that cannot give it"
)
PRICE_VERSION = Code(
    "RB222", "price-version", "error", "a price from a date on leaves open what holds"
)
MIXED_CURRENCIES = Code(
    "RB223", "mixed-currencies", "error", "a sum of amounts is in two currencies"
)
PRICE_TIERS = Code(
    "RB224", "price-tiers", "error", "the tiers of a price do not ascend to `beyond`"
)
PRICE_BOUND = Code(
    "RB225", "price-bound", "error", "a price counts by what is not counted where it stands"
)
PRICE_LIMITS = Code(
    "RB226", "price-limits", "error", "the bounds of an amount contradict each other"
)
EVEN_AT_ZERO = Code(
    "RB227", "even-at-zero", "error", "`even at zero` stands where it changes nothing"
)
PRICE_CLIFF = Code("RB228", "price-cliff", "warning", "buying one more costs less in total")
REPEATED_TERM = Code("RB229", "repeated-term", "error", "a sum charges twice for the same thing")

UNKNOWN_UNIT = Code("RB301", "unknown-unit", "error", "a unit is not known")
WRONG_MEASURE = Code("RB302", "wrong-measure", "error", "a unit measures another thing")
UNKNOWN_MEASURE = Code("RB303", "unknown-measure", "error", "a usage class has an unknown measure")
UNKNOWN_ATTRIBUTE = Code(
    "RB304", "unknown-attribute", "error", "usage is asked for an attribute that a feed lacks"
)
UNKNOWN_IDENTIFIER = Code(
    "RB305", "unknown-identifier", "error", "a feed identifies by what no service is identified by"
)
EXPRESSION_TYPE = Code("RB306", "expression-type", "error", "an expression mixes text and numbers")
UNRATED_CLASS = Code("RB307", "unrated-class", "error", "a rate plan leaves usage without a rate")
EQUAL_RATES = Code("RB308", "equal-rates", "error", "two rates fit the same usage equally well")
SHADOWED_RATE = Code("RB309", "shadowed-rate", "warning", "a rate is never reached")
OVERLAPPING_CLASSES = Code(
    "RB310", "overlapping-classes", "warning", "a usage class is never reached"
)
TIER_ORDER = Code("RB311", "tier-order", "error", "the tiers of a bucket do not ascend to `beyond`")
UNKNOWN_COUNTRY = Code("RB312", "unknown-country", "error", "a country is not in ISO 3166-1")
UNKNOWN_FORMAT = Code("RB313", "unknown-format", "error", "a feed has an unknown file format")
TIME_PATTERN = Code("RB314", "time-pattern", "error", "a feed's time pattern cannot be read")
PART_OF_STEP = Code(
    "RB315", "part-of-step", "error", "a bound is not a whole number of bytes, seconds or units"
)
BUCKET_PERIOD = Code(
    "RB316", "bucket-period", "error", "a bucket recurs at another frequency than the usage"
)
UNIT_BASE = Code("RB320", "unit-base", "error", "a unit is not made of one of the language's units")
UNIT_SIZE = Code("RB321", "unit-size", "error", "a unit holds nothing, or more than is counted")
DIALECT_WITHOUT_CSV = Code(
    "RB322", "dialect-without-csv", "error", "a feed says how CSV is written and reads none"
)
DIALECT_SIGN = Code("RB323", "dialect-sign", "error", "a sign of a feed's CSV cannot part fields")
UNKNOWN_ENCODING = Code("RB324", "unknown-encoding", "error", "a feed has an unknown encoding")
EVENT_QUANTITY = Code(
    "RB325", "event-quantity", "error", "a feed's events and quantities do not fit"
)
UNKNOWN_COLUMN = Code(
    "RB326", "unknown-column", "error", "a feed reads a field that its columns do not name"
)
UNUSABLE_TABLE = Code("RB330", "unusable-table", "error", "a table cannot be read")
TABLE_COLUMNS = Code(
    "RB331", "table-columns", "error", "a table's first line does not name the columns it needs"
)
TABLE_ROW = Code("RB332", "table-row", "error", "a row of a table does not fit its header")
TABLE_CELL = Code("RB333", "table-cell", "error", "a cell of a table is not what its column holds")
PREFIX_DIGITS = Code("RB334", "prefix-digits", "error", "a prefix is not digits")
PLACE_TWICE = Code(
    "RB335", "place-twice", "error", "a table puts a prefix or a country into two zones"
)
ZONE_KIND = Code(
    "RB336", "zone-kind", "error", "a zone is asked of an attribute that it is not made of"
)
CLOCK_TIME = Code("RB337", "clock-time", "error", "a time band has hours that no clock shows")
BAND_OVERLAP = Code(
    "RB338", "band-overlap", "warning", "a time band names the same hours of a day twice"
)
RATE_PLACE = Code("RB340", "rate-place", "error", "a row of rates names two places")
RATE_UNIT = Code("RB341", "rate-unit", "error", "a row of rates does not say what its price is for")
RATE_STEP = Code("RB342", "rate-step", "error", "a rate rounds usage up to nothing")
SHARE_OF_NOTHING = Code(
    "RB343", "share-of-nothing", "error", "a rate is a share of an amount that no feed gives"
)
BUCKET_LIFE = Code("RB347", "bucket-life", "error", "a bucket is both one-time and recurring")
BUCKET_NUMBER = Code(
    "RB348", "bucket-number", "error", "a number of a bucket is not a whole one that it can have"
)
NOTHING_ROLLS_OVER = Code(
    "RB349", "nothing-rolls-over", "error", "what a bucket leaves over cannot roll over"
)
ROLL_OVER_CAP = Code(
    "RB350", "roll-over-cap", "warning", "more may roll over than a bucket ever includes"
)
UNSOLD_SHARE_PLAN = Code("RB351", "unsold-share-plan", "error", "a share plan cannot be sold")
IDLE_CONSUMER = Code(
    "RB352", "idle-consumer", "error", "a service of a share plan has no usage to draw"
)
IDLE_CONTRIBUTOR = Code(
    "RB353", "idle-contributor", "error", "a service can never fill the pool it is named in"
)
UNREACHABLE_BUCKET = Code("RB354", "unreachable-bucket", "warning", "a bucket is never drawn from")
POOL_PERIOD = Code(
    "RB355", "pool-period", "error", "what one service sells recurs at several frequencies"
)
EXIT_PREFIX = Code("RB356", "exit-prefix", "warning", "a prefix begins as no number does")

INSTANCE_BOUNDS = Code(
    "RB401", "instance-bounds", "error", "the instances of a service in a package do not fit"
)
PERCENT_RANGE = Code("RB402", "percent-range", "error", "a tax is not between 0% and 100%")
BILL_DAY_RANGE = Code("RB403", "bill-day-range", "error", "a bill day is not a day of the month")
TERMS_RANGE = Code("RB404", "terms-range", "error", "payment terms are not a number of days")
TAX_TWICE = Code("RB405", "tax-twice", "error", "a tax gives two rates for the same sale")
INACTIVE_SERVICE = Code(
    "RB406", "inactive-service", "warning", "a package holds a service that is not active"
)
FEE_SOLD = Code("RB407", "fee-sold", "error", "a package sells a fee")
FIXED_MONTH = Code("RB410", "fixed-month", "error", "the months of a proration are not of 30 days")
RATES_WITHOUT_USAGE = Code(
    "RB411", "rates-without-usage", "error", "a package rates a service that has no usage"
)
MIXED_INCLUSION = Code(
    "RB412", "mixed-inclusion", "error", "prices hold one tax of a class and not the other"
)
EMPTY_EXEMPTION = Code("RB413", "empty-exemption", "error", "an exemption gives no reason")
UNKNOWN_DELIVERY = Code(
    "RB414", "unknown-delivery", "error", "invoices are delivered in an unknown way"
)
UNKNOWN_ATTACHMENT = Code(
    "RB415", "unknown-attachment", "error", "an unknown report is attached to invoices"
)
ATTACHMENT_FORMAT = Code(
    "RB416", "attachment-format", "error", "a report is attached in a format it does not have"
)
UNUSABLE_TEMPLATE = Code(
    "RB417", "unusable-template", "error", "the template of an invoice cannot be used"
)
UNCOUNTED_STATUS = Code(
    "RB420", "uncounted-status", "error", "a rule counts in a status that none it counts is ever in"
)
CANCELED_COUNTED = Code("RB421", "canceled-counted", "error", "a rule counts what is canceled")
PACKAGES_IN_PACKAGES = Code(
    "RB422", "packages-in-packages", "error", "a rule counts packages inside packages"
)
FEE_COUNTED = Code("RB423", "fee-counted", "error", "a rule counts a fee")
NEVER_COUNTED = Code(
    "RB424", "never-counted", "error", "a rule names a service that it can never count"
)
DISCOUNT_RANGE = Code(
    "RB425", "discount-range", "error", "a discount takes off nothing, or more than there is"
)
PART_OF_PERIOD = Code(
    "RB426", "part-of-period", "error", "a commercial term does not last for whole periods"
)
PENALTY_RANGE = Code(
    "RB427", "penalty-range", "error", "leaving a contract costs nothing, or more than staying"
)
EMPTY_REASON = Code("RB428", "empty-reason", "error", "a price plan gives no reason")
REGION_OVERLAP = Code(
    "RB429", "region-overlap", "error", "two regions of a price book have one country"
)
DISCOUNT_TWICE = Code(
    "RB430", "discount-twice", "error", "a price plan discounts the same thing twice"
)
UNSOLD_PRICE = Code("RB431", "unsold-price", "warning", "a price is set for what no package sells")
UNSOLD_MINIMUM = Code(
    "RB432", "unsold-minimum", "error", "a contract counts a service that is not sold under it"
)
TEMPLATE_FIELD = Code(
    "RB433", "template-field", "error", "a template asks for what an invoice does not have"
)
TEMPLATE_FORBIDDEN = Code(
    "RB434", "template-forbidden", "error", "a template does what a template may not"
)
TEMPLATE_LIMIT = Code("RB435", "template-limit", "error", "a template draws without end")
TEMPLATE_FETCH = Code(
    "RB436", "template-fetch", "error", "a template fetches or runs what is outside of it"
)

UNKNOWN_IN_TEST = Code(
    "RB501", "unknown-in-test", "error", "a test speaks of what it has not named"
)
TWICE_IN_TEST = Code("RB502", "twice-in-test", "error", "a test names two things alike")
ORDER_IN_TEST = Code("RB503", "order-in-test", "error", "a test expects or bills out of turn")
USAGE_IN_TEST = Code(
    "RB504", "usage-in-test", "error", "a test's usage is none that the catalog reads"
)
GUARD_CLAIM = Code("RB505", "guard-claim", "error", "a guard claims what cannot be compared")

UNKNOWN_ALLOW = Code("RB901", "unknown-allow", "warning", "an allow comment names no warning")
FORBIDDEN_ALLOW = Code(
    "RB902", "forbidden-allow", "warning", "an allow comment names what cannot be allowed"
)
UNEXPLAINED_ALLOW = Code(
    "RB903", "unexplained-allow", "warning", "an allow comment gives no reason"
)
UNUSED_ALLOW = Code("RB904", "unused-allow", "warning", "an allow comment allows nothing")

COMPILER_CODES: tuple[Code, ...] = tuple(
    value for value in list(globals().values()) if isinstance(value, Code)
)
"""Every code of the table, in its order."""
