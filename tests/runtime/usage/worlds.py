"""Small catalogs, books and usage for tests: made at random, full of bounds and ties."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection
from hypothesis import strategies as st

from runtime.engine import create_table, open_engine
from runtime.program import model
from runtime.program.artifact import seal
from runtime.program.buckets import Bucket, BucketFlat, BucketTier, ServiceBucket
from runtime.program.expressions import (
    AllOf,
    AnyOf,
    BeginsWith,
    Calculate,
    Compare,
    Expression,
    FieldValue,
    InCountries,
    IsMissing,
    Not,
    NumberValue,
    TextValue,
)
from tests.reference.usage import Holder, Record, start_of
from tests.runtime.price_rows import PriceRows
from tests.runtime.usage.rates import group_rates
from tests.runtime.usage.rates import tables as rate_tables

AS_OF = date(2026, 2, 1)
LATER = date(2026, 3, 1)
COLUMNS = {"sessions": ("id", "at", "who", "q", "kind", "country", "n")}
COLUMNS["calls"] = ("call", *COLUMNS["sessions"][1:])

JANUARY = (date(2026, 1, 1), date(2026, 2, 1))
FEBRUARY = (date(2026, 2, 1), date(2026, 3, 1))
MARCH = (date(2026, 3, 1), date(2026, 4, 1))
MIDDLES = tuple(
    (start, end)
    for start, end in pairwise(
        (date(2025, 12, 15), date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15))
    )
)
ACCOUNT_OF = {"h1": "head", "s1": "head", "h3": "branch", "s2": "branch", "h6": "desk"}
PARENTS = {"branch": "head", "desk": "branch", "h7-a": "head"}


def compare(name: str, operator: str, value: str | int | Decimal) -> Expression:
    constant = (
        TextValue(value=value) if isinstance(value, str) else NumberValue(value=Decimal(value))
    )
    return Compare.model_validate(
        {
            "operator": operator,
            "left": FieldValue(name=name),
            "right": constant,
            "numeric": not isinstance(value, str),
        }
    )


CRITERIA: tuple[Expression | None, ...] = (
    None,
    compare("kind", "==", "a"),
    compare("kind", "!=", "a"),
    compare("n", ">", 5),
    AnyOf(operands=(compare("n", "<=", Decimal("7.5")), compare("kind", "==", "b"))),
    InCountries(value=FieldValue(name="country"), countries=("CA", "US")),
    BeginsWith(value=FieldValue(name="n"), prefixes=("10", "4", "9")),
    Not(operand=BeginsWith(value=FieldValue(name="kind"), prefixes=("a",))),
    Not(operand=compare("kind", "==", "a")),
    IsMissing(value=FieldValue(name="country")),
    AllOf(operands=(compare("kind", ">=", "b"), Not(operand=compare("n", "==", 0)))),
)
BOUNDS = (1, 2, 5, 10, 1000, 2**62)
QUANTITIES = (
    *("0", "1", "2", "4", "5", "6", "9", "10", "11", "999", "1000", "1001", "+3", "07"),
    *("-1", "1.5", "0.001", "2.000", "x", "", "1e3", "1_0", " 1", "0.0000000001"),
)
HUGE = (str(2**62 - 1), str(2**62), str(2**62 + 1), str(2**63 - 1), str(2**63), "9" * 40)
INSTANTS = (
    *("2026-01-01 04:59:59", "2026-01-01 05:00:00", "2026-01-05 12:00:00"),
    *("2026-01-14 23:00:00", "2026-01-15 05:00:00", "2026-01-17 05:00:00"),
    *("2026-01-20 00:00:00", "2026-01-20 04:59:59", "2026-01-20 05:00:00"),
    *("2026-01-25 00:00:00", "2026-02-01 00:00:00", "2026-02-01 04:59:59"),
    *("2026-02-01 05:00:00", "2026-02-20 00:00:00", "2026-03-01 05:00:00"),
    # Around 02:00 and 03:00 in Morocco on the day its clocks go back, as Ramadan begins.
    *("2026-02-15 00:59:59", "2026-02-15 01:00:00", "2026-02-15 01:59:59"),
    *("2026-02-15 02:00:00", "2026-02-15 02:59:59", "2026-02-15 03:00:00"),
    *("2025-12-01 00:00:00", "2026-05-01 00:00:00", "soon", ""),
)


GOOD_INSTANTS = (*INSTANTS[:10], *INSTANTS[11:14], *INSTANTS[13:19])


@dataclass(frozen=True)
class World:
    """`runs`: per run the files, each a feed, a format and its rows."""

    program: model.Program
    holders: tuple[Holder, ...]
    runs: tuple[tuple[UsageFileRows, ...], ...]


@dataclass(frozen=True)
class UsageFileRows:
    feed: str
    format: Literal["csv", "jsonl", "parquet"]
    rows: tuple[tuple[str, ...], ...]


def holders() -> tuple[Holder, ...]:
    """Give five account services over two time zones, one of them taking over from another."""

    def holder(
        name: str,
        service: str,
        currency: str,
        timezone: str,
        days: tuple[date, date],
        identifiers: tuple[tuple[str, str, date, date], ...],
        off: tuple[date, date] | None = None,
        package: str | None = None,
        full_periods: Sequence[tuple[date, date]] = (JANUARY, FEBRUARY),
        quantity: int = 1,
    ) -> Holder:
        start, end = days
        billable: tuple[tuple[date, date, bool], ...] = ((start, end, True),)
        if off is not None:
            billable = ((start, off[0], True), (off[0], off[1], False), (off[1], end, True))
        periods = tuple(
            (max(full[0], start), min(full[1], end), *full)
            for full in full_periods
            if max(full[0], start) < min(full[1], end)
        )
        is_metered = service != "unmetered"
        return Holder(
            account_service=name,
            service=service,
            currency=currency,
            timezone=timezone,
            start=start,
            end=end,
            identifiers=identifiers,
            billable=billable,
            periods=periods if is_metered else (),
            package=package,
            account=ACCOUNT_OF.get(name, f"{name}-a"),
            quantity=quantity,
        )

    toronto, spring = "America/Toronto", date(2026, 4, 10)
    new_year, turn, late = date(2026, 1, 1), date(2026, 1, 20), date(2026, 1, 10)
    return (
        holder(
            "h1",
            "metered",
            "CAD",
            toronto,
            (new_year, spring),
            (("who", "x", new_year, spring), ("who", "xx", turn, spring)),
            (date(2026, 1, 15), date(2026, 1, 17)),
        ),
        holder("h2", "metered", "USD", "UTC", (late, turn), (("who", "y", late, turn),)),
        holder(
            "h3",
            "metered",
            "CAD",
            toronto,
            (late, spring),
            (("who", "y", turn, spring),),
            package="other_way_round",
            quantity=3,
        ),
        holder("h4", "unmetered", "CAD", "UTC", (late, spring), (("who", "z", late, spring),)),
        holder("h5", "planless", "CAD", "UTC", (late, spring), (("who", "w", late, spring),)),
        holder("h6", "metered", "CAD", toronto, (late, turn), (("who", "v", late, turn),)),
        holder("h7", "metered", "CAD", MOROCCO, (turn, spring), (("who", "v", turn, spring),)),
        # They sell the share plan: from the middle of the month on, and from month to month.
        holder("s1", "pool_fee", "CAD", toronto, (new_year, spring), (), full_periods=MIDDLES),
        holder("s2", "pool_fee", "USD", "UTC", (late, turn), ()),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Make a catalog and the usage of one or two runs; the book is `holders()`."""
    program = draw(programs())
    runs = draw(st.lists(st.lists(usage_files(), min_size=1, max_size=3), min_size=1, max_size=2))
    return World(program, holders(), tuple(tuple(files) for files in runs))


