"""A plan as one HTML page with charts, to be sent to whoever decides on prices.

It stands alone: no script, no font and no picture from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape

from proving.plan.edit import LEVELS, Edit, with_ways
from proving.plan.plan import Plan
from proving.plan.replay import AccountChange, Compared, LineChange, percentile
from proving.plan.text import EXPLAINED, percent, signed
from proving.style import STYLE

ACCOUNTS_SHOWN = 25
BINS = 12
WIDTH, HEIGHT = 640, 180


def plan_page(plan: Plan) -> str:
    """Write a plan as a page."""
    return "".join(f"{line}\n" for line in _page(plan))


def _page(plan: Plan) -> Iterator[str]:
    title = f"Plan for {plan.catalog}"
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
    yield f"<h1>{escape(title)}</h1>"
    yield f'<p class="soft">against {escape(plan.against)}, on {plan.on}</p>'
    yield f"<p>{_verdict(plan)}</p>"
    if plan.compared is not None:
        yield from _compared(plan, plan.compared)
    yield from _edits(plan)
    if plan.held:
        yield "<h2>Held now</h2>"
        yield from _table(
            ("package", "#account packages", "#accounts"),
            [
                (escape(package), f"{held.account_packages:,}", f"{held.accounts:,}")
                for package, held in plan.held.items()
            ],
        )
    yield "</main></body></html>"


def _verdict(plan: Plan) -> str:
    if plan.refused:
        return _tag(f"refused: {len(plan.refused)} edits beyond the policy", "refused")
    if plan.over:
        return _tag(f"refused: {len(plan.over):,} accounts over the limit", "refused")
    return _tag(f"{len(plan.edits)} edits, none refused", "fine")


def _tag(words: str, kind: str = "") -> str:
    return f'<span class="tag {kind}">{escape(words)}</span>'


def _compared(plan: Plan, compared: Compared) -> Iterator[str]:
    replay = compared.replay
    window = f", charges that end after {replay.since}" if replay.since else ""
    for currency in sorted(compared.currencies, key=lambda each: -_share(compared.of(each))):
        own = compared.of(currency)
        yield f"<h2>What is paid in {escape(currency)}</h2>"
        yield (
            f'<p class="soft">the same customers and {compared.records[1]:,} usage records, '
            f"billed with both versions as of {replay.as_of}{window}; tax included</p>"
        )
        yield from _cards(own)
        changed = [each for each in own if each.change]
        if not changed:
            continue
        if len({each.change for each in changed}) > 1:
            yield '<div class="box"><b>How many accounts pay how much more</b>'
            yield _histogram([each.change for each in changed], currency)
            yield "</div>"
        lines = [each for each in compared.lines if each.currency == currency and each.change]
        yield "<h2>By service, before tax</h2>"
        yield '<div class="box">'
        yield _bars(lines)
        yield "</div>"
        yield "<h2>Accounts that change most</h2>"
        yield from _accounts(changed, plan)


def _share(own: Sequence[AccountChange]) -> Decimal:
    """Give by how much of what was paid a currency changes, whichever way."""
    before = sum((each.before for each in own), Decimal(0))
    change = sum((each.change for each in own), Decimal(0))
    return abs(change / before) if before else abs(change)


def _cards(own: Sequence[AccountChange]) -> Iterator[str]:
    before = sum((each.before for each in own), Decimal(0))
    after = sum((each.after for each in own), Decimal(0))
    changes = [each.change for each in own if each.change]
    share = f"{(after - before) * 100 / before:+.2f}%" if before else ""
    cards = [
        ("before", f"{before:,f}", ""),
        ("after", f"{after:,f}", ""),
        ("change", signed(after - before), share),
        ("accounts that change", f"{len(changes):,}", f"of {len(own):,}"),
    ]
    if changes:
        cards += [
            ("half of them up to", signed(percentile(changes, 50)), "p50"),
            ("95 of 100 up to", signed(percentile(changes, 95)), "p95"),
            ("largest", signed(max(changes)), ""),
            ("smallest", signed(min(changes)), ""),
        ]
    yield '<div class="cards">'
    for name, figure, note in cards:
        yield (
            f'<div class="card"><span class="soft">{name}</span>'
            f'<b>{figure}</b><span class="soft">{note}</span></div>'
        )
    yield "</div>"


def _histogram(changes: Sequence[Decimal], currency: str) -> str:
    """Draw how many accounts fall into each of some equal stretches of change."""
    low, high = min(changes), max(changes)
    step = (high - low) / BINS
    counts = [0] * BINS
    for change in changes:
        place = int((change - low) / step) if step else 0
        counts[min(place, BINS - 1)] += 1
    most, column = max(counts), WIDTH / BINS  # float: places on a page
    parts = []
    for place, count in enumerate(counts):
        height = (HEIGHT - 50) * count / most  # float: a height on a page
        x, y = place * column, HEIGHT - 30 - height
        middle = low + step * place + step / 2
        colour = "var(--up)" if middle > 0 else "var(--down)"
        if count:
            parts.append(
                f'<rect x="{x + 3:.1f}" y="{y:.1f}" width="{column - 6:.1f}" '
                f'height="{height:.1f}" rx="3" fill="{colour}"/>'
                f'<text x="{x + column / 2:.1f}" y="{y - 5:.1f}" text-anchor="middle">'
                f"{count:,}</text>"
            )
    axis = HEIGHT - 30
    marks = [(0, low, "start"), (WIDTH / 2, (low + high) / 2, "middle"), (WIDTH, high, "end")]
    for x, amount, anchor in marks:
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - 12}" text-anchor="{anchor}">'
            f"{signed(amount.quantize(low))} {escape(currency)}</text>"
        )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="changes by account">'
        f'<line x1="0" x2="{WIDTH}" y1="{axis}" y2="{axis}" stroke="var(--line)"/>'
        f"{''.join(parts)}</svg>"
    )


def _bars(lines: Sequence[LineChange]) -> str:
    """Draw what changes of each service and kind of charge, from a line in the middle."""
    ordered = sorted(lines, key=lambda each: -abs(each.change))
    most = max((abs(each.change) for each in ordered), default=Decimal(1))
    row, label, room = 26, 240, WIDTH - 240 - 110
    middle = label + room / 2  # float: a place on a page
    parts = []
    for place, each in enumerate(ordered):
        y = place * row
        width = float(abs(each.change) / most) * room / 2  # float: a width on a page
        x = middle if each.change > 0 else middle - width
        colour = "var(--up)" if each.change > 0 else "var(--down)"
        name = escape(f"{each.service}, {each.kind.replace('_', ' ')}")
        parts.append(
            f'<text x="0" y="{y + 17}">{name}</text>'
            f'<rect x="{x:.1f}" y="{y + 5}" width="{max(width, 1):.1f}" height="15" rx="3" '
            f'fill="{colour}"/>'
            f'<text x="{WIDTH}" y="{y + 17}" text-anchor="end">{signed(each.change)}</text>'
        )
    height = max(row, row * len(ordered))
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="changes by service">'
        f'<line x1="{middle}" x2="{middle}" y1="0" y2="{height}" stroke="var(--line)"/>'
        f"{''.join(parts)}</svg>"
    )


def _accounts(changed: Sequence[AccountChange], plan: Plan) -> Iterator[str]:
    over = {(each.account, each.currency) for each in plan.over}
    largest = sorted(changed, key=lambda each: (-abs(each.change), each.account))
    yield from _table(
        ("account", "#before", "#after", "#change", "#in %", ""),
        [
            (
                escape(each.account),
                f"{each.before:,f}",
                f"{each.after:,f}",
                f'<span class="{"up" if each.change > 0 else "down"}">{signed(each.change)}</span>',
                percent(each),
                _tag("over the limit", "refused") if (each.account, each.currency) in over else "",
            )
            for each in largest[:ACCOUNTS_SHOWN]
        ],
    )
    left = len(changed) - ACCOUNTS_SHOWN
    if left > 0:
        yield f'<p class="soft">and {left:,} more</p>'


def _edits(plan: Plan) -> Iterator[str]:
    for level in reversed(LEVELS):
        own = [edit for edit in plan.edits if edit.level == level]
        if not own:
            continue
        yield f"<h2>{level.capitalize()}: {EXPLAINED[level]}</h2>"
        yield from _table(
            ("", "what", "before", "after", "where"),
            [_edit(plan, edit, ways) for edit, ways in with_ways(own)],
        )
    if not plan.edits:
        yield "<h2>No edits</h2><p>The two versions say the same.</p>"


def _edit(plan: Plan, edit: Edit, ways: Sequence[Sequence[str]]) -> tuple[str, ...]:
    kinds = {"price up": "up", "price down": "down"}
    notes = [f"<br><code>{escape(' ← '.join(reversed(way)))}</code>" for way in ways]
    exemption = plan.exempted.get(edit.id)
    if exemption is not None:
        words = f"exempted until {exemption.until}: {exemption.reason}"
        notes.append(f"<br>{_tag(words, 'fine')}")
    if edit in plan.refused:
        notes.append(f"<br>{_tag('refused', 'refused')}")
    return (
        f'<span class="{kinds.get(edit.verb, "")}">{edit.verb}</span>',
        f"{escape(edit.noun)} <b>{escape(edit.subject)}</b>{''.join(notes)}",
        escape(edit.before or ""),
        escape(edit.after or ""),
        f"<code>{escape(edit.place)}</code>",
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write a table; a head that begins with `#` is that of figures."""
    figures = [head.startswith("#") for head in heads]
    kinds = [' class="n"' if each else "" for each in figures]
    yield '<div class="box"><table><thead><tr>'
    yield "".join(
        f"<th{kind}>{escape(head.removeprefix('#'))}</th>"
        for head, kind in zip(heads, kinds, strict=True)
    )
    yield "</tr></thead><tbody>"
    for row in rows:
        cells = (f"<td{kind}>{cell}</td>" for cell, kind in zip(row, kinds, strict=True))
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"
