"""Each catalog bills its own book and usage, and its hardest lines are worked by hand."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Ratebook
from tests.cli.test_worked_by_hand import lines_of

CATALOGS = ROOT / "catalogs"
BILLED = {"fleet": "2026-02-01", "voice": "2026-02-01", "tokens": "2023-12-01"}
MILLION = 1_000_000


@pytest.mark.feature("C2", "D9", "E1")
@pytest.mark.parametrize("name", BILLED)
def test_a_catalog_bills_its_book_and_usage(ratebook: Ratebook, tmp_path: Path, name: str) -> None:
    folder = CATALOGS / name
    common = ("bill", folder, "--book", folder / "book", "--out", tmp_path / "out")
    quietly = ("--documents", "json", "--quiet")
    usage = ("--usage", folder / "usage" / "*")
    first = ratebook(*common, *usage, *quietly, "--as-of", BILLED[name])
    assert first.code == 0, first.err
    told = json.loads((tmp_path / "out" / "summary.json").read_text())
    counts = told["usage"]
    assert counts["read"] == sum(
        counts[part] for part in ("rated", "duplicate", "skipped", "rejected")
    )
    assert counts["rated"] > counts["read"] * 9 // 10
    assert counts["rejected"] > 0
    assert told["lines"] > 0
    again = ratebook(*common, *quietly, "--as-of", BILLED[name])
    assert again.code == 0
    assert "nothing is due" in again.out


def requests_of(trace: Path, model: str, api_key: str, folder: Path) -> Iterator[tuple[int, int]]:
    """Give the rows of a trace that fall to a key, by the rule that the README states."""
    from catalogs.tokens.generate import keys

    own = [key.value for key in keys() if key.model == model]
    with trace.open(newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if own[number % len(own)] == api_key:
                yield int(row["ContextTokens"]), int(row["GeneratedTokens"])


@pytest.mark.feature("A13", "A14", "A16", "A26", "C1")
def test_real_requests_are_billed_to_the_cent(
    ratebook: Ratebook, tmp_path: Path, shared: Path
) -> None:
    """The chat key of a customer in dollars, whose trial of 200,000 tokens is drawn first."""
    data = shared / "data" / "llm-inference"
    for trace, model in (("code", "code"), ("conversation", "chat")):
        subprocess.run(
            [
                *(sys.executable, "-m", "catalogs.tokens.generate", "--model", model),
                *("--requests", data / f"{trace}.csv", "--usage", tmp_path / "usage"),
            ],
            cwd=ROOT,
            check=True,
        )
    folder = CATALOGS / "tokens"
    said = ratebook(
        *("bill", folder, "--book", folder / "book", "--out", tmp_path / "out", "--quiet"),
        *("--usage", tmp_path / "usage" / "*", "--as-of", "2023-12-01"),
        *("--documents", "json"),
    )
    assert said.code == 0, said.err
    counts = json.loads((tmp_path / "out" / "summary.json").read_text())["usage"]
    assert counts["rated"] == counts["read"] == 2 * 28_185
    service = dollar_customer(folder / "book")
    rows = list(requests_of(data / "conversation.csv", "chat", f"sk-{service[1:4]}-chat", tmp_path))
    # Events are drawn in order of time, input before output: the first 200,000 tokens are the
    # trial; the rest costs 0.50 a million in, 1.50 a million out, each line rounded once.
    left, due = 200_000, [0, 0]
    for asked, given in rows:
        for side, tokens in enumerate((asked, given)):
            taken = min(left, tokens)
            left -= taken
            due[side] += tokens - taken
    assert left == 0
    expected = [
        (Decimal(tokens) * price / MILLION).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for tokens, price in zip(due, (Decimal("0.50"), Decimal("1.50")), strict=True)
    ]
    assert billed_of(tmp_path / "out", service) == expected


def dollar_customer(book: Path) -> str:
    """Give the chat service of the first customer in dollars without a commitment."""
    with (book / "accounts.csv").open(newline="") as file:
        accounts = {row["account"]: row["currency"] for row in csv.DictReader(file)}
    with (book / "account_packages.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if accounts[row["account"]] == "USD" and row["package"] == "pay_as_you_go":
                return f"{row['account_package']}-chat"
    raise AssertionError("no such customer")


def billed_of(out: Path, service: str) -> list[Decimal]:
    """Give the net of a service's usage lines, input first."""
    found: dict[str, Decimal] = {}
    for file in sorted((out / "invoices").glob("*.json")):
        invoice: dict[str, Any] = json.loads(file.read_text())
        for line in lines_of(invoice):
            if line["account_service"] == service and line["kind"] == "usage":
                found[line["usage_class"]] = Decimal(line["net"])
    return [found["input_tokens"], found["output_tokens"]]
