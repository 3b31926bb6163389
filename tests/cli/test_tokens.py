"""Usage of a language model, from the text of a catalog and JSON lines to an invoice."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from runtime.book.model import ENTITIES
from tests.cli.conftest import Ratebook
from tests.cli.test_worked_by_hand import line_of
from tests.runtime.bill.books import write_csv

CATALOG = """\
catalog models {
  currencies  USD
  timezone    "UTC"
}

unit token         = 1 count
unit million_token = 1_000_000 count

feed completions {
  format     jsonl
  id         request.id
  at         request.ts as milliseconds
  service    api_key = key
  attribute  model
  event input {
    quantity   usage.input_tokens in token
    attribute  kind = "input"
  }
  event output when not usage.output_tokens is missing {
    quantity   usage.output_tokens in token
    attribute  kind = "output"
  }
}

usage class input_tokens  measured in count when kind == "input" and model in "large", "huge"
usage class output_tokens measured in count when kind == "output"

rate group tokens {
  input_tokens   2.50 USD per million_token
  output_tokens  10.00 USD per million_token
}

rate plan metered {
  tokens
  otherwise reject
}

bill group all {
  bill day  1
}

tax none {
  otherwise  0%
}

service chat {
  type           recurring
  identified by  api_key
  price monthly  0.00 USD
  usage monthly {
    rates  metered
  }
}

package api {
  bills    monthly in advance
  service  chat
}
"""
BOOK = {
    "accounts": [
        {"account": "us", "name": "Us", "type": "owner", "currency": "USD"},
        {
            "account": "acme",
            "parent": "us",
            "name": "Acme",
            "type": "customer",
            "currency": "USD",
            "bill_group": "all",
            "jurisdiction": "US",
            "locale": "en_US",
        },
    ],
    "contacts": [
        {"account": name, "kind": "billing", "name": "Accounts"} for name in ("us", "acme")
    ],
    "account_packages": [
        {
            "account_package": "p1",
            "account": "acme",
            "package": "api",
            "frequency": "monthly",
            "effective": "2026-01-01",
        }
    ],
    "account_services": [{"account_service": "s1", "account_package": "p1", "service": "chat"}],
    "identifiers": [{"account_service": "s1", "identifier": "api_key", "value": "k1"}],
}


def completion(number: int, model: str, tokens: dict[str, int]) -> str:
    request = {"id": f"r{number}", "ts": 1767571200000 + number}
    return json.dumps({"request": request, "key": "k1", "model": model, "usage": tokens})


@pytest.mark.feature("A26", "C1", "C2", "D4", "D6")
def test_tokens_of_json_lines_are_billed_in_the_unit_of_their_price(
    tmp_path: Path, ratebook: Ratebook
) -> None:
    catalog, book, out = tmp_path / "catalog", tmp_path / "book", tmp_path / "out"
    catalog.mkdir()
    (catalog / "models.ratebook").write_text(CATALOG)
    book.mkdir()
    for name, model in ENTITIES.items():
        write_csv(book / f"{name}.csv", tuple(model.model_fields), BOOK.get(name, []))
    usage = tmp_path / "completions.jsonl.gz"
    lines = [
        completion(1, "large", {"input_tokens": 1_200_000, "output_tokens": 1_000_001}),
        completion(2, "huge", {"input_tokens": 50_000}),
        completion(3, "small", {"input_tokens": 7, "output_tokens": 499_999}),
    ]
    usage.write_bytes(gzip.compress("\n".join(lines).encode()))
    said = ratebook(
        *("bill", catalog, "--book", book, "--usage", usage, "--as-of", "2026-02-01"),
        *("--out", out, "--quiet"),
    )
    assert said.code == 0, said.text
    # The third record's input has no class; its output is rated all the same.
    exceptions = (out / "exceptions" / "run=1" / "completions.csv").read_text()
    assert ",NO_CLASS," in exceptions
    assert exceptions.count("\n") == 2
    (file,) = (out / "invoices").rglob("*.json")
    invoice = json.loads(file.read_text())
    # 1.25 million at 2.50 are 3.125, rounded half up; 1.5 million at 10.00 are 15.00
    line = line_of(invoice, "s1", kind="usage", usage_class="input_tokens")
    assert (line["net"], line["quantity"], line["unit"]) == ("3.13", "1.25", "million_token")
    line = line_of(invoice, "s1", kind="usage", usage_class="output_tokens")
    assert (line["net"], line["quantity"], line["unit"]) == ("15.00", "1.5", "million_token")
    said = ratebook("explain", f"{invoice['number']}:{line['number']}", "--out", out)
    assert "completions.jsonl.gz:1" in said.out
    assert "1.000001 million_token" in said.out
