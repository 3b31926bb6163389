"""`ratebook bill`, from the text of a catalog to invoices, on the connectivity catalog."""

import errno
import gzip
import json
import os
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import pytest

from runtime.bill_folder import OutFolder, in_words
from tests.cli.conftest import CONNECTIVITY, Ratebook, Said, edit
from tests.runtime.bill.books import Book, customer

JANUARY, FEBRUARY = "2026-01-01", "2026-02-01"


@pytest.fixture(scope="module")
def billed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, a month apart, as the README types them, but that no pages are drawn."""
    from cli.main import main

    out = tmp_path_factory.mktemp("billed") / "out"
    common = ("bill", str(CONNECTIVITY), "--book", str(CONNECTIVITY / "book"), "--out", str(out))
    for rest in (
        ("--as-of", JANUARY),
        ("--as-of", FEBRUARY, "--usage", str(CONNECTIVITY / "usage" / "*")),
    ):
        with pytest.raises(SystemExit) as stop:
            main([*common, *rest, "--documents", "json", "--quiet"])
        assert stop.value.code == 0
    return out


def bill(ratebook: Ratebook, catalog: Path, out: Path, *rest: object) -> Said:
    """Bill without documents, which take longer than all else, unless `rest` asks for some."""
    as_of = () if "--as-of" in rest else ("--as-of", FEBRUARY)
    documents = () if "--documents" in rest else ("--documents", "none")
    common = ("bill", catalog, "--book", catalog / "book", "--out", out, "--quiet")
    return ratebook(*common, *as_of, *documents, *rest)


def has_posted(out: Path) -> bool:
    """Whether the folder's ledger holds a run; one that was only opened has no tables."""
    ledger = out / "ledger.db"
    return ledger.exists() and ledger.stat().st_size > 0 and rows_of(out)["runs"] > 0


def rows_of(out: Path) -> dict[str, int]:
    with sqlite3.connect(out / "ledger.db") as ledger:
        return {
            table: ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("runs", "invoices", "lines")
        }


@pytest.mark.feature("C2")
def test_every_record_read_is_accounted_for(billed: Path) -> None:
    usage = json.loads((billed / "summary.json").read_text())["usage"]
    assert usage["read"] == 6024  # 6,000 sessions, 19 sent twice, 5 broken rows
    assert usage["read"] == sum(
        usage[part] for part in ("rated", "duplicate", "skipped", "rejected")
    )
    exceptions = (billed / "exceptions" / "run=2" / "sessions.csv").read_text().splitlines()
    told = usage["duplicate"] + usage["skipped"] + usage["rejected"]
    assert len(exceptions) == 1 + told


