"""Every reason for which a record is not rated: found, told, mended, fed again, rated."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from runtime.bill_result import BillRefused, BillResult
from runtime.program.model import Program
from runtime.usage.dispositions import MEANINGS, Reason
from runtime.usage_history.contents import Asked, find_record, find_records, read_contents
from runtime.usage_history.places import UsageFolder, open_folder
from tests.compiler.catalogs import compile_text
from tests.runtime.bill.books import Book, customer, ledger_of, refuse, request, run

CATALOG = """
catalog meters {
  currencies  USD, EUR
  timezone    "UTC"
}

bill group business {
  bill day  1
  terms     net 30 days
}

service status on   = billable
service status off  = non_billable
service status gone = canceled

lifecycle life {
  start   new -> on
  pause   on -> off
  resume  off -> on
  stop    on, off -> gone
}

feed readings {
  format     csv
  id         number
  at         at
  service    meter
  amount     charge in cur
  attribute  sort
  skip when  kind == "test"
  event used when kind == "use" {
    quantity  units in count
  }
  event given when kind == "give" {
    quantity  units in count
  }
}

usage class plain measured in count when sort == "plain"
usage class sale  measured in count when sort == "sale"
usage class rare  measured in count when sort == "rare"

rate group all {
  plain  1.00 USD each, 1.00 EUR each
  sale   2.5% of amount
}

rate plan standard {
  all
  otherwise reject
}

service type things = recurring

service meter "Meter" {
  type           things
  lifecycle      life
  identified by  meter
  price monthly {
    on  5.00 USD, 5.00 EUR
  }
  usage monthly {
    rates  standard
  }
}

service lamp "Lamp" {
  type           things
  lifecycle      life
  identified by  meter
  price monthly {
    on  1.00 USD, 1.00 EUR
  }
}

