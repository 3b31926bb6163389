"""A few lives worked by hand, from the sound book of the book's own tests."""

# ruff: noqa: DTZ001 - instants in the tables are in UTC and carry no zone

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from runtime.book.load import load_book
from runtime.engine import open_engine
from runtime.subscriptions import build_subscriptions
from runtime.tables import OPEN_DAY, TABLES
from tests.runtime.programs import connectivity_program

BASE = Path(__file__).parents[1] / "book" / "base"


def built(folder: Path, as_of: date) -> DuckDBPyConnection:
    connection = open_engine(threads=1)
    report = load_book(connection, connectivity_program(), folder)
    assert [fault.text() for fault in report.faults] == []
    build_subscriptions(connection, connectivity_program(), as_of)
    return connection


def days(connection: DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return connection.execute(f"{sql} ORDER BY ALL").fetchall()


@pytest.mark.feature("B5")
def test_only_the_tables_of_the_contract_are_left() -> None:
    connection = built(BASE, date(2026, 2, 1))
    for name, columns in TABLES.items():
        if name.startswith("subscription."):
            found = connection.execute(f"DESCRIBE {name}").fetchall()
            kinds = {column: kind.replace(", ", ",") for column, kind in columns.items()}
            assert {row[0]: row[1] for row in found} == kinds
    (left,) = days(
        connection,
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'subscription'",
    )
    assert left == (sum(name.startswith("subscription.") for name in TABLES),)


@pytest.mark.feature("B5")
def test_terms_stand_once_for_all_that_are_sold_on_them() -> None:
    connection = built(BASE, date(2026, 2, 1))
    said = ", ".join(name for name in TABLES["subscription.terms"] if name != "terms")
    (counts,) = days(
        connection,
        f"""
        SELECT (SELECT count(*) FROM subscription.terms),
               (SELECT count(*) FROM (SELECT DISTINCT {said} FROM subscription.account_services)),
               (SELECT count(*) FROM subscription.sold),
               (SELECT count(*) FROM subscription.account_services),
               (SELECT count(*) FROM book.account_services)
        """,
    )
    terms, distinct, *services = counts
    assert terms == distinct
    assert len(set(services)) == 1


@pytest.mark.feature("B5", "D2")
def test_two_changes_on_one_day_both_occur_and_the_last_is_priced() -> None:
    # On 20 January S1-access is suspended (known from the 25th) and resumed.
    before, after = date(2026, 1, 24), date(2026, 1, 25)
    mine = (
        "SELECT day, transition, change_row FROM subscription.occurrences "
        "WHERE account_service = 'S1-access'"
    )
    first = [(date(2026, 1, 1), "order", 1), (date(2026, 1, 5), "activate", 2)]
    assert days(built(BASE, before), mine) == first
    late = [(date(2026, 1, 20), "resume", 4), (date(2026, 1, 20), "suspend", 3)]
    assert days(built(BASE, after), mine) == [*first, *late]
    stretches = days(
        built(BASE, after),
        "SELECT from_day, until_day, status FROM subscription.timeline "
        "WHERE account_service = 'S1-access'",
    )
    assert stretches == [
        (date(2026, 1, 1), date(2026, 1, 5), "ordered"),
        (date(2026, 1, 5), OPEN_DAY, "active"),
    ]


@pytest.mark.feature("B4", "D1")
def test_a_yearly_package_begins_with_a_part_of_a_year() -> None:
    # S2 is open from 11 January, activated by its access line on the 12th, billed on the
    # 20th and cancelled on 1 June; the line itself is cancelled on 1 May.
    connection = built(BASE, date(2026, 6, 30))
    found = days(
        connection,
        "SELECT account_service, period_start, period_end, full_start, full_end "
        "FROM subscription.periods WHERE account_service LIKE 'S2%'",
    )
    whole = [
        (date(2025, 1, 20), date(2026, 1, 20)),
        (date(2026, 1, 20), date(2027, 1, 20)),
    ]
    assert found == [
        ("S2-access", date(2026, 1, 12), date(2026, 1, 20), *whole[0]),
        ("S2-access", date(2026, 1, 20), date(2026, 5, 1), *whole[1]),
        ("S2-data", date(2026, 1, 12), date(2026, 1, 20), *whole[0]),
        ("S2-data", date(2026, 1, 20), date(2026, 6, 1), *whole[1]),
    ]


@pytest.mark.feature("B4")
def test_usage_periods_begin_at_midnight_where_the_account_is() -> None:
    # U1 is in New York, with usage bill day 31: 28 February, then 31 March, in summer time.
    connection = built(BASE, date(2026, 3, 1))
    found = days(
        connection,
        "SELECT period_start, period_end, full_start, full_end, start_instant, end_instant "
        "FROM subscription.usage_periods WHERE account_service = 'S3-data'",
    )
    february, march = date(2026, 2, 28), date(2026, 3, 31)
    assert found == [
        (date(2026, 2, 1), february, date(2026, 1, 31), february,
         datetime(2026, 2, 1, 5), datetime(2026, 2, 28, 5)),
        (february, march, february, march, datetime(2026, 2, 28, 5), datetime(2026, 3, 31, 4)),
    ]  # fmt: skip


@pytest.mark.feature("B3")
def test_the_invoicer_is_the_one_the_account_names() -> None:
    found = days(
        built(BASE, date(2026, 2, 1)),
        "SELECT DISTINCT account, invoicer, currency FROM subscription.account_services",
    )
    assert found == [("H1", "H1", "CAD"), ("H2", "H1", "CAD"), ("U1", "U1", "USD")]


@pytest.mark.feature("D2")
def test_a_service_cancelled_before_it_was_ever_held_has_no_days(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "account_packages.csv"
    path.write_text(path.read_text("utf-8").replace("2026-02-01,,", "2026-02-01,2026-02-01,"))
    connection = built(tmp_path, date(2026, 6, 1))
    assert days(
        connection,
        "SELECT start_day, end_day, anchor_day FROM subscription.account_services "
        "WHERE account_service = 'S3-data'",
    ) == [(date(2026, 2, 1), date(2026, 2, 1), None)]
    for table in ("timeline", "periods", "usage_periods"):
        sql = f"SELECT * FROM subscription.{table} WHERE account_service = 'S3-data'"
        assert days(connection, sql) == []
