"""A plan as text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from proving.plan.edit import LEVELS, Edit, with_ways
from proving.plan.plan import Plan
from proving.plan.replay import AccountChange, Compared, percentile
from runtime.explain.words import counted

ACCOUNTS_SHOWN = 10

MARKS = {
    "added": "+",
    "removed": "-",
    "price up": "↑",
    "price down": "↓",
    "widened": ">",
    "narrowed": "<",
}
EXPLAINED = {
    "identity": "names that books, usage and posted lines refer to",
    "money": "what those pay who are billed already",
    "future": "what is sold or renewed from some day on",
    "text": "what is only read",
}


def plan_text(plan: Plan) -> str:
    """Print a plan."""
    return "".join(f"{line}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    if not plan.has_changes:
        yield f"{plan.catalog} against {plan.against}: no changes"
    else:
        count = f"{len(plan.edits)} edit{'s' * (len(plan.edits) != 1)}"
        yield f"{plan.catalog} against {plan.against}: {count}"
    for level in reversed(LEVELS):
        own = [edit for edit in plan.edits if edit.level == level]
        if own:
            yield ""
            yield f"{level}: {EXPLAINED[level]}"
            for edit, ways in with_ways(own):
                yield from _edit(plan, edit, ways)
    if plan.held:
        yield ""
        yield "held now"
        for package, held in plan.held.items():
            sold = counted(held.account_packages, "account package")
            count = f"{sold} of {counted(held.accounts, 'account')}"
            yield f"  {package}: {count}"
    if plan.compared is not None:
        yield ""
        yield from _compared(plan.compared)
    yield from _verdict(plan)


def _edit(plan: Plan, edit: Edit, ways: Sequence[Sequence[str]]) -> Iterator[str]:
    mark = MARKS.get(edit.verb, "~")
    place = f"  {edit.place}" if edit.place else ""
    yield f"  {mark} {edit.verb}: {edit.noun} {edit.subject}{place}"
    if edit.before is not None and edit.after is not None:
        yield f"      {edit.before} -> {edit.after}"
    elif edit.before or edit.after:
        yield f"      {edit.before or edit.after}"
    for way in ways:
        yield f"      reaches {' <- '.join(reversed(way))}"
    exemption = plan.exempted.get(edit.id)
    if exemption is not None:
        yield f"      exempted until {exemption.until}: {exemption.reason}"
    if edit in plan.refused:
        yield "      refused by the policy"


def _compared(compared: Compared) -> Iterator[str]:
    replay = compared.replay
    window = f", charges that end after {replay.since}" if replay.since else ""
    yield (
        f"replayed as of {replay.as_of}{window}: "
        f"{compared.records[0]:,} and {compared.records[1]:,} usage records rated"
    )
    for currency in compared.currencies:
        own = compared.of(currency)
        before = sum((each.before for each in own), Decimal(0))
        after = sum((each.after for each in own), Decimal(0))
        changed = [each for each in own if each.change]
        yield ""
        yield f"  {currency}: {before:,f} -> {after:,f} ({signed(after - before)}), tax included"
        yield f"    {len(changed):,} of {len(own):,} accounts pay otherwise"
        if changed:
            changes = [each.change for each in changed]
            yield (
                f"    of them p50 {signed(percentile(changes, 50))}, "
                f"p95 {signed(percentile(changes, 95))}, largest {signed(max(changes))}, "
                f"smallest {signed(min(changes))}"
            )
        yield from _tables(compared, currency, changed)


def _tables(compared: Compared, currency: str, changed: Sequence[AccountChange]) -> Iterator[str]:
    lines = [each for each in compared.lines if each.currency == currency and each.change]
    if lines:
        yield "    by service, before tax"
        yield from _aligned(
            [
                (
                    each.service,
                    each.kind,
                    f"{each.before:,f}",
                    f"{each.after:,f}",
                    signed(each.change),
                )
                for each in sorted(lines, key=lambda each: -abs(each.change))
            ]
        )
    if changed:
        yield "    by account"
        largest = sorted(changed, key=lambda each: (-abs(each.change), each.account))
        yield from _aligned(
            [
                (
                    each.account,
                    f"{each.before:,f}",
                    f"{each.after:,f}",
                    signed(each.change),
                    percent(each),
                )
                for each in largest[:ACCOUNTS_SHOWN]
            ]
        )
        left = len(changed) - ACCOUNTS_SHOWN
        if left > 0:
            yield f"      ... and {left:,} more"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if cell[:1] in "+-0123456789" and cell else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        yield f"      {'  '.join(cells)}".rstrip()


def signed(amount: Decimal) -> str:
    """Write an amount with its sign, zero without one."""
    return f"{amount:+,f}" if amount else f"{amount:,f}"


def percent(change: AccountChange) -> str:
    """Write what an account pays more in percent; nothing where it paid nothing."""
    return "" if change.percent is None else f"{change.percent:+f}%"


def _verdict(plan: Plan) -> Iterator[str]:
    if plan.refused:
        yield ""
        count = f"{len(plan.refused)} edit{'s' * (len(plan.refused) != 1)}"
        yield f"refused: {count} beyond what the policy allows"
    if plan.over:
        yield ""
        yield f"refused: {len(plan.over):,} accounts pay more by over the limit"
        for each in plan.over[:ACCOUNTS_SHOWN]:
            more = f"{signed(each.change)} {each.currency} {percent(each)}"
            yield f"  {each.account}: {more}".rstrip()
