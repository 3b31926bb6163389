"""Tests in a catalog are billed as a book would be, and say what does not hold."""

from pathlib import Path

import pytest

from proving.recorded import record_invoices
from proving.report import failure_lines
from proving.run import batches_of, prepared, run_scenarios
from proving.scenario import scenarios_of
from tests.proving.catalogs import ACTIVE, METERED, compiled, verdicts

pytestmark = pytest.mark.feature("E3")

WHOLE = (
    "test whole {\n"
    + ACTIVE
    + """\
  bill 2026-01-01
  expect line f.sim recurring  31.00 USD quantity 1
  expect total                 31.00 USD for acme
  expect balance               31.00 USD
  2026-01-16  f.sim suspend
  2026-01-20 23:30  usage 3 times 2 GB for f.sim country US
  2026-01-21  usage 1 GB for f.sim country US id "x"
  2026-01-21  usage 1 GB for f.sim country US id "x"
  2025-12-21  usage 1 GB for f.sim country US
  bill 2026-02-01
  # 16 of 31 days at 31.00, the same at 3.10, and February
  expect line f.sim credit     -16.00 USD
  expect line f.sim recurring    4.70 USD
  # 7 GB, of which 5 are included
  expect line f.sim usage        4.00 USD quantity 7 GB
  expect no line f.sim transition
  expect 4 rated
  expect 1 duplicate
  expect 1 rejected unknown_service
  2026-01-22  usage 1 GB for f.sim
  2026-02-10  f ends
  bill 2026-03-01
  expect line f.sim usage        2.00 USD
  # 19 of 28 days of February are credited: 3.10 - round(3.10 x 9 / 28) = 3.10 - 1.00
  expect line f.sim credit      -2.10 USD
  bill 2026-04-01
  expect nothing
}
"""
)
GIVEN = """\
test given "Prices and discounts of an account" {
  account hq in EUR
  account acme under hq invoiced to hq in EUR
  2026-01-01  acme buys fleet monthly as f with sim 2 as mine, setup
  2026-01-01  f.mine order
  2026-01-01  f.mine is active
  2026-01-01  f.mine gets price 20.00 EUR in active until 2026-02-01
  2026-01-01  f gets discount launch
  2026-01-16  f adds sim as later
  2026-01-16  f.later order
  2026-01-16  f.later activate
  bill 2026-01-16
  expect line f.mine recurring  40.00 EUR
  expect line f.mine discount   -4.00 EUR
  # 28.00 x 16 / 31
  expect line f.later recurring 14.45 EUR
  expect line setup              8.00 EUR
  expect nothing for acme
  expect net                    57.00 EUR for hq
}
"""


def test_a_test_that_holds_passes_to_the_last_expectation(tmp_path: Path) -> None:
    found = verdicts(tmp_path, WHOLE + GIVEN)
    told = {name: "\n".join(failure_lines(each)) for name, each in found.items() if each.failures}
    assert not told


def test_each_kind_of_expectation_can_fail(tmp_path: Path) -> None:
    wrong = (
        "test wrong {\n"
        + ACTIVE
        + """\
  2026-01-02  usage 7 GB for f.sim
  bill 2026-02-01
  expect total    1.00 USD
  expect balance  2.00 USD for acme
  expect line f.sim usage  4.01 USD
  expect line f.sim usage  4.00 USD quantity 8 GB
  expect no line sim usage
  expect nothing
  expect 2 rated
  expect 1 rejected no_rate
  expect refused "never"
  expect invoice matches "recorded/none.txt"
}
"""
    )
    (failed,) = verdicts(tmp_path, wrong).values()
    assert [(each.line, each.billed.splitlines()[0]) for each in failed.failures] == [
        (8, "66.00 USD"),
        (9, "66.00 USD"),
        (10, "4.00 USD, 1 line"),
        (11, "quantity 7 GB"),
        (12, "4.00 USD, 1 line"),
        (13, "invoiced 66.00 USD"),
        (14, "1 rated"),
        (15, "1 rated"),
        (16, "not refused"),
        (17, "invoice for acme, 2026-02-01"),
    ]
    told = "\n".join(failure_lines(failed))
    assert "tests.ratebook:10: expect line f.sim usage 4.01 USD" in told
    assert "web  2.00 USD per GB, 1.80 EUR per GB" in told
    assert told.count("billed to acme on 2026-02-01: net 66.00") == 1


