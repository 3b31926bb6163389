"""Catalog texts by hypothesis: right in syntax, laid out at random, free in meaning."""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

# Words of the language are names too, wherever the place leaves no doubt.
NAMES = st.one_of(
    st.sampled_from(["price", "active", "from", "monthly", "a", "x_1", "B2", "bucket", "to"]),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True),
)
# Where the grammar asks for a keyword as well, the name must be another word.
FREE_NAMES = st.from_regex(r"n_[a-z0-9_]{0,6}", fullmatch=True)
NUMBERS = st.one_of(
    st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,4})?", fullmatch=True),
    st.sampled_from(["10_000", "0", "0.80", "1_000_000.5"]),
)
TEXTS = st.one_of(
    st.sampled_from(['""', '"# no comment"', '"a { b ; }"', r'"say \"so\""', r'"a\\"']),
    st.text(st.characters(exclude_characters='"\\\n\r\0', codec="utf-8"), max_size=12).map(
        lambda text: f'"{text}"'
    ),
)
DATES = st.dates().map(lambda day: f"{day:%Y-%m-%d}".rjust(10, "0"))
REGIONS = st.sampled_from(["CA", "CA-ON", "DE", "US-NY"])
FREQUENCIES = st.one_of(
    st.sampled_from(["monthly", "quarterly", "semi_annually", "yearly"]),
    st.integers(1, 60).map(lambda months: f"every {months} months"),
)
MONEY = st.tuples(NUMBERS, NAMES).map(" ".join)
QUANTITIES = st.tuples(NUMBERS, FREE_NAMES).map(" ".join)


def listed(items: SearchStrategy[str], most: int = 3) -> SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=most).map(", ".join)


def phrase(*parts: str | SearchStrategy[str]) -> SearchStrategy[str]:
    """Words one after the other, with blanks of any number between them."""
    chosen = [st.just(part) if isinstance(part, str) else part for part in parts]
    blank = st.sampled_from([" ", "  ", "\t"])
    return st.tuples(blank, *chosen).map(
        lambda drawn: drawn[0].join(part for part in drawn[1:] if part)
    )


def maybe(part: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.one_of(st.just(""), part)


FIELDS = st.one_of(
    FREE_NAMES,
    st.sampled_from(["usage.input_tokens", "a.b.c", "field", 'field "Call Duration"']),
    phrase("field", TEXTS),
)
OPERANDS = st.one_of(FREE_NAMES, FIELDS, TEXTS, NUMBERS)
SUMS = st.recursive(
    OPERANDS,
    lambda inner: st.one_of(
        phrase(inner, st.sampled_from(["+", "-", "*"]), inner),
        phrase("(", inner, ")"),
    ),
    max_leaves=4,
)
COMPARISONS = st.one_of(
    phrase(SUMS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), SUMS),
    phrase(SUMS, "in", FREE_NAMES),
    phrase(SUMS, "in", listed(TEXTS)),
    phrase(SUMS, "starts with", TEXTS),
    phrase(SUMS, "is missing"),
)
CRITERIA = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        phrase("(", inner, ")"),
        phrase("not", inner),
        phrase(inner, st.sampled_from(["and", "or"]), inner),
    ),
    max_leaves=5,
)
WINDOWS = st.one_of(
    phrase("from", DATES, "until", DATES), phrase("from", DATES), phrase("until", DATES)
)
COMMENTS = st.sampled_from(["# note", "## doc", "#", "##", '# "open', "# {", "### rule", "# ü"])


@st.composite
def block(draw: DrawFn, statements: Sequence[str]) -> str:
    """Braces around statements: `;` or lines between, comments and blank lines anywhere."""
    text = "{"
    for number, statement in enumerate(statements):
        if number or draw(st.booleans()):
            text += draw(BREAKS) if number else draw(LINES)
        text += f" {statement}"
    if draw(st.booleans()):
        text += draw(LINES)
    return text + " }"


