"""A run killed at any instant and run again leaves what an undisturbed one leaves.

`make kills` does it oftener, and with more usage.
"""

from pathlib import Path

import pytest

from tests.kills import Killing, differences, kill_and_compare


@pytest.mark.slow
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
