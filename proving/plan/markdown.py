"""A plan as Markdown, for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from proving.plan.edit import LEVELS, Edit, with_ways
from proving.plan.plan import Plan
from proving.plan.replay import Compared, percentile
from proving.plan.text import ACCOUNTS_SHOWN, EXPLAINED, percent, signed

_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|"})


def plan_markdown(plan: Plan) -> str:
    """Write a plan; whatever comes from a catalog or a book is escaped."""
    return "".join(f"{line}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    verdict = "to be merged" if plan.has_changes else "no change"
    verdict = "refused" if plan.is_refused else verdict
    yield f"## Ratebook plan: {_plain(plan.catalog)} — {verdict}"
    yield ""
    yield f"Against {_plain(plan.against)}, on {plan.on}: {len(plan.edits)} edits."
    for level in reversed(LEVELS):
        own = [edit for edit in plan.edits if edit.level == level]
        if own:
            yield ""
            yield f"### {level.capitalize()}: {EXPLAINED[level]}"
            yield ""
            yield from _table(
                ("", "what", "before", "after", "where"),
                [_edit(plan, edit, ways) for edit, ways in with_ways(own)],
            )
    if plan.held:
        yield ""
        yield "### Held now"
        yield ""
        yield from _table(
            ("package", "account packages", "accounts"),
            [
                (_plain(package), f"{held.account_packages:,}", f"{held.accounts:,}")
                for package, held in plan.held.items()
            ],
        )
    if plan.compared is not None:
        yield from _compared(plan, plan.compared)


def _edit(plan: Plan, edit: Edit, ways: Sequence[Sequence[str]]) -> tuple[str, ...]:
    notes = []
    if edit in plan.refused:
        notes.append("**refused**")
    exemption = plan.exempted.get(edit.id)
    if exemption is not None:
        notes.append(f"exempted until {exemption.until}: {_plain(exemption.reason)}")
    reached = [f"reaches {_plain(' ← '.join(reversed(way)))}" for way in ways]
    what = "<br>".join([f"{edit.noun} {_plain(edit.subject)}", *reached, *notes])
    return (
        edit.verb,
        what,
        _plain(edit.before or ""),
        _plain(edit.after or ""),
        f"`{edit.place}`" if edit.place else "",
    )


def _compared(plan: Plan, compared: Compared) -> Iterator[str]:
    replay = compared.replay
    yield ""
    yield f"### Replayed as of {replay.as_of}"
    yield ""
    window = f", charges that end after {replay.since}" if replay.since else ""
    yield f"{compared.records[1]:,} usage records rated{window}; totals with tax."
    yield ""
    rows = []
    for currency in compared.currencies:
        own = compared.of(currency)
        changed = [each.change for each in own if each.change]
        before = sum((each.before for each in own), Decimal(0))
        after = sum((each.after for each in own), Decimal(0))
        spread = ["", "", ""]
        if changed:
            spread = [signed(percentile(changed, share)) for share in (50, 95, 100)]
        rows.append(
            (
                currency,
                f"{before:,f}",
                f"{after:,f}",
                signed(after - before),
                f"{len(changed):,} of {len(own):,}",
                *spread,
            )
        )
    heads = ("", "before", "after", "change", "accounts that change", "p50", "p95", "largest")
    yield from _table(heads, rows)
    lines = sorted(
        (each for each in compared.lines if each.change), key=lambda each: -abs(each.change)
    )
    if lines:
        yield ""
        yield from _table(
            ("service", "charge", "before", "after", "change"),
            [
                (
                    _plain(each.service),
                    each.kind.replace("_", " "),
                    f"{each.before:,f}",
                    f"{each.after:,f}",
                    f"{signed(each.change)} {each.currency}",
                )
                for each in lines
            ],
        )
    if plan.over:
        yield ""
        yield f"**{len(plan.over):,} accounts pay more by over the limit:**"
        yield ""
        yield from _table(
            ("account", "before", "after", "change", ""),
            [
                (
                    _plain(each.account),
                    f"{each.before:,f}",
                    f"{each.after:,f}",
                    f"{signed(each.change)} {each.currency}",
                    percent(each),
                )
                for each in plan.over[:ACCOUNTS_SHOWN]
            ],
        )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _plain(words: str) -> str:
    """Escape what Markdown and HTML would read as theirs."""
    return words.replace("&", "&amp;").translate(_SPECIAL).replace("\n", " ")
