"""What a plan may change without being refused, and what is exempted, until when and why.

The policy is `plan.toml` in the catalog's folder:

    allow = "money"

    [[exempt]]
    edit   = "package frequency: fleet, quarterly"
    until  = 2026-12-31
    reason = "Nobody bought it; PRICE-12"

    [[moved]]
    from = "service:sim_card"
    to   = "service:sim"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from proving.plan.edit import LEVELS, Edit, Level

FILE = "plan.toml"
DEFAULT: Level = "money"
"""Without a policy: whatever names stand for may not change."""


class PolicyFault(Exception):
    """A policy that cannot be followed; the message names the file and says why."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """An edit that is allowed whatever its level, up to and including a day.

    `edit`: an edit's id, in which `*` stands for anything.
    """

    edit: str
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class Move:
    """A thing that has another name now: both are of one kind."""

    kind: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be changed; `allow` is the highest level that needs no exemption."""

    allow: Level = DEFAULT
    exemptions: tuple[Exemption, ...] = ()
    moves: tuple[Move, ...] = ()

    def refused(self, edits: Sequence[Edit], on: date) -> tuple[Edit, ...]:
        """Give the edits that it does not allow on a day."""
        return tuple(
            edit
            for edit in edits
            if LEVELS.index(edit.level) > LEVELS.index(self.allow)
            and self.exemption(edit, on) is None
        )

    def exemption(self, edit: Edit, on: date) -> Exemption | None:
        """Give what exempts an edit on a day."""
        held = (each for each in self.exemptions if on <= each.until)
        return next((each for each in held if fnmatchcase(edit.id, each.edit)), None)


def read_policy(folder: Path) -> Policy:
    """Read the policy of a catalog; raise PolicyFault where it is none."""
    path = folder / FILE
    if not path.is_file():
        return Policy()
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise PolicyFault(f"{path}: cannot be read: {fault}") from fault
    unknown = sorted(body.keys() - {"allow", "exempt", "moved"})
    if unknown:
        raise PolicyFault(f"{path}: `{unknown[0]}` is none of allow, exempt and moved")
    return Policy(
        allow=_level(path, body.get("allow", DEFAULT)),
        exemptions=tuple(_exemption(path, each) for each in _tables(path, body, "exempt")),
        moves=tuple(_move(path, each) for each in _tables(path, body, "moved")),
    )


def level_of(text: str) -> Level | None:
    """Give the level of a name; None where there is none."""
    return next((level for level in LEVELS if level == text), None)


def _level(path: Path, text: object) -> Level:
    level = level_of(str(text))
    if level is None:
        raise PolicyFault(f"{path}: allow: `{text}` is none of {', '.join(LEVELS)}")
    return level


def _tables(path: Path, body: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    listed = body.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise PolicyFault(f"{path}: {name}: write each as `[[{name}]]`")
    return listed


def _exemption(path: Path, row: Mapping[str, object]) -> Exemption:
    until, reason, edit = row.get("until"), row.get("reason"), row.get("edit")
    if not isinstance(edit, str) or not edit:
        raise PolicyFault(f'{path}: exempt: say which edit, `edit = "recurring price: sim, *"`')
    if not isinstance(until, date) or isinstance(until, datetime):
        raise PolicyFault(f"{path}: exempt `{edit}`: say until when, `until = 2026-12-31`")
    if not isinstance(reason, str) or not reason.strip():
        raise PolicyFault(f"{path}: exempt `{edit}`: say why, in `reason`")
    return Exemption(edit, until, reason)


def _move(path: Path, row: Mapping[str, object]) -> Move:
    old, new = str(row.get("from", "")), str(row.get("to", ""))
    kind, _, name = old.partition(":")
    other, _, renamed = new.partition(":")
    if not name or not renamed or kind != other:
        raise PolicyFault(
            f'{path}: moved: write both names with their kind, `from = "service:sim_card"` and '
            '`to = "service:sim"`'
        )
    if kind not in {"service", "package"}:
        raise PolicyFault(f"{path}: moved: `{kind}` is neither a service nor a package")
    return Move(kind, name, renamed)
