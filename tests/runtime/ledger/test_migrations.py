"""Ledgers of every version that was ever written, brought to the one of today."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import IntegrityError

from runtime.engine import open_engine
from runtime.ledger.connect import hold_ledger, read_ledger
from runtime.ledger.faults import LedgerRefused
from runtime.ledger.history import read_frozen
from runtime.ledger.migrations import STEPS
from runtime.ledger.posted import load_posted
from runtime.ledger.schema import APPEND_ONLY, SCHEMA_VERSION, all_lines
from runtime.payments.credited import read_creditable
from tests.ledgers import Database
from tests.runtime.ledger.versions import FIRST, path_of, schema_text, statements_of

# What a run of version 1 left: one month of an access line.
POSTED = (
    "INSERT INTO runs (run, as_of, catalog, fingerprint, rounding, kept_events)"
    " VALUES (1, '2026-02-01', 'connectivity', 'f', 'half_up', 0)",
    "INSERT INTO number_series VALUES ('northwind', 'INV', 1)",
    "INSERT INTO invoices VALUES ('INV-000001', 1, 'northwind', 'INV', 1, 'invoice', 'A1', 'CAD',"
    " 2, '2026-02-01', '2026-03-03', 8000, 0, 8000, '{}')",
    "INSERT INTO lines (line_id, run, invoice, line, account, account_package, account_service,"
    " kind, service, status, period_start, period_end, full_start, full_end, days, full_days,"
    " quantity, unit_price, minor, currency, is_credit, tax_minor, taxes)"
    " VALUES (1, 1, 'INV-000001', 1, 'A1', 'P1', 'P1-access', 'recurring', 'access', 'active',"
    " '2026-01-01', '2026-02-01', '2026-01-01', '2026-02-01', 31, 31, 1, '80', 8000, 'CAD',"
    " false, 0, '[]')",
)

OLD = [
    pytest.param(
        version,
        marks=[pytest.mark.only_on(*(name for name in FIRST if FIRST[name] <= version))],
    )
    for version in range(1, SCHEMA_VERSION)
]


def older(database: Database, version: int, path: Path) -> str:
    """Make a ledger as a version of Ratebook did, with a month posted; give its URL."""
    database.execute(path, *statements_of(database.name, version), *POSTED)
    return database.url(path)


@pytest.mark.feature("D9")
@pytest.mark.parametrize("version", OLD)
def test_an_older_ledger_comes_to_be_as_a_new_one_with_all_that_was_posted(
    database: Database, tmp_path: Path, version: int
) -> None:
    url = older(database, version, tmp_path / "old.db")
    with hold_ledger(url) as ledger:
        ledger.commit()
    with hold_ledger(database.url(tmp_path / "new.db")) as ledger:
        expected = layout(ledger)
        ledger.commit()
    engine = open_engine(threads=1)
    with read_ledger(url) as ledger:
        assert layout(ledger) == expected
        load_posted(engine, ledger)
    rows = engine.execute("SELECT kind, minor, days, proration, discount FROM charge.posted")
    assert rows.fetchall() == [("recurring", 8000, 31, "days", None)]


@pytest.mark.feature("D9")
@pytest.mark.parametrize("version", OLD)
def test_what_an_older_ledger_posted_stays_append_only(
    database: Database, tmp_path: Path, version: int
) -> None:
    url = older(database, version, tmp_path / "old.db")
    for table in APPEND_ONLY[:3]:  # those that have had rows since version 1
        with hold_ledger(url) as ledger, pytest.raises(IntegrityError, match="append-only"):
            ledger.execute(text(f"DELETE FROM {table.name}"))


@pytest.mark.feature("D9")
@pytest.mark.parametrize("version", OLD)
def test_a_run_that_posts_nothing_leaves_an_older_ledger_as_it_was(
    database: Database, tmp_path: Path, version: int
) -> None:
    url = older(database, version, tmp_path / "old.db")
    with hold_ledger(url):
        pass
    (row,) = database.execute(tmp_path / "old.db", "SELECT version FROM schema_version")
    assert row == (version,)
    with pytest.raises(LedgerRefused, match="brings it up to date"), read_ledger(url):
        pass


# What a later run took back of it; so that it is a line like any other, it has a document.
TAKEN_BACK = (
    "INSERT INTO invoices VALUES ('INV-000002', 1, 'northwind', 'INV', 2, 'credit_note', 'A1',"
    " 'CAD', 2, '2026-02-02', '2026-03-04', -8000, 0, -8000, '{\"number\":\"INV-000002\"}')",
    "INSERT INTO lines (line_id, run, invoice, line, account, account_package, account_service,"
    " kind, service, status, period_start, period_end, quantity, minor, currency, is_credit,"
    " corrects, tax_minor, taxes)"
    " VALUES (2, 1, 'INV-000002', 1, 'A1', 'P1', 'P1-access', 'recurring', 'access', 'active',"
    " '2026-01-01', '2026-02-01', -1, -8000, 'CAD', true, 1, 0, '[]')",
)


@pytest.mark.feature("D9")
def test_what_an_older_ledger_took_back_and_its_documents_are_what_they_were(
    database: Database, tmp_path: Path
) -> None:
    url = older(database, 6, tmp_path / "old.db")
    database.execute(tmp_path / "old.db", *TAKEN_BACK)
    with hold_ledger(url) as ledger:
        ledger.commit()
    with read_ledger(url) as ledger:
        assert list(read_frozen(ledger, ("INV-000001", "INV-000002"))) == [
            "{}",
            '{"number":"INV-000002"}',
        ]
        query = select(all_lines.c.line_id, all_lines.c.corrects).order_by(all_lines.c.line_id)
        assert [tuple(row) for row in ledger.execute(query)] == [(1, None), (2, 1)]
        (line,) = read_creditable(ledger, "INV-000001")
        assert (line.amount, line.taken_back, line.left) == (8000, 8000, 0)


@pytest.mark.parametrize("database_name", FIRST)
def test_the_schema_of_each_version_is_kept(database_name: str) -> None:
    """One that changed needs a version of its own, a step to it, and its text."""
    for version in range(FIRST[database_name], SCHEMA_VERSION + 1):
        assert path_of(database_name, version).exists(), version
    kept = path_of(database_name, SCHEMA_VERSION).read_text("utf-8")
    assert kept == schema_text(database_name), "python -m tests.runtime.ledger.versions"
    assert len(STEPS) == SCHEMA_VERSION - 1


def layout(ledger: Connection) -> dict[str, object]:
    """Give all that a database says of its tables, but for the order of columns."""
    inspector = inspect(ledger)
    names = sorted(inspector.get_table_names())
    triggers = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname || tgenabled::text FROM pg_trigger AS t "
        "JOIN pg_class AS c ON c.oid = t.tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace",
    }[ledger.dialect.name]
    found: dict[str, object] = {
        name: (
            sorted(
                (each["name"], str(each["type"]), each["nullable"], each["default"])
                for each in inspector.get_columns(name)
            ),
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(each["column_names"] for each in inspector.get_unique_constraints(name)),
            sorted(
                (each["constrained_columns"], each["referred_table"], each["referred_columns"])
                for each in inspector.get_foreign_keys(name)
            ),
            sorted((each["name"], each["column_names"]) for each in inspector.get_indexes(name)),
        )
        for name in names
    }
    return found | {"triggers": sorted(ledger.execute(text(triggers)).scalars())}
