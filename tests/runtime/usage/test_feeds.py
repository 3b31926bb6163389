"""Feeds as their catalog text says them: every format and dialect, to the event and its amount."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runtime.program.model import Program
from runtime.usage.dispositions import Reason
from runtime.usage.faults import UsageFileFault
from runtime.usage.files import match_files
from runtime.usage.rate import rate_usage
from runtime.usage.report import UsageReport
from runtime.usage.store import UsageStore
from tests.compiler.catalogs import compile_text
from tests.reference.usage import Holder
from tests.runtime.usage.worlds import FEBRUARY, JANUARY, open_book

CATALOG = """\
catalog tiny {
  currencies  USD, EUR
  timezone    "UTC"
}

unit token = 1 count

usage class tokens  measured in count
usage class seconds measured in time
usage class bytes   measured in data

rate group all {
  tokens   0.01 USD each, 0.01 EUR each
  seconds  0.60 USD per minute, 0.60 EUR per minute
  bytes    1.00 USD per GB, 1.00 EUR per GB
}

rate plan standard {
  all
}

service line {
  type           recurring
  identified by  key
  usage monthly {
    rates  standard
  }
}

"""
START, END = date(2026, 1, 1), date(9999, 12, 31)
SERVICE = Holder(
    account_service="s1",
    service="line",
    currency="USD",
    timezone="UTC",
    start=START,
    end=END,
    identifiers=(("key", "k1", START, END),),
    billable=((START, END, True),),
    periods=((*JANUARY, *JANUARY), (*FEBRUARY, *FEBRUARY)),
)
TIME = "2026-01-05T00:00:00"


def program_of(feed: str) -> Program:
    compilation = compile_text(CATALOG + feed)
    assert compilation.program is not None, compilation.diagnostics
    return compilation.program


@dataclass
class Runs:
    """Runs one after the other over one store, all of them posted."""

    folder: Path
    program: Program
    done: list[int] = field(default_factory=list)

    def rate(self, *arguments: Path | str, threads: int = 2) -> UsageReport:
        run = len(self.done) + 1
        with open_book((SERVICE,), threads=threads) as connection:
            report = rate_usage(
                connection,
                self.program,
                files=match_files(self.program, [str(each) for each in arguments]),
                as_of=date(2026, 2, 1),
                previous_as_of=date(2026, 2, 1) if self.done else None,
                store=UsageStore(self.folder / "store", tuple(self.done)),
                run=run,
                out=self.folder / "out",
            )
        self.done.append(run)
        return report

    @property
    def exceptions_file(self) -> Path:
        folder = self.folder / "out" / "exceptions" / f"run={len(self.done)}"
        return folder / f"{self.program.feeds[0].id}.csv"

    def exceptions(self) -> list[dict[str, str]]:
        with self.exceptions_file.open(newline="") as stream:
            return list(csv.DictReader(stream))

    def stored(self) -> list[dict[str, object]]:
        """Give the events of the last run, in their order."""
        folder = self.folder / "store" / "events" / f"run={len(self.done)}"
        rows = [
            row for path in sorted(folder.glob("*/*")) for row in pq.read_table(path).to_pylist()
        ]
        return sorted(rows, key=lambda row: (str(row["file_name"]), row["row"], row["event_id"]))


def values(rows: Sequence[dict[str, object]], *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


JSON_FEED = """\
feed calls {
  format     jsonl
  id         request.id
  at         request.ts as milliseconds
  service    key = api_key
  quantity   usage.tokens in token
  attribute  note
  attribute  model = usage.model
  attribute  flag = request.flag
  skip when  status == "TEST"
}
"""


def call(number: int, tokens: object = 1, **more: object) -> dict[str, object]:
    return {
        "request": {"id": f"r{number}", "ts": 1767571200000 + number},
        "api_key": "k1",
        "usage": {"tokens": tokens, "model": "m"},
        **more,
    }


def write_lines(path: Path, *lines: dict[str, object] | str) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    data = "".join(f"{text}\n" for text in texts).encode()
    if path.suffix == ".gz":
        data = gzip.compress(data)
    elif path.suffix == ".zst":
        data = pa.compress(data, codec="zstd", asbytes=True)
    path.write_bytes(data)
    return path


@pytest.mark.feature("A26", "C1")
@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "a.jsonl.zst"])
def test_json_lines_are_read_by_the_names_of_nested_fields(tmp_path: Path, name: str) -> None:
    runs = Runs(tmp_path, program_of(JSON_FEED))
    path = write_lines(
        tmp_path / name,
        call(1, 5, note="é ü \u4e2d"),
        call(2, "7", note=True) | {"request.flag": "outer"},
        call(3, status="TEST"),
    )
    report = runs.rate(path)
    assert (report.read, report.rated, report.skipped) == (3, 2, 1)
    found = values(
        runs.stored(), "event_id", "quantity", "attribute.note", "attribute.flag", "instant"
    )
    # 1767571200 s since 1970 are 2026-01-05T00:00:00 UTC
    assert found == [
        ("r1", 5, "é ü \u4e2d", None, datetime(2026, 1, 5, 0, 0, 0, 1000)),  # noqa: DTZ001
        ("r2", 7, "true", "outer", datetime(2026, 1, 5, 0, 0, 0, 2000)),  # noqa: DTZ001
    ]


@pytest.mark.feature("A26")
def test_numbers_of_json_keep_every_digit_they_are_written_with(tmp_path: Path) -> None:
    feed = JSON_FEED.replace("usage.tokens in token", "usage.tokens * 1_000_000_000 in byte")
    runs = Runs(tmp_path, program_of(feed))
    lines = [json.dumps(call(number)) for number in range(4)]
    given = ("123456789.123456789", "0.1000000000", "1e3", "9007199254740993")
    path = write_lines(
        tmp_path / "a.jsonl",
        *(
            line.replace('"tokens": 1', f'"tokens": {number}').replace('"m"', number)
            for line, number in zip(lines, given, strict=True)
        ),
    )
    report = runs.rate(path)
    assert dict(report.reasons) == {"RATED": 2, "BAD_QUANTITY": 1, "QUANTITY_TOO_LARGE": 1}
    # a double would make 123456789.12345679 of the first
    assert values(runs.stored(), "quantity", "attribute.model") == [
        (123456789123456789, "123456789.123456789"),
        (100000000, "0.1000000000"),
    ]


@pytest.mark.feature("A26", "C2")
def test_a_line_that_is_no_json_object_is_malformed_and_no_other(tmp_path: Path) -> None:
    runs = Runs(tmp_path, program_of(JSON_FEED))
    good = json.dumps(call(1))
    path = tmp_path / "a.jsonl"
    lines = [
        b"\xef\xbb\xbf" + good.encode(),
        b"",
        b'{"request": ',
        b"[1, 2]",
        b'{"api_key": "\xff"}',
        json.dumps(call(2)).replace('"k1"', "NaN").encode(),
        json.dumps(call(3)).replace("k1", "\\ud800").encode(),
        b"   \r",
        json.dumps(call(4, None)).encode() + b"\r",
        b'{"a": ' + b"[" * 100_000,
    ]
    path.write_bytes(b"\n".join(lines))
    report = runs.rate(path)
    assert (report.read, report.rated, report.rejected) == (8, 1, 7)
    found = [(each["row"], each["reason"], each["detail"][:22]) for each in runs.exceptions()]
    assert found == [
        ("2", "MALFORMED", "is not JSON: Expecting"),
        ("3", "MALFORMED", "is not a JSON object"),
        ("4", "MALFORMED", "is not UTF-8 text"),
        ("5", "MALFORMED", "NaN is not a number of"),
        ("6", "MALFORMED", "has half a character ("),
        ("7", "BAD_QUANTITY", "the quantity is missin"),
        ("8", "MALFORMED", "nests too deep"),
    ]


@pytest.mark.feature("A26", "C2")
def test_exceptions_of_json_are_mended_as_csv_and_fed_again(tmp_path: Path) -> None:
    runs = Runs(tmp_path, program_of(JSON_FEED))
    assert runs.rate(write_lines(tmp_path / "a.jsonl", call(1, "x"), call(2))).rejected == 1
    mended = tmp_path / "mended.csv"
    mended.write_text(runs.exceptions_file.read_text().replace(",x,", ",5,"))
    report = runs.rate(mended)
    assert (report.read, report.rated) == (1, 1)
    assert values(runs.stored(), "event_id", "quantity") == [("r1", 5)]


@pytest.mark.feature("A26", "C1")
def test_a_fraction_finer_than_a_microsecond_is_cut_to_one(tmp_path: Path) -> None:
    feed = DIALECT_FEED.replace('S.%f"', 'S.%f%z"')
    for name, text, zone in (("plain", DIALECT_FEED, ""), ("zoned", feed, "+00:00")):
        runs = Runs(tmp_path / name, program_of(text))
        path = tmp_path / f"{name}.csv"
        rows = [f"1;05.01.2026 10:00:00.1234567{zone};k1;1;;0"]
        rows += [f"2;05.01.2026 10:00:00.123456789{zone};k1;1;;0"]
        path.write_text("\n".join(rows))
        assert runs.rate(path).rated == 2
        instant = datetime(2026, 1, 5, 10, microsecond=123456)  # noqa: DTZ001
        assert values(runs.stored(), "instant") == [(instant,)] * 2


DIALECT_FEED = """\
feed calls {
  format     csv
  separator  ";"
  quote      "'"
  decimal    ","
  encoding   "windows-1252"
  columns    id, started, key, seconds, note, gross
  id         id
  at         started as "%d.%m.%Y %H:%M:%S.%f"
  service    key
  quantity   seconds in minute
  amount     gross in EUR
  attribute  note
  attribute  gross
}
"""


@pytest.mark.feature("A26", "C1", "C2")
def test_a_file_of_another_dialect_without_a_header_is_read_as_the_feed_says(
    tmp_path: Path,
) -> None:
    runs = Runs(tmp_path, program_of(DIALECT_FEED))
    path = tmp_path / "a.csv"
    rows = [
        "",
        "1;05.01.2026 10:00:00.5;k1;1,5;'caf\u00e9; ''\u20ac''';12,345678",
        "2;05.01.2026 10:00:00.123456;k1;2;1,5;1",
        "3;too;few",
        "4;05.01.2026 10:00:00.000;k1;1.5;;0",
        "5;05.01.2026 10:00:00.000;k1;1;\u0081;0",
        "6;05.01.2026 10:00:00;k1;1;;0",
    ]
    data = "\n".join(rows).encode("cp1252", errors="replace")
    path.write_bytes(data.replace(b"1;?;0", b"1;\x81;0"))
    report = runs.rate(path)
    assert dict(report.reasons) == {
        "RATED": 2,
        "MALFORMED": 2,
        "BAD_QUANTITY": 1,
        "BAD_TIME": 1,
    }
    names = ("row", "instant", "quantity", "attribute.note", "attribute.gross", "amount")
    instant = datetime(2026, 1, 5, 10)  # noqa: DTZ001
    assert values(runs.stored(), *names) == [
        (
            1,
            instant.replace(microsecond=500000),
            90,  # 1.5 minutes are 90 seconds
            "caf\u00e9; '\u20ac'",
            "12.345678",
            Decimal("12.345678"),
        ),
        (2, instant.replace(microsecond=123456), 120, "1.5", "1", Decimal(1)),
    ]
    found = [(each["row"], each["reason"], each["id"]) for each in runs.exceptions()]
    assert found == [
        ("3", "MALFORMED", ""),
        ("4", "BAD_QUANTITY", "4"),
        ("5", "MALFORMED", ""),
        ("6", "BAD_TIME", "6"),
    ]
    mended = tmp_path / "mended.csv"
    mended.write_text(runs.exceptions_file.read_text().replace(",1.5,", ',"1,5",'))
    assert runs.rate(mended).rated == 1


@pytest.mark.feature("A26")
@pytest.mark.parametrize("encoding", ["utf-16", "shift_jis", "gb18030", "iso-8859-15", "utf-8"])
def test_a_header_and_values_in_any_encoding_are_the_same_text(
    tmp_path: Path, encoding: str
) -> None:
    text = "\u20ac" if encoding == "iso-8859-15" else "\u65e5\u672c"
    feed = f"""
