"""The option `--ledger`, which every command that has to do with a ledger takes alike."""

from __future__ import annotations

import click

ENVIRONMENT = "RATEBOOK_LEDGER"
"""What names the ledger where no option does, so that no command line shows a password."""

ledger_option = click.option(
    "--ledger",
    metavar="URL",
    envvar=ENVIRONMENT,
    help="sqlite:///path or postgresql://user@host/database; if not given, "
    f"{ENVIRONMENT} or OUT/ledger.db.",
)
