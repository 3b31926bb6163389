"""Runs are killed in the stage that was drawn, however fast they are."""

import random
import signal
import sys
from pathlib import Path

import pytest

from tests.kills.moments import FIRST_STAGE, Asked, Course, Moment, kill_at, run_whole

COURSE = Course((FIRST_STAGE, "read", "write"), (0.0, 1.0, 1.0), 5.0)

TELLS = """
import sys, time
for stage in ("read (2)", "write (2)"):
    print("...", stage, file=sys.stderr, flush=True)
    time.sleep(20 if stage.startswith(sys.argv[1]) else 0)
"""


def a_run(stays_in: str) -> Asked:
    return Asked((sys.executable, "-c", TELLS, stays_in), Path.cwd(), {})


def test_any_time_is_of_the_long_stages_and_any_stage_of_all() -> None:
    chance = random.Random(1)
    times = [COURSE.any_time(chance) for _ in range(500)]
    assert {each.stage for each in times} == {0, 2}
    assert 60 < sum(each.stage == 0 for each in times) < 140  # a fifth of the seconds
    assert all(0 <= each.part <= 1 for each in times)
    stages = [COURSE.any_stage(chance).stage for _ in range(500)]
    assert all(stages.count(stage) > 120 for stage in range(3))


@pytest.mark.parametrize(("stage", "name"), [(0, FIRST_STAGE), (1, "read"), (2, "write")])
def test_a_run_is_killed_in_the_stage_that_was_drawn(stage: int, name: str) -> None:
    course = Course((FIRST_STAGE, "read", "write"), (0.0, 0.001, 0.002), 0.003)
    assert kill_at(a_run(name), course, Moment(stage, 0.0)) == name


def test_a_run_that_ended_before_was_not_killed() -> None:
    asked = a_run("no stage")
    course = run_whole(asked)
    assert course.stages == (FIRST_STAGE, "read", "write")
    assert kill_at(asked, course, Moment(3, 0.0)) is None


def test_a_run_that_fails_is_no_kill() -> None:
    asked = Asked((sys.executable, "-c", "raise SystemExit('out of order')"), Path.cwd(), {})
    for run in (run_whole, lambda each: kill_at(each, COURSE, Moment(1, 0.0))):
        with pytest.raises(AssertionError, match="out of order"):
            run(asked)


def test_a_run_that_something_else_killed_is_no_kill_of_ours() -> None:
    killed = f"import os; os.kill(os.getpid(), {signal.SIGTERM:d})"
    asked = Asked((sys.executable, "-c", killed), Path.cwd(), {})
    with pytest.raises(AssertionError):
        kill_at(asked, COURSE, Moment(1, 0.0))
