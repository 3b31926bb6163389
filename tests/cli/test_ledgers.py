"""`--ledger` and what stands for it, on either database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.ledgers import ENVIRONMENT
from runtime.ledger.connect import hold_ledger
from tests.cli.conftest import CONNECTIVITY, Ratebook, Said
from tests.ledgers import Database


@pytest.fixture
def url(tmp_path: Path, database: Database) -> str:
    return database.url(tmp_path / "elsewhere" / "ledger.db")


def bill(ratebook: Ratebook, out: Path, *rest: object) -> Said:
    book = ("--book", CONNECTIVITY / "book", "--as-of", "2025-12-02")
    return ratebook(
        "bill", CONNECTIVITY, *book, "--out", out, *rest, "--documents", "none", "--quiet"
    )


@pytest.mark.feature("D9", "D6")
def test_a_ledger_elsewhere_is_billed_into_once_and_explained_from(
    ratebook: Ratebook, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with hold_ledger(url):
        held = bill(ratebook, out, "--ledger", url)
    assert held.code == 2
    assert "another run holds the ledger" in held.err
    assert "1 fault; nothing was posted" in held.err
    assert not out.exists()

    first = bill(ratebook, out, "--ledger", url)
    assert first.code == 0
    assert "INV-000001" in first.out
    assert not (out / "ledger.db").exists()
    monkeypatch.setenv(ENVIRONMENT, url)
    assert "nothing is due: no invoices" in bill(ratebook, out, "--wait", 5).out
    explained = ratebook("explain", "INV-000001", "--out", out)
    assert explained.code == 0
    assert re.search(r"INV-000001", explained.out)


@pytest.mark.feature("D9", "E1")
def test_a_ledger_that_cannot_be_reached_is_told_without_its_password(
    ratebook: Ratebook, tmp_path: Path
) -> None:
    url = "postgresql://billing:secret@127.0.0.1:1/ledger"
    for said in (
        bill(ratebook, tmp_path / "out", "--ledger", url),
        bill(ratebook, tmp_path / "out", "--ledger", url, "--dry-run"),
        ratebook("explain", "INV-000001", "--ledger", url),
    ):
        assert said.code == 2
        assert "postgresql://billing@127.0.0.1:1/ledger: no server answers there" in said.err
        assert "secret" not in said.text