def test_a_refused_bill_fails_alone_and_names_the_line_of_the_test(tmp_path: Path) -> None:
    """The tests that share its days are billed all the same."""
    refused = (
        """\
test refused {
  account acme
  2026-01-01  acme buys fleet monthly as f
  2026-01-01  f.sim is suspended
  bill 2026-01-01
  expect total  31.00 USD
}

test expected {
  account acme
  2026-01-01  acme buys fleet monthly as f
  2026-01-01  f.sim is suspended
  bill 2026-01-01
  expect refused "no transition leads to it"
}

test sound {
"""
        + ACTIVE
        + """\
  bill 2026-01-01
  expect total  31.00 USD
}
"""
    )
    found = verdicts(tmp_path, refused)
    assert not found["sound"].failures
    assert not found["expected"].failures
    (failure,) = found["refused"].failures
    assert failure.billed.splitlines()[:2] == [
        "refused:",
        "tests.ratebook:4: status `suspended`: no transition leads to it from the sale; "
        "what may follow is ordered",
    ]


def test_what_shares_a_run_is_billed_as_it_is_alone(tmp_path: Path) -> None:
    """Two tests of the same days, and one of the first, share every run and not a line."""
    one = WHOLE[: WHOLE.index("  2026-01-22")] + "}\n"
    other = one.replace("test whole", "test other").replace("2 GB for", "3 GB for")
    brief = f"test brief {{\n{ACTIVE}  bill 2026-01-01\n  expect net 31.00 USD\n}}\n"
    compilation = compiled(tmp_path, f"{brief}\n{one}\n{other}")
    assert compilation.program is not None
    program, scenarios = prepared(compilation.program), scenarios_of(compilation.resolved)
    assert len(batches_of(scenarios)) == 1
    assert [len(each.stages) for each in scenarios] == [1, 2, 2]
    together = run_scenarios(program, scenarios, tmp_path)
    for each in scenarios:
        (alone,) = run_scenarios(program, [each], tmp_path).values()
        for bill, shared in zip(alone, together[each.name], strict=True):
            assert [made.totals for made in bill.invoices] == [
                made.totals for made in shared.invoices
            ]
            assert bill.records == shared.records


def test_a_file_is_read_by_the_catalogs_own_feeds(tmp_path: Path) -> None:
    usage = tmp_path / "usage"
    usage.mkdir()
    (usage / "a.csv").write_text(
        "record,started,imsi,bytes,country\n"
        "1,2026-01-02T00:00:00,me,7000000000,US\n"
        "2,2026-01-02T00:00:00,who,1,US\n"
        "3,never,me,1,US\n",
        encoding="utf-8",
    )
    text = (
        "test file {\n"
        + ACTIVE.replace("as f", 'as f with sim known as "me"')
        + """\
  usage from "usage/*.csv"
  bill 2026-02-01
  expect line f.sim usage  4.00 USD
  expect 2 rejected
  expect 1 rejected bad_time
}
"""
    )
    (found,) = verdicts(tmp_path, text).values()
    assert not found.failures, "\n".join(failure_lines(found))


def test_a_recorded_invoice_is_written_when_asked_and_then_held_to(tmp_path: Path) -> None:
    text = (
        "test kept {\n"
        + ACTIVE
        + """\
  bill 2026-01-01
  expect invoice matches "recorded/acme.txt" for acme
}
"""
    )
    missing = tuple(verdicts(tmp_path, text).values())
    assert not (tmp_path / "recorded").exists()
    (left,), written = record_invoices(missing)
    assert not left.failures
    (path,) = written
    assert path.read_text(encoding="utf-8") == (
        "invoice for acme, 2026-01-01\n"
        "  f.sim  recurring  sim, active  2026-01-01 to 2026-02-01  1   31.00\n"
        "net 31.00, tax 0.00, total 31.00 USD\n"
        "due 2026-01-31: 31.00 USD\n"
    )
    (again,) = verdicts(tmp_path, text).values()
    assert not again.failures
    path.write_text(path.read_text(encoding="utf-8").replace("31.00", "30.00"), encoding="utf-8")
    (changed,) = verdicts(tmp_path, text).values()
    assert len(changed.failures) == 1


def test_tests_are_no_part_of_the_program(tmp_path: Path) -> None:
    compilation = compiled(tmp_path, WHOLE)
    (tmp_path / "tests.ratebook").unlink()
    (tmp_path / "catalog.ratebook").write_text(METERED, encoding="utf-8")
    from compiler.compile import compile_folder

    alone = compile_folder(tmp_path)
    assert compilation.program is not None
    assert alone.program == compilation.program