@pytest.mark.feature("C2")
def test_a_record_that_no_run_has_read_may_be_one_of_a_rating_alone(
    ratebook: Ratebook, billed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(billed, out)
    assert "--draft" not in ratebook("usage", out, "sessions/none").err
    (out / "rated_usage" / "run=draft").mkdir()
    said = ratebook("usage", out, "sessions/none")
    assert said.code == 2
    assert "no posted run has read a record `sessions/none`" in said.err
    assert "--draft looks among those of the rating alone" in said.err
    assert "no rating alone has read" in ratebook("usage", out, "sessions/none", "--draft").err


@pytest.mark.feature("C2", "C4", "D6")
def test_a_later_run_keeps_the_records_and_the_exceptions_of_the_earlier(
    ratebook: Ratebook, billed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(billed, out)
    number = invoice_of(out, "A0001", FEBRUARY)["number"]
    before = ratebook("explain", f"{number}:3", "--out", out).out
    assert re.search(r"From \d+ usage records", before)
    rejected = (out / "exceptions" / "run=2" / "sessions.csv").read_bytes()
    assert bill(ratebook, CONNECTIVITY, out, "--as-of", "2026-03-01").code == 0
    assert ratebook("explain", f"{number}:3", "--out", out).out == before
    assert (out / "exceptions" / "run=2" / "sessions.csv").read_bytes() == rejected


@pytest.mark.feature("C1", "C2", "D9")
def test_the_second_run_bills_nothing(ratebook: Ratebook, billed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(billed, out)
    before = rows_of(out)
    said = bill(ratebook, CONNECTIVITY, out, "--usage", CONNECTIVITY / "usage" / "*")
    assert said.code == 0
    assert "nothing is due: no invoices" in said.out
    assert re.search(r"= rated +0\b", said.out)
    after = rows_of(out)
    assert (after["invoices"], after["lines"]) == (before["invoices"], before["lines"])


@pytest.mark.feature("D9")
def test_a_dry_run_posts_nothing_and_says_what_the_real_run_then_says(
    ratebook: Ratebook, billed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    usage = ("--usage", CONNECTIVITY / "usage" / "*")
    dry = bill(ratebook, CONNECTIVITY, out, *usage, "--dry-run")
    assert dry.code == 0
    assert not (out / "ledger.db").exists()
    assert not (out / "invoices").exists()
    real = bill(ratebook, CONNECTIVITY, out, *usage)

    def figures(said: Said) -> list[str]:
        return [line for line in said.out.splitlines() if re.search(r"\d{2}|lines", line)][1:-2]

    assert [line for line in figures(dry) if line in real.out] == figures(dry)
    assert "Nothing was posted." in dry.out


@pytest.mark.feature("B3", "D5")
def test_the_group_receives_one_invoice_for_its_five_accounts(billed: Path) -> None:
    invoice = invoice_of(billed, "A0001", FEBRUARY)
    assert [section["account"] for section in invoice["sections"]] == [
        "A0001",
        "A0003",
        "A0002",
        "A0004",
        "A0005",
    ]
    assert not [path for path in invoices(billed) if path["bill_to"]["account"] == "A0002"]


@pytest.mark.feature("D5")
def test_a_run_makes_the_documents_that_are_asked_for(ratebook: Ratebook, tmp_path: Path) -> None:
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")

    def made(out: str, *documents: str) -> list[str]:
        common = ("bill", CONNECTIVITY, "--book", tmp_path / "book", "--as-of", FEBRUARY, "--quiet")
        said = ratebook(*common, "--out", tmp_path / out, *documents)
        assert said.code == 0, said.err
        return sorted(each.name for each in (tmp_path / out).glob("invoices/*"))

    number = "INV-000001"
    assert made("usual") == [f"{number}.html", f"{number}.json", f"{number}.pdf"]
    assert made("two", "--documents", "csv, text") == [f"{number}.csv", f"{number}.txt"]
    assert made("none", "--documents", "none") == []


def test_a_format_that_there_is_not_is_refused(ratebook: Ratebook, tmp_path: Path) -> None:
    said = bill(ratebook, CONNECTIVITY, tmp_path / "out", "--documents", "pdf,doc")
    assert said.code == 2
    assert "'doc' is no format; there are html, pdf, text, json, csv, ubl, or `none`" in said.err
    assert not has_posted(tmp_path / "out")


@pytest.mark.feature("A20")
def test_a_customer_is_billed_in_its_own_currency(billed: Path) -> None:
    by_currency = {each["currency"] for each in invoices(billed)}
    assert by_currency == {"CAD", "USD"}
    assert invoice_of(billed, "A0006", FEBRUARY)["currency"] == "USD"


@pytest.mark.feature("A21")
def test_a_charity_pays_no_tax_and_is_told_why(billed: Path) -> None:
    invoice = invoice_of(billed, "A0042", FEBRUARY)
    assert invoice["totals"]["tax"] in ("0", "0.00")
    assert {tax["exemption"] for tax in invoice["taxes"]} == {
        "Exempt: registered charity, certificate 4471"
    }


@pytest.mark.feature("D5")
def test_invoice_numbers_have_no_gap(billed: Path) -> None:
    numbers = sorted(each["number"] for each in invoices(billed))
    assert numbers == [f"INV-{n:06d}" for n in range(1, len(numbers) + 1)]


def invoices(out: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((out / "invoices").glob("*.json"))]


def invoice_of(out: Path, invoicer: str, issued: str) -> dict[str, Any]:
    (found,) = (
        each
        for each in invoices(out)
        if each["bill_to"]["account"] == invoicer and each["issue_date"] == issued
    )
    return found


# Bad input: each a clear message with its place, none a traceback, nothing posted.

BOOK_FAULTS = (
    # file, what stands there, what is written instead, what is said of it
    ("account_packages", "S0001,A0001,", "S0001,A9999,", "account_packages.csv row 1: account `A9"),
    ("account_packages", ",2025-12-01,,\n", ",2025-13-01,,\n", "account_packages.csv row 1: effec"),
    ("contacts", "A0001,billing,", "A0001,technical,", "accounts.csv row 2: .*no billing contact"),
    ("accounts", "Group Inc.,customer,CAD", "Group Inc.,customer,EUR", "accounts.csv row 2: .*EUR"),
    ("accounts", "A0001,northwind,", "A0001,A0002,", "accounts.csv row 2: .*stands above itself"),
    ("accounts", "A0001,northwind,", "A0001,,", "accounts.csv row 2: parent.*owner"),
    ("account_services", "S0001,access,,,3", "S0001,acess,,,3", "account_services.csv row 1: serv"),
    ("account_services", "S0001,access,,,3", "S0001,access,,,51", "`S0001`: holds 51 of `access`"),
    ("status_changes", ",,ordered,", ",,orderd,", "status_changes.csv row 1: status `orderd`"),
    ("identifiers", "gateway,GW-00001", "gatewy,GW-00001", "identifiers.csv row 1: identifier `ga"),
)


@pytest.mark.feature("B1", "B2", "B4", "B5")
@pytest.mark.parametrize(("file", "old", "new", "said_of_it"), BOOK_FAULTS)
def test_a_fault_of_the_book_stops_the_run_with_its_place(
    ratebook: Ratebook, catalog: Path, file: str, old: str, new: str, said_of_it: str
) -> None:
    edit(catalog / "book" / f"{file}.csv", old, new)
    out = catalog.parent / "out"
    said = bill(ratebook, catalog, out)
    assert said.code == 1
    assert re.search(rf"^book: .*{said_of_it}", said.err, re.MULTILINE), said.err
    assert "nothing was posted" in said.err
    assert not has_posted(out)
    assert not (out / "invoices").exists()


@pytest.mark.feature("A4")
@pytest.mark.parametrize(
    ("line", "said_of_it"),
    [("inactive", "is not active"), ("active until 2025-12-20", "2025-12-20")],
)
def test_a_service_that_is_not_active_cannot_be_sold(
    ratebook: Ratebook, catalog: Path, line: str, said_of_it: str
) -> None:
    price = "  price monthly   6.00 CAD"
    edit(catalog / "services.ratebook", price, f"  {line}\n\n{price}")
    said = bill(ratebook, catalog, catalog.parent / "out", "--all-faults")
    assert said.code == 1
    faults = [each for each in said.err.splitlines() if each.startswith("book: ")]
    assert faults
    assert all("account_services.csv" in each and said_of_it in each for each in faults)
    assert not has_posted(catalog.parent / "out")


@pytest.mark.feature("B1")
def test_all_faults_of_a_book_are_said_at_once(ratebook: Ratebook, catalog: Path) -> None:
    edit(catalog / "book" / "accounts.csv", "A0001,northwind,", "A0001,nortwind,")
    edit(catalog / "book" / "account_packages.csv", ",2025-12-01,,\n", ",yesterday,,\n")
    edit(catalog / "book" / "status_changes.csv", ",,ordered,", ",,orderd,")
    said = bill(ratebook, catalog, catalog.parent / "out")
    assert [line.split()[1] for line in said.err.splitlines() if line.startswith("book: ")] == [
        "account_packages.csv",
        "accounts.csv",
        "status_changes.csv",
    ]


def missing_usage(folder: Path) -> str:
    return str(folder / "no-such-file.csv")


def truncated_parquet(folder: Path) -> str:
    whole = (CONNECTIVITY / "usage" / "sessions-2026-01-b.parquet").read_bytes()
    (folder / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    return str(folder / "cut.parquet")


def truncated_gzip(folder: Path) -> str:
    whole = gzip.compress((CONNECTIVITY / "usage" / "sessions-2026-01-a.csv").read_bytes())
    (folder / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    return str(folder / "cut.csv.gz")


def other_columns(folder: Path) -> str:
    (folder / "calls.csv").write_text("caller,callee,seconds\n1,2,3\n")
    return str(folder / "calls.csv")


def nothing_in_it(folder: Path) -> str:
    (folder / "empty.csv").write_text("")
    return str(folder / "empty.csv")


@pytest.mark.feature("A26")
@pytest.mark.parametrize(
    "make", [missing_usage, truncated_parquet, truncated_gzip, other_columns, nothing_in_it]
)
def test_a_usage_file_that_cannot_be_used_stops_the_run(
    ratebook: Ratebook, tmp_path: Path, make: object
) -> None:
    assert callable(make)
    file = make(tmp_path)
    out = tmp_path / "out"
    said = bill(ratebook, CONNECTIVITY, out, "--usage", file)
    assert said.code == 2
    assert Path(file).name in said.err
    assert "nothing was posted" in said.err
    assert not has_posted(out)


@pytest.mark.feature("D9")
def test_a_run_before_the_last_one_is_refused(
    ratebook: Ratebook, billed: Path, tmp_path: Path
) -> None:
    shutil.copytree(billed, tmp_path / "out")
    said = bill(ratebook, CONNECTIVITY, tmp_path / "out", "--as-of", JANUARY)
    assert said.code == 2
    assert "last posted run is as of 2026-02-01" in said.err


@pytest.mark.feature("E2")
def test_a_catalog_with_errors_bills_nothing(ratebook: Ratebook, catalog: Path) -> None:
    edit(catalog / "services.ratebook", "rates   metered", "rates   meterd")
    said = bill(ratebook, catalog, catalog.parent / "out")
    assert said.code == 1
    assert "error[RB101]" in said.err
    assert not (catalog.parent / "out").exists()


@pytest.mark.parametrize("date", ["2026-02-30", "tomorrow"])
def test_a_date_that_is_none_is_refused(ratebook: Ratebook, tmp_path: Path, date: str) -> None:
    said = bill(ratebook, CONNECTIVITY, tmp_path, "--as-of", date)
    assert said.code == 2
    assert date in said.err


@pytest.mark.feature("D6")
def test_explain_follows_a_line_back_and_a_record_on(ratebook: Ratebook, billed: Path) -> None:
    def explain(*asked: str) -> str:
        said = ratebook("explain", *asked, "--out", billed)
        assert (said.code, said.err) == (0, "")
        return said.out

    month = explain("A0001", "2026-01")
    assert month.startswith("A0001, 2026-01-01 to 2026-01-31: ")
    record = re.search(r"sessions/(S\d+)", month)
    assert record
    told = json.loads(explain(f"usage:{record.group(0)}", "--format", "json"))
    assert told["subject"] == f"usage:{record.group(0)}"
    assert "is rated by run 2" in told["explanation"]["statement"]
    source = re.search(r"services.ratebook:\d+", month)
    assert source
    assert f"{source.group()} priced " in explain(f"catalogs/connectivity/{source.group()}")
    assert explain("INV-000001", "--format", "html").startswith("<!doctype html>")


@pytest.mark.feature("D6")
def test_explain_refuses_what_is_not_there(ratebook: Ratebook, billed: Path) -> None:
    for asked in (("A0001", "January"), ("RB101", "--format", "json"), ("none.ratebook:1",)):
        said = ratebook("explain", *asked, "--out", billed)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("ratebook: ")
    for what in ("INV-999999", "INV-000001:999", "INV-000001:x"):
        said = ratebook("explain", what, "--out", billed)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("ratebook: ")
    assert ratebook("explain", "INV-000001", "--out", billed / "nowhere").code == 2


@pytest.mark.parametrize("name", ["invoices", "exceptions", "rated_usage", "usage_store"])
@pytest.mark.feature("E1")
def test_a_file_where_a_folder_should_be_is_found_before_posting(
    ratebook: Ratebook, catalog: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("a note of mine\n")
    said = bill(ratebook, catalog, out, "--usage", catalog / "usage" / "*")
    assert said.code == 2
    assert said.err.startswith(f"files: {out / name}")
    assert "Not a directory" in said.err
    assert said.err.endswith("1 fault; nothing was posted\n")
    assert (out / name).read_text() == "a note of mine\n"
    assert not (out / "ledger.db").exists()


@pytest.mark.feature("E1")
def test_a_folder_where_the_summary_should_be_is_found_before_posting(
    ratebook: Ratebook, catalog: Path, tmp_path: Path
) -> None:
    (tmp_path / "out" / "summary.json").mkdir(parents=True)
    said = bill(ratebook, catalog, tmp_path / "out")
    assert said.code == 2
    assert "summary.json: cannot be written: Is a directory" in said.err
    assert not (tmp_path / "out" / "ledger.db").exists()


@pytest.mark.parametrize("place", ["write_pending", "write_summary"])
@pytest.mark.feature("C1", "E1")
def test_a_full_disk_after_posting_is_made_up_for_by_the_next_run(
    ratebook: Ratebook,
    catalog: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    def is_full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(f"runtime.bill_documents.{place}", is_full)
        said = bill(ratebook, catalog, out, "--documents", "json")
    assert said.code == 2
    assert f"files: {out}: cannot be written: No space left on device" in said.err
    assert "the invoices are posted; the next run writes the files that are missing" in said.err
    assert "nothing was posted" not in said.text
    posted = rows_of(out)
    assert posted["runs"] == 1

    again = bill(ratebook, catalog, out, "--documents", "json")
    assert again.code == 0
    assert "nothing is due: no invoices" in again.out
    assert rows_of(out)["invoices"] == posted["invoices"]
    assert len(list((out / "invoices").glob("*.json"))) == posted["invoices"]


@pytest.mark.feature("D9", "E1")
def test_a_refused_first_run_leaves_nothing_behind(
    ratebook: Ratebook, catalog: Path, tmp_path: Path
) -> None:
    edit(catalog / "book" / "accounts.csv", "customer", "costumer")
    out = tmp_path / "some" / "where"
    assert bill(ratebook, catalog, out).code == 1
    assert not (tmp_path / "some").exists()

    ledger = tmp_path / "books" / "own.db"
    said = bill(ratebook, catalog, out, "--ledger", f"sqlite:///{ledger}")
    assert said.code == 1
    assert not ledger.parent.exists()


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("31.01.2026", "'31.01.2026' is not a day; write it as 2026-01-31"),
        ("2026-02-30", "'2026-02-30' is not a day; write it as 2026-01-31"),
        ("20260201", "write 2026-02-01"),
        ("0001-01-01", "0001-01-01 is not from 1900-01-01"),
        ("9999-12-31", "9999-12-31 is not from 1900-01-01"),
    ],
)
@pytest.mark.feature("E1")
def test_a_date_that_no_run_can_be_as_of_is_refused(
    ratebook: Ratebook, tmp_path: Path, as_of: str, words: str
) -> None:
    said = bill(ratebook, CONNECTIVITY, tmp_path / "out", "--as-of", as_of)
    assert said.code == 2
    assert words in said.err


@pytest.mark.parametrize("day", ["1900-01-01", "9798-12-31"])
@pytest.mark.feature("D9")
def test_the_first_and_the_last_day_can_be_billed(
    ratebook: Ratebook, catalog: Path, tmp_path: Path, day: str
) -> None:
    for entity in ("account_packages", "account_services", "identifiers", "status_changes"):
        file = catalog / "book" / f"{entity}.csv"
        file.write_text(file.read_text("utf-8").split("\n", 1)[0] + "\n", "utf-8")
    assert bill(ratebook, catalog, tmp_path / "out", "--as-of", day).code == 0


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("lots", "memory: `lots` is not a size of memory, as 2GB"),
        ("1MB", "files: the memory or the disk it spills to is not enough"),
    ],
)
@pytest.mark.feature("E1")
def test_a_memory_limit_that_cannot_be_kept_is_refused(
    ratebook: Ratebook, tmp_path: Path, limit: str, words: str
) -> None:
    out = tmp_path / "out"
    said = bill(ratebook, CONNECTIVITY, out, "--memory-limit", limit)
    assert said.code == 2
    assert words in said.err
    assert not out.exists()


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
@pytest.mark.feature("E1")
def test_a_book_with_other_signs_than_commas_says_so(
    ratebook: Ratebook, catalog: Path, tmp_path: Path, sign: str, name: str
) -> None:
    accounts = catalog / "book" / "accounts.csv"
    accounts.write_text(accounts.read_text("utf-8").replace(",", sign), "utf-8")
    said = bill(ratebook, catalog, tmp_path / "out")
    assert said.code == 1
    assert f"accounts.csv: has {name} between its cells; write commas" in said.err


@pytest.mark.feature("E1")
def test_a_book_file_with_no_column_of_its_own_is_reported_by_its_header(
    ratebook: Ratebook, catalog: Path, tmp_path: Path
) -> None:
    (catalog / "book" / "accounts.csv").write_text("kunde,ort\nA1,Ulm\n", "utf-8")
    said = bill(ratebook, catalog, tmp_path / "out")
    assert said.code == 1
    assert "accounts.csv: header `kunde`: is not a column of this file" in said.err


@pytest.mark.feature("C2")
def test_the_folder_of_exceptions_is_named_where_there_are_any(
    ratebook: Ratebook, catalog: Path, tmp_path: Path
) -> None:
    file = next((catalog / "usage").glob("*.csv"))
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:2]), "utf-8")
    said = bill(ratebook, catalog, tmp_path / "sound", "--usage", file)
    assert re.search(r"= rated +1\b", said.out)
    assert "rated_usage/" in said.out
    assert "exceptions/" not in said.out
    file.write_text("".join([*lines[:2], "too,few\n"]), "utf-8")
    said = bill(ratebook, catalog, tmp_path / "broken", "--usage", file)
    assert "exceptions/" in said.out


@pytest.mark.feature("E1")
def test_a_disk_that_the_engine_finds_full_is_told_in_a_few_words() -> None:
    fault = duckdb.IOException(
        'IO Error: Async write failed: {"exception_message":"Could not write file '
        '\\"out/part-1.parquet\\": No space left on device","errno":"28"}'
    )
    told = in_words(OutFolder(Path("out")), fault)
    assert told == "out: cannot be written: No space left on device"


@pytest.mark.feature("A24")
def test_a_run_says_how_what_it_posted_is_delivered(
    ratebook: Ratebook, catalog: Path, tmp_path: Path
) -> None:
    edit(
        catalog / "catalog.ratebook",
        "net 30 days\n",
        "net 30 days\n  deliver  email, attach usage_detail as csv\n",
    )
    said = ratebook(
        *("bill", catalog, "--book", catalog / "book", "--as-of", "2025-12-02"),
        *("--out", tmp_path / "out"),
    )
    assert said.code == 0
    assert "deliver     ratebook deliver --out " in said.out
