"""A thousand tests of a catalog: `python -m benchmarks.scenarios --tests 1_000`.

Each has its customers, a suspension, usage and two bills; they bill on so many sequences of
days, each of which is a run of its own.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from compiler.compile import compile_folder
from proving.check import prove
from proving.scenario import scenarios_of
from tests.proving.catalogs import METERED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=1_000)
    parser.add_argument("--sequences", type=int, default=4)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ratebook-bench-") as name:
        folder = Path(name)
        tests = "".join(scenario(number, number % given.sequences) for number in range(given.tests))
        (folder / "catalog.ratebook").write_text(METERED + tests, encoding="utf-8")
        start = time.perf_counter()
        compilation = compile_folder(folder)
        compiled = time.perf_counter()
        assert compilation.program is not None, compilation.diagnostics[:3]
        before = cpu_seconds()
        scenarios = scenarios_of(compilation.resolved)
        proof = prove(compilation.program, scenarios, folder, processes=given.processes)
        done, after = time.perf_counter(), cpu_seconds()
    failed = sum(bool(each.failures) for each in proof.verdicts)
    assert not failed, f"{failed} tests fail"
    print("| work | seconds | CPU s | tests/s |")
    print("| --- | ---: | ---: | ---: |")
    works = (
        ("compile", compiled - start, before),
        ("bill and judge", done - compiled, after - before),
    )
    for work, seconds, cpu in works:
        print(f"| {work} | {seconds:.2f} | {cpu:.2f} | {given.tests / seconds:,.0f} |")


def cpu_seconds() -> float:
    """What this process and those that have ended took."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(each.ru_utime + each.ru_stime for each in map(resource.getrusage, kinds))


def scenario(number: int, sequence: int) -> str:
    """Write a test: two SIMs for a month, used for more than is included."""
    first = date(2026, 1, 1) + timedelta(days=31 * sequence)
    month = first.replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    used = 6 + number % 50
    return f"""
test t{number} {{
  account acme
  {month}  acme buys fleet monthly as f with sim 2
  {month}  f.sim order
  {month}  f.sim activate
  bill {month}
  expect line f.sim recurring  62.00 USD
  {month + timedelta(days=4)}  usage {used} GB for f.sim
  bill {following}
  expect line f.sim usage  {2 * (used - 5)}.00 USD
}}
"""


if __name__ == "__main__":
    main()
