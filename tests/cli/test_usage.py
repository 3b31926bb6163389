"""`ratebook rate` and `ratebook usage`, as they are typed."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import click
import pytest

from cli.commands import bill, rate
from cli.render.usage_text import piece_line
from runtime.usage_history.model import Piece
from tests.cli.conftest import CONNECTIVITY, Ratebook


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rating alone of the connectivity catalog's own usage."""
    from cli.main import main

    out = tmp_path_factory.mktemp("rated") / "out"
    with pytest.raises(SystemExit) as stop:
        main(
            [
                *("rate", str(CONNECTIVITY), "--book", str(CONNECTIVITY / "book"), "--quiet"),
                *("--usage", str(CONNECTIVITY / "usage" / "*"), "--as-of", "2026-02-01"),
                *("--out", str(out)),
            ]
        )
    assert stop.value.code == 0
    return out


@pytest.mark.feature("C2", "C4")
def test_usage_counts_lists_and_tells_one_record(ratebook: Ratebook, rated: Path) -> None:
    said = ratebook("usage", rated)
    assert said.code == 0
    assert "what the runs read = rated + duplicate + skipped + rejected" in said.out
    counts = json.loads(ratebook("usage", rated, "--json").out)
    (run,) = counts["runs"]
    assert run["read"] == 6024
    assert run["read"] == run["rated"] + run["duplicate"] + run["skipped"] + run["rejected"]
    assert sum(each["events"] for each in counts["kept"]) == run["rated"]
    listed = json.loads(ratebook("usage", rated, "--reason", "conflict", "--json").out)
    assert listed["count"] == 1
    (conflict,) = listed["records"]
    name = f"{conflict['feed']}/{conflict['event_id']}"
    told = ratebook("usage", rated, name).out
    assert "duplicate, a conflict" in told
    assert f"{name}: rated" in told
    assert "here," in told
    place = f"{Path(conflict['file']).name}:{conflict['row']}"
    assert name in ratebook("usage", rated, place).out


def test_what_cannot_be_found_is_refused_with_a_hint(
    ratebook: Ratebook, rated: Path, tmp_path: Path
) -> None:
    for arguments, words in (
        ((rated, "sessions/none"), "no rating alone has read a record `sessions/none`"),
        ((rated, "--draft", "sessions/none"), "no rating alone has read"),
        ((rated, "--reason", "NO_RAT"), "did you mean NO_RATE?"),
        ((rated, "--period", "January"), "write it as 2026-01"),
        ((rated, "sessions/x", "--reason", "NO_RATE"), "not both"),
        ((tmp_path,), "no run was posted there"),
        ((tmp_path, "--draft"), "holds no rating alone"),
    ):
        said = ratebook("usage", *arguments)
        assert said.code == 2
        assert words in said.err


def test_a_book_with_faults_and_a_wrong_day_stop_a_rating(
    ratebook: Ratebook, catalog: Path, tmp_path: Path
) -> None:
    accounts = catalog / "book" / "accounts.csv"
    accounts.write_text(accounts.read_text().replace("CAD", "CAX", 1))
    asked = ("rate", catalog, "--book", catalog / "book", "--out", tmp_path / "out", "--quiet")
    said = ratebook(*asked, "--as-of", "2026-02-01")
    assert said.code == 1
    assert "nothing was posted" in said.err
    assert ratebook(*asked, "--as-of", "soon").code == 2


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        ("prices --usage a b --as-of 2026-02-01", ["a", "b"]),
        ("--as-of 2026-02-01 --usage a b prices", ["a", "b"]),
        ("--usage a b --as-of 2026-02-01 prices", ["a", "b"]),
        ("prices --usage=a b --as-of 2026-02-01 --usage c", ["a", "b", "c"]),
        ("--usage a prices --as-of 2026-02-01", ["a"]),
        ("--as-of 2026-02-01 --usage a -- prices", ["a"]),
    ],
)
def test_all_behind_usage_is_usage_and_what_else_stands_there_the_catalog(
    words: str, usage: list[str]
) -> None:
    for command in (bill.command, rate.command):
        read = command.make_context("ratebook", ["--book", "c", *words.split()]).params
        assert (list(read["usage"]), str(read["catalog"])) == (usage, "prices")


@pytest.mark.parametrize("words", ["prices other --usage a b", "prices --usage", "--usage a"])
def test_a_second_catalog_and_a_usage_of_nothing_are_refused(words: str) -> None:
    asked = ["--book", "c", "--as-of", "2026-02-01", *words.split()]
    with pytest.raises(click.UsageError):
        rate.command.make_context("ratebook", asked)


PIECE = Piece(
    number=0,
    day=date(2026, 1, 1),
    account="A",
    account_package="P",
    account_service="S",
    service="sim",
    usage_class="sms",
    rate_plan="standard",
    rate_group="texts",
    rate=None,
    bucket=None,
    tier=None,
    bucket_service=None,
    bucket_start=None,
    component="rated",
    quantity=Decimal(3),
    unit="each",
    unit_price=Decimal("0.0100"),
    per=1,
    unit_steps=1,
    event_price=Decimal(0),
    amount=Decimal("0.0300000000"),
    currency="EUR",
    source_path=None,
    source_line=None,
    period_start=date(2026, 1, 1),
    period_end=date(2026, 2, 1),
)
MINUTES = replace(PIECE, unit="minute", per=60, unit_steps=60, event_price=Decimal("0.90"))
SHARED = replace(PIECE, unit_price=Decimal(0))


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        (PIECE, "3 count rated at 0.01 EUR each = 0.03 EUR"),
        (MINUTES, "3 minute rated at 0.01 EUR per minute + 0.9 EUR an event = 0.03 EUR"),
        (replace(MINUTES, per=600), "3 minute rated at 0.01 EUR per 10 minute + 0.9 EUR an event"),
        (SHARED, "3 count rated with all that was used of it; its share is 0.03 EUR"),
        (
            replace(SHARED, amount=Decimal(0)),
            "3 count rated with all that was used of it, or at a price",
        ),
        (replace(PIECE, quantity=Decimal(116_850), component="included"), "116,850 count included"),
        (
            replace(PIECE, bucket="texts", tier=1, bucket_service="T"),
            "3 count of the bucket texts, tier 2 of T, rated at 0.01 EUR each = 0.03 EUR",
        ),
        (
            replace(PIECE, bucket="texts", component="included"),
            "3 count included of what rolled over into the bucket texts",
        ),
    ],
)
def test_a_piece_reads_as_a_sentence(piece: Piece, words: str) -> None:
    assert piece_line(piece).startswith(words)
