"""How far a run is: a bar on a terminal, a plain line a stage in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from cli.catalogs import is_terminal


class Progress(Protocol):
    """Told by the runtime when a stage begins and how much of it is done."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Take note; `total` None where it is not known."""
        ...


@contextmanager
def progress_to_stderr(*, is_quiet: bool = False) -> Iterator[Progress]:
    """Give the progress that suits whoever reads standard error."""
    if is_quiet:
        yield _silent
    elif is_terminal(sys.stderr):
        with _bar() as progress:
            yield progress
    else:
        yield PlainLines()


def _silent(stage: str, done: int, total: int | None) -> None:
    """Say nothing."""


class PlainLines:
    """A line when a stage begins: what a log wants."""

    def __init__(self) -> None:
        self._stage: str | None = None

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Print the stage's name once."""
        if stage != self._stage:
            self._stage = stage
            of_them = f" ({total:,})" if total else ""
            click.echo(f"... {stage}{of_them}", err=True)


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}
        last = 0.0

        def tell(stage: str, done: int, total: int | None) -> None:
            nonlocal last
            if stage not in tasks:
                for task in tasks.values():
                    bar.update(task, visible=False)
                tasks[stage] = bar.add_task(stage, total=total)
            elif time.monotonic() - last < 0.05 and done != total:
                return
            last = time.monotonic()
            bar.update(tasks[stage], completed=done, total=total)

        yield tell
