"""What became of a usage record: from its file and row to the invoice lines it is part of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from runtime.explain.choice import explain_choice
from runtime.explain.line import line_of, place_of, summary_of
from runtime.explain.model import Explanation, Fact
from runtime.explain.words import counted, days_of, measured, shown, words
from runtime.invoice.model import Invoice, InvoiceLine, PriceSource
from runtime.ledger.lookup import Place, UsageOf
from runtime.usage_history.model import Piece, UsageRecord

CONTENT_PLACES = 2


def explain_record(
    name: str,
    records: Sequence[UsageRecord],
    places_of: Callable[[UsageOf], Sequence[Place]],
    invoice_of: Callable[[str], Invoice],
) -> Explanation:
    """Explain all that became of a record, as it was read, run by run.

    Args:
        name: as it was asked for.
        records: of runtime.usage_history.
        places_of: gives the lines that charge some usage.
        invoice_of: gives a posted invoice by its number.
    """
    children = [_record(each, places_of, invoice_of) for each in records]
    if len(children) == 1:
        return children[0]
    what = ", ".join(f"{each.disposition} by run {each.run}" for each in records)
    return Explanation(f"{name} was read {len(records)} times: {what}", children=tuple(children))


def _record(
    record: UsageRecord,
    places_of: Callable[[UsageOf], Sequence[Place]],
    invoice_of: Callable[[str], Invoice],
) -> Explanation:
    known = f"{record.feed}/{record.event_id or '(no id)'}"
    facts = [Fact("read", f"{record.file}:{record.row}, by run {record.run}")]
    facts += [Fact(field, value) for field, value in record.content if field != "instant"]
    if not record.pieces:
        facts.append(Fact("reason", f"{record.reason}: {record.detail}"))
        if record.remedy is not None:
            facts.append(Fact("to do", record.remedy))
        return Explanation(f"{known} is {record.disposition}", tuple(facts))
    lines = list(_lines(record, places_of, invoice_of))
    texts = {
        (source.path, source.line): source for invoice, line in lines for source in _sources(line)
    }
    first = record.pieces[0]
    whole = counted(len(record.pieces), "piece")
    return Explanation(
        f"{known} is rated by run {record.rated_in}, in {whole}",
        (*facts, Fact("instant", f"{record.instant} UTC, {first.day} of the account")),
        (
            _tied(first),
            *_rate(first, [line for _, line in lines]),
            *(_piece(each, texts) for each in record.pieces),
            *_charged(first, lines),
        ),
    )


def _tied(piece: Piece) -> Explanation:
    service = piece.service or piece.account_service
    return Explanation(
        f"The identifier was held by {piece.account_service} of the account {piece.account}",
        (
            Fact("service", f"{words(service)}, {piece.account_package}"),
            Fact("usage period", days_of(piece.period_start, piece.period_end)),
            Fact("class", words(piece.usage_class)),
        ),
    )


def _rate(piece: Piece, lines: Sequence[InvoiceLine]) -> Iterator[Explanation]:
    """Tell by which plan and group it was rated, and where that plan was found."""
    chosen = next((line.choice for line in lines if line.kind == "usage"), None)
    if piece.rate_plan is None:
        return
    facts = [Fact("rate", piece.rate)] if piece.rate is not None else []
    group = "" if piece.rate_group is None else f", by its group {words(piece.rate_group)}"
    yield Explanation(f"Its rate is of the plan {words(piece.rate_plan)}{group}", tuple(facts))
    if chosen is not None:
        yield from explain_choice(next(line for line in lines if line.kind == "usage"))


def _piece(piece: Piece, texts: dict[tuple[str, int], PriceSource]) -> Explanation:
    source = None
    if piece.source_path is not None and piece.source_line is not None:
        place = (piece.source_path, piece.source_line)
        source = texts.get(place) or PriceSource(path=place[0], line=place[1], text="")
    quantity = measured(piece.quantity, piece.unit)
    facts = []
    if piece.bucket is not None:
        tier = "rolled over" if piece.tier is None else f"tier {piece.tier + 1}"
        facts.append(Fact("bucket", f"{words(piece.bucket)}, {tier}"))
        whose = piece.bucket_service
        if whose is not None and whose != piece.account_service:
            facts.append(Fact("pool of", whose))
        if piece.bucket_start is not None:
            facts.append(Fact("filled", str(piece.bucket_start)))
    match piece.component:
        case "included":
            statement = f"{quantity} included in a bucket: nothing by the unit"
        case "flat":
            statement = f"{quantity} covered by a flat amount of a bucket"
        case "priced":
            statement = f"{quantity} at the price of a bucket's tier"
        case _:
            statement = f"{quantity} rated: {_sum(piece)}"
            facts.append(Fact("information", "lines are summed from exact quantities, not of this"))
    return Explanation(f"Piece {piece.number + 1}: {statement}", tuple(facts), source=source)


def _sum(piece: Piece) -> str:
    if not piece.unit_price and not piece.event_price:
        if piece.amount:
            return f"{shown(piece.amount, CONTENT_PLACES)} {piece.currency}"
        return "with all that was used of it, or at a price of zero"
    per = Decimal(piece.per) / piece.unit_steps
    unit = piece.unit if per == 1 else f"{shown(per, 0)} {piece.unit}"
    parts = []
    if piece.unit_price:
        price = shown(piece.unit_price, CONTENT_PLACES)
        parts.append(f"{shown(piece.quantity, 0)} × {price} per {unit}")
    if piece.event_price:
        parts.append(f"{shown(piece.event_price, CONTENT_PLACES)} for the event")
    return f"{' + '.join(parts)} = {shown(piece.amount, CONTENT_PLACES)} {piece.currency}"


def _lines(
    record: UsageRecord,
    places_of: Callable[[UsageOf], Sequence[Place]],
    invoice_of: Callable[[str], Invoice],
) -> Iterator[tuple[Invoice, InvoiceLine]]:
    """Give the posted lines that a record is part of: its class's, and those of tiers it drew."""
    asked: dict[UsageOf, None] = {}
    for piece in record.pieces:
        asked[UsageOf(piece.account_service, piece.period_start, piece.usage_class)] = None
        if piece.bucket is not None and piece.bucket_service and piece.bucket_start:
            asked[
                UsageOf(
                    piece.bucket_service,
                    piece.bucket_start,
                    bucket=piece.bucket,
                    tier=piece.tier,
                )
            ] = None
    for usage in asked:
        for number, line in places_of(usage):
            invoice = invoice_of(number)
            yield invoice, line_of(invoice, line)


def _sources(line: InvoiceLine) -> Iterator[PriceSource]:
    if line.source is not None:
        yield line.source
    yield from (part.source for part in line.components if part.source is not None)


def _charged(first: Piece, lines: Sequence[tuple[Invoice, InvoiceLine]]) -> tuple[Explanation, ...]:
    if not lines:
        return (
            Explanation(
                "No line charges it yet: its usage period is billed when it has ended",
                (Fact("usage period", days_of(first.period_start, first.period_end)),),
            ),
        )
    return (
        Explanation(
            f"It is part of {counted(len(lines), 'posted line')}",
            tuple(
                Fact(place_of(invoice, line), summary_of(invoice, line)) for invoice, line in lines
            ),
        ),
    )
