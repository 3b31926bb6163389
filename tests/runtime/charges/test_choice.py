"""Which price holds, of several versions and owners, and what rules count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.charges.counts import load_rules, load_tree, make_counts
from runtime.charges.target import compute_target
from runtime.engine import open_engine
from runtime.program.model import CountedStatus, CountedThing, CountingRule, Program
from runtime.program.prices import RecurringPrice
from runtime.tables import OPEN_DAY
from tests.reference.prices import LEVELS, Version, version_of
from tests.runtime.charges.tables import (
    account_service,
    make_stage_tables,
    period,
    price_owner,
    put,
    stretch,
)
from tests.runtime.price_rows import PriceRows
from tests.runtime.programs import connectivity_program

MONTHS = tuple(date(2026, month, 1) for month in range(1, 7))
DATES = st.sampled_from([date(2026, 1, 1), date(2026, 2, 15), date(2026, 3, 1), date(2026, 5, 1)])
OWNERS = {"price_plan": "acme", "contract": "year", "region": "partner.emea"}


@cache
def engine() -> DuckDBPyConnection:
    return open_engine(threads=1)


@st.composite
def versions(draw: st.DrawFn) -> tuple[Version, ...]:
    """The catalog's price and others, no two the same but for their name."""
    found: dict[tuple[str, str | None, date | None, str], Version]
    found = {("catalog", None, None, "all"): Version("0")}
    for number in range(1, draw(st.integers(1, 6))):
        level = draw(st.sampled_from(LEVELS[1:]))
        owner = (
            None
            if level == "catalog"
            else draw(st.sampled_from([OWNERS.get(level, "list"), "other"]))
        )
        start = draw(st.one_of(st.none(), DATES)) if level == "catalog" else None
        audience = (
            "all" if start is None else draw(st.sampled_from(["all", "new_sales", "renewals"]))
        )
        key = (level, owner, start, audience)
        found.setdefault(key, Version(str(number), level, owner, start, audience))
    return tuple(found.values())


def program_of(listed: tuple[Version, ...]) -> Program:
    """Price an access line by each version: its name is the amount."""
    prices = PriceRows(first=10_000)
    rows = tuple(
        RecurringPrice.model_validate(
            {
                "level": each.level,
                "owner": each.owner,
                "service": "access",
                "months": 1,
                "status": "active",
                "currency": "CAD",
                "start": each.start,
                "audience": each.audience,
                "price": prices.of(Decimal(each.name) + 1, "CAD"),
                "source": 1,
            }
        )
        for each in listed
    )
    return prices.into(connectivity_program(), recurring_prices=rows, transition_charges=())


@pytest.mark.feature("A25", "A19", "A22", "B6")
@settings(max_examples=25, deadline=None)
@given(listed=versions(), sold=DATES, owned=st.sets(st.sampled_from(sorted(OWNERS))))
def test_the_nearest_owner_and_the_latest_version_price_each_period(
    listed: tuple[Version, ...], sold: date, owned: set[str]
) -> None:
    connection = engine()
    make_stage_tables(connection)
    put(
        connection,
        "subscription.account_services",
        account_service("S1", "access", sale_day=sold, start_day=sold, activation_day=sold),
    )
    put(connection, "subscription.timeline", stretch("S1", "active", sold, OPEN_DAY))
    spans = [span for span in pairwise(MONTHS) if span[1] > sold]
    put(
        connection,
        "subscription.periods",
        *(period("S1", start, end, max(start, sold)) for start, end in spans),
    )
    owners = {level: OWNERS[level] for level in owned}
    put(
        connection,
        "subscription.price_owners",
        *(price_owner("S1", level, owner) for level, owner in owners.items()),
    )
    compute_target(connection, program_of(listed), as_of=date(2026, 12, 31))
    found = connection.execute(
        "SELECT unit_price FROM charge.target WHERE kind = 'recurring' ORDER BY full_start"
    ).fetchall()
    expected = [
        version_of(listed, owners, sold=sold, period=max(start, sold), is_first=start <= sold)
        for start, _ in spans
    ]
    assert [str(int(price) - 1) for (price,) in found] == expected


@pytest.mark.feature("A12")
@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # Active seats: 3 of A1's own P1, 2 of its P2; 5 of B1, which is below it; 1 suspended.
        (("service", "account", ["active"], []), 5),
        (("service", "account", [], []), 6),
        (("service", "account", ["suspended"], []), 1),
        (("service", "account_tree", ["active"], []), 10),
        (("service", "account_package", ["active"], []), 3),
        # Only P1 has a status, open, and P2 none yet.
        (("service", "account", ["active"], ["open"]), 3),
        (("package", "account", [], []), 2),
        (("package", "account", ["open"], []), 1),
        (("package", "account_tree", [], []), 3),
    ],
)
def test_a_rule_counts_in_its_scope_and_its_statuses(
    rule: tuple[str, str, list[str], list[str]], expected: int
) -> None:
    connection = engine()
    make_stage_tables(connection)
    first, later = date(2026, 1, 1), date(2026, 2, 1)
    connection.execute("CREATE OR REPLACE TABLE book.accounts (account VARCHAR, parent VARCHAR)")
    connection.execute("INSERT INTO book.accounts VALUES ('A1', NULL), ('B1', 'A1'), ('C1', NULL)")
    for name, account, package, quantity, status, until in (
        ("S1", "A1", "P1", 3, "active", OPEN_DAY),
        ("S2", "A1", "P2", 2, "active", OPEN_DAY),
        ("S3", "A1", "P2", 1, "suspended", OPEN_DAY),
        ("S4", "B1", "P3", 5, "active", OPEN_DAY),
        ("S5", "C1", "P4", 7, "active", OPEN_DAY),
        ("S6", "A1", "P1", 9, "active", later),
    ):
        service = account_service(name, "seat", account=account, account_package=package)
        put(connection, "subscription.account_services", service | {"quantity": quantity})
        held = {"package_status": "open" if package == "P1" else None}
        put(connection, "subscription.timeline", stretch(name, status, first, until, **held))
    for package, account, package_status in (
        ("P1", "A1", "open"),
        ("P2", "A1", None),
        ("P3", "B1", None),
        ("P4", "C1", None),
    ):
        put(
            connection,
            "subscription.package_timeline",
            {"account_package": package, "account": account, "package": "fleet"}
            | {"status": package_status, "base": "billable"}
            | {"from_day": first, "until_day": OPEN_DAY},
        )
    counts, scope, statuses, package_statuses = rule
    load_rules(
        connection,
        connectivity_program().model_copy(
            update={
                "counting_rules": (
                    CountingRule.model_validate(
                        {"id": "rule", "counts": counts, "scope": scope, "source": 0}
                    ),
                ),
                "counted_things": (
                    CountedThing(
                        rule="rule", thing="seat" if counts == "service" else "fleet", source=0
                    ),
                ),
                "counted_statuses": (
                    *(
                        CountedStatus(rule="rule", of="counted", status=each, source=0)
                        for each in statuses
                    ),
                    *(
                        CountedStatus(rule="rule", of="package", status=each, source=0)
                        for each in package_statuses
                    ),
                ),
            }
        ),
    )
    load_tree(connection)
    make_counts(
        connection,
        "SELECT 'rule' AS rule, 'A1' AS account, 'P1' AS account_package, DATE '2026-02-01' AS day",
    )
    assert connection.execute("SELECT counted FROM charge.counts").fetchall() == [(expected,)]