@st.composite
def usage_files(draw: st.DrawFn) -> UsageFileRows:
    """Make a file of records that mostly can be rated, with every mistake among them.

    The rows come from a seed: hypothesis by itself would hardly ever make twenty good ones.
    """
    chance = Random(draw(st.integers(0, 2**32 - 1)))
    return UsageFileRows(
        feed=chance.choice(("sessions", "sessions", "calls")),
        format=chance.choice(("csv", "jsonl", "parquet")),
        rows=tuple(_row(chance) for _ in range(draw(st.integers(0, 25)))),
    )


def _row(chance: Random) -> tuple[str, ...]:
    def mostly(good: Sequence[str], bad: Sequence[str]) -> str:
        return chance.choice(bad if chance.random() < BAD_SHARE else good)

    return (
        mostly([str(chance.randrange(90))], ("1", "2", "é", "Z", "10", "")),
        mostly(GOOD_INSTANTS, INSTANTS),
        mostly(("x", "x", "xx", "y", "v"), ("z", "w", "nobody", "")),
        mostly(QUANTITIES[:14], QUANTITIES + HUGE),
        mostly(("a", "a", "b", ""), ("probe",)),
        mostly(("CA", "CA", "US"), ("FR", "")),
        mostly(("0", "5", "7.5", "8"), ("", "x")),
    )