@st.composite
def lines(draw: DrawFn) -> str:
    """The end of a line, and what may stand before the next statement."""
    text = draw(st.sampled_from(["\n", "\r\n", "\n\n", "\n\n\n", " \n\t"]))
    if draw(st.integers(0, 3)) == 0:
        text = f" {draw(COMMENTS)}{text}"
    if draw(st.integers(0, 3)) == 0:
        text += f"{draw(COMMENTS)}\n"
    return text


LINES = lines()
BREAKS = st.one_of(LINES, st.just(";"), st.just(" ; "))


def blocked(
    *singles: SearchStrategy[str], many: SearchStrategy[str] | None = None
) -> SearchStrategy[str]:
    """A block in which each of `singles` stands at most once, and `many` any number of times."""
    chosen = [st.lists(single, max_size=1) for single in singles]
    if many is not None:
        chosen.append(st.lists(many, max_size=4))
    return (
        st.tuples(*chosen)
        .map(lambda groups: [statement for group in groups for statement in group])
        .flatmap(st.permutations)
        .flatmap(lambda ordered: block(list(ordered)))
    )


CATALOGS = phrase(
    "catalog",
    NAMES,
    maybe(TEXTS),
    blocked(
        phrase("currencies", listed(NAMES)),
        phrase("timezone", TEXTS),
        phrase("rounding half", st.sampled_from(["up", "even"])),
        many=phrase("use", TEXTS),
    ),
)
BILL_GROUPS = phrase(
    "bill group",
    NAMES,
    blocked(
        phrase("bill day", NUMBERS),
        phrase("terms net", NUMBERS, "days"),
        phrase("invoice template", TEXTS),
        st.tuples(
            phrase("deliver", NAMES),
            st.lists(phrase(", attach", NAMES, "as", NAMES), max_size=2).map("".join),
        ).map("".join),
        phrase("zero invoices", st.sampled_from(["suppressed", "sent"])),
        phrase("carry forward under", listed(MONEY)),
    ),
)
TAX_RATES = phrase(REGIONS, phrase(NUMBERS, "%"), maybe(phrase("from", DATES)))
TAXES = phrase(
    "tax",
    NAMES,
    blocked(
        phrase("otherwise", NUMBERS, "%"),
        phrase("prices", st.sampled_from(["include", "exclude"]), "tax"),
        many=st.one_of(phrase(FREE_NAMES, listed(TAX_RATES)), phrase("exemption", NAMES, TEXTS)),
    ),
)
WEEKDAYS = st.sampled_from(["monday", "tuesday", "friday", "saturday", "sunday"])
CLOCKS = st.sampled_from(["0:00", "07:30", "20:00", "24:00", "99:99"])
BAND_DAYS = st.one_of(
    st.sampled_from(["daily", "weekdays", "weekends"]),
    WEEKDAYS,
    st.tuples(WEEKDAYS, WEEKDAYS).map("..".join),
    DATES,
)
BAND_HOURS = phrase(BAND_DAYS, maybe(st.tuples(CLOCKS, CLOCKS).map("..".join)))
LINES_OF_ONE = st.one_of(
    phrase("service status", NAMES, "=", NAMES),
    phrase("service type", NAMES, "=", NAMES),
    phrase("package status", NAMES, "=", NAMES),
    phrase("usage class type", NAMES),
    phrase("unit", NAMES, "=", QUANTITIES),
    phrase("zone", NAMES, "= countries", listed(NAMES)),
    phrase("zone", NAMES, "= prefixes", listed(NUMBERS)),
    phrase("zone table", NAMES, "from", TEXTS),
    phrase("price table", NAMES, "from", TEXTS),
    phrase("time band", NAMES, "=", listed(BAND_HOURS)),
    phrase(
        "count",
        NAMES,
        "=",
        st.sampled_from(["service", "package"]),
        listed(NAMES),
        maybe(phrase("in", listed(NAMES))),
        maybe(phrase("where package in", listed(NAMES))),
        maybe(
            phrase("across account", maybe(st.sampled_from(["tree", "package"]))),
        ),
    ),
    phrase(
        "usage class",
        FREE_NAMES,
        "measured in",
        NAMES,
        maybe(phrase("when", CRITERIA)),
        maybe(phrase("type", NAMES)),
    ),
)
LIFECYCLES = phrase("lifecycle", NAMES, blocked(many=phrase(NAMES, listed(NAMES), "->", NAMES)))
AMOUNTS = phrase(NUMBERS, FREE_NAMES)
TERMS = st.one_of(
    phrase(
        AMOUNTS,
        st.one_of(
            st.sampled_from(["", "each", "flat", "per event"]),
            phrase("per", maybe(NUMBERS), FREE_NAMES),
            phrase("per block of", NUMBERS, maybe(FREE_NAMES)),
        ),
    ),
    phrase(NUMBERS, "% of amount"),
)
SUMS_OF_MONEY = listed(st.lists(TERMS, min_size=1, max_size=2).map(" + ".join), 2)
BOUNDS_OF_PRICES = phrase(NUMBERS, maybe(FREE_NAMES))
PRICE_TIERS = phrase(
    st.one_of(phrase("up to", BOUNDS_OF_PRICES), st.just("beyond")),
    SUMS_OF_MONEY,
    maybe(st.just("even at zero")),
)
MODIFIERS = st.permutations(
    ["includes 5 n_gb", "less 10%", "at most 5.00 n_usd, 6 n_eur", "at least 1.00 n_usd"]
).flatmap(lambda each: st.integers(0, 2).map(lambda count: " ".join(each[:count])))
PRICE = phrase(
    st.one_of(
        SUMS_OF_MONEY,
        phrase(
            st.sampled_from(["volume", "graduated"]),
            maybe(phrase("by", FREE_NAMES)),
            blocked(many=PRICE_TIERS),
        ),
    ),
    MODIFIERS,
)
VERSIONS = maybe(
    phrase("from", DATES, "for", st.sampled_from(["new sales", "renewals", "all"])),
)
PRICES = st.one_of(
    phrase("price", FREQUENCIES, VERSIONS, PRICE),
    phrase("price", VERSIONS, PRICE),
    phrase("price", FREQUENCIES, VERSIONS, blocked(many=phrase(FREE_NAMES, PRICE))),
    phrase("price", FREQUENCIES, "derived from", FREQUENCIES, maybe(st.just("less 10%"))),
    phrase("on", NAMES, "charge", NAMES, PRICE),
)
SERVICES = phrase(
    "service",
    FREE_NAMES,
    maybe(TEXTS),
    blocked(
        phrase("type", NAMES),
        phrase("lifecycle", NAMES),
        phrase("tax", NAMES),
        phrase("identified by", listed(NAMES)),
        phrase("active", WINDOWS),
        st.just("inactive"),
        phrase(
            "usage",
            FREQUENCIES,
            blocked(phrase("rates", NAMES), many=phrase("bucket", NAMES)),
        ),
        many=PRICES,
    ),
)
INSTANCES = st.one_of(
    st.just(""),
    phrase(phrase(NUMBERS, "..", NUMBERS), maybe(phrase("default", NUMBERS))),
    phrase("default", NUMBERS),
    phrase("optional", maybe(phrase("up to", NUMBERS))),
)
PACKAGES = phrase(
    "package",
    FREE_NAMES,
    maybe(TEXTS),
    blocked(
        phrase("category", NAMES),
        phrase("currencies", listed(NAMES)),
        phrase(
            "bills",
            listed(FREQUENCIES),
            maybe(st.sampled_from(["in advance", "in arrears"])),
        ),
        phrase("aligned to", st.sampled_from(["anniversary", "bill day"])),
        phrase("activation", st.sampled_from(["sale", "first billable status"])),
        phrase(
            "prorated",
            st.one_of(
                st.sampled_from(["never", "by days", "by seconds", "by 30/360"]),
                phrase("by fixed", NUMBERS),
            ),
        ),
        phrase("sold", WINDOWS),
        phrase("contract", listed(NAMES)),
        phrase("discount", listed(NAMES)),
        many=phrase("service", NAMES, INSTANCES, maybe(phrase("rates", NAMES))),
    ),
)
FEED_TIMES = st.one_of(
    phrase(NAMES, maybe(phrase("as", TEXTS)), maybe(phrase("in", TEXTS))),
    phrase(FIELDS, "as", st.sampled_from(["seconds", "milliseconds", "microseconds"])),
)
ATTRIBUTES = phrase("attribute", NAMES, maybe(phrase("=", SUMS)))
QUANTITY = phrase("quantity", SUMS, "in", NAMES)
FEEDS = phrase(
    "feed",
    NAMES,
    blocked(
        phrase("format", listed(NAMES)),
        phrase("separator", TEXTS),
        phrase("quote", TEXTS),
        phrase("decimal", TEXTS),
        phrase("encoding", TEXTS),
        phrase("columns", listed(st.one_of(NAMES, FIELDS))),
        st.one_of(
            phrase("id", listed(NAMES)),
            phrase("id", listed(FIELDS)),
            st.just("id from file and row"),
        ),
        phrase("at", FEED_TIMES),
        phrase("service", NAMES, maybe(phrase("=", SUMS))),
        QUANTITY,
        phrase("amount", SUMS, "in", FIELDS),
        many=st.one_of(
            ATTRIBUTES,
            phrase("skip when", CRITERIA),
            phrase(
                "event",
                NAMES,
                maybe(phrase("when", CRITERIA)),
                blocked(QUANTITY, many=ATTRIBUTES),
            ),
        ),
    ),
)
RATE_PLACES = st.one_of(
    phrase("to", FREE_NAMES),
    phrase("to country", NAMES),
    phrase("to prefix", NUMBERS),
)
RATES = phrase(
    NAMES,
    maybe(RATE_PLACES),
    maybe(phrase("via", TEXTS)),
    maybe(phrase("during", NAMES)),
    PRICE,
    maybe(phrase("minimum", QUANTITIES)),
    maybe(phrase("increment", QUANTITIES)),
)
RATE_GROUPS = phrase(
    "rate group",
    NAMES,
    maybe(phrase("when", CRITERIA)),
    st.one_of(blocked(many=RATES), phrase("from", TEXTS)),
)
RATE_PLANS = phrase("rate plan", NAMES, blocked(st.just("otherwise reject"), many=FREE_NAMES))
BASE_BUCKETS = phrase(
    "base bucket",
    NAMES,
    blocked(phrase("classes", listed(NAMES)), phrase("where", CRITERIA), phrase("unit", NAMES)),
)
TIERS = phrase(
    st.one_of(phrase("up to", QUANTITIES), st.just("beyond")),
    st.one_of(
        st.sampled_from(["included", "rated"]),
        phrase("rated +", listed(phrase(MONEY, "flat"))),
        PRICE,
    ),
)
RECURRING = phrase("recurring", FREQUENCIES, maybe(st.just("whole")))
PRIORITY = phrase("priority", NUMBERS)
ROLLS_OVER = phrase(
    "rolls over",
    st.one_of(st.just("all"), QUANTITIES),
    "for",
    st.sampled_from(["1 period", "1 periods", "2 periods", "12 period"]),
)
BUCKETS = phrase(
    "bucket",
    NAMES,
    "of",
    NAMES,
    blocked(
        RECURRING,
        phrase("one time", maybe(phrase("for", st.sampled_from(["1 month", "90 days", "2 day"])))),
        PRIORITY,
        ROLLS_OVER,
        many=TIERS,
    ),
)
POOL_TERMS = st.one_of(
    QUANTITIES, phrase(QUANTITIES, "per", NAMES, maybe(phrase("in", listed(NAMES))))
)
SHARE_PLANS = phrase(
    "share plan",
    NAMES,
    maybe(TEXTS),
    blocked(
        phrase("sold as", NAMES),
        many=phrase(
            "bucket",
            NAMES,
            "of",
            NAMES,
            blocked(
                RECURRING,
                phrase("pool", st.lists(POOL_TERMS, min_size=1, max_size=3).map(" + ".join)),
                phrase("consumed by", listed(NAMES)),
                PRIORITY,
                ROLLS_OVER,
                many=TIERS,
            ),
        ),
    ),
)
ENTRIES = phrase(
    "service",
    FREE_NAMES,
    st.one_of(
        phrase(FREQUENCIES, PRICE),
        phrase(FREQUENCIES, blocked(many=phrase(FREE_NAMES, PRICE))),
        PRICE,
        phrase("on", NAMES, "charge", NAMES, PRICE),
    ),
)
MONTHS = phrase(NUMBERS, st.sampled_from(["month", "months"]))
DISCOUNT_TERMS = phrase(
    st.one_of(
        phrase(NUMBERS, "% off"),
        listed(phrase(MONEY, "off")),
        phrase("at", listed(MONEY)),
    ),
    maybe(phrase("for", NUMBERS, st.sampled_from(["period", "periods"]))),
)
DISCOUNTS = phrase("discount", NAMES, maybe(TEXTS), "=", DISCOUNT_TERMS)
CONTRACTS = phrase(
    "contract",
    NAMES,
    maybe(TEXTS),
    blocked(
        phrase("term", MONTHS),
        phrase("renews", MONTHS),
        phrase(
            "leaving early costs",
            st.one_of(phrase(NUMBERS, "% of remaining charges"), listed(MONEY)),
            "charge",
            NAMES,
        ),
        many=phrase(
            "minimum",
            st.one_of(listed(MONEY), phrase(QUANTITIES, "at", listed(MONEY), "each")),
            "per",
            st.one_of(st.sampled_from(["month", "term"]), MONTHS),
            "charge",
            NAMES,
            maybe(st.just("prepaid")),
        )
        | ENTRIES,
    ),
)
PRICES_FROM = phrase("prices", "from", TEXTS)
PRICE_BOOKS = phrase(
    "price book",
    NAMES,
    maybe(TEXTS),
    blocked(
        many=st.one_of(
            ENTRIES,
            PRICES_FROM,
            phrase(
                "region",
                NAMES,
                "for countries",
                listed(NAMES),
                blocked(many=ENTRIES | PRICES_FROM),
            ),
        ),
    ),
)
PRICE_PLANS = phrase(
    "price plan",
    NAMES,
    maybe(TEXTS),
    blocked(
        phrase("reason", TEXTS),
        phrase("rates", NAMES),
        many=ENTRIES | phrase(st.sampled_from(["service", "package"]), FREE_NAMES, DISCOUNT_TERMS),
    ),
)

