"""Processes that post are killed, and the ledger audited; `tests.posting_kills` does it oftener."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runtime.ledger.connect import hold_ledger, read_ledger
from tests.ledgers import Database
from tests.posting_kills import LINES, audit
from tests.runtime.ledger.drafts import draft, post

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
@pytest.mark.feature("D9")
def test_runs_that_are_killed_leave_no_gap_and_nothing_in_part(
    tmp_path: Path, database: Database
) -> None:
    url = database.url(tmp_path / "ledger.db")
    said = subprocess.run(
        [sys.executable, "-m", "tests.posting_kills", "--times", "4", "--ledger", url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert "4 kills" in said.stdout


@pytest.mark.feature("D9")
def test_the_audit_tells_what_is_lost_and_what_is_in_part(
    tmp_path: Path, database: Database
) -> None:
    url = database.url(tmp_path / "ledger.db")
    with hold_ledger(url) as ledger:
        post(ledger, 1, draft())
        ledger.commit()
    with read_ledger(url) as ledger:
        found = list(audit(ledger, committed=2))
    assert found[0] == "2 runs were committed, 1 are there"
    assert found[1] == "run 1 has 1 invoices"
    assert f"1 lines of {LINES}" in found