BAD_SHARE = Fraction(1, 12)
MOROCCO = "Africa/Casablanca"
"""A zone whose clocks change inside the months of the worlds."""


@st.composite
def programs(draw: st.DrawFn) -> model.Program:
    """Make a catalog of classes, zones, groups and several buckets for one metered service."""
    criterion = st.sampled_from((None, *CRITERIA, None))
    measures = ["data", *draw(st.lists(st.sampled_from(("data", "count")), max_size=3))]
    classes = [
        model.UsageClass.model_validate(
            {
                "id": f"c{number}",
                "ordinal": number,
                "type": None,
                "measure": measure,
                "criterion": draw(criterion),
                "source": 0,
            }
        )
        for number, measure in enumerate(measures)
    ]
    groups = [
        model.RateGroup(id=f"g{number}", criterion=draw(criterion), source=0)
        for number in range(draw(st.integers(1, 3)))
    ]
    prices = PriceRows()
    rates = [rate for group in groups for rate in draw(group_rates(group.id, classes, prices))]
    buckets = draw(
        st.lists(bucket_with_tiers(classes), min_size=draw(st.integers(0, 2)), max_size=3)
    )
    made = [bucket(number, *each) for number, each in enumerate(buckets)]
    return seal(
        prices.into(
            EMPTY,
            **{
                "feeds": (draw(feeds()), CALLS),
                "usage_classes": tuple(classes),
                **rate_tables(),
                **COUNTING,
                "rate_groups": tuple(groups),
                "rates": tuple(rates),
                "package_services": (
                    model.PackageService(
                        package="other_way_round",
                        service="metered",
                        minimum=1,
                        maximum=1,
                        default=1,
                        rate_plan="reversed",
                        source=0,
                    ),
                ),
                "rate_plans": tuple(
                    model.RatePlan(id=plan, otherwise="reject", source=0)
                    for plan in ("plan", "reversed")
                ),
                "rate_plan_groups": tuple(
                    model.RatePlanGroup(plan=plan, ordinal=number, group=group.id, source=0)
                    for plan, ordered in (("plan", groups), ("reversed", groups[::-1]))
                    for number, group in enumerate(ordered)
                ),
                "buckets": tuple(each[0] for each in made),
                "bucket_tiers": tuple(tier for each in made for tier in each[1]),
                "bucket_flats": tuple(flat for each in made for flat in each[2]),
                "service_buckets": tuple(
                    ServiceBucket(service="metered", bucket=f"b{number}", ordinal=number, source=0)
                    for number in range(len(buckets))
                ),
            },
        )
    )


COUNTING = {
    "counting_rules": (
        model.CountingRule(id="near", counts="service", scope="account", source=0),
        model.CountingRule(id="below", counts="service", scope="account_tree", source=0),
        model.CountingRule(id="own", counts="service", scope="account_package", source=0),
    ),
    "counted_things": tuple(
        model.CountedThing(rule=rule, thing=thing, source=0)
        for rule in ("near", "below", "own")
        for thing in ("metered", "pool_fee")
    ),
    "counted_statuses": (
        model.CountedStatus(rule="below", of="counted", status="on", source=0),
        model.CountedStatus(rule="below", of="counted", status="off", source=0),
    ),
}
BucketDraw = tuple[list[str], Expression | None, str, bool, list[int], list[str], str | None]


