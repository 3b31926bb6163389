"""Files that must stay as they are while they are read.

A run reads a usage file several times over, and takes it for granted that a record is each
time the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from runtime.usage.faults import UsageFileFault
from runtime.usage.files import UsageFile, mark_of


class Unchanged:
    """A block at the end of which files are what they were when they were matched to a feed.

    Raises UsageFileFault where one of them is another, in the place of whatever else reading
    it led to.
    """

    def __init__(self, files: Iterable[UsageFile]) -> None:
        self._files = tuple(files)

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None and not issubclass(kind, Exception):
            return
        for file in self._files:
            if mark_of(file.path) != file.mark:
                raise UsageFileFault(
                    f"{file.name}: was changed while it was read; run it again once nobody "
                    "writes to it"
                ) from fault
