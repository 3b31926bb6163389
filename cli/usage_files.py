"""`--usage`, which takes as many files as a shell makes of a pattern."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])

USAGE = "--usage"

HELP = "Usage files: paths, globs, or feed=path; may be given several times."


def usage_option(text: str = HELP) -> Callable[[Command], Command]:
    """Give a command of UsageCommand its option; `text` is its help."""
    return click.option(USAGE, multiple=True, metavar="FILES...", help=text)


class UsageCommand(click.Command):
    """A command with `--usage` and the argument CATALOG.

    All that stands behind a `--usage` up to the next option is usage, so that a pattern may
    be left to the shell: `--usage usage/*`.  Where nothing else is the catalog, the last of
    them is: `--usage a.csv prices`.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line."""
        return super().parse_args(ctx, self._spread(ctx, args))

    def _spread(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `--usage` before each file that stands behind another."""
        spread: list[str] = []
        last, is_file, is_value = None, False, False
        for place, each in enumerate(args):
            if each == "--":
                return [*spread, *args[place:]]
            if is_value:
                is_value = False
            elif each.startswith("-") and each != "-":
                is_file = each == USAGE or each.startswith(f"{USAGE}=")
                is_value = each == USAGE
            elif is_file:
                last = len(spread)
                spread.append(USAGE)
            spread.append(each)
        if last is not None and self._lacks_catalog(ctx, spread):
            del spread[last]
        return spread

    def _lacks_catalog(self, ctx: click.Context, args: list[str]) -> bool:
        found, _, _ = self.make_parser(ctx).parse_args(list(args))
        return not isinstance(found.get("catalog"), str)