package kit "Kit" {
  bills    monthly in advance
  service  meter
  service  lamp
}
"""

COLUMNS = ("number", "at", "meter", "units", "charge", "cur", "kind", "sort")
GOOD = ("n1", "2026-01-05T10:00:00", "M-1", "3", "", "", "use", "plain")
SALE = ("n2", "2026-01-05T11:00:00", "M-1", "1", "10.00", "USD", "use", "sale")


@dataclass(frozen=True)
class Case:
    """A record that is not rated: what differs from a good one, and what mends it."""

    reason: Reason
    wrong: dict[str, str]
    mend: dict[str, str]
    is_sale: bool = False

    def row(self, number: int) -> list[str]:
        named = dict(zip(COLUMNS, SALE if self.is_sale else GOOD, strict=True))
        return list((named | {"number": f"x{number}"} | self.wrong).values())


CASES = (
    Case(Reason.SKIPPED, {"kind": "test"}, {"kind": "use"}),
    Case(Reason.NO_EVENT, {"kind": "lend"}, {"kind": "use"}),
    Case(Reason.DUPLICATE, {"number": "n1"}, {"number": "m1"}),
    Case(Reason.CONFLICT, {"number": "n1", "units": "4"}, {"number": "m2"}),
    Case(Reason.NO_ID, {"number": ""}, {"number": "m3"}),
    Case(Reason.BAD_TIME, {"at": "at noon"}, {"at": "2026-01-05T12:00:00"}),
    Case(Reason.NO_IDENTIFIER, {"meter": ""}, {"meter": "M-1"}),
    Case(Reason.BAD_QUANTITY, {"units": "many"}, {"units": "5"}),
    Case(Reason.NEGATIVE_QUANTITY, {"units": "-5"}, {"units": "5"}),
    Case(Reason.FRACTION_OF_STEP, {"units": "2.5"}, {"units": "3"}),
    Case(Reason.QUANTITY_TOO_LARGE, {"units": str(2**63)}, {"units": "7"}),
    Case(Reason.BAD_AMOUNT, {"charge": "ten"}, {"charge": "10.00"}, is_sale=True),
    Case(Reason.NEGATIVE_AMOUNT, {"charge": "-1.00"}, {"charge": "1.00"}, is_sale=True),
    Case(Reason.BAD_CURRENCY, {"cur": "XXX"}, {"cur": "USD"}, is_sale=True),
    Case(Reason.NO_AMOUNT, {"charge": "", "cur": ""}, {"charge": "9", "cur": "USD"}, is_sale=True),
    Case(Reason.OTHER_CURRENCY, {"cur": "EUR"}, {"cur": "USD"}, is_sale=True),
    Case(Reason.UNKNOWN_SERVICE, {"meter": "M-9"}, {"meter": "M-1"}),
    Case(Reason.NO_USAGE, {"meter": "L-1"}, {"meter": "M-1"}),
    Case(Reason.NOT_BILLABLE, {"at": "2026-01-11T09:00:00"}, {"at": "2026-01-13T09:00:00"}),
    Case(Reason.NOT_YET, {"at": "2026-03-01T09:00:00"}, {}),
    Case(Reason.NO_CLASS, {"sort": "odd"}, {"sort": "plain"}),
    Case(Reason.NO_RATE, {"sort": "rare"}, {"sort": "plain"}),
)
MALFORMED = 'x99,2026-01-05T10:00:00,M-1,3,"",,use,plain,too,many'
MENDED = dict(zip(COLUMNS, ("x99", *GOOD[1:]), strict=True))


@pytest.fixture(scope="module")
def program() -> Program:
    compiled = compile_text(CATALOG)
    assert compiled.program is not None, compiled.diagnostics
    return compiled.program


def sold(folder: Path) -> Path:
    """A book in which A1 holds a meter, paused from the 10th to the 12th, and a lamp."""
    book = Book(customer("A1", currency="USD", jurisdiction=""))
    for row in book.rows["accounts"]:
        row["currency"] = "USD"  # type: ignore[index]
    book.rows["account_packages"].append(
        {"account_package": "P1", "account": "A1", "package": "kit", "frequency": "monthly"}
        | {"effective": "2026-01-01"}
    )
    for service, value in (("meter", "M-1"), ("lamp", "L-1")):
        name = f"P1-{service}"
        instance = {"account_service": name, "account_package": "P1", "service": service}
        book.rows["account_services"].append(instance)
        book.rows["identifiers"].append(
            {"account_service": name, "identifier": "meter", "value": value}
        )
        book.change(name, "on", "2026-01-01")
    book.change("P1-meter", "off", "2026-01-10").change("P1-meter", "on", "2026-01-12")
    book.write(folder / "book")
    return folder


def write_readings(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([GOOD, SALE])
        writer.writerows(case.row(number) for number, case in enumerate(CASES))
        file.write(MALFORMED + "\n")


def mend(exceptions: Path, target: Path) -> None:
    """Mend each row of an exceptions file as its reason says."""
    mends = {case.reason.name: case.mend for case in CASES} | {"MALFORMED": MENDED}
    with exceptions.open(newline="") as file:
        reader = csv.DictReader(file)
        rows = [row | mends[row["reason"]] for row in reader]
        columns = reader.fieldnames or ()
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def mended(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs: what is wrong, the same mended, and the mended file once more."""
    folder = sold(tmp_path_factory.mktemp("mended"))
    write_readings(folder / "readings.csv")
    first = run(request(folder, "2026-02-01", str(folder / "readings.csv"), program=program))
    assert (first.usage.read, first.usage.rated) == (len(CASES) + 3, 2)
    mend(folder / "out" / "exceptions" / "run=1" / "readings.csv", folder / "mended.csv")
    for day in ("2026-03-01", "2026-03-02"):
        asked = request(folder, day, str(folder / "mended.csv"), program=program)
        assert isinstance(run(asked), BillResult)
    return folder


def history(folder: Path) -> UsageFolder:
    return open_folder(folder / "out", ledger_of(folder / "out"))


@pytest.mark.feature("C2")
def test_every_reason_is_found_told_and_mended(mended: Path) -> None:
    contents = read_contents(history(mended))
    found = {each.reason for each in contents.unrated if each.run == "1"}
    assert found == {each.name for each in Reason if each is not Reason.RATED}
    total = len(CASES) + 1
    assert [(each.read, each.rated, each.duplicate) for each in contents.runs] == [
        (total + 2, 2, 2),
        (total, total, 0),
        (total, 0, total),
    ]
    for each in contents.runs:
        assert each.read == each.rated + each.duplicate + each.skipped + each.rejected
    assert sum(each.events for each in contents.kept) == total + 2


