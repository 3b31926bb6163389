"""Rating alone: what a bill would rate, posted nowhere and in nobody's way."""

import csv
import json
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from runtime.bill_result import BillRefused
from runtime.rating import RatingResult, rate_alone
from tests.kills.state import differences, state_of
from tests.runtime.bill.books import Book, customer, ledger_of, request, run, session, write_usage


@pytest.fixture
def sold(tmp_path: Path) -> Path:
    """A folder with a book of one customer and a file of usage with a repeated record."""
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    write_usage(
        tmp_path / "january.csv",
        session(1, "GW-P1", "2026-01-05", "61"),
        session(2, "GW-P1", "2026-01-09", "7.5", kind="backup"),
        session(2, "GW-P1", "2026-01-09", "7.25", kind="backup"),
        session(3, "GW-P9", "2026-01-09", "1"),
    )
    return tmp_path


def rated(folder: Path, as_of: str = "2026-02-01", usage: str = "january.csv") -> RatingResult:
    result = rate_alone(request(folder, as_of, str(folder / usage)))
    assert isinstance(result, RatingResult), result
    return result


@pytest.mark.feature("C1", "C2", "C4")
def test_rating_alone_rates_as_a_bill_does_and_posts_nothing(sold: Path) -> None:
    result = rated(sold)
    billed = run(request(sold, "2026-02-01", str(sold / "january.csv")))
    assert asdict(result.usage) == asdict(billed.usage)
    for folder in ("rated_usage", "exceptions"):
        drafts = sorted((sold / "out" / folder / "run=draft").rglob("*.*"))
        posted = sorted((sold / "out" / folder / "run=1").rglob("*.*"))
        assert drafts
        assert [path.read_bytes() for path in drafts] == [path.read_bytes() for path in posted]
    told = json.loads((sold / "out" / "rating.json").read_text())
    assert told["usage"]["read"] == 4
    # Web data: 50 GB included, 10 GB at a flat amount, 1 GB and all of the backup rated.
    assert {(each.component, each.quantity) for each in result.classes} >= {
        ("included", Decimal(50)),
        ("rated", Decimal("7.5")),
    }


@pytest.mark.feature("C2", "D9")
def test_a_bill_after_a_rating_is_as_if_nothing_had_been_rated(sold: Path) -> None:
    (sold / "calm").mkdir()
    (sold / "book").rename(sold / "calm" / "book")
    usage = str(sold / "january.csv")
    run(request(sold / "calm", "2026-02-01", usage))
    (sold / "calm" / "book").rename(sold / "book")
    rated(sold)
    assert not (sold / "out" / "usage_store").exists()
    assert not (sold / "out" / "ledger.db").exists()
    run(request(sold, "2026-02-01", usage))
    out, calm = sold / "out", sold / "calm" / "out"
    found = state_of(out, ledger_of(out))
    expected = state_of(calm, ledger_of(calm))
    drafts = {name for name in found if "run=draft" in name or name == "rating.json"}
    assert list(differences(expected, {k: v for k, v in found.items() if k not in drafts})) == []


@pytest.mark.feature("C1", "C3")
def test_rating_after_a_bill_knows_what_was_seen_and_rates_late_usage(sold: Path) -> None:
    run(request(sold, "2026-02-01", str(sold / "january.csv")))
    write_usage(
        sold / "late.csv",
        session(1, "GW-P1", "2026-01-05", "61"),
        session(4, "GW-P1", "2026-01-06", "2"),
    )
    result = rated(sold, "2026-02-02", "late.csv")
    assert (result.usage.rated, result.usage.duplicate, result.usage.stored) == (1, 1, 2)
    again = run(request(sold, "2026-02-02", str(sold / "late.csv")))
    assert (again.run, again.usage.rated, again.usage.duplicate) == (2, 1, 1)


@pytest.mark.feature("C1", "C2")
def test_a_conflict_shows_both_contents_and_where_the_first_stands(sold: Path) -> None:
    rated(sold)
    with (sold / "out" / "exceptions" / "run=draft" / "sessions.csv").open() as file:
        rows = {row["reason"]: row for row in csv.DictReader(file)}
    conflict = rows["CONFLICT"]
    assert conflict["event_id"] == "r2"
    assert conflict["row"] == "3"
    assert conflict["detail"].endswith(
        f"first seen in {sold}/january.csv:2: quantity 7250000000 here, 7500000000 there"
    )


@pytest.mark.feature("C4", "A17")
def test_a_piece_names_its_service_and_whose_bucket_it_was_drawn_from(sold: Path) -> None:
    rated(sold)
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT service, bucket, bucket_service, bucket_start::VARCHAR FROM "
            "read_parquet($1) ORDER BY ALL",
            [str(sold / "out/rated_usage/run=draft/*/*.parquet")],
        ).fetchall()
    assert rows == [
        ("data", "included_data", "P1-data", "2026-01-01"),
        ("data", None, None, None),
    ]


def test_a_file_that_is_not_what_its_feed_says_stops_the_rating(sold: Path) -> None:
    (sold / "odd.csv").write_text("a,b\n1,2\n")
    refusal = rate_alone(request(sold, "2026-02-01", str(sold / "odd.csv")))
    assert isinstance(refusal, BillRefused)
    assert refusal.stage == "usage"
    assert "odd.csv: fits no feed" in refusal.reasons[0]