feed calls {{
  format     csv
  encoding   "{encoding}"
  id         field "{text}"
  at         started
  service    key
  quantity   n in token
  attribute  note = field "{text}"
}}
"""
    runs = Runs(tmp_path, program_of(feed))
    path = tmp_path / "a.csv.gz"
    content = f"{text},started,key,n\n" + "".join(f"{text}{n},{TIME},k1,1\n" for n in range(3))
    path.write_bytes(gzip.compress(content.encode(encoding)))
    assert runs.rate(path).rated == 3
    assert values(runs.stored(), "attribute.note") == [(f"{text}{n}",) for n in range(3)]


@pytest.mark.feature("A26")
def test_a_feed_without_quotes_keeps_them_as_they_stand(tmp_path: Path) -> None:
    feed = """
feed calls {
  format     csv
  separator  "|"
  quote      ""
  id         id
  at         started
  service    key
  quantity   1 in token
  attribute  note
}
"""
    runs = Runs(tmp_path, program_of(feed))
    path = tmp_path / "a.csv"
    path.write_text(f'id|started|key|note\n1|{TIME}|k1|5" disk\nbad\n\n2|{TIME}|k1|"x\nworse\n')
    assert runs.rate(path).rated == 2
    assert values(runs.stored(), "row", "attribute.note") == [(1, '5" disk'), (3, '"x')]
    assert [(each["row"], each["raw"]) for each in runs.exceptions()] == [
        ("2", "bad"),
        ("4", "worse"),
    ]


EVENTS_FEED = """\
feed calls {
  format     jsonl, csv
  id         id
  at         at
  service    key
  attribute  kind = "any"
  event input when not input is missing {
    quantity   input in token
  }
  event output when output starts with "1" or model in "big", "huge" {
    quantity   output in token
    attribute  kind = "output"
    attribute  model
  }
  skip when  model == "probe"
}
"""


def record(number: int, **fields: object) -> dict[str, object]:
    return {"id": f"r{number}", "at": TIME, "key": "k1", **fields}


@pytest.mark.feature("A26", "C1", "C2")
def test_each_event_of_a_record_counts_and_a_record_of_none_counts_once(tmp_path: Path) -> None:
    runs = Runs(tmp_path, program_of(EVENTS_FEED))
    path = write_lines(
        tmp_path / "a.jsonl",
        record(1, input=5, output=12),  # two events
        record(2, input=6),  # the first alone
        record(3, output=9, model="huge"),  # the second alone
        record(4, output=9),  # none
        record(5, input=1, output=1, model="probe"),  # skipped, whatever it holds
        "{",  # malformed
        record(1, input=5, output=12),  # both seen before
        record(6, input="x", output=10),  # one of two cannot be read
    )
    report = runs.rate(path)
    # 2 + 1 + 1 + 1 + 1 + 1 + 2 + 2
    assert report.read == 11
    assert dict(report.reasons) == {
        "RATED": 5,
        "NO_EVENT": 1,
        "SKIPPED": 1,
        "MALFORMED": 1,
        "DUPLICATE": 2,
        "BAD_QUANTITY": 1,
    }
    names = ("row", "event_id", "quantity", "attribute.kind", "attribute.model")
    assert values([{"attribute.model": None} | row for row in runs.stored()], *names) == [
        (1, "r1\x1finput", 5, "any", None),
        (1, "r1\x1foutput", 12, "output", None),
        (2, "r2\x1finput", 6, "any", None),
        (3, "r3\x1foutput", 9, "output", "huge"),
        (8, "r6\x1foutput", 10, "output", None),
    ]
    found = [(each["row"], each["reason"], each["event"]) for each in runs.exceptions()]
    assert found == [
        ("4", "NO_EVENT", ""),
        ("5", "SKIPPED", ""),
        ("6", "MALFORMED", ""),
        ("7", "DUPLICATE", "input"),
        ("7", "DUPLICATE", "output"),
        ("8", "BAD_QUANTITY", "input"),
    ]


@pytest.mark.feature("C2")
def test_an_event_fed_again_does_not_bring_its_sisters(tmp_path: Path) -> None:
    runs = Runs(tmp_path, program_of(EVENTS_FEED))
    runs.rate(write_lines(tmp_path / "a.jsonl", record(1, input="x", output=10)))
    mended = tmp_path / "mended.csv"
    mended.write_text(runs.exceptions_file.read_text().replace(",x,", ",7,"))
    report = runs.rate(mended)
    assert (report.read, report.rated) == (1, 1)
    assert values(runs.stored(), "event_id", "quantity") == [("r1\x1finput", 7)]


PLACE_FEED = """\
feed calls {
  format     csv
  id         from file and row
  at         file
  service    key
  quantity   row in token
  attribute  reason
}
"""
"""A feed whose columns are called as the columns of an exceptions file are."""


def write_places(path: Path, *rows: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    text = "\n".join(["file,key,row,reason", *rows]) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


@pytest.mark.feature("A26", "C1", "C2")
def test_records_without_an_id_are_known_by_their_file_and_row(tmp_path: Path) -> None:
    runs = Runs(tmp_path, program_of(PLACE_FEED))
    rows = (f"{TIME},k1,1,a", "too,few", f"{TIME},k1,1,a", f"{TIME},k1,x,b")
    report = runs.rate(write_places(tmp_path / "one" / "a.csv", *rows))
    assert dict(report.reasons) == {"RATED": 2, "MALFORMED": 1, "BAD_QUANTITY": 1}
    assert values(runs.stored(), "event_id", "row") == [("a.csv\x1f1", 1), ("a.csv\x1f3", 3)]
    first = runs.exceptions_file
    again = runs.rate(write_places(tmp_path / "two" / "a.csv.gz", *rows))
    assert dict(again.reasons) == {"DUPLICATE": 2, "MALFORMED": 1, "BAD_QUANTITY": 1}
    # Mended in two steps: the row keeps the place that it had in the first file.
    half = tmp_path / "half.csv"
    half.write_text(first.read_text().replace(",x,b", ",y,b"))
    assert runs.rate(half).count(Reason.BAD_QUANTITY) == 1
    whole = tmp_path / "whole.csv"
    whole.write_text(runs.exceptions_file.read_text().replace(",y,b", ",2,b"))
    assert runs.rate(whole).rated == 1
    assert values(runs.stored(), "event_id", "quantity") == [("a.csv\x1f4", 2)]


@pytest.mark.feature("A26", "C2", "C4")
def test_records_known_by_their_row_keep_its_order_among_malformed_lines(tmp_path: Path) -> None:
    """Files of more than one batch of the engine, with lines that are no records in between."""
    runs = Runs(tmp_path, program_of(PLACE_FEED))
    rows = ["too,few" if number % 100 == 0 else f"{TIME},k1,{number},a" for number in range(9_000)]
    files = [write_places(tmp_path / f"{name}.csv", *rows) for name in ("a", "b", "c")]
    report = runs.rate(*files, threads=4)
    records = [number + 1 for number in range(9_000) if number % 100]
    assert dict(report.reasons) == {"RATED": 3 * len(records), "MALFORMED": 3 * 90}
    (part,) = (tmp_path / "out" / "rated_usage" / "run=1").glob("*/*")
    found = pq.read_table(part, columns=["file", "row", "event_id", "quantity"]).to_pylist()
    assert values(found, "file", "row", "event_id", "quantity") == [
        (str(path), row, f"{path.name}\x1f{row}", row - 1) for path in files for row in records
    ]


@pytest.mark.feature("A26", "C2")
def test_two_files_of_one_name_stop_a_run_that_knows_records_by_it(tmp_path: Path) -> None:
    one = write_places(tmp_path / "one" / "a.csv", f"{TIME},k1,1,a")
    two = write_places(tmp_path / "two" / "a.csv", f"{TIME},k1,1,b")
    with pytest.raises(UsageFileFault, match=r"is called as .*one/a\.csv is"):
        match_files(program_of(PLACE_FEED), [str(one), str(two)])


@pytest.mark.feature("A26")
@pytest.mark.parametrize(
    ("epoch", "given", "instant"),
    [
        ("seconds", "1767571200", "2026-01-05T00:00:00"),
        ("seconds", "1767571200.25", "2026-01-05T00:00:00.25"),
        ("milliseconds", "1767571200001.5", "2026-01-05T00:00:00.0015"),
        ("microseconds", "1767571200000001", "2026-01-05T00:00:00.000001"),
        ("microseconds", "1767571200000001.9", "2026-01-05T00:00:00.000001"),
        ("seconds", "1767571200000", None),
        ("seconds", "1.7e9", None),
        ("seconds", "99999999999999999999999999999999999999", None),
        ("seconds", "", None),
    ],
)
def test_a_time_may_be_a_number_since_1970(
    tmp_path: Path, epoch: str, given: str, instant: str | None
) -> None:
    feed = f"""
