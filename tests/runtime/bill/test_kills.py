"""A run killed at any instant and run again leaves what an undisturbed one leaves.

`make kills` does it oftener, and with more usage.
"""

import os
import subprocess
from pathlib import Path

import pytest

from runtime.invoice.documents import remove_left_behind
from tests.kills.killing import Killing, kill_and_compare
from tests.kills.state import differences


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.only_on("sqlite")
@pytest.mark.feature("C2", "D9")
def test_a_run_killed_at_random_and_run_again_is_as_if_undisturbed(tmp_path: Path) -> None:
    done = kill_and_compare(Killing(tmp_path, records=2_000, accounts=4, times=2))
    assert done.kills == 2
    assert done.differences == []


def test_what_is_missing_left_behind_or_another_is_told() -> None:
    """The comparison that the kills rest on can fail."""
    expected, found = {"a": "1", "b": "1", "c": "1"}, {"b": "2", "c": "1", "d": "1"}
    assert list(differences(expected, found)) == ["a is missing", "b differs", "d was left behind"]


@pytest.mark.feature("D8")
def test_what_a_killed_process_began_to_write_goes_and_what_one_writes_stays(
    tmp_path: Path,
) -> None:
    killed = subprocess.Popen(["sleep", "0"])
    killed.wait()
    gone, kept, own = (
        tmp_path / name
        for name in (
            f".INV-000001.pdf.{killed.pid}.partial",
            f".INV-000001.pdf.{os.getpid()}.partial",
            ".htaccess",
        )
    )
    for path in (gone, kept, own):
        path.write_text("half")
    remove_left_behind(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([kept.name, own.name])
