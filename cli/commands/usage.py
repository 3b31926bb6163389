"""`ratebook usage`: what the runs of a folder read, and what became of each record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.catalogs import Refusal
from cli.ledgers import ledger_option
from cli.render.usage_text import contents_lines, list_lines, record_lines

if TYPE_CHECKING:
    from runtime.usage_history.contents import Asked
    from runtime.usage_history.places import UsageFolder

PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")


@click.command(short_help="Show what became of usage: rated, duplicate, skipped, rejected.")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("record", metavar="[FEED/ID|FILE:ROW]", required=False)
@click.option("--identifier", metavar="VALUE", help="Records of this identifier.")
@click.option("--account-service", metavar="NAME", help="Records that this account service used.")
@click.option("--period", metavar="YYYY-MM", help="Records of usage periods that start in a month.")
@click.option("--reason", metavar="CODE", help="Records with this reason; RATED for those rated.")
@click.option(
    "--first", type=click.IntRange(min=1), default=50, show_default=True, help="How many to list."
)
@click.option("--draft", "is_draft", is_flag=True, help="Those of `ratebook rate`, not of bills.")
@ledger_option
@click.option("--json", "is_json", is_flag=True, help="As one JSON object.")
def command(  # noqa: PLR0913 - one parameter an option
    out: Path,
    record: str | None,
    identifier: str | None,
    account_service: str | None,
    period: str | None,
    reason: str | None,
    first: int,
    ledger: str | None,
    *,
    is_draft: bool,
    is_json: bool,
) -> int:
    """Show what the runs that wrote into OUT read, and what became of it.

    Alone: the counts of every run, what the usage store holds, and what was not rated, by
    reason.  With FEED/ID or FILE:ROW: all that is known of that record, and what to do where
    it was not rated.  With options: the records that meet them all.
    """
    from runtime.ledger.faults import LedgerRefused
    from runtime.usage_history.contents import Asked
    from runtime.usage_history.places import NoUsage, open_folder

    if period is not None and not PERIOD.match(period):
        raise Refusal(f"`{period}` is not a month; write it as 2026-01")
    asked = Asked(identifier, account_service, period, _reason(reason))
    if record is not None and asked != Asked():
        raise Refusal("give a record or options that choose records, not both")
    try:
        folder = open_folder(out, ledger, is_draft=is_draft)
    except (NoUsage, LedgerRefused) as fault:
        raise Refusal(str(fault)) from fault
    if record is not None:
        return _one(folder, record, is_json=is_json)
    if asked != Asked():
        return _list(folder, asked, first, is_json=is_json)
    from runtime.usage_history.contents import read_contents

    contents = read_contents(folder)
    _say(asdict(contents), contents_lines(contents), is_json=is_json)
    return exits.CLEAN


def _reason(code: str | None) -> str | None:
    from difflib import get_close_matches

    from runtime.usage.dispositions import Reason

    if code is None or code.upper() in Reason.__members__:
        return code and code.upper()
    close = get_close_matches(code.upper(), Reason.__members__, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise Refusal(f"no record is rejected for `{code}`{hint}")


def _one(folder: UsageFolder, name: str, *, is_json: bool) -> int:
    from runtime.usage_history.contents import find_record

    found = find_record(folder, name)
    if not found:
        hint = "; --draft looks among those of the rating alone" if folder.has_other_draft else ""
        raise Refusal(f"{folder.unread(name)}; write it as FEED/ID or FILE:ROW{hint}")
    _say({"records": [asdict(each) for each in found]}, record_lines(found), is_json=is_json)
    return exits.CLEAN


def _list(folder: UsageFolder, asked: Asked, first: int, *, is_json: bool) -> int:
    from runtime.usage_history.contents import find_records

    count, found = find_records(folder, asked, first)
    body = {"count": count, "records": [asdict(each) for each in found]}
    _say(body, list_lines(count, found), is_json=is_json)
    return exits.CLEAN


def _say(body: object, lines: Iterable[str], *, is_json: bool) -> None:
    if is_json:
        click.echo(json.dumps(body, ensure_ascii=False, indent=1, default=_plain))
        return
    for line in lines:
        click.echo(line)


def _plain(value: object) -> str:
    from decimal import Decimal

    return format(value, "f") if isinstance(value, Decimal) else str(value)
