"""What became of usage, as text: the runs' counts, lists of records, and one record whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from cli.render.bill_summary import in_columns

if TYPE_CHECKING:
    from runtime.usage_history.model import Contents, Piece, UsageRecord

EACH = "each"
"""The unit of what is only counted; of it, a number is said alone."""


def contents_lines(contents: Contents) -> Iterator[str]:
    """Give the accounting identity of each run, what is in the store and what was not rated."""
    yield "what the runs read = rated + duplicate + skipped + rejected"
    header = ("run", "as of", "read", "rated", "duplicate", "skipped", "rejected")
    counts = [
        (
            *(each.run, str(each.as_of or "")),
            *map(_count, (each.read, each.rated, each.duplicate, each.skipped, each.rejected)),
        )
        for each in contents.runs
    ]
    yield from in_columns([header, *counts], texts=2)
    if contents.kept:
        yield ""
        yield "rated, by the run that read it, month (UTC), feed, service and class"
        kept = [
            (
                *(each.run, each.month, each.feed, each.service or "", each.usage_class),
                _count(each.events),
            )
            for each in contents.kept
        ]
        heads = ("run", "month", "feed", "service", "class", "events")
        yield from in_columns([heads, *kept], texts=5)
    if contents.unrated:
        yield ""
        yield "not rated"
        rows = [
            (each.run, each.feed, each.disposition, each.reason, _count(each.records))
            for each in contents.unrated
        ]
        yield from in_columns([("run", "feed", "", "reason", "records"), *rows], texts=4)


def list_lines(count: int, records: Sequence[UsageRecord]) -> Iterator[str]:
    """Give records a line each, and how many there are in all."""
    if not records:
        yield "no such records"
        return
    rows = [
        (
            *(each.run, f"{each.feed}/{each.event_id or ''}", f"{each.file}:{each.row}"),
            *(each.reason, _became(each)),
        )
        for each in records
    ]
    yield from in_columns([("run", "record", "file", "", "became"), *rows], texts=5)
    yield ""
    shown = f", the first {len(records):,} shown" if len(records) < count else ""
    yield f"{count:,} record{'s' * (count != 1)}{shown}"


def record_lines(records: Sequence[UsageRecord]) -> Iterator[str]:
    """Give all that is known of one id, or one row, record by record."""
    for number, each in enumerate(records):
        if number:
            yield ""
        yield f"{each.feed}/{each.event_id or '(no id)'}: {_title(each)}"
        facts = [("read", f"{each.file}:{each.row}, by run {each.run}")]
        if each.disposition != "rated":
            facts.append(("reason", f"{each.reason}: {each.detail}"))
        if each.remedy is not None:
            facts.append(("to do", each.remedy))
        facts += [("content", _content(each))]
        if each.rated_in is not None:
            facts += _rating(each)
        width = max(len(name) for name, _ in facts)
        for name, value in facts:
            yield f"  {name.ljust(width)}  {value}"
        for piece in each.pieces:
            yield f"    {piece_line(piece)}"


def piece_line(piece: Piece) -> str:
    """Tell a piece in a line: how much, at which rate or from which bucket tier, from where."""
    quantity = _measured(piece)
    source = f"  ({piece.source_path}:{piece.source_line})" if piece.source_path else ""
    if piece.bucket is None:
        drawn = ""
    elif piece.tier is None:
        drawn = f" of what rolled over into the bucket {piece.bucket}"
    else:
        drawn = f" of the bucket {piece.bucket}, tier {piece.tier + 1}"
    if piece.bucket_service not in (None, piece.account_service):
        drawn += f" of {piece.bucket_service}"
    if piece.component != "rated":
        return f"{quantity} {piece.component}{drawn}{source}"
    if drawn:
        drawn += ","
    return f"{quantity}{drawn} rated {_rated(piece)}{source}"


def _rated(piece: Piece) -> str:
    """Tell a piece's price and what it comes to; in tiers, its share of what all came to."""
    amount = f"{_figure(piece.amount)} {piece.currency}"
    if not piece.unit_price and not piece.event_price:
        if piece.amount:
            return f"with all that was used of it; its share is {amount}"
        return "with all that was used of it, or at a price of zero"
    price = f"at {_figure(piece.unit_price)} {piece.currency} {_per(piece)}"
    if piece.event_price:
        price += f" + {_figure(piece.event_price)} {piece.currency} an event"
    return f"{price} = {amount}"


def _per(piece: Piece) -> str:
    if piece.per != piece.unit_steps:
        return f"per {_figure(Decimal(piece.per) / piece.unit_steps)} {piece.unit}"
    return EACH if piece.unit == EACH else f"per {piece.unit}"


def _rating(each: UsageRecord) -> Iterator[tuple[str, str]]:
    first = each.pieces[0]
    yield "instant", f"{each.instant} UTC, {first.day} of the account"
    yield "service", f"{first.account_service} ({first.service or '?'}), {first.account}"
    rate = f"{first.rate_plan}, group {first.rate_group}" if first.rate_plan else "by a bucket"
    yield "class", f"{first.usage_class}; rate plan {rate}"
    yield "period", f"{first.period_start} to before {first.period_end}"
    yield (
        "rated",
        f"by run {each.rated_in}, in {len(each.pieces)} piece{'s' * (len(each.pieces) != 1)}",
    )


def _title(each: UsageRecord) -> str:
    return each.disposition if each.reason != "CONFLICT" else "duplicate, a conflict"


def _became(each: UsageRecord) -> str:
    if not each.pieces:
        return each.detail
    first = each.pieces[0]
    parts = " + ".join(f"{_measured(piece)} {piece.component}" for piece in each.pieces)
    return f"{first.account_service}, {first.usage_class}: {parts}"


def _content(each: UsageRecord) -> str:
    return "  ".join(f"{name} = {value}" for name, value in each.content) or "kept by no run"


def _count(number: int) -> str:
    return f"{number:,}"


def _measured(piece: Piece) -> str:
    unit = "count" if piece.unit == EACH else piece.unit
    return f"{_figure(piece.quantity)} {unit}"


def _figure(value: Decimal) -> str:
    text = format(value, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text