@st.composite
def bucket_with_tiers(draw: st.DrawFn, classes: Sequence[model.UsageClass]) -> BucketDraw:
    charge = st.sampled_from(("included", "flat", "rated"))
    bounds = sorted(draw(st.sets(st.sampled_from(BOUNDS), min_size=1, max_size=3)))
    return (
        draw(st.lists(st.sampled_from([each.id for each in classes]), min_size=1, unique=True)),
        draw(st.sampled_from((None, None, *CRITERIA))),
        draw(st.sampled_from(("data", "data", "count"))),
        draw(st.booleans()),
        bounds,
        [draw(charge) for _ in bounds],
        draw(st.sampled_from((None, "included", "flat", "rated", "rated"))),
    )


def bucket(
    number: int,
    classes: list[str],
    where: Expression | None,
    measure: str,
    prorate: bool,
    bounds: list[int],
    charges: list[str],
    beyond: str | None,
) -> tuple[Bucket, list[BucketTier], list[BucketFlat]]:
    name = f"b{number}"
    tiers: list[tuple[int | None, str]] = list(zip(bounds, charges, strict=True))
    if beyond is not None:
        tiers.append((None, beyond))
    made = Bucket.model_validate(
        {
            "id": name,
            "ordinal": number,
            "classes": tuple(classes),
            "where": where,
            "measure": measure,
            "unit": "each",
            "steps_per_unit": 1,
            "months": 1,
            "prorate": prorate,
            "source": 0,
        }
    )
    rows = [
        BucketTier.model_validate(
            {"bucket": name, "ordinal": ordinal, "upper": upper, "charge": charge, "source": 0}
        )
        for ordinal, (upper, charge) in enumerate(tiers)
    ]
    flats = [
        BucketFlat(bucket=name, tier=tier.ordinal, currency=currency, amount=Decimal(9), source=0)
        for tier in rows
        if tier.charge == "flat"
        for currency in ("CAD", "USD")
    ]
    return made, rows, flats


DIALECTS = (
    model.FeedDialect(),
    model.FeedDialect(separator=";", decimal=",", columns=COLUMNS["sessions"]),
    model.FeedDialect(separator="|", quote="'", encoding="latin-1"),
)
EVENTS = (
    model.FeedEvent(
        name="one",
        criterion=AnyOf(
            operands=(compare("kind", "==", "a"), IsMissing(value=FieldValue(name="country")))
        ),
        quantity=FieldValue(name="q"),
        measure="data",
        steps_per_unit=1,
        attributes=tuple(
            model.FeedAttribute(name=each, expression=FieldValue(name=each))
            for each in ("kind", "country", "n")
        ),
    ),
    model.FeedEvent(
        name="two",
        criterion=BeginsWith(value=FieldValue(name="who"), prefixes=("x",)),
        quantity=FieldValue(name="n"),
        measure="count",
        steps_per_unit=2,
        attributes=(
            model.FeedAttribute(name="kind", expression=TextValue(value="b")),
            model.FeedAttribute(name="n", expression=FieldValue(name="n")),
            model.FeedAttribute(name="destination", expression=FieldValue(name="id")),
        ),
    ),
)
AMOUNTS = (
    None,
    model.FeedAmount(expression=FieldValue(name="n"), currency="CAD", currency_field=None),
    model.FeedAmount(
        expression=Calculate(
            operator="*", left=FieldValue(name="n"), right=NumberValue(value=Decimal("0.0000005"))
        ),
        currency="USD",
        currency_field=None,
    ),
    model.FeedAmount(expression=FieldValue(name="n"), currency=None, currency_field="country"),
)


@st.composite
def feeds(draw: st.DrawFn) -> model.Feed:
    """Make the feed of sessions: plain, or of another dialect, id, amount or events."""
    plain = feed("sessions", "id", draw(st.sampled_from((1, 1, 1000))))
    changes = {
        "dialect": draw(st.sampled_from(DIALECTS)),
        "id_fields": draw(st.sampled_from((("id",), ("id",), ()))),
        "amount": draw(st.sampled_from(AMOUNTS)),
        "events": draw(st.sampled_from((plain.events, EVENTS))),
    }
    return plain.model_copy(update=changes if draw(st.booleans()) else {})