feed calls {{
  format    csv, parquet
  id        id
  at        ts as {epoch}
  service   key
  quantity  1 in token
}}
"""
    runs = Runs(tmp_path, program_of(feed))
    path = tmp_path / "a.csv"
    path.write_text(f"id,ts,key\n1,{given},k1\n")
    report = runs.rate(path)
    if instant is None:
        assert dict(report.reasons) == {"BAD_TIME": 1}
        return
    assert values(runs.stored(), "instant") == [(datetime.fromisoformat(instant),)]


@pytest.mark.feature("A26")
def test_a_number_since_1970_may_be_typed(tmp_path: Path) -> None:
    feed = """
feed calls {
  format    parquet
  id        id
  at        ts as seconds
  service   key
  quantity  1 in token
}
"""
    runs = Runs(tmp_path, program_of(feed))
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": [1], "ts": [1767571200], "key": ["k1"]}), path)
    assert runs.rate(path).rated == 1
    assert values(runs.stored(), "instant") == [(datetime(2026, 1, 5),)]  # noqa: DTZ001


AMOUNT_FEED = """\
feed sales {
  format     csv
  id         id
  at         at
  service    key
  quantity   1 in token
  amount     gross - refund in currency
}
"""


@pytest.mark.feature("A26", "C1", "C2")
def test_an_amount_is_exact_and_in_a_currency_of_the_catalog(tmp_path: Path) -> None:
    runs = Runs(tmp_path, program_of(AMOUNT_FEED))
    rows = (
        "19.99,0.01,USD",
        "999999999999.999999,0,EUR",
        "0,0,USD",
        ",,",  # no amount at all
        "1000000000000,0,USD",
        "1.0000001,0,USD",
        "x,0,USD",
        "1,,USD",
        "1,2,USD",
        "1,0,CAD",
        "1,0,",
        f"{'9' * 28},0,USD",
    )
    path = tmp_path / "a.csv"
    lines = [f"{number},{TIME},k1,{row}" for number, row in enumerate(rows)]
    path.write_text("\n".join(["id,at,key,gross,refund,currency", *lines]) + "\n")
    report = runs.rate(path)
    assert dict(report.reasons) == {
        "RATED": 4,
        "BAD_AMOUNT": 5,
        "NEGATIVE_AMOUNT": 1,
        "BAD_CURRENCY": 2,
    }
    assert values(runs.stored(), "amount", "amount_currency") == [
        (Decimal("19.980000"), "USD"),
        (Decimal("999999999999.999999"), "EUR"),
        (Decimal("0.000000"), "USD"),
        (None, None),
    ]
    other = tmp_path / "b.csv"
    other.write_text(path.read_text().replace("19.99,0.01,USD", "19.99,0.01,EUR"))
    assert runs.rate(other).count(Reason.CONFLICT) == 1


@pytest.mark.feature("A26", "C1", "D9")
def test_no_byte_of_several_events_depends_on_threads_or_the_order_of_files(
    tmp_path: Path,
) -> None:
    for name in "ab":
        lines = [record(n if n % 50 else 0, input=n, output=10) for n in range(5_000)]
        write_lines(tmp_path / f"{name}.jsonl", *lines)
    written = []
    for number, (threads, order) in enumerate(((1, "ab"), (4, "ba"))):
        runs = Runs(tmp_path / str(number), program_of(EVENTS_FEED))
        report = runs.rate(*(tmp_path / f"{name}.jsonl" for name in order), threads=threads)
        assert report.read == 20_000
        files = sorted(path for path in runs.folder.rglob("*.*") if path.is_file())
        written.append([(path.relative_to(runs.folder), path.read_bytes()) for path in files])
    assert written[0] == written[1]


FAULTS = {
    "a document": (
        JSON_FEED,
        "a.jsonl",
        '[\n{\n"request": 1\n}\n]\n',
        "not JSON lines",
    ),
    "no id": (
        JSON_FEED,
        "a.jsonl",
        '{"request": {"idd": 1, "ts": 2}, "api_key": 3}\n',
        r"needs the field request.id \(did you mean request.idd\?\)",
    ),
    "columns": (DIALECT_FEED, "a.csv", "1;2;3\n", "has 3 fields, and the feed calls has 6 columns"),
    "encoding": (
        PLACE_FEED.replace("id   ", 'encoding  "ascii"\n  id   '),
        "a.csv",
        "file,key,row,r\u00e9ason\n",
        "its header is not ascii text",
    ),
    "another": (JSON_FEED, "a.csv", "a,b\n", "is csv, and the catalog's feeds read jsonl"),
    "unknown": (EVENTS_FEED, "calls.dat", "{}\n", "no ending of a usage file"),
}


@pytest.mark.feature("A26", "C2")
@pytest.mark.parametrize("name", FAULTS)
def test_a_file_that_is_not_what_its_feed_says_stops_the_run(tmp_path: Path, name: str) -> None:
    feed, file, text, words = FAULTS[name]
    path = tmp_path / file
    path.write_text(text)
    with pytest.raises(UsageFileFault, match=words):
        match_files(program_of(feed), [str(path)])


@pytest.mark.feature("A26")
def test_a_file_of_any_ending_is_read_where_its_feed_is_named(tmp_path: Path) -> None:
    runs = Runs(tmp_path, program_of(JSON_FEED))
    write_lines(tmp_path / "calls.dat", call(1))
    assert runs.rate(f"calls={tmp_path}/calls.dat").rated == 1


@pytest.mark.feature("A26", "C2")
@pytest.mark.parametrize("cut", [6, 200])
def test_compressed_json_cut_short_stops_the_run(tmp_path: Path, cut: int) -> None:
    runs = Runs(tmp_path, program_of(JSON_FEED))
    path = write_lines(tmp_path / "a.jsonl.gz", *(call(n, n * 7919) for n in range(2_000)))
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(UsageFileFault, match="cut short"):
        runs.rate(path)


@pytest.mark.feature("A26", "C2")
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_json_lines_that_are_not_utf_8_stop_the_run(encoding: str, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", call(1), call(2))
    path.write_bytes(path.read_text().encode(encoding))
    with pytest.raises(UsageFileFault, match=r"a\.jsonl: is not UTF-8 text"):
        match_files(program_of(JSON_FEED), [str(path)])


@pytest.mark.feature("A26", "C2")
def test_json_lines_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", call(1), call(2))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    runs = Runs(tmp_path, program_of(JSON_FEED))
    assert runs.rate(path).rated == 2