@pytest.mark.feature("C2", "C4")
def test_a_mended_record_is_told_from_its_rejection_to_its_rate(mended: Path) -> None:
    rejected, rated, again = find_record(history(mended), "readings/x5/used")
    assert (rejected.run, rejected.reason, rejected.row) == ("1", "BAD_TIME", 8)
    assert ("at", "at noon") in rejected.content
    assert "at = at noon" in rejected.detail
    assert rejected.remedy is not None
    assert (rated.run, rated.rated_in, rated.disposition) == ("2", "2", "rated")
    (piece,) = rated.pieces
    assert (piece.account_service, piece.usage_class, piece.amount) == (
        "P1-meter",
        "plain",
        Decimal(3),
    )
    line = CATALOG.splitlines().index("  plain  1.00 USD each, 1.00 EUR each") + 1
    assert (piece.source_path, piece.source_line) == ("catalog.ratebook", line)
    assert ("quantity", "3") in rated.content
    assert (again.run, again.reason) == ("3", "DUPLICATE")
    assert "first seen in" in again.detail


@pytest.mark.feature("C2")
def test_a_malformed_line_is_told_by_file_and_row(mended: Path) -> None:
    (found,) = find_record(history(mended), f"readings.csv:{len(CASES) + 3}")
    assert found.reason == "MALFORMED"
    assert ("raw", MALFORMED) in found.content
    assert found.remedy is not None
    assert "`raw`" in found.remedy


@pytest.mark.feature("C1", "C2")
def test_a_conflict_shows_both(mended: Path) -> None:
    (conflict,) = find_records(history(mended), Asked(reason="CONFLICT"), 10)[1]
    assert conflict.detail.endswith("readings.csv:1: quantity 4 here, 3 there")
    records = find_record(history(mended), "readings/n1/used")
    assert [each.reason for each in records] == ["RATED", "DUPLICATE", "CONFLICT"]
    assert [dict(each.content).get("units") for each in records[1:]] == ["3", "4"]
    assert dict(records[0].content)["quantity"] == "3"


@pytest.mark.feature("C2")
def test_records_are_chosen_by_identifier_service_period_and_reason(mended: Path) -> None:
    where = history(mended)
    total = len(CASES) + 3
    assert find_records(where, Asked(account_service="P1-meter"), 5)[0] == total
    assert len(find_records(where, Asked(account_service="P1-meter"), 5)[1]) == 5
    assert find_records(where, Asked(period="2026-03"), 5)[0] == 1  # what was not yet
    assert find_records(where, Asked(identifier="M-9"), 5)[0] == 1
    assert find_records(where, Asked(identifier="L-1", reason="RATED"), 5)[0] == 0
    assert find_records(where, Asked(reason="NO_USAGE"), 5)[1][0].content[2] == ("meter", "L-1")


def test_every_reason_that_can_be_mended_says_how() -> None:
    nothing_to_do = {Reason.RATED, Reason.SKIPPED, Reason.NO_EVENT, Reason.DUPLICATE}
    assert {each for each in Reason if MEANINGS[each].remedy is None} == nothing_to_do


@pytest.mark.feature("C2")
def test_what_is_not_what_its_feed_says_stops_the_run_before_anything_is_posted(
    program: Program, tmp_path: Path
) -> None:
    folder = sold(tmp_path)
    write_readings(folder / "readings.csv")
    (folder / "other.csv").write_text("number,when,meter\nn1,2026-01-05T10:00:00,M-1\n")
    usage = [str(folder / name) for name in ("readings.csv", "other.csv")]
    refusal = refuse(request(folder, "2026-02-01", *usage, program=program))
    assert isinstance(refusal, BillRefused)
    assert refusal.stage == "usage"
    assert "other.csv: fits no feed" in refusal.reasons[0]
    assert not (folder / "out" / "ledger.db").exists()
    assert not (folder / "out" / "usage_store").exists()