def feed(name: str, id_field: str, steps_per_unit: int) -> model.Feed:
    return model.Feed(
        id=name,
        formats=("csv", "jsonl", "parquet"),
        columns=COLUMNS[name],
        id_fields=(id_field,),
        time_field="at",
        time_pattern="%Y-%m-%d %H:%M:%S",
        timezone="UTC",
        identifier="who",
        identifier_value=FieldValue(name="who"),
        events=(
            model.FeedEvent(
                name=None,
                criterion=None,
                quantity=FieldValue(name="q"),
                measure="data",
                steps_per_unit=steps_per_unit,
                attributes=(
                    *(
                        model.FeedAttribute(name=each, expression=FieldValue(name=each))
                        for each in ("kind", "country", "n")
                    ),
                    model.FeedAttribute(name="destination", expression=FieldValue(name=id_field)),
                    model.FeedAttribute(name="carrier", expression=FieldValue(name="who")),
                ),
            ),
        ),
        skip=(compare("kind", "==", "probe"),),
        source=0,
    )


CALL = model.FeedEvent(
    name=None,
    criterion=None,
    quantity=Calculate(
        operator="+",
        left=FieldValue(name="q"),
        right=Calculate(
            operator="*",
            left=NumberValue(value=Decimal(2)),
            right=NumberValue(value=Decimal("0.5")),
        ),
    ),
    measure="count",
    steps_per_unit=1,
    attributes=(
        model.FeedAttribute(name="kind", expression=FieldValue(name="kind")),
        model.FeedAttribute(
            name="n",
            expression=Calculate(
                operator="-", left=FieldValue(name="n"), right=NumberValue(value=Decimal("0.5"))
            ),
        ),
    ),
)
CALLS = feed("calls", "call", 1).model_copy(update={"events": (CALL,)})


def service(name: str, rate_plan: str | None, months: int | None) -> model.Service:
    return model.Service(
        id=name,
        title=name,
        description="",
        base="recurring",
        type="line",
        lifecycle=None,
        tax_class=None,
        identifiers=("who",),
        is_active=True,
        active_from=None,
        active_until=None,
        usage_months=months,
        rate_plan=rate_plan,
        source=0,
    )


EMPTY = model.Program.model_validate(
    {
        **dict.fromkeys(model.Program.model_fields, ()),
        "format_version": model.FORMAT_VERSION,
        "fingerprint": "",
        "catalog": "world",
        "title": "World",
        "timezone": "UTC",
        "rounding": "half_up",
        "sources": (model.SourceLine(id=0, path="world.ratebook", line=1, column=1, text="-"),),
        "currencies": tuple(model.Currency(code=code, minor_units=2) for code in ("CAD", "USD")),
        "services": (
            service("metered", "plan", 1),
            service("planless", None, 1),
            service("unmetered", "plan", None),
            service("pool_fee", None, None),
        ),
    }
)