CLOCKS = st.sampled_from(["0:00", "12:30"])
INSTANCES = st.tuples(FREE_NAMES, FREE_NAMES).map(".".join)
SUBJECTS = FREE_NAMES | INSTANCES
SOLD_ITEMS = listed(
    phrase(
        FREE_NAMES,
        maybe(NUMBERS),
        maybe(phrase("as", FREE_NAMES)),
        maybe(phrase("known as", TEXTS)),
    )
)
USAGE_ATTRIBUTES = st.lists(phrase(FREE_NAMES, TEXTS | NUMBERS | FREE_NAMES), max_size=3).map(
    " ".join
)
SIGNED = st.tuples(st.sampled_from(["", "-", "- "]), MONEY).map("".join)
LINE_KINDS = st.sampled_from(["", "usage", "one time", "credit", "discount", "recurring"])
TEST_EVENTS = st.one_of(
    phrase(
        FREE_NAMES,
        "buys",
        FREE_NAMES,
        FREQUENCIES,
        maybe(phrase("as", FREE_NAMES)),
        maybe(phrase("under", FREE_NAMES)),
        maybe(phrase("price book", FREE_NAMES)),
        maybe(phrase("bill day", NUMBERS)),
        maybe(phrase("with", SOLD_ITEMS)),
    ),
    phrase(FREE_NAMES, "adds", SOLD_ITEMS),
    phrase(INSTANCES, FREE_NAMES),
    phrase(SUBJECTS, "is", FREE_NAMES),
    phrase(SUBJECTS, "ends"),
    phrase(
        INSTANCES,
        "gets price",
        MONEY,
        maybe(phrase("in", FREE_NAMES)),
        maybe(phrase("until", DATES)),
    ),
    phrase(SUBJECTS, "gets discount", FREE_NAMES, maybe(phrase("until", DATES))),
    phrase(
        maybe(CLOCKS),
        "usage",
        maybe(phrase(NUMBERS, "times")),
        QUANTITIES,
        "for",
        INSTANCES,
        USAGE_ATTRIBUTES,
        maybe(phrase("amount", MONEY)),
    ),
)
FOR_ACCOUNT = maybe(phrase("for", FREE_NAMES))
EXPECTATIONS = st.one_of(
    phrase(st.sampled_from(["net", "tax", "total", "balance"]), SIGNED, FOR_ACCOUNT),
    phrase(
        "line",
        SUBJECTS,
        LINE_KINDS,
        SIGNED,
        maybe(phrase("quantity", NUMBERS | QUANTITIES)),
    ),
    phrase("no line", SUBJECTS, LINE_KINDS),
    phrase("nothing", FOR_ACCOUNT),
    phrase(NUMBERS, st.sampled_from(["rated", "rejected"]), maybe(FREE_NAMES)),
    phrase("refused", TEXTS),
    phrase("invoice matches", TEXTS, FOR_ACCOUNT),
)
TESTS = phrase(
    "test",
    NAMES,
    maybe(TEXTS),
    blocked(
        many=st.one_of(
            phrase(
                "account",
                FREE_NAMES,
                maybe(phrase("under", FREE_NAMES)),
                maybe(phrase("in", FREE_NAMES)),
                maybe(phrase("bill group", FREE_NAMES)),
                maybe(phrase("bill day", NUMBERS)),
                maybe(phrase("usage day", NUMBERS)),
                maybe(phrase("invoiced to", FREE_NAMES)),
                maybe(phrase("jurisdiction", REGIONS)),
                maybe(phrase("country", FREE_NAMES)),
                maybe(phrase("exempt", FREE_NAMES | TEXTS)),
                maybe(phrase("price book", FREE_NAMES)),
                maybe(phrase("price plan", FREE_NAMES)),
                maybe(phrase("timezone", TEXTS)),
            ),
            phrase(DATES, TEST_EVENTS),
            phrase("usage from", TEXTS),
            phrase("bill", DATES),
            phrase("expect", EXPECTATIONS),
        )
    ),
)
CLAIMED = st.recursive(
    st.one_of(
        phrase("price", maybe(FREQUENCIES), maybe(FREE_NAMES)),
        st.just("cost"),
        NUMBERS,
        MONEY,
        phrase(NUMBERS, "%"),
    ),
    lambda inner: st.one_of(
        phrase(inner, st.sampled_from(["+", "-", "*"]), inner), phrase("(", inner, ")")
    ),
    max_leaves=4,
)
GUARDS = phrase(
    "guard",
    NAMES,
    maybe(TEXTS),
    blocked(
        phrase("costs from", TEXTS),
        many=st.one_of(
            phrase(
                "for every service",
                maybe(listed(FREE_NAMES)),
                maybe(phrase("in package", FREE_NAMES)),
                maybe(phrase("with", FREE_NAMES)),
            ),
            phrase(CLAIMED, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), CLAIMED),
        ),
    ),
)

DECLARATIONS: dict[str, SearchStrategy[str]] = {
    "catalog": CATALOGS,
    "bill group": BILL_GROUPS,
    "tax": TAXES,
    "one line": LINES_OF_ONE,
    "lifecycle": LIFECYCLES,
    "service": SERVICES,
    "package": PACKAGES,
    "feed": FEEDS,
    "rate group": RATE_GROUPS,
    "rate plan": RATE_PLANS,
    "base bucket": BASE_BUCKETS,
    "bucket": BUCKETS,
    "discount": DISCOUNTS,
    "contract": CONTRACTS,
    "share plan": SHARE_PLANS,
    "price book": PRICE_BOOKS,
    "price plan": PRICE_PLANS,
    "test": TESTS,
    "guard": GUARDS,
}


@st.composite
def files(draw: DrawFn) -> str:
    """A file of a few declarations, with comments and blank lines between them."""
    text = draw(maybe(LINES))
    for declaration in draw(st.lists(st.one_of(*DECLARATIONS.values()), max_size=5)):
        text += declaration + draw(LINES)
    return text
