"""Coverage and mutants tell which prices no test would miss."""

from pathlib import Path

import pytest

from proving.check import prove
from proving.coverage import coverage_lines, coverage_of
from proving.mutants import mutant_lines, score_of, try_mutants
from proving.processes import Bench
from proving.run import prepared
from proving.scenario import scenarios_of
from proving.slips import mutants_of
from tests.proving.catalogs import ACTIVE, compiled

pytestmark = pytest.mark.feature("E3")

TEST = (
    "test one {\n"
    + ACTIVE
    + """\
  2026-01-02  usage 4 GB for f.sim
  bill 2026-02-01
  expect line f.sim recurring  62.00 USD
}
"""
)


def test_what_no_test_reaches_is_told_and_slips_in_it_go_unnoticed(tmp_path: Path) -> None:
    compilation = compiled(tmp_path, TEST)
    program = compilation.program
    assert program is not None
    scenarios = scenarios_of(compilation.resolved)
    proof = prove(program, scenarios, tmp_path)
    coverage = coverage_of(program, proof.scenarios, proof.billed)
    told = list(coverage_lines(coverage))
    missed = {(each.kind, each.source.text.strip(), each.detail) for each in coverage.missed}
    # Only the month in dollars, the included tier, `order` and `activate` are reached.
    assert missed == {
        ("price", "active     31.00 USD, 28.00 EUR", "EUR"),
        ("price", "suspended   3.10 USD, 2.80 EUR", "USD"),
        ("price", "suspended   3.10 USD, 2.80 EUR", "EUR"),
        ("price", "price  9.00 USD, 8.00 EUR", "USD"),
        ("price", "price  9.00 USD, 8.00 EUR", "EUR"),
        ("rate", "web  2.00 USD per GB, 1.80 EUR per GB", "USD"),
        ("rate", "web  2.00 USD per GB, 1.80 EUR per GB", "EUR"),
        ("discount", "discount launch = 10% off for 2 periods", ""),
        ("transition", "suspend    active -> suspended", "suspend: active -> suspended"),
        *(
            (
                "transition",
                "terminate  ordered, active, suspended -> cancelled",
                f"terminate: {each} -> cancelled",
            )
            for each in ("ordered", "active", "suspended")
        ),
    }
    assert told[-1] == "coverage: 4 of 16 (25%)"

    bench = Bench(prepared(program), scenarios, tmp_path)
    asked = [
        number
        for number, each in enumerate(mutants_of(bench.program))
        if each.source.text.startswith(("active", "up to 5"))
    ]
    fates = try_mutants(bench, asked, coverage)
    assert [(each.mutant.what, each.noticed_by) for each in fates] == [
        ("a decimal shifted (USD)", "one"),
        ("a decimal shifted (EUR)", None),
        ("`active` and `suspended` swapped (EUR)", None),
        ("`active` and `suspended` swapped (USD)", "one"),
        ("a bound moved", None),
    ]
    assert score_of(fates) == 40
    assert list(mutant_lines(fates))[-1] == "mutation score: 2 of 5 (40%)"


def test_a_slip_is_tried_on_bills_that_a_shorter_test_has_no_part_in(tmp_path: Path) -> None:
    """Neither test notices the first bill's slip, so that the longer one goes on alone."""
    short = f"test short {{\n{ACTIVE}  bill 2026-01-01\n  expect no line f.sim usage\n}}\n"
    long = (
        f"test long {{\n{ACTIVE}  bill 2026-01-01\n  bill 2026-02-01\n"
        "  expect line f.sim recurring  31.00 USD\n}\n"
    )
    compilation = compiled(tmp_path, short + long)
    program = compilation.program
    assert program is not None, compilation.diagnostics
    scenarios = scenarios_of(compilation.resolved)
    proof = prove(program, scenarios, tmp_path)
    assert not any(each.failures for each in proof.verdicts)
    coverage = coverage_of(program, proof.scenarios, proof.billed)
    bench = Bench(prepared(program), scenarios, tmp_path)
    asked = [
        number
        for number, each in enumerate(mutants_of(bench.program))
        if each.what == "a decimal shifted (USD)" and each.source.text.startswith("active")
    ]
    assert [each.noticed_by for each in try_mutants(bench, asked, coverage)] == ["long"]