def open_book(
    holding: Sequence[Holder], threads: int | None = None, memory_limit: str | None = None
) -> DuckDBPyConnection:
    """Open an engine with the tables that the usage side reads."""
    connection = open_engine(threads=threads, memory_limit=memory_limit)
    tables = ("account_services", "timeline", "package_timeline", "usage_periods", "quantities")
    for table in (*tables, "rate_plans"):
        create_table(connection, f"subscription.{table}")
    connection.execute(
        "CREATE TABLE book.identifiers (account_service VARCHAR, identifier VARCHAR, "
        'value VARCHAR, effective DATE, "until" DATE)'
    )
    connection.execute("CREATE TABLE book.accounts (account VARCHAR, parent VARCHAR)")
    connection.executemany("INSERT INTO book.accounts VALUES (?, ?)", list(PARENTS.items()))
    for each in holding:
        connection.execute(
            "INSERT INTO subscription.account_services BY NAME "
            "SELECT ? AS account_service, ? AS account_package, ? AS account, ? AS service, "
            "?::VARCHAR AS package, ? AS currency, ? AS timezone, ?::DATE AS start_day, "
            "?::DATE AS end_day, ? AS quantity",
            [
                *(each.account_service, f"{each.account_service}-p", each.account),
                *(each.service, each.package, each.currency, each.timezone, each.start, each.end),
                each.quantity,
            ],
        )
        for name, value, start, end in each.identifiers:
            connection.execute(
                "INSERT INTO book.identifiers VALUES (?, ?, ?, ?, ?)",
                [
                    *(each.account_service, name, value),
                    None if start == each.start else start,
                    None if end == each.end else end,
                ],
            )
        for start, end, is_billable in each.billable:
            connection.execute(
                "INSERT INTO subscription.timeline BY NAME SELECT ? AS account_service, "
                "? AS billable, ? AS status, ? AS base, ?::DATE AS from_day, ?::DATE AS until_day",
                [
                    *(each.account_service, is_billable, "on" if is_billable else "off"),
                    *("billable" if is_billable else "non_billable", start, end),
                ],
            )
        for start, end, full_start, full_end in each.periods:
            instants = [start_of(day, each.timezone).replace(tzinfo=None) for day in (start, end)]
            connection.execute(
                "INSERT INTO subscription.usage_periods VALUES (?, ?, ?, ?, ?, ?, ?)",
                [each.account_service, start, end, full_start, full_end, *instants],
            )
    return connection


def write_files(
    program: model.Program, folder: Path, files: Sequence[UsageFileRows], prefix: str
) -> tuple[list[str], list[Record]]:
    """Write usage files; give their arguments `feed=path` and their records."""
    feeds = {each.id: each for each in program.feeds}
    arguments, records = [], []
    for number, file in enumerate(files):
        columns = COLUMNS[file.feed]
        path = folder / f"{prefix}{number}.{file.format}"
        dialect = feeds[file.feed].dialect
        is_comma = file.format == "csv" and dialect.decimal == ","
        rows = [with_commas(row) if is_comma else row for row in file.rows]
        # A file without a header has to show what it holds: a record that is skipped does.
        probe = dict.fromkeys(columns, "-") | {"kind": "probe"}
        if file.format == "jsonl" or dialect.columns:
            rows.append(tuple(probe.values()))
        if file.format == "csv":
            write_csv(path, dialect, columns, rows)
        elif file.format == "jsonl":
            lines = [json_line(dict(zip(columns, row, strict=True))) for row in rows]
            path.write_text("\n\n".join(lines) + "\n")
        else:
            data = {name: [row[i] for row in rows] for i, name in enumerate(columns)}
            schema = pa.schema([(name, pa.string()) for name in columns])
            pq.write_table(pa.table(data, schema=schema), path)
        arguments.append(f"{file.feed}={path}")
        records += [
            Record(
                file.feed, path.as_posix(), row, dict(zip(columns, values, strict=True)), is_comma
            )
            for row, values in enumerate(rows, 1)
        ]
    return arguments, records


def with_commas(row: tuple[str, ...]) -> tuple[str, ...]:
    """Write the numbers of a row with a comma, all but those of a few rows."""
    if row[0].endswith("7"):
        return row
    return tuple(each.replace(".", ",") for each in row)


def write_csv(
    path: Path,
    dialect: model.FeedDialect,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
) -> None:
    with path.open("w", newline="", encoding=dialect.encoding) as stream:
        writer = csv.writer(
            stream,
            quoting=csv.QUOTE_ALL,
            delimiter=dialect.separator or ",",
            quotechar=dialect.quote,
        )
        writer.writerows(rows if dialect.columns else [columns, *rows])


def json_line(record: dict[str, str]) -> str:
    """Write a record as JSON: numbers as numbers, and nothing for what is missing."""
    fields = [
        f"{json.dumps(name)}: {value if JSON_NUMBER.fullmatch(value) else json.dumps(value)}"
        for name, value in record.items()
        if value
    ]
    return "{" + ", ".join(fields) + "}"


JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
