"""Raw records to events and exceptions: nothing lost, numbered as in the file, fed again."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runtime.program.expressions import FieldValue
from runtime.program.model import Program
from runtime.usage.dispositions import Reason
from runtime.usage.faults import UsageHolderFault, UsageOverflow
from runtime.usage.files import match_files
from runtime.usage.rate import rate_usage
from runtime.usage.report import UsageReport
from runtime.usage.store import UsageStore
from tests.reference.usage import Holder
from tests.runtime.programs import GB, connectivity_program
from tests.runtime.usage.sessions import SESSION
from tests.runtime.usage.worlds import FEBRUARY, JANUARY, open_book

HEADER = "record_id,started,gateway,bytes_up,bytes_down,kind,country"
START, END = date(2026, 1, 1), date(9999, 12, 31)


def gateway(value: str, start: date = START, service: str = "s1") -> Holder:
    return Holder(
        account_service=service,
        service="data",
        currency="CAD",
        timezone="America/Toronto",
        start=START,
        end=END,
        identifiers=(("gateway", value, start, END),),
        billable=((START, END, True),),
        periods=((*JANUARY, *JANUARY), (*FEBRUARY, *FEBRUARY)),
    )


BOOK = (gateway("GW-1"),)


def rate(
    folder: Path,
    arguments: Sequence[Path],
    program: Program | None = None,
    book: Sequence[Holder] = BOOK,
    threads: int = 2,
    memory_limit: str | None = None,
) -> UsageReport:
    catalog = program or connectivity_program()
    with open_book(book, threads, memory_limit) as connection:
        return rate_usage(
            connection,
            catalog,
            files=match_files(catalog, [str(path) for path in arguments]),
            as_of=date(2026, 2, 1),
            previous_as_of=None,
            store=UsageStore(folder / "store"),
            run=1,
            out=folder / "out",
        )


def exceptions(folder: Path) -> list[dict[str, str]]:
    path = folder / "out" / "exceptions" / "run=1" / "sessions.csv"
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def line(record_id: str, **fields: str) -> str:
    given = {**SESSION, "record_id": record_id, **fields}
    return ",".join(given.values())


@pytest.mark.feature("A26", "C2")
def test_rows_count_malformed_and_quoted_lines_as_the_file_does(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [
        line("R1"),
        "R2,too,few",
        line('"R\n3"'),
        "",  # an empty line is no record
        "R4,far,too,many,1,2,3,4,5",
        line("R5", gateway="GW-9"),
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    report = rate(tmp_path, [path])
    assert (report.read, report.rated, report.rejected) == (5, 2, 3)
    found = [(each["row"], each["reason"], each["raw"]) for each in exceptions(tmp_path)]
    assert found == [
        ("2", "MALFORMED", "R2,too,few"),
        ("4", "MALFORMED", "R4,far,too,many,1,2,3,4,5"),
        ("5", "UNKNOWN_SERVICE", ""),
    ]


@pytest.mark.feature("A26", "C2")
def test_many_malformed_lines_among_quoted_newlines_keep_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [
        f"R{n},bad"
        if n % 97 == 0
        else line(f'"R{n}"', kind='"pro\n""be"' if n % 31 == 0 else "web", gateway="GW-9")
        for n in range(1, 60_001)
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    report = rate(tmp_path, [path])
    assert report.read == 60_000
    for each in exceptions(tmp_path):
        number = (each["raw"] or each["record_id"]).partition(",")[0]
        assert number == f"R{each['row']}"


@pytest.mark.feature("A26", "C2")
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_empty_lines_beside_malformed_ones_keep_the_rows_true(
    tmp_path: Path, end: str, mark: str
) -> None:
    path = tmp_path / "a.csv"
    rows = [
        line("R1", gateway="GW-9"),
        f"{end}R2,bad",
        line("R3", gateway="GW-9", kind=f'"we{end}{end}b"'),
        'R4,"astray"x,and,too,few',
        f"{end}{end}R5,bad",
        line('"R6"', gateway="GW-9"),
        "R7,bad",
    ]
    path.write_bytes((mark + end.join([HEADER, *rows]) + end).encode())
    assert rate(tmp_path, [path]).read == 7
    found = [
        ((each["raw"] or each["record_id"]).partition(",")[0], each["row"])
        for each in exceptions(tmp_path)
    ]
    assert found == [(f"R{row}", str(row)) for row in range(1, 8)]


@pytest.mark.feature("A26", "C2")
def test_exceptions_are_mended_and_fed_again_with_their_guards_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    values = ["=1+1", "'=x", "@a", "-5", "+GW", "''-x", "plain", "'quoted"]
    rows = [line(f"R{n}", gateway=value) for n, value in enumerate(values)]
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    assert rate(tmp_path, [path], book=()).count(Reason.UNKNOWN_SERVICE) == len(values)
    written = [each["gateway"] for each in exceptions(tmp_path)]
    assert written == ["'=1+1", "''=x", "'@a", "-5", "'+GW", "'''-x", "plain", "'quoted"]
    again = tmp_path / "again"
    mended = tuple(gateway(value, service=f"s{n}") for n, value in enumerate(values))
    report = rate(again, [tmp_path / "out" / "exceptions" / "run=1" / "sessions.csv"], book=mended)
    assert (report.read, report.rated) == (len(values), len(values))


@pytest.mark.feature("A26")
def test_typed_columns_are_read_as_their_texts_are(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    columns = {
        "record_id": pa.array([1, 2, 3, 4, 5]),
        "started": pa.array([datetime(2026, 1, 5, 1, 2, 3, 4)] * 5, pa.timestamp("us")),  # noqa: DTZ001
        "gateway": pa.array(["GW-1"] * 4 + ["GW-9"]).dictionary_encode(),
        "bytes_up": pa.array([Decimal("1.00"), Decimal("1.50"), None, Decimal(-9), Decimal(1)]),
        "bytes_down": pa.array([1, 2, 3, 4, 5], pa.uint64()),
        "kind": pa.array(["web"] * 5),
        "country": pa.array(["CA"] * 5),
    }
    pq.write_table(pa.table(columns), path)
    report = rate(tmp_path, [path])
    assert dict(report.reasons) == {
        "RATED": 1,
        "FRACTION_OF_STEP": 1,
        "BAD_QUANTITY": 1,
        "NEGATIVE_QUANTITY": 1,
        "UNKNOWN_SERVICE": 1,
    }
    again = rate(
        tmp_path / "again",
        [tmp_path / "out" / "exceptions" / "run=1" / "sessions.csv"],
        book=(gateway("GW-9"),),
    )
    assert again.rated == 1
    (rated,) = pq.ParquetDataset(tmp_path / "again" / "out" / "rated_usage").read().to_pylist()
    assert rated["instant"] == datetime(2026, 1, 5, 1, 2, 3, 4)  # noqa: DTZ001


@pytest.mark.feature("A26")
@pytest.mark.parametrize(
    ("pattern", "zone", "given", "instant"),
    [
        ("%d/%m/%Y %H:%M", "America/Toronto", "05/01/2026 08:00", "2026-01-05T13:00"),
        ("%Y-%m-%dT%H:%M:%S%z", "America/Toronto", "2026-01-05T08:00:00+0100", "2026-01-05T07:00"),
        (None, "America/Toronto", "2026-01-05T08:00:00", "2026-01-05T13:00"),
        (None, "America/Toronto", "2026-01-05T08:00:00Z", "2026-01-05T08:00"),
        (None, "America/Toronto", "2026-01-05 08:00:00+02:00", "2026-01-05T06:00"),
        (None, "America/Toronto", "2026-01-05", "2026-01-05T05:00"),
        (None, "UTC", "2026-01-05T08:00:00.25Z", "2026-01-05T08:00:00.25"),
        (None, "UTC", "infinity", None),
        (None, "UTC", "2026-02-30", None),
    ],
)
def test_times_are_read_by_pattern_and_zone(
    pattern: str | None, zone: str, given: str, instant: str | None, tmp_path: Path
) -> None:
    program = connectivity_program()
    feed = program.feeds[0].model_copy(update={"time_pattern": pattern, "timezone": zone})
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n{line('R1', started=given)}\n")
    report = rate(tmp_path, [path], program.model_copy(update={"feeds": (feed,)}))
    if instant is None:
        assert report.count(Reason.BAD_TIME) == 1
        return
    (rated,) = pq.ParquetDataset(tmp_path / "out" / "rated_usage").read().to_pylist()
    assert rated["instant"] == datetime.fromisoformat(instant)


@pytest.mark.feature("C1", "D9")
def test_no_byte_depends_on_threads_memory_or_the_order_of_files(tmp_path: Path) -> None:
    for name in "ab":
        rows = [
            line(
                f"R{n}{name if n % 50 else ''}",
                started=f"2026-01-{n % 28 + 1:02}T00:{n % 60:02}:00",
                gateway=f"GW-{n % 7}",
                bytes_up=str(n * GB // 500),
            )
            for n in range(30_000)
        ]
        (tmp_path / f"{name}.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    book = tuple(gateway(f"GW-{n}", service=f"s{n}") for n in range(6))
    digests = set()
    for number, (threads, limit, order) in enumerate(
        ((1, None, "ab"), (2, None, "ba"), (4, "1GB", "ab"))
    ):
        folder = tmp_path / str(number)
        rate(folder, [tmp_path / f"{name}.csv" for name in order], None, book, threads, limit)
        digest = hashlib.sha256()
        for path in sorted((folder / "out").rglob("*.*")):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
        digests.add(digest.hexdigest())
    assert len(digests) == 1


@pytest.mark.feature("C1")
def test_what_passes_64_bits_stops_the_run(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [line(f"R{n}", bytes_up=str(2**62)) for n in range(3)]
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    with pytest.raises(UsageOverflow, match=r"2\^63"):
        rate(tmp_path, [path])


@pytest.mark.feature("C1")
def test_an_identifier_with_two_holders_on_one_day_stops_the_run(tmp_path: Path) -> None:
    book = (gateway("GW-1"), gateway("GW-1", date(2026, 1, 9), "s2"))
    with pytest.raises(UsageHolderFault, match=r"gateway GW-1 is held by both s1 and s2"):
        rate(tmp_path, [], book=book)


@pytest.mark.feature("A26", "C2")
def test_an_id_may_be_made_of_several_fields(tmp_path: Path) -> None:
    program = connectivity_program()
    feed = program.feeds[0].model_copy(
        update={
            "id_fields": ("record_id", "country"),
            "identifier_value": FieldValue(name="gateway"),
        }
    )
    path = tmp_path / "a.csv"
    rows = [line("1"), line("1", country="US"), line("1"), line("1", country="")]
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    report = rate(tmp_path, [path], program.model_copy(update={"feeds": (feed,)}))
    assert dict(report.reasons) == {"RATED": 2, "DUPLICATE": 1, "NO_ID": 1}
