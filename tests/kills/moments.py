"""The instants of a run at which it is killed, told by its stages and not by the clock alone.

A machine that is busy now and idle then makes a clock's second mean little.  So the undisturbed
run tells when each of its stages began, an instant is drawn from that, and a later run is
waited for until it comes there: to the stage by what it tells, within the stage by the clock,
as fast as that run was until then.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread
from typing import IO

FIRST_STAGE = "start"
"""What a run does until it tells its first stage."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant: so far into a stage, a part of its seconds; `stage` counts from 0."""

    stage: int
    part: float


@dataclass(frozen=True, slots=True)
class Course:
    """What an undisturbed run told: its stages, when each began, and when it ended, seconds."""

    stages: tuple[str, ...]
    begins: tuple[float, ...]
    end: float

    def length(self, stage: int) -> float:
        """Give the seconds a stage took."""
        return (*self.begins, self.end)[stage + 1] - self.begins[stage]

    def any_time(self, chance: random.Random) -> Moment:
        """Draw an instant of which every second has the same chance."""
        at = chance.uniform(0, self.end)
        stage = max(n for n, begin in enumerate(self.begins) if begin <= at)
        return Moment(stage, (at - self.begins[stage]) / max(self.length(stage), 1e-9))

    def any_stage(self, chance: random.Random) -> Moment:
        """Draw an instant of which every stage has the same chance, however short it is."""
        return Moment(chance.randrange(len(self.stages)), chance.random())


@dataclass(slots=True)
class Told:
    """What a run tells of its stages as it goes, read by a thread of its own."""

    stages: list[str] = field(default_factory=lambda: [FIRST_STAGE])
    begins: list[float] = field(default_factory=lambda: [0.0])
    other: list[str] = field(default_factory=list)
    is_over: bool = False
    changed: Condition = field(default_factory=Condition)

    def read(self, stream: IO[str], start: float) -> None:
        """Take every line in until the run has ended."""
        for line in stream:
            with self.changed:
                if line.startswith("... "):
                    self.stages.append(line.removeprefix("... ").partition(" (")[0].strip())
                    self.begins.append(time.perf_counter() - start)
                else:
                    self.other.append(line)
                self.changed.notify_all()
        with self.changed:
            self.is_over = True
            self.changed.notify_all()

    def wait_for(self, stage: int) -> bool:
        """Wait until a stage begins; False where the run ended before."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.stages) > stage or self.is_over)
            return len(self.stages) > stage


@dataclass(frozen=True, slots=True)
class Asked:
    """A command to run, where, and in which environment."""

    words: tuple[str, ...]
    folder: Path
    environment: dict[str, str]


def run_whole(asked: Asked) -> Course:
    """Run to the end; a run that fails is our failure."""
    told, start = Told(), time.perf_counter()
    with _begin(asked) as process:
        assert process.stderr is not None
        told.read(process.stderr, start)
        process.wait()
    assert process.returncode == 0, "".join(told.other)
    return Course(tuple(told.stages), tuple(told.begins), time.perf_counter() - start)


def kill_at(asked: Asked, course: Course, moment: Moment) -> str | None:
    """Kill a run at an instant; give the stage it was in, None where it had ended before."""
    told, start = Told(), time.perf_counter()
    with _begin(asked) as process:
        assert process.stderr is not None
        reader = Thread(target=told.read, args=(process.stderr, start))
        reader.start()
        if told.wait_for(moment.stage):
            usual = course.begins[moment.stage]
            pace = told.begins[moment.stage] / usual if usual else 1.0
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(moment.part * course.length(moment.stage) * pace)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        ended = process.wait()
        reader.join()
    if ended == -signal.SIGKILL:
        return told.stages[-1]
    assert ended == 0, "".join(told.other)
    return None


def _begin(asked: Asked) -> subprocess.Popen[str]:
    return subprocess.Popen(
        asked.words,
        cwd=asked.folder,
        env=asked.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
