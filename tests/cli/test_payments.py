"""`ratebook pay`, `credit`, `balance` and `statement`, as a user types them."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import CONNECTIVITY, Ratebook

RANK = ("--as-of", "2026-03-15")


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run of the catalog's book; A0001 owes 1,825.05 CAD for January, A0006 1,098.27 USD."""
    from cli.main import main

    out = tmp_path_factory.mktemp("january") / "out"
    folder = ("--book", str(CONNECTIVITY / "book"), "--out", str(out))
    with pytest.raises(SystemExit) as stop:
        main(
            [
                "bill",
                str(CONNECTIVITY),
                *folder,
                "--as-of",
                "2026-01-01",
                "--documents",
                "none",
                "--quiet",
            ]
        )
    assert stop.value.code == 0
    return out


@pytest.fixture
def out(january: Path, tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    shutil.copy(january / "ledger.db", tmp_path / "out" / "ledger.db")
    return tmp_path / "out"


def due(ratebook: Ratebook, out: Path, account: str, as_of: str = "2026-03-15") -> str:
    said = ratebook("balance", account, "--as-of", as_of, "--format", "json", "--out", out)
    assert said.code == 0, said.text
    found = json.loads(said.out)["due"]
    assert isinstance(found, str)
    return found


@pytest.mark.feature("D7")
def test_payments_are_imported_applied_reversed_and_refunded(
    ratebook: Ratebook, out: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bank.csv"
    file.write_text(
        "payment,account,received,amount,currency\n"
        "P1,A0001,2026-01-20,2000.00,CAD\nP2,A0006,2026-01-21,98.27,USD\n"
    )
    on = ("--out", out)
    dry = ratebook("pay", "import", file, "--as-of", "2026-01-31", "--dry-run", *on)
    assert "Nothing was posted." in dry.out
    assert due(ratebook, out, "A0001") == "1825.05"
    said = ratebook("pay", "import", file, "--as-of", "2026-01-31", *on)
    assert (said.code, said.out.splitlines()[0]) == (0, "recorded 2 payments")
    assert re.search(r"CAD +1 +2,000\.00 +1,825\.05 +174\.95", said.out)
    again = ratebook("pay", "import", file, "--as-of", "2026-01-31", *on)
    assert again.out == "recorded 0 payments; 2 recorded before\n"
    assert (due(ratebook, out, "A0001"), due(ratebook, out, "A0006")) == ("-174.95", "1000.00")
    too_much = ratebook("pay", "refund", "P1", "--amount", "174.96", "--date", "2026-02-01", *on)
    assert too_much.code == 2
    assert "174.96 CAD is more than the 174.95 CAD of P1" in too_much.err
    assert "pay unapply P1" in too_much.err
    assert ratebook("pay", "refund", "P1", "--date", "2026-02-01", *on).code == 0
    assert due(ratebook, out, "A0001") == "0.00"
    reason = ("--date", "2026-02-02", "--reason", "the bank took it back")
    assert ratebook("pay", "reverse", "P1", *reason, *on).code == 0
    assert due(ratebook, out, "A0001") == "1825.05"
    assert due(ratebook, out, "A0001", "2026-02-01") == "0.00"
    listed = ratebook("pay", "list", "A0001", "--format", "json", *on)
    row = json.loads(listed.out)
    assert [row[name] for name in ("amount", "applied", "refunded", "reversed", "left")] == [
        *("2000.00", "0.00", "174.95", "1825.05", "0.00")
    ]


@pytest.mark.feature("D7")
def test_one_payment_is_recorded_and_directed(ratebook: Ratebook, out: Path) -> None:
    on = ("--received", "2026-01-20", "--out", out)
    command = ("pay", "record", "P9", "--account", "A0006", "--amount", "50.00", "USD")
    said = ratebook(*command, "--to", "INV-000002=20.00", *on)
    assert said.code == 0, said.text
    assert "left of P9: 30.00 USD" in said.out
    twice = ratebook(*command, "--to", "INV-000002=20.00", *on)
    assert (twice.code, "recorded already" in twice.err) == (2, True)
    other = ratebook(*command, *on)
    assert "another invoices" in other.err
    more = ("--date", "2026-01-21", "--out", out)
    assert ratebook("pay", "apply", "P9", "--to", "INV-000002=10", *more).code == 0
    assert ratebook("pay", "unapply", "P9", "--from", "INV-000002=25", *more).code == 0
    rest = ratebook("pay", "apply", "P9", *more)
    assert "left of P9: 0.00 USD" in rest.out
    for wrong, words in (
        (("apply", "P9", "--to", "INV-000002=1", *more), "0.00 USD that is left of P9"),
        (("apply", "NONE", *more), "no payment and no credit note"),
        (("unapply", "P9", "--from", "INV-000001", *more), "no invoice of account A0006"),
        (("refund", "P9", "--amount", "1.234", *more), "more decimals"),
        (("refund", "P9", "--amount", "-1", *more), "above zero"),
        (("refund", "P9", "--amount", "ten", *more), "is not an amount"),
    ):
        said = ratebook("pay", *wrong)
        assert (said.code, words in said.err) == (2, True), said.err


@pytest.mark.feature("D7")
def test_faults_of_a_file_are_printed_and_nothing_is_posted(
    ratebook: Ratebook, out: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bank.csv"
    file.write_text(
        "payment,account,received,amount,currency\n"
        "P1,A0002,2026-01-20,10,CAD\nP2,A0001,2026-01-20,0,CAD\nP3,A0001,2026-01-20,10,EUR\n"
    )
    said = ratebook("pay", "import", file, "--as-of", "2026-01-31", "--out", out)
    assert said.code == 1
    assert said.err.splitlines() == [
        "bank.csv row 1: account `A0002`: receives no invoices of its own; "
        "its invoices go to A0001, who pays them",
        "bank.csv row 2: amount `0`: a payment is above zero; "
        "what is given back is a refund, what did not hold is reversed",
        "bank.csv row 3: currency `EUR`: the account is invoiced in CAD",
        "3 faults; nothing was posted",
    ]
    assert due(ratebook, out, "A0001") == "1825.05"


@pytest.mark.feature("D5", "D7")
def test_a_credit_note_is_given_explained_and_stated(
    ratebook: Ratebook, out: Path, tmp_path: Path
) -> None:
    given = ("--date", "2026-01-25", "--reason", "an <outage>", "--out", out)
    dry = ratebook("credit", "INV-000001:2=20", *given, "--dry-run")
    assert "Nothing was posted." in dry.out
    said = ratebook("credit", "INV-000001:2=20", *given)
    assert said.code == 0, said.text
    number = said.out.split()[0]
    assert "total -22.60 CAD" in said.out  # 20.00 and 13 % of tax
    explained = ratebook("explain", f"{number}:1", "--out", out)
    assert "takes back INV-000001:2" in explained.out
    for wrong, words in (
        (("INV-000001:2=1000",), "left to credit of INV-000001:2"),
        (("INV-000001:99",), "has no line 99"),
        (("INV-000001", "INV-000002"), "for one invoice"),
        (("INV-000001", "INV-000001:1"), "named whole"),
        (("?",), "no invoice `?`"),
    ):
        refused = ratebook("credit", *wrong, *given)
        assert (refused.code, words in refused.err) == (2, True), refused.err
    to = ("--to", "2026-01-31", "--out", out)
    text = ratebook("statement", "A0001", *to).out
    assert text.endswith("\n")
    assert re.search(rf"Credit note {number} +-22\.60 +1,802\.45", text)
    html = ratebook("statement", "A0001", "--format", "html", *to).out
    assert "an &lt;outage&gt;" in html
    values = json.loads(ratebook("statement", "A0001", "--format", "json", *to).out)
    assert (values["opening"], values["closing"]) == ("0.00", "1802.45")
    pdf = ratebook("statement", "A0001", "--format", "pdf", "--into", tmp_path / "s", *to)
    assert Path(pdf.out.strip()).read_bytes().startswith(b"%PDF")


@pytest.mark.feature("D7")
def test_balances_of_all_accounts_add_up(ratebook: Ratebook, out: Path) -> None:
    asked = ("balance", *RANK, "--out", out)
    rows = list(csv.DictReader(ratebook(*asked, "--format", "csv").out.splitlines()))
    assert len(rows) == 171
    assert {row["over 90"] for row in rows} == {"0.00"}
    total = ratebook(*asked).out.splitlines()[-1]
    assert re.search(r"all +USD .* 8,163\.92$", total)
    assert ratebook("balance", "--as-of", "2025-12-31", "--out", out).out.startswith("no account")
    unknown = ratebook("balance", "NOBODY", *RANK, "--out", out)
    assert (unknown.code, "no invoice and no payment" in unknown.err) == (2, True)
    nowhere = ratebook("balance", *RANK, "--out", out / "none")
    assert (nowhere.code, "there is no ledger" in nowhere.err) == (2, True)
