"""`ratebook plan`: what a change to a catalog does, to whom, and by how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.catalogs import Refusal, compiled_of
from cli.commands.bill import Day
from cli.progress import progress_to_stderr
from cli.usage_files import UsageCommand, usage_option
from cli.versions import earlier_version, version_of

if TYPE_CHECKING:
    from cli.versions import Version
    from proving.plan.edit import Edit
    from proving.plan.plan import Plan
    from proving.plan.policy import Policy
    from proving.plan.replay import Compared, Replay

FORMATS = ("text", "markdown", "json", "html")
LEVELS = ("text", "future", "money", "identity")


class Exact(click.ParamType[Decimal]):
    """A decimal number that is not negative."""

    name = "number"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Read the number exactly."""
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number", param, ctx)
        if not number.is_finite() or number < 0:
            self.fail(f"{value!r} is not a number of zero or more", param, ctx)
        return number


@click.command(
    cls=UsageCommand, short_help="Say what a change to a catalog does, to whom, and by how much."
)
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option(
    "--against",
    required=True,
    metavar="REF|DIR|FILE",
    help="The version before: a git reference, another folder, or a compiled program.",
)
@click.option("--book", type=click.Path(path_type=Path), help="A book: who is reached; to replay.")
@usage_option("Usage to replay, as in bill.")
@click.option("--as-of", type=Day(), help="Replay: bill both versions as of this day.")
@click.option("--since", type=Day(), help="Replay: only charges that end after this day.")
@click.option("--on", type=Day(), help="The day of the plan; today, if not given.")
@click.option("--allow", type=click.Choice(LEVELS), help="In place of what plan.toml allows.")
@click.option(
    "--max-increase", type=Exact(), metavar="PERCENT", help="Refuse where an account pays more."
)
@click.option(
    "--max-amount", type=Exact(), metavar="AMOUNT", help="Refuse where one pays that much more."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
@click.option(
    "--exit-code", "tells_changes", is_flag=True, help=f"Exit with {exits.CHANGES} if it changes."
)
@click.option("--memory-limit", metavar="SIZE", help="Memory for the engine, such as 2GB.")
@click.option("--quiet", "-q", "is_quiet", is_flag=True, help="No progress.")
def command(  # noqa: PLR0913 - one parameter an option
    catalog: Path,
    against: str,
    book: Path | None,
    usage: tuple[str, ...],
    as_of: date | None,
    since: date | None,
    on: date | None,
    allow: str | None,
    max_increase: Decimal | None,
    max_amount: Decimal | None,
    form: str,
    out: Path | None,
    memory_limit: str | None,
    *,
    tells_changes: bool,
    is_quiet: bool,
) -> int:
    """Compare the catalog in the folder CATALOG with an earlier version, in business terms.

    With --book and --as-of, the same book and usage are billed with both versions, and what
    each account pays is compared.  Exits with 0, or 1 where the policy or a limit refuses the
    change; with --exit-code, with 4 where there are changes that are not refused.
    """
    from proving.plan.plan import Limits, Plan
    from proving.plan.reach import holders, packages_reached
    from proving.plan.replay import Replay

    limits = Limits(max_increase, max_amount)
    is_replayed = book is not None and as_of is not None
    if (usage or since or as_of or limits.is_set) and not is_replayed:
        raise click.UsageError("a replay takes a --book and --as-of, the day to bill it by")
    policy = _policy(catalog, allow)
    after = version_of(compiled_of(catalog))
    day = on or date.today()  # noqa: DTZ011 - the day where the reviewer is
    with earlier_version(catalog, against) as before:
        edits = _edits(before, after, policy, day)
        compared = None
        if book is not None and as_of is not None:
            replay = Replay(book, usage, as_of, since, memory_limit)
            compared = _replay(before, after, policy, replay, is_quiet=is_quiet)
    plan = Plan(
        catalog=catalog.as_posix(),
        against=against,
        on=day,
        edits=edits,
        refused=policy.refused(edits, day),
        exempted={
            edit.id: exemption
            for edit in edits
            for exemption in [policy.exemption(edit, day)]
            if exemption is not None
        },
        held={} if book is None else holders(book, packages_reached(edits)),
        compared=compared,
        limits=limits,
    )
    _write(plan, form, out)
    if plan.is_refused:
        return exits.FINDINGS
    return exits.CHANGES if plan.has_changes and tells_changes else exits.CLEAN


def _policy(catalog: Path, allow: str | None) -> Policy:
    from proving.plan.policy import PolicyFault, level_of, read_policy

    try:
        policy = read_policy(catalog)
    except PolicyFault as fault:
        raise Refusal(str(fault)) from fault
    level = None if allow is None else level_of(allow)
    return policy if level is None else replace(policy, allow=level)


def _edits(before: Version, after: Version, policy: Policy, on: date) -> tuple[Edit, ...]:
    from proving.plan.compare import find_edits
    from proving.plan.moves import move_edits, moved
    from proving.plan.reach import with_reach

    found = (
        *move_edits(before.program, policy.moves),
        *find_edits(moved(before.program, policy.moves), after.program, on),
    )
    return with_reach(found, before.graph, after.graph)


def _replay(
    before: Version, after: Version, policy: Policy, replay: Replay, *, is_quiet: bool
) -> Compared:
    from proving.plan.replay import ReplayRefused, compare

    try:
        with progress_to_stderr(is_quiet=is_quiet) as progress:
            return compare(before.program, after.program, replay, policy.moves, progress)
    except ReplayRefused as refusal:
        raise Refusal(str(refusal)) from refusal


def _write(plan: Plan, form: str, out: Path | None) -> None:
    from proving.plan.document import plan_json
    from proving.plan.markdown import plan_markdown
    from proving.plan.page import plan_page
    from proving.plan.text import plan_text

    writers = {
        "text": plan_text,
        "markdown": plan_markdown,
        "json": plan_json,
        "html": plan_page,
    }
    written = writers[form](plan)
    if out is None:
        click.echo(written, nl=False)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(written, encoding="utf-8")
    except OSError as fault:
        raise Refusal(f"{out}: cannot be written: {fault.strerror}") from fault
    if form != "text":
        click.echo(plan_text(plan), nl=False)
