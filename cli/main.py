"""The command `ratebook`: finds the subcommand, runs it, turns what is raised into an exit code.

Nothing heavy is imported before a subcommand asks for it.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from cli import exits

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("cli.commands.init", "Write a catalog to begin with, its tests and its CI."),
    "check": ("cli.commands.check", "Report every fault of a catalog."),
    "fmt": ("cli.commands.fmt", "Lay out catalog files the one way there is."),
    "compile": ("cli.commands.compile", "Write a catalog's program, to bill without the sources."),
    "dump": ("cli.commands.dump", "Print a stage of the compiler."),
    "graph": ("cli.commands.graph", "Draw or ask what depends on what."),
    "rules": ("cli.commands.rules", "List what a catalog can say, and what is checked of it."),
    "plan": ("cli.commands.plan", "Say what a change to a catalog does, to whom, by how much."),
    "test": ("cli.commands.test", "Run a catalog's tests and guards."),
    "docs": ("cli.commands.docs", "Write a catalog's price sheet and reference."),
    "bill": ("cli.commands.bill", "Bill a book and its usage: invoices, rated usage, exceptions."),
    "rate": ("cli.commands.rate", "Rate usage alone: rated usage and exceptions, nothing posted."),
    "usage": ("cli.commands.usage", "Show what became of usage: rated, duplicate, rejected, why."),
    "pay": ("cli.commands.pay", "Record payments, apply them, take them back, refund them."),
    "credit": ("cli.commands.credit", "Give a credit note for an invoice, whole or by line."),
    "balance": ("cli.commands.balance", "Say what accounts owe on a day, by age."),
    "deliver": ("cli.commands.deliver", "Send posted invoices: by e-mail, or into a folder."),
    "statement": ("cli.commands.statement", "Write an account's statement: every entry."),
    "explain": ("cli.commands.explain", "Say how a line came to its amount, or what a code means."),
}
"""Subcommand -> the module whose `command` it is, and its one line of help."""


ENGINE_INTERRUPTED = "Query interrupted"
"""What DuckDB raises, as a RuntimeError, for Ctrl-C in the middle of a statement."""

INTERRUPTED = 130
"""What a shell expects of a command that Ctrl-C ended."""


class LazyCommands(click.Group):
    """A group that imports a subcommand when it is run, not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, in the order of work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module; None where there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand; whoever reads our output may have seen enough."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Click takes it for a failure, and the interpreter's last flush would meet it again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return exits.CLEAN

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ratebook", prog_name="ratebook")
def ratebook() -> None:
    """Pricing as code: check a catalog, bill with it, explain every cent.

    Exit codes: 0 clean, 1 findings, 2 the command was wrong, 3 Ratebook itself failed.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; the outermost frame, where our own faults end."""
    try:
        code = ratebook.main(args=arguments, prog_name="ratebook", standalone_mode=False)
    except click.exceptions.Abort:
        _stop()
    except click.ClickException as fault:
        fault.show()
        sys.exit(exits.USAGE)
    except Exception as fault:
        if str(fault) == ENGINE_INTERRUPTED:
            _stop()
        click.echo(_own_fault(traceback.format_exc()), err=True)
        sys.exit(exits.OWN_FAULT)
    sys.exit(code if isinstance(code, int) else exits.CLEAN)


def _stop() -> NoReturn:
    click.echo("stopped.", err=True)
    sys.exit(INTERRUPTED)


def _own_fault(report: str) -> str:
    """Keep the traceback in a file; the user gets one line and where to send it."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="ratebook-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(report)
    cause = report.rstrip().splitlines()[-1]
    return (
        f"ratebook: a fault of Ratebook itself, not of your files: {cause}\n"
        f"Nothing was posted after it. Please report it with {Path(file.name)}."
    )


if __name__ == "__main__":
    main()
