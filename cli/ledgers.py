"""What every command that works on a ledger asks for, and how it opens one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from cli.catalogs import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Connection

WAIT_MS = 10_000
"""How long a command waits for a run that holds the ledger."""

Command = TypeVar("Command", bound=Callable[..., object])


ENVIRONMENT = "RATEBOOK_LEDGER"
"""What names the ledger where no option does, so that no command line shows a password."""

ledger_option = click.option(
    "--ledger",
    metavar="URL",
    envvar=ENVIRONMENT,
    help="sqlite:///path or postgresql://user@host/database; if not given, "
    f"{ENVIRONMENT} or OUT/ledger.db.",
)


def ledger_options(command: Command) -> Command:
    """Give a command `--out` and `--ledger`."""
    out = click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("out"),
        show_default=True,
        help="The folder the bill was written to.",
    )
    return out(ledger_option(command))


@contextmanager
def reading(out: Path, ledger: str | None) -> Iterator[Connection]:
    """Open a ledger that is there, to read it."""
    from runtime.ledger.connect import read_ledger
    from runtime.ledger.faults import LedgerRefused

    try:
        with read_ledger(_url(out, ledger)) as connection:
            yield connection
    except LedgerRefused as fault:
        raise Refusal(str(fault)) from fault


@contextmanager
def writing(out: Path, ledger: str | None, *, is_dry_run: bool) -> Iterator[Connection]:
    """Open a ledger that is there for what is posted at the end, or for nothing in a dry run.

    A run that holds it is waited for.  What the command raises leaves it as it was.
    """
    from runtime.ledger.connect import commit_run, hold_ledger
    from runtime.ledger.faults import LedgerRefused

    if is_dry_run:
        with reading(out, ledger) as connection:
            yield connection
        return
    try:
        with hold_ledger(_url(out, ledger), wait_ms=WAIT_MS) as connection:
            yield connection
            commit_run(connection)
    except LedgerRefused as fault:
        raise Refusal(str(fault)) from fault


def _url(out: Path, ledger: str | None) -> str:
    from runtime.bill_folder import OutFolder
    from runtime.ledger.connect import ledger_url

    path = OutFolder(out).ledger
    if ledger is None and not path.exists():
        raise Refusal(f"{path}: there is no ledger; --out names the folder the bill was written to")
    return ledger or ledger_url(path)
